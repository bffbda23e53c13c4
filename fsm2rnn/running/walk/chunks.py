"""A block of ids cut into many streams of one length, each started where a walk over the block arrives."""

from __future__ import annotations

import numpy as np

from fsm2rnn.running.walk.walk import Indices


def chunks(words: Indices, trace: Indices, starts: Indices, streams: int) -> list[tuple[Indices, Indices, Indices]]:
    """Return a block (B, T) as about `streams` chunks of one length and the rest: ids, trace and start of each.

    `trace` is where the streams that begin at `starts` (B,) are after each symbol.
    """
    batch, steps = words.shape
    length = steps // max(1, min(steps, -(-streams // batch)))
    whole = steps // length * length
    before = np.concatenate([starts[:, None], trace[:, length - 1 : whole - 1 : length]], 1).ravel()
    found = [(words[:, :whole].reshape(-1, length), trace[:, :whole].reshape(-1, length), before)]
    if whole < steps:
        found.append((words[:, whole:], trace[:, whole:], trace[:, whole - 1]))
    return found
