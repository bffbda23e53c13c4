"""Qwen3NextForCausalLM with one gated delta layer: a value head of one entry for each register and the constant.

One key head of one entry, q = k = 64, which their norms make 1. A letter that sets a head gives b = sigmoid(200) = 1
and the decay exp(-softplus(200)) = 0, any other b = 0 and no decay: the state is v, 64 where the letter writes, or
stays. The head's own norm makes 64 a 1 and leaves 0. The second layer is attention of zeros, whose cache counts tokens.
"""

from __future__ import annotations

from types import ModuleType
from typing import Final

import torch
from torch import Tensor

from fsm2rnn.exports.modules.registers.layout import BIG, Layout, delta_taps
from fsm2rnn.exports.modules.requirements import require_delta_rule
from fsm2rnn.exports.modules.transformers_library import Model

TAPS: Final = 4
OPEN: Final = 200.0  # sigmoid(200) = 1, sigmoid(-200) = 0, exp(-200) = 0 and softplus(-200) = 0 in float32
HOT: Final = 64.0  # SiLU(64) = 64
"""The state of a register that is on."""


def qwen3_next(library: ModuleType, layout: Layout) -> tuple[Model, dict[str, Tensor]]:
    """Return an empty model and the tensors that make it the bank."""
    require_delta_rule("qwen3-next")
    words, width, size, heads = layout.embedding().shape[0], layout.width, layout.bank.size, layout.outputs
    config = library.Qwen3NextConfig(
        vocab_size=words,
        hidden_size=width,
        intermediate_size=4,
        num_hidden_layers=2,
        layer_types=["linear_attention", "full_attention"],
        num_attention_heads=1,
        num_key_value_heads=1,
        head_dim=8,
        linear_conv_kernel_dim=TAPS,
        linear_key_head_dim=1,
        linear_value_head_dim=1,
        linear_num_key_heads=1,
        linear_num_value_heads=heads,
        mlp_only_layers=[0, 1],  # no experts
        tie_word_embeddings=False,
        pad_token_id=words - 1,
        bos_token_id=None,
        eos_token_id=None,
    )
    entering = layout.always(HOT, heads)
    entering[:, :size] = HOT * layout.writes
    values = torch.cat([layout.always(HOT, 2), entering, layout.always(HOT, heads)], 1)  # q, k, v, z
    gates = layout.always(OPEN, heads)
    gates[:, :size] = OPEN * (2 * layout.sets - 1)
    mixer = "model.layers.0.linear_attn."
    return library.Qwen3NextForCausalLM(config), {
        "model.embed_tokens.weight": layout.embedding(),
        mixer + "in_proj_qkvz.weight": layout.by_letter(values),
        mixer + "in_proj_ba.weight": layout.by_letter(torch.cat([gates, gates], 1)),
        mixer + "conv1d.weight": delta_taps(2 + heads, TAPS),
        mixer + "norm.weight": torch.ones(1, dtype=torch.float64),
        mixer + "out_proj.weight": layout.placed(heads, BIG / HOT),
        "lm_head.weight": layout.head(),
    }
