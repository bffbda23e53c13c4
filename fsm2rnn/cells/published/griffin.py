"""h <- a h + sqrt(1 - a^2) i x, a = exp(-8 softplus(p) r): the RG-LRU of Griffin, r and i sigmoids of the input.

The released layer takes a = 0 and the root as 1 at the first symbol; a layer that starts at zero and is first given a
letter that keeps, with input 0, is left as it is by either.
"""

from __future__ import annotations

from typing import Final, final

import torch
from torch import Tensor
from torch.nn.functional import softplus

from fsm2rnn.cells.network import Network
from fsm2rnn.cells.published.published_cell import SATURATED, Convention, Gates, PublishedCell, written

SCALE: Final = 8


@final
class Griffin(PublishedCell):
    """State (H,) of logits `recurrence`, `input` (D, H), `decay` (H,) = p, and `value` (D, H)."""

    def letters(self) -> Gates:
        """Return factors, their roots, and gated values."""
        factors = torch.exp(-SCALE * softplus(self.raw["decay"]) * torch.sigmoid(self.raw["recurrence"]))
        gated = torch.sigmoid(self.raw["input"]) * self.raw["value"]
        return factors, torch.sqrt(1 - factors**2), gated

    def step(self, gates: Gates, state: Tensor) -> Tensor:
        """Return what is kept, plus what is written."""
        factors, roots, values = gates
        return factors * state + roots * values

    def forward(self, ids: Tensor, state: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Return (states, the last one); as released, the first symbol of a word writes its value alone."""
        if state is not None or self.convention is Convention.WRITTEN or not ids.shape[1]:
            return super().forward(ids, state)
        first = self.letters()[2][ids[:, 0]]
        states, last = super().forward(ids[:, 1:], first)
        return torch.cat((first.unsqueeze(1), states), 1), last


def griffin(network: Network, convention: Convention = Convention.WRITTEN) -> Griffin:
    """Return the cell: r = 0 keeps, r = 1 with p = 1024 erases."""
    table = written(network)
    raw = table.rounded(
        recurrence=-SATURATED * table.kept(),
        input=torch.full_like(table.offsets, SATURATED),
        decay=torch.full_like(table.start, SATURATED),
        value=table.offsets,
    )
    return Griffin(raw, table.zero(), table.shift(), convention)
