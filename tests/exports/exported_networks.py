"""Networks to export, one or more for each structure and cell, and the words that exports answer."""

from __future__ import annotations

import random
from functools import cache

import torch

import fsm2rnn
from fsm2rnn.cells.network import Network

LENGTH = 10_000
# target, machine, dtype, grade
LINEAR = [
    ("full", "S3@gens", "float32", "best"),
    ("full", "flip-flop", "bfloat16", "best"),
    ("pd", "flip-flop", "float64", "best"),
    ("factored", "S3@gens", "float32", "best"),
    ("real-diagonal", "parity", "float16", "best"),
    ("affine-real-diagonal", "flip-flop", "float32", "best"),
    ("rotation", "modadd(5)", "float64", "best"),
    ("rotation", "modadd(5)", "float32", "snap"),
    ("block-diagonal", "S3@gens", "float32", "best"),
    ("householder", "S3@gens", "bfloat16", "best"),
    ("integer", "A5@gens", "float32", "best"),
    ("minimal", "tomita3", "float32", "best"),
]
STOCK = [
    ("relu", "tomita3", "float32", "best"),
    ("elman", "flip-flop", "float64", "best"),
    ("gru", "S3@gens", "float32", "best"),
    ("lstm", "parity", "bfloat16", "best"),
]
CASES = LINEAR + STOCK


@cache
def network_of(target: str, machine: str, dtype: str, grade: str):
    """Return the compiled network."""
    return fsm2rnn.compile(machine, target).network(dtype, grade=grade)


@cache
def word_of(symbols: int) -> list[int]:
    """Return random ids, as many as are asked of every export."""
    return random.Random(7).choices(range(symbols), k=LENGTH)


def expected(network) -> list[int]:
    """Return what the machine's own table says after every symbol: states, of a tracker numbers of output labels."""
    machine, state, found = network.machine, network.machine.start, []
    for symbol in word_of(len(machine.symbols)):
        before, state = state, machine.table[state][symbol]
        if isinstance(network, Network):
            found.append(state)
        else:
            label = machine.outputs[before][symbol] if machine.is_mealy else machine.outputs[state]
            found.append(machine.output_labels.index(label))
    return found


def wrong(network, answers) -> int:
    """Return how many of the answers to the word differ from the machine's."""
    found = torch.as_tensor(answers).flatten().tolist()
    assert len(found) == LENGTH
    return sum(one != other for one, other in zip(found, expected(network), strict=True))
