"""Attention over a word of at most T letters: a block applied again and again, and log2 T layers of composed maps.

Places are written as (p, p^2), so that a query (2 a, -1, ..) scores place p with a constant less (p - a)^2: integers,
of which softmax at 128 a unit takes place a alone; scores are float32 in shorter formats too. Place 0 stands before the
first letter.

Universal Transformer: every place looks one place back and takes delta(its state, own letter): after t turns of one
block place t holds the state after t letters. With the number of the turn among its inputs it looks 2^i places back,
and maps of states in place of states are composed: log2 T turns. Transformer shortcuts are such turns as layers of
their own. The perceptron has a unit for each pair of state and letter, or each triple of states.
"""

from __future__ import annotations

from enum import Enum
from typing import Final, final

import torch
from torch import Tensor, nn
from torch.nn.functional import relu

from fsm2rnn.cells.network import Network
from fsm2rnn.cells.published.published_cell import tensors_of_layer
from fsm2rnn.errors import LimitError

UNIT: Final = 128.0  # exp(-128) is 0 in float32
LETTERS: Final = 2048  # in a word: squares of places are integers below 2^24, which float32 holds
HIDDEN: Final = 1 << 24  # numbers in the perceptron's hidden layer


class Turns(Enum):
    """How a word of T letters is read: a letter a turn, or words of twice as many letters a turn."""

    LETTER = "T turns"
    DOUBLED = "log2 T turns"


@final
class LoopedAttention(nn.Module):
    """States (B, T, N), one-hot, of ids (B, T): attention and a perceptron, `turns` times over all places.

    `table` (D, N, N) has a 1 in row q' and column q where letter x leads from q to q'.
    """

    def __init__(self, table: Tensor, initial_state: Tensor, turns: Turns) -> None:
        """Take the letters as maps of states, the first state (N,), and the manner of turns."""
        super().__init__()
        self.turns = turns
        self.table = nn.Parameter(table)
        self.register_buffer("initial_state", initial_state)
        self.initial_state: Tensor

    def depth(self, length: int) -> int:
        """Return how many turns, or layers, a word of that many letters takes."""
        return length if self.turns is Turns.LETTER else length.bit_length()

    def forward(self, ids: Tensor, state: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Return (states after each letter, the last one); LimitError beyond LETTERS letters or HIDDEN numbers."""
        start = self.initial_state.expand(len(ids), -1) if state is None else state
        self._require_small(ids)
        if not ids.shape[1]:
            return start.unsqueeze(1)[:, :0], start
        found = self._stepped(ids, start) if self.turns is Turns.LETTER else self._composed(ids, start)
        return found, found[:, -1]

    def read(self, state: Tensor) -> Tensor:
        """Return the network's states."""
        return state

    def _stepped(self, ids: Tensor, start: Tensor) -> Tensor:
        """Take the map of the own letter of the state one place back, T times."""
        letters = nn.functional.one_hot(ids, len(self.table)).to(start.dtype)
        states = nn.functional.pad(start.unsqueeze(1), (0, 0, 0, ids.shape[1]))
        for _ in range(self.depth(ids.shape[1])):
            before = attended(states, 1)[:, 1:]
            pairs = relu(before.unsqueeze(-1) + letters.unsqueeze(-2) - 1)
            states = torch.cat((states[:, :1], torch.einsum("btqd,dpq->btp", pairs, self.table)), 1)
        return states[:, 1:]

    def _composed(self, ids: Tensor, start: Tensor) -> Tensor:
        """Compose maps (p, q) of twice as many letters a turn; place 0 has the identity."""
        same = torch.eye(self.table.shape[-1], dtype=start.dtype).expand(len(ids), 1, -1, -1)
        maps = torch.cat((same, self.table[ids]), 1)
        for turn in range(self.depth(ids.shape[1])):
            before = attended(maps.flatten(2), 1 << turn).view_as(maps)
            triples = relu(maps.unsqueeze(-1) + before.unsqueeze(-3) - 1)
            maps = torch.cat((same, triples.sum(-2)[:, 1:]), 1)
        return (maps[:, 1:] @ start[:, None, :, None]).squeeze(-1)

    def _require_small(self, ids: Tensor) -> None:
        letters, states, _ = self.table.shape
        if ids.shape[1] > LETTERS:
            what = "letters of a word"
            raise LimitError(what, limit=LETTERS, needed=ids.shape[1], hint="read it in pieces, from the last state")
        inner = states * (letters if self.turns is Turns.LETTER else states * states)
        if inner * ids.numel() > HIDDEN:
            what = "numbers in the hidden layer"
            raise LimitError(what, limit=HIDDEN, needed=inner * ids.numel(), hint="read shorter pieces of the word")


def attended(values: Tensor, back: int) -> Tensor:
    """Return what each place finds `back` places before it, or at place 0, of values (B, T + 1, V): one soft head."""
    place = torch.arange(values.shape[1], dtype=torch.promote_types(values.dtype, torch.float32))
    sought = (place - back).clamp(min=0)
    query = torch.stack((2 * sought, -torch.ones_like(place)), -1)
    key = torch.stack((place, place**2), -1)
    return torch.softmax(UNIT * (query @ key.T), -1).to(values.dtype) @ values


def universal_transformer(network: Network, turns: Turns = Turns.LETTER) -> LoopedAttention:
    """Return the block whose turns give the states of a one-hot network."""
    weight = tensors_of_layer(network, "weight")["weight"].to(network.rnn.initial_state.dtype)
    return LoopedAttention(weight.permute(2, 0, 1).contiguous(), network.initial_state.detach(), turns)


def shortcut(network: Network) -> LoopedAttention:
    """Return log2 T layers of composed maps."""
    return universal_transformer(network, Turns.DOUBLED)
