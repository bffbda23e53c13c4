"""fla without its kernels: its own naive operations and plain torch in their place, for machines without a device.

The layers, models and their configurations are fla's. Run as text in a process of its own: it changes fla.
"""

import fla.layers.delta_net as plain
import fla.layers.gated_deltanet as gated
import fla.layers.gated_deltaproduct as product
import fla.modules
import torch
from fla.modules import mlp
from fla.ops.delta_rule.naive import delta_rule_recurrence
from fla.ops.gated_delta_product.naive import naive_recurrent_gated_delta_product
from fla.ops.gated_delta_rule.naive import naive_recurrent_gated_delta_rule
from torch.nn import functional


def unit(part):
    wide = part.float()
    return wide / (wide.square().sum(-1, keepdim=True) + 1e-6).sqrt()


def normed(part, eps):
    wide = part.float()
    return wide * torch.rsqrt(wide.square().mean(-1, keepdim=True) + eps)


def plain_norm(self, x, residual=None, prenorm=None, **_):
    whole = x if residual is None else x + residual
    found = (normed(whole, self.eps) * self.weight.float()).to(x.dtype)
    return (found, whole) if prenorm else found


def gated_norm(self, x, g, **_):
    return (normed(x, self.eps) * self.weight.float() * functional.silu(g.float())).to(x.dtype)


def convolution(self, x, cache=None, output_final_state=None, **_):
    width = self.kernel_size[0]
    past = x.new_zeros(len(x), x.shape[2], width) if cache is None else cache
    padded = torch.cat([past, x.transpose(1, 2)], 2)
    found = functional.conv1d(padded[:, :, 1:], self.weight, groups=x.shape[2])
    return functional.silu(found).transpose(1, 2), padded[:, :, -width:] if output_final_state else None


def delta_product(q, k, **rest):
    known = {name: part for name, part in rest.items() if name != "use_qk_l2norm_in_kernel"}
    found, state = naive_recurrent_gated_delta_product(unit(q), unit(k), scale=q.shape[-1] ** -0.5, **known)
    return found.to(q.dtype), state


def gated_rule(q, k, v, g, beta, initial_state, output_final_state, **_):
    found, state = naive_recurrent_gated_delta_rule(
        unit(q), unit(k), v, beta, g, None, initial_state, output_final_state
    )
    return found.to(q.dtype), state


def gated_rule_with_gates(g, beta, A_log, dt_bias, allow_neg_eigval, **rest):  # noqa: N803  fla's name
    opened = -A_log.float().exp() * functional.softplus(g.float() + dt_bias)
    return gated_rule(g=opened, beta=beta.sigmoid() * (2 if allow_neg_eigval else 1), **rest)


def rule(q, k, v, beta, initial_state, output_final_state, **_):
    heads_first = (part.transpose(1, 2) for part in (unit(q), unit(k), v.float(), beta))
    found, state = delta_rule_recurrence(*heads_first, initial_state, output_final_state)
    return found.transpose(1, 2).to(q.dtype), state


fla.modules.RMSNorm.forward = plain_norm
fla.modules.FusedRMSNormGated.forward = gated_norm
fla.modules.ShortConvolution.forward = convolution
gated.GatedDeltaNet._use_fused_qkv_conv = lambda *_, **__: False
mlp.swiglu_linear = lambda gate, up, weight, bias: functional.linear(functional.silu(gate) * up, weight, bias)
product.chunk_gated_delta_product = delta_product
product.fused_recurrent_gated_delta_rule = gated_rule
gated.chunk_gated_delta_rule = gated.fused_recurrent_gated_delta_rule = gated_rule_with_gates
plain.chunk_delta_rule = plain.fused_recurrent_delta_rule = rule
