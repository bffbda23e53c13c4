"""What fla's layers of the delta rule say, in plain torch: from a state dict to the scores after every position.

Projections, norms and sums of the state are in the formats in which the layers have them: matrices in that of the
weights, norms and states in float32. What is made of a token depends on it alone and is computed once for each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, final

import torch
from torch import Tensor
from torch.nn import functional

from fsm2rnn.exports.modules.delta.delta_weights import DeltaSizes
from fsm2rnn.exports.modules.delta.projections import Projections

EPSILON: Final = 1e-6
MIXER: Final = "model.layers.0.attn"


@final
@dataclass(frozen=True, eq=False)
class PlainLayer:
    """A model of one layer: what it makes of every token, and its parts behind the state."""

    entered: Tensor  # (N, hidden), embeddings
    projections: Projections
    query: Tensor  # (N, heads, d)
    gate: Tensor | None  # (N, heads)
    output: Tensor  # (hidden, heads)
    scores: Tensor  # (N, hidden)

    def whole(self, tokens: Tensor) -> Tensor:
        """Return the scores (T, N) after every token of a text (T,), one after the other."""
        read, state = list[Tensor](), None
        for token in tokens.split(1):  # type: ignore[no-untyped-call]
            state = self._moved(token, state)
            read.append(self._read(token, state))
        return self._scored(tokens, torch.cat(read))

    def position(self, tokens: Tensor, state: Tensor | None) -> tuple[Tensor, Tensor]:
        """Return the scores (B, N) after tokens (B,) and the states (B, heads, d) after them."""
        after = self._moved(tokens, state)
        return self._scored(tokens, self._read(tokens, after)), after

    def _moved(self, tokens: Tensor, state: Tensor | None) -> Tensor:
        made = self.projections
        key, value, beta = made.key[tokens], made.value[tokens], made.beta[tokens]
        after = torch.zeros_like(key[:, 0]) if state is None else state * made.decay[tokens].unsqueeze(-1)
        for slot in range(key.shape[1]):
            error = value[:, slot] - (after * key[:, slot]).sum(-1)
            after = after + (beta[:, slot] * error).unsqueeze(-1) * key[:, slot]
        return after

    def _read(self, tokens: Tensor, state: Tensor) -> Tensor:
        return (state * self.query[tokens]).sum(-1)

    def _scored(self, tokens: Tensor, read: Tensor) -> Tensor:
        """Return the scores of heads (B, heads) behind tokens (B,)."""
        form = self.output.dtype
        sign = _norm(read.to(form).unsqueeze(-1)).squeeze(-1)
        shown = sign if self.gate is None else (sign.float() * functional.silu(self.gate[tokens].float())).to(form)
        return functional.linear(_norm(self.entered[tokens] + functional.linear(shown, self.output)), self.scores)


def _norm(part: Tensor) -> Tensor:
    """Return x / sqrt(mean x^2 + eps) over the last axis, computed in float32."""
    wide = part.float()
    return (wide * torch.rsqrt(wide.square().mean(-1, keepdim=True) + EPSILON)).to(part.dtype)


@torch.no_grad()
def plain_layer(tensors: Mapping[str, Tensor], sizes: DeltaSizes) -> PlainLayer:
    """Return the model of a state dict, whose convolutions are one tap and whose perceptron is 0."""
    entered = tensors["model.embeddings.weight"]
    inside = _norm(entered)

    def projected(name: str) -> Tensor:
        return functional.linear(inside, tensors[f"{MIXER}.{name}_proj.weight"])

    def mixed(name: str, width: int) -> Tensor:
        """Return what a convolution of a text that was 0 before makes of a token, (N, slots, heads, width)."""
        tapped = projected(name) * tensors[f"{MIXER}.{name}_conv1d.weight"][:, 0, -1]
        return functional.silu(tapped).float().reshape(len(entered), -1, sizes.heads, width)

    beta = (2 * projected("b").sigmoid()).float().reshape(len(entered), sizes.slots, sizes.heads)
    decay = torch.ones(len(entered), sizes.heads)
    if f"{MIXER}.A_log" in tensors:
        opened = functional.softplus(projected("a").float() + tensors[f"{MIXER}.dt_bias"])
        decay = (-tensors[f"{MIXER}.A_log"].float().exp() * opened).exp()
    made = Projections(decay, _unit(mixed("k", sizes.key)), mixed("v", 1).squeeze(-1), beta)
    gate = projected("g") if f"{MIXER}.g_proj.weight" in tensors else None
    query = _unit(mixed("q", sizes.key))[:, 0] * sizes.key**-0.5
    return PlainLayer(entered, made, query, gate, tensors[f"{MIXER}.o_proj.weight"], tensors["lm_head.weight"])


def _unit(part: Tensor) -> Tensor:
    return part / (part.square().sum(-1, keepdim=True) + EPSILON).sqrt()
