"""Mamba2ForCausalLM of one layer: a head of one channel for each register, and one for the constant.

A letter that sets a head gives the step dt = softplus(128), any other softplus(-128) = 0; x = 64 where it writes, and
B = C = 64. The constant passes by the skip D. The gated norm divides all heads by one number, the constant too.
"""

from __future__ import annotations

from types import ModuleType
from typing import Final

import torch
from torch import Tensor

from fsm2rnn.exports.modules.registers.layout import BIG, Layout, delta_taps
from fsm2rnn.exports.modules.transformers_library import Model

TAPS: Final = 4
OPEN, SHUT = 128.0, -128.0  # softplus(128) = 128, exp(-128) = 0, softplus(-128) = 0 in float32
ENTERING: Final = 64.0  # SiLU(64) = 64
HOT: Final = OPEN * ENTERING * ENTERING  # dt x B
"""The state of a register that is on."""
CHUNK: Final = 16  # tokens: memory grows with its square and the heads, and GPU kernels take no shorter ones


def mamba2(library: ModuleType, layout: Layout) -> tuple[Model, dict[str, Tensor]]:
    """Return an empty model and the tensors that make it the bank."""
    words, width, size = layout.embedding().shape[0], layout.width, layout.bank.size
    config = library.Mamba2Config(
        vocab_size=words,
        hidden_size=width,
        num_heads=width,
        head_dim=1,
        state_size=1,
        n_groups=1,
        expand=1,
        num_hidden_layers=1,
        conv_kernel=TAPS,
        chunk_size=CHUNK,
        tie_word_embeddings=False,
        pad_token_id=words - 1,
        bos_token_id=None,
        eos_token_id=None,
    )
    gate, entering, steps = (layout.always(0, width) for _ in range(3))
    gate[:, : layout.outputs] = ENTERING
    entering[:, :size] = ENTERING * layout.writes
    entering[:, size] = ENTERING
    steps[:, :size] = (OPEN - SHUT) * layout.sets
    values = torch.cat([gate, entering, layout.always(ENTERING, 2), steps], 1)
    skip, ones = torch.zeros(width, dtype=torch.float64), torch.ones(width, dtype=torch.float64)
    skip[size] = HOT
    mixer = "backbone.layers.0.mixer."
    return library.Mamba2ForCausalLM(config), {
        "backbone.embeddings.weight": layout.embedding(),
        "backbone.layers.0.norm.weight": ones,
        mixer + "in_proj.weight": layout.by_letter(values),
        mixer + "conv1d.weight": delta_taps(width + 2, TAPS),
        mixer + "dt_bias": SHUT * ones,
        mixer + "norm.weight": ones,
        mixer + "D": skip,
        mixer + "out_proj.weight": layout.placed(width, BIG),
        "backbone.norm_f.weight": ones,
        "lm_head.weight": layout.head(),
    }
