"""RecurrentGemmaForCausalLM with one recurrent layer: a channel for each register, one constant, one for each letter.

The gates read the channels, so letters have channels of their own, whose input gate is shut and whose state stays 0.
Channel i of a register gets x = 64 where the letter writes, and the recurrent gate sigmoid(512 [the letter sets i] -
256), 1 or 0: the factor of the state is exp(-256) = 0 and that of x is 1, or 1 and 0. At position 0 the library drops
the state and takes x as it is: 0 of a letter that keeps, as it must be. Embeddings are multiplied by 2^k, so are
divided by it; the cap of logits, a tanh, is put so high that it is none. The second layer is attention of zeros.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Final, final

import torch
from torch import Tensor

from fsm2rnn.exports.modules.causal.cached import new_cache
from fsm2rnn.exports.modules.registers.layout import BIG, Layout, delta_taps
from fsm2rnn.exports.modules.transformers_library import Cache, Model

TAPS: Final = 4
HOT: Final = 64.0  # GELU(64) = 64
"""The state of a register that is on."""
OPEN, SHUT = 256.0, -256.0  # sigmoid(256) = 1 and sigmoid(-256) = 0 in float32
FALL: Final = 32.0  # exp(-8 softplus(32)) = 0
_OPTIONS: Final[dict[str, object]] = {
    "intermediate_size": 8,
    "num_hidden_layers": 2,
    "block_types": ["recurrent", "attention"],
    "num_attention_heads": 1,
    "conv1d_width": TAPS,
    "attention_window_size": 16,
    "logits_soft_cap": float(1 << 24),  # none
    "tie_word_embeddings": False,
    "bos_token_id": None,
    "eos_token_id": None,
}


@final
@dataclass(frozen=True)
class GemmaState:
    """The state is kept in the module itself; the position says whether it is dropped."""

    def begin(self, model: Model, state: Tensor | None) -> dict[str, Cache]:
        """Return a cache and the position: 0 at the start, any other after it."""
        block, rows = _recurrent(model), 1 if state is None else len(state)
        if state is not None:
            block.rg_lru.recurrent_states = state.clone()
            block.conv1d_state = torch.zeros(rows, block.hidden_size, TAPS - 1, dtype=model.dtype)
        position = torch.tensor([[0 if state is None else 1]])
        return {"cache": new_cache(model), "position_ids": position}

    def state(self, model: Model, cache: Cache) -> Tensor:
        """Return a copy of the module's state."""
        del cache
        found: Tensor = _recurrent(model).rg_lru.recurrent_states
        return found.clone()


def _recurrent(model: Model) -> Model:
    return model.model.layers[0].temporal_block


def recurrent_gemma(library: ModuleType, layout: Layout) -> tuple[Model, dict[str, Tensor]]:
    """Return an empty model and the tensors that make it the bank."""
    words, width, size = layout.embedding().shape[0], layout.width, layout.bank.size
    config = library.RecurrentGemmaConfig(vocab_size=words, hidden_size=width, pad_token_id=words - 1, **_OPTIONS)
    letters, first = layout.bank.letters + 1, layout.outputs  # the channels of letters come last
    entering = layout.always(0, width)
    entering[:, :size] = HOT * layout.writes
    entering[:, size] = HOT
    entering[:, first : first + letters] = HOT * torch.eye(letters, dtype=torch.float64)
    passing, falling = torch.full((1, width), SHUT, dtype=torch.float64), torch.full_like(entering[:1], SHUT)
    passing[:, : layout.outputs] = OPEN
    falling[:, size] = OPEN
    gates = torch.zeros(1, width, width, dtype=torch.float64)
    gates[0, first : first + letters, :size] = (OPEN - SHUT) / HOT * layout.sets
    block = "model.layers.0.temporal_block."
    return library.RecurrentGemmaForCausalLM(config), {
        "model.embed_tokens.weight": layout.embedding() / layout.root,
        block + "linear_y.bias": torch.full((width,), HOT, dtype=torch.float64),
        block + "linear_x.weight": layout.by_letter(entering),
        block + "conv_1d.weight": delta_taps(width, TAPS),
        block + "rg_lru.recurrent_param": torch.full((width,), FALL, dtype=torch.float64),
        block + "rg_lru.input_gate_bias": passing,
        block + "rg_lru.recurrent_gate_weight": gates,
        block + "rg_lru.recurrent_gate_bias": falling,
        block + "linear_out.weight": layout.placed(width, BIG / HOT**2),
        "lm_head.weight": layout.head(),
    }
