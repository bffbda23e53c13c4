"""The walk through a table on a device: words cut into chunks, all chunks walked at once.

A chunk is walked from where the one before it ends, so the starts are found first. In a small transition monoid a
chunk's product is one walk from the identity; else guessed starts are put right until they fit, which is quick where
letters merge states; else all states are walked along every chunk; else the chunks of a word are walked in turn, which
pays for many words. Products and maps are composed on the CPU. Every chunk must end in the start of the next.
"""

from __future__ import annotations

from typing import Final, TypeAlias, final

import numpy as np
import torch
from torch import Tensor

from fsm2rnn.errors import NumericError
from fsm2rnn.running.device.device_steps import ends_along, on_device, traced_streams, wrong_walk
from fsm2rnn.running.walk.chunked_walk import table_monoid
from fsm2rnn.running.walk.walk import Indices, all_states, smallest_type, walk_block

Starts: TypeAlias = tuple[Tensor, Tensor]  # of the chunks (B, N), and where the words are after them (B,)

ROUNDS: Final = 64  # in which guesses are put right: a walk each, of ever fewer chunks
IMAGED: Final = 1 << 8  # states that are walked along every chunk, as many walks
TOGETHER: Final = 1 << 9  # words whose chunks are walked in turn: fewer leave a device idle


@final
class ChunkedTrace:
    """The walk through a table (D, Q) on a device, over chunks of words as streams."""

    def __init__(self, table: Indices, device: torch.device) -> None:
        """Put the table on the device, and the graph of its monoid where it is small enough to be listed."""
        self._kind, self._table = table.dtype, on_device(table, device)
        self._monoid = table_monoid(table)
        self._graph = None if self._monoid is None else on_device(self._monoid.graph, device)
        self._merges = any(len(np.unique(row)) < len(row) for row in table)

    def walk(self, ids: Tensor, states: Indices) -> tuple[Tensor, Tensor] | None:
        """Return the trace (T, S) of ids (T, S) and its starts (S,), S / B chunks of each of B words.

        `states` (B,) carries over. None, with `states` as they were, where no way to the starts pays; NumericError
        where a chunk does not end in the start of the next one.
        """
        found = self._starts(ids, states)
        if found is None:
            return None
        starts, after = found
        trace = traced_streams(self._table, ids, starts.flatten())
        if not torch.equal(trace[-1].view(starts.shape), torch.cat([starts[:, 1:], after[:, None]], 1)):
            raise NumericError(wrong_walk(ids.device))
        states[:] = after.cpu().numpy()
        return trace, starts.flatten()

    def _starts(self, ids: Tensor, states: Indices) -> Starts | None:
        batch, whole = len(states), ids.shape[1] == len(states)
        if not whole and self._monoid is not None and self._graph is not None:
            products = ends_along(self._graph, ids, ids.new_zeros((ids.shape[1], 1), dtype=self._graph.dtype))
            letters = products.cpu().numpy().astype(self._monoid.graph.dtype)
            return self._composed(self._monoid.elements, letters.reshape(batch, -1), states)
        found = None if whole or not self._merges else self._guessed(ids, states)
        if found is not None:
            return found
        if not whole and self._table.shape[1] <= IMAGED:
            return self._composed(*self._images(ids, batch), states)
        return self._in_turn(ids, states) if whole or batch >= TOGETHER else None

    def _composed(self, maps: Indices, letters: Indices, states: Indices) -> Starts:
        """Return the starts of chunks (B, N), whose maps are rows of `maps` (M, Q), each by its number in `letters`."""
        ends = states.copy()
        after = walk_block(maps, all_states(maps), letters, ends)
        starts = np.concatenate([states[:, None], after[:, :-1]], 1)
        return on_device(starts, self._table.device), on_device(ends, self._table.device)

    def _images(self, ids: Tensor, batch: int) -> tuple[Indices, Indices]:
        """Return where every chunk sends every state, (S, Q), and the numbers of the chunks, (B, N)."""
        chunks, states = ids.shape[1], self._table.shape[1]
        every = torch.arange(states, device=ids.device, dtype=self._table.dtype).expand(chunks, states)
        maps = ends_along(self._table, ids, every).cpu().numpy().astype(self._kind)
        letters: Indices = np.arange(chunks, dtype=smallest_type(chunks))
        return maps, letters.reshape(batch, -1)

    def _guessed(self, ids: Tensor, states: Indices) -> Starts | None:
        """Return the starts that are each the end of the chunk before; None if `ROUNDS` rounds do not find them.

        The first chunk starts right, so those that fit are right one after another.
        """
        first = on_device(states, ids.device).to(self._table.dtype)[:, None]
        starts = first.expand(-1, ids.shape[1] // len(states)).contiguous()
        ends = ends_along(self._table, ids, starts.view(-1, 1)).view(starts.shape)
        for _ in range(ROUNDS):
            moved = torch.cat([first, ends[:, :-1]], 1)
            wrong = (moved != starts).flatten().nonzero().squeeze(1)
            starts = moved
            if not len(wrong):
                return starts, ends[:, -1]
            again = ends_along(self._table, ids.index_select(1, wrong), starts.flatten()[wrong, None])
            ends = ends.flatten().index_copy(0, wrong, again.squeeze(1)).view(starts.shape)
        return None

    def _in_turn(self, ids: Tensor, states: Indices) -> Starts:
        """Return the starts after a walk through the first chunks of all words, then the second ones, and so on."""
        place = on_device(states, ids.device).to(self._table.dtype)
        starts = []
        for chunk in ids.view(len(ids), len(states), -1).unbind(2):
            starts.append(place)
            place = ends_along(self._table, chunk.contiguous(), place[:, None]).squeeze(1)
        return torch.stack(starts, 1), place
