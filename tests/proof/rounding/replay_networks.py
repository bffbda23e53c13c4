"""Networks whose float states are replayed: short horizons that are exact, and float states that close."""

from __future__ import annotations

from functools import cache

import numpy as np

from fsm2rnn.exact.rounding import BFLOAT16, FLOAT8_E4M3FN, FLOAT8_E5M2, FLOAT16, FLOAT32, FLOAT64
from fsm2rnn.exact.sparse import SparseMatrix, vector
from fsm2rnn.operators.storage import store_prototypes
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.decoder import Decoder
from fsm2rnn.proof.file.checker import network_bytes
from fsm2rnn.proof.file.network import ProvedNetwork
from fsm2rnn.proof.stored.meaning import Meaning
from fsm2rnn.tracing.replay import search_replay
from tests.proof.region_networks import cycle, stored, turning
from tests.proof.rounding.drift_networks import dense_of, readout_of, turn_about


def turned_in_space(order, form):
    """Return the cycle by one turn about an axis of space: sums of three products, whose order changes them."""
    turn = turn_about(np.array([1.0, 2, 3]), order)
    points = np.array([np.linalg.matrix_power(turn, k) @ (1.0, 0, 0) for k in range(order)])
    machine = cycle(order, [1])
    return store_prototypes(dense_of([[turn]]), machine, Contract.INJECTIVE, readout_of(points), form, {})


PLAIN = {
    "fifths-float8_e5m2": lambda: stored(turning(5, range(5)), FLOAT8_E5M2),
    "sevenths-float8_e4m3fn": lambda: stored(turning(7, [1]), FLOAT8_E4M3FN),
    "fiftieths-bfloat16": lambda: stored(turning(50, [1]), BFLOAT16),
    "space-bfloat16": lambda: turned_in_space(13, BFLOAT16),
    "space-float64": lambda: turned_in_space(13, FLOAT64),
    "fifths-float32": lambda: stored(turning(5, [1]), FLOAT32),
}


def replayed_network(plain, **changes):
    """Return the network of the same weights whose float states are replayed."""
    if "trace" not in changes:
        changes["trace"] = search_replay(plain.stored, plain.machine, limit=10_000)
    parts = {
        "machine": plain.machine,
        "contract": Contract.COVER,
        "reads": plain.stored.decoder.reads,
        "structure": plain.structure,
        "tensors": plain.tensors,
        "evidence": plain.evidence,
    }
    return ProvedNetwork(**(parts | changes))


@cache
def replay_network(name):
    """Return a named network, proved once."""
    return replayed_network(PLAIN[name]())


@cache
def replay_files():
    """Return the network files."""
    return {name: network_bytes(replay_network(name)) for name in PLAIN}


def line(entry, start=1, form=FLOAT16, readout=(1, -1), bias=()):
    """Return the meaning of one coordinate that its letter multiplies, two scores of it."""
    decoder = Decoder.linear(SparseMatrix.from_rows([[row] for row in readout]), vector(enumerate(bias)))
    matrix = SparseMatrix.from_rows([[entry]])
    return Meaning((matrix,), vector([(0, start)]), decoder, None, form, FLOAT64, lines=1)


def square(rows, start, readout, form):
    """Return the meaning of one letter given by rows."""
    size = len(rows)
    decoder = Decoder.linear(SparseMatrix.from_rows(readout))
    return Meaning((SparseMatrix.from_rows(rows),), vector(enumerate(start)), decoder, None, form, form, None, (size,))
