"""(y, k, q, b) = W f(x), W <- W + sigmoid(b) (W f(q) - W f(k)) f(k)^T, f = softmax: a matrix that rewrites itself.

A letter enters as two equal scores, so f(x) is a half on the first column and a half on the letter's. The first column
holds the state: its scores q add to the letter's, and the sum is greatest for the one column that keeps what the letter
makes of this state. The letter's own scores k name the first column, so that column is copied onto it: W f(q) - W f(k)
is the difference of two columns, and sigmoid(b) = 1. There is a column for each letter and each state that it leads to;
letters of one map share theirs. So every machine is held; the matrix is as large as twice the square of these columns.
"""

from __future__ import annotations

from typing import Final, final

import torch
from torch import Tensor

from fsm2rnn.cells.network import Network
from fsm2rnn.cells.published.published_cell import SATURATED, Gates, PublishedCell, tensors_of_layer
from fsm2rnn.errors import LimitError

SCORE: Final = 2 * SATURATED  # the right column's score; others have half of it at most, and exp(-1024) is 0
NUMBERS: Final = 1 << 24
"""Most numbers of the matrix: 64 MiB in float32, read and written at every letter."""


@final
class Srwm(PublishedCell):
    """States (N + 2 C + 1, C), the matrix W; `token` (D, C) are the scores of each letter's x."""

    def letters(self) -> Gates:
        """Return f(x) of each letter."""
        return (torch.softmax(self.raw["token"], -1),)

    def step(self, gates: Gates, state: Tensor) -> Tensor:
        """Return the matrix after it has rewritten itself."""
        columns = state.shape[-1]
        read = (state @ gates[0].unsqueeze(-1)).squeeze(-1)
        key, query = (torch.softmax(part, -1) for part in read[..., -2 * columns - 1 : -1].chunk(2, -1))
        rate = read[..., -1:]
        moved = (state @ (query - key).unsqueeze(-1)).squeeze(-1)
        return state + (torch.sigmoid(rate) * moved).unsqueeze(-1) * key.unsqueeze(-2)

    def forward(self, ids: Tensor, state: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Return (the numbers y of the first column (B, T, N), the last matrix): all matrices would be too many."""
        letters = self.letters()
        state = self.initial_state.expand(len(ids), *self.initial_state.shape) if state is None else state
        size = len(self.shift)
        found = [state.new_zeros(len(ids), 0, size)]
        for column in ids.unbind(1):
            state = self.step(tuple(gate[column] for gate in letters), state)
            found.append(state[:, None, :size, 0])
        return torch.cat(found, 1), state


def srwm(network: Network) -> Srwm:
    """Return the cell of a one-hot network; LimitError for a matrix of more than NUMBERS."""
    weight = tensors_of_layer(network, "weight")["weight"]  # (N, N, D)
    states, _, letters = weight.shape
    targets = weight.argmax(0)  # (N, D)
    maps, classes = torch.unique(targets.T, dim=0, return_inverse=True)
    pairs = [(number, target) for number, one in enumerate(maps.tolist()) for target in sorted(set(one))]
    columns = 1 + letters + len(pairs)
    if (needed := columns * (states + 2 * columns + 1)) > NUMBERS:
        what = "numbers of a matrix that rewrites itself"
        raise LimitError(what, limit=NUMBERS, needed=needed)
    matrix = torch.zeros(states + 2 * columns + 1, columns, dtype=torch.float64)
    key, query = matrix[states : states + columns], matrix[states + columns : -1]
    first = 1 + letters
    contents = torch.zeros(states, len(matrix), dtype=torch.float64)  # of a column that holds a state
    contents[:, :states] = torch.eye(states)
    for place, (number, target) in enumerate(pairs):
        contents[:, states + columns + first + place] = SCORE * (maps[number] == target)
        query[first + place, 1:first] = SCORE * (classes == number)
    key[0, 1:first] = 2 * SCORE
    matrix[-1, 1:first] = 2 * SCORE
    matrix[:, first:] = contents[[target for _, target in pairs]].T
    matrix[:, 0] = contents[int(network.initial_state.argmax())]
    token = torch.full((letters, columns), -SATURATED, dtype=torch.float64)
    token[:, 0] = SATURATED
    token[torch.arange(letters), 1 + torch.arange(letters)] = SATURATED
    dtype = network.rnn.initial_state.dtype
    return Srwm({"token": token.to(dtype)}, matrix.to(dtype), torch.zeros(states, dtype=dtype))
