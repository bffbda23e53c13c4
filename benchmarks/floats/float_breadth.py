"""The shortest word that a short format reads wrongly where the order of sums matters: breadth first in one order.

`fsm2rnn.tracing.float_states` refuses sums of three products and more, as their result depends on the
order. Here products are summed in column order in float32, each sum rounded, and the state is rounded once.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from benchmarks.floats.stored_floats import Floats, StoredFloats
from fsm2rnn.exact.rounding import BFLOAT16

LIMIT = 1 << 20  # float states
WIDEST = 4  # coordinates of two bytes in a key of eight

Keys = NDArray[np.uint64]


def column_order_search(network: StoredFloats, limit: int = LIMIT) -> tuple[str, int, int]:
    """Return what ended the search, the length of words, and how many float states were met.

    ("fails", n, ..): a shortest word that is misread has n symbols; ("closed", n, ..): all float states are met, the
    last after n symbols; ("open", n, ..): no word of n symbols or fewer is misread, more states than `limit` follow.
    While all states met are read right, a float state stands for one machine state, so that its bits are all that is
    kept.
    """
    seen = fresh = _keys(network, network.start[None])
    length = 0
    while len(fresh):
        states = _states(network, fresh)
        reads = network.read(states)
        following = []
        for symbol in range(len(network.letters)):
            moved = network.step(symbol, states)
            if (network.read(moved) != network.table[reads, symbol]).any():
                return "fails", length + 1, len(seen)
            following.append(_keys(network, moved))
        fresh = np.unique(np.concatenate(following))
        fresh = fresh[~np.isin(fresh, seen, assume_unique=True)]
        if len(seen) + len(fresh) > limit:
            return "open", length + 1, len(seen)
        seen = np.sort(np.concatenate((seen, fresh)), kind="stable")
        length += 1
    return "closed", length - 1, len(seen)


def _keys(network: StoredFloats, states: Floats) -> Keys:
    """Return the bits of states (N, H) as one number each; -0 is 0."""
    plain = states + np.float32(0)
    rows = np.zeros((len(states), WIDEST), np.uint16)
    if network.form == BFLOAT16:
        rows[:, : states.shape[1]] = plain.view(np.uint32) >> 16
    else:
        rows[:, : states.shape[1]] = plain.astype(np.float16).view(np.uint16)
    return rows.view(np.uint64)[:, 0]


def _states(network: StoredFloats, keys: Keys) -> Floats:
    bits = np.ascontiguousarray(keys[:, None].view(np.uint16)[:, : len(network.start)])
    if network.form == BFLOAT16:
        return (bits.astype(np.uint32) << 16).view(np.float32)
    return bits.view(np.float16).astype(np.float32)
