"""Networks that several tests of runners share, and random words for them."""

from __future__ import annotations

from functools import cache

import numpy as np

import fsm2rnn

STEPS = 36
WIDER = [
    ("integer", "S4@gens", "injective"),
    ("block-diagonal", "S3", "injective"),
    ("householder", "S3", "injective"),
    ("pd", "Q8", "injective"),  # signed permutations
    ("minimal", "C20", "injective"),  # more numbers than a vector has
]
DRIFTING = [("rotation", "Z5"), ("rotation", "Z30"), ("block-diagonal", "A5@gens"), ("householder", "C5")]


@cache
def result_of(target, machine, contract="injective"):
    """Return a compiled result."""
    return fsm2rnn.compile(machine, target, contract=contract)


def words_of(network, batch, steps=STEPS):
    """Return random ids (B, T)."""
    return np.random.default_rng(batch).integers(len(network.machine.symbols), size=(batch, steps), dtype=np.uint8)
