"""Every hidden state of a torch network against the same recurrence in int64 arithmetic, bit for bit."""

from __future__ import annotations

import numpy as np
import torch

BITS = {2: torch.int16, 4: torch.int32}
CHUNK = 50


def int64(vectors, width):
    """Return sparse vectors of integers as rows (N, width)."""
    rows = np.zeros((len(vectors), width), dtype=np.int64)
    for row, entries in zip(rows, vectors, strict=True):
        for place, value in entries:
            assert value.denominator == 1
            row[place] = value
    return rows


def random_streams(symbols, count, steps):
    return np.random.default_rng(0).integers(symbols, size=(count, steps))


@torch.no_grad()
def assert_bit_for_bit(network, matrices, codes, ids):
    """Compare h_t = A h_{t-1} for ids (B, T) with its value from (D, H, H) and codes (Q, H), and read some states.

    Where the network has twice the width, it holds every vector twice.
    """
    table = np.array(network.machine.table)
    places, states, last = np.full(len(ids), network.machine.start), codes[[network.machine.start] * len(ids)], None
    copies = len(network.initial_state) // codes.shape[1]
    for start in range(0, ids.shape[1], CHUNK):
        chunk = ids[:, start : start + CHUNK]
        found, last = network.rnn(torch.from_numpy(chunk), last)
        for step, symbols in enumerate(chunk.T):
            states = np.einsum("bij,bj->bi", matrices[symbols], states)
            places = table[places, symbols]
            exact = torch.from_numpy(np.tile(states, copies)).to(found.dtype)
            bits = BITS[found.element_size()]
            assert torch.equal(found[:, step].contiguous().view(bits), exact.view(bits))
        assert np.array_equal(states, codes[places])
        assert np.array_equal(network.readout(found[:, -1]).argmax(-1).numpy(), places)
