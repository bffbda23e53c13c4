"""MambaForCausalLM and FalconMambaForCausalLM of one layer: a channel for each register, one constant, one per letter.

Channel i of a register gets x = 64 where the letter writes, and the step dt = softplus(256 [the letter sets i] - 128),
128 or 0, from the channels of letters; B = C = 1 from the constant channel. Its state is 128 x or stays. Falcon's norms
make B and C 1, and of the letter's one among 4^m entries 2^m. The constant passes by the skip D.
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
LOUD: Final = 1024.0  # of the channels that others read: an RMS norm's epsilon is lost in its square
HOT: Final = OPEN * ENTERING
"""The state of a register that is on."""


def mamba(library: ModuleType, layout: Layout) -> tuple[Model, dict[str, Tensor]]:
    """Return an empty model and the tensors that make it the bank."""
    model = library.MambaForCausalLM(library.MambaConfig(**_options(layout)))
    return model, _tensors(layout, step=2 * OPEN / LOUD, gain=1 / LOUD)


def falcon_mamba(library: ModuleType, layout: Layout) -> tuple[Model, dict[str, Tensor]]:
    """Return an empty model and the tensors that make it the bank; B, C and dt are normalised."""
    model = library.FalconMambaForCausalLM(library.FalconMambaConfig(**_options(layout)))
    return model, _tensors(layout, step=2 * OPEN / _rank(layout) ** 0.5, gain=1)


def _rank(layout: Layout) -> int:
    """Return the least 4^m that has a place for each letter and for tokens that keep."""
    rank = 4
    while rank < layout.bank.letters + 1:
        rank *= 4
    return rank


def _options(layout: Layout) -> dict[str, object]:
    words = layout.embedding().shape[0]
    return {
        "vocab_size": words,
        "hidden_size": layout.width,
        "state_size": 1,
        "num_hidden_layers": 1,
        "expand": 1,
        "conv_kernel": TAPS,
        "time_step_rank": _rank(layout),
        "tie_word_embeddings": False,
        "pad_token_id": words - 1,
        "bos_token_id": None,
        "eos_token_id": None,
    }


def _tensors(layout: Layout, *, step: float, gain: float) -> dict[str, Tensor]:
    """Return the tensors; `step` is what opens dt by an entry of it, `gain` what makes the constant channel 1."""
    width, size, letters, rank = layout.width, layout.bank.size, layout.bank.letters + 1, _rank(layout)
    constant, first = size, size + 1  # the channel that is always on, and that of the first letter
    entering, gate = layout.always(0, width), layout.always(0, width)
    entering[:, :size] = ENTERING * layout.writes
    entering[:, constant] = LOUD
    entering[:, first : first + letters] = LOUD * torch.eye(letters, dtype=torch.float64)
    gate[:, : layout.outputs] = ENTERING
    read = torch.zeros(rank + 2, width, dtype=torch.float64)
    read[:letters, first : first + letters] = torch.eye(letters, dtype=torch.float64)
    read[rank:, constant] = gain
    steps = torch.zeros(width, rank, dtype=torch.float64)
    steps[:size, :letters] = step * layout.sets.T
    skip = torch.zeros(width, dtype=torch.float64)
    skip[constant] = HOT / LOUD
    ones, mixer = torch.ones(width, dtype=torch.float64), "backbone.layers.0.mixer."
    return {
        "backbone.embeddings.weight": layout.embedding(),
        "backbone.layers.0.norm.weight": ones,
        mixer + "in_proj.weight": torch.cat([layout.by_letter(entering), layout.by_letter(gate)]),
        mixer + "conv1d.weight": delta_taps(width, TAPS),
        mixer + "x_proj.weight": read,
        mixer + "dt_proj.weight": steps,
        mixer + "dt_proj.bias": SHUT * ones,
        mixer + "D": skip,
        mixer + "out_proj.weight": layout.placed(width, BIG / (HOT * ENTERING)),
        "backbone.norm_f.weight": ones,
        "lm_head.weight": layout.head(),
    }
