"""Networks that several tests of runners share, and random words for them."""

from __future__ import annotations

from functools import cache

import numpy as np
import torch

import fsm2rnn
from fsm2rnn.cells.bilinear import BilinearRNN
from fsm2rnn.cells.network import Network
from fsm2rnn.cells.readout import LinearReadout

STEPS = 36
WIDER = [
    ("integer", "S4@gens", "injective"),
    ("block-diagonal", "S3", "injective"),
    ("householder", "S3", "injective"),
    ("pd", "Q8", "injective"),  # signed permutations
    ("minimal", "C20", "injective"),  # more numbers than a vector has
]
CLOSED_LAYERS = [("full", None), ("pd", None), ("diagonal", None), ("affine-diagonal", None), ("rotation", 2)]
CLOSED_LAYERS += [("block-diagonal", (1, 3, 2))]
LAYERS = [*CLOSED_LAYERS, ("factored", 7), ("householder", 2), ("affine-householder", 2)]
DRIFTING = [("rotation", "Z5"), ("rotation", "Z30"), ("block-diagonal", "A5@gens"), ("householder", "C5")]


@cache
def result_of(target, machine, contract="injective"):
    """Return a compiled result."""
    return fsm2rnn.compile(machine, target, contract=contract)


def words_of(network, batch, steps=STEPS):
    """Return random ids (B, T)."""
    return np.random.default_rng(batch).integers(len(network.machine.symbols), size=(batch, steps), dtype=np.uint8)


def layer_network(structure, inner, dtype, seed=0):
    """Return a network of random weights on six numbers and five symbols, read by six rows."""
    torch.manual_seed(seed)
    rnn = BilinearRNN(5, 6, structure=structure, inner=inner)
    with torch.no_grad():
        for parameter in rnn.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    machine = fsm2rnn.from_table([[(q + x) % 6 for x in range(5)] for q in range(6)])
    readout = LinearReadout(torch.randn(6, 6), torch.zeros(6), None, 6)
    return Network(rnn, readout, machine).to(dtype)
