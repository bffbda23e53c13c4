"""Exact matrices in sympy: they are those of the stored network, or have the orders of the machine's letters."""

from __future__ import annotations

import pytest
import sympy

import fsm2rnn
from fsm2rnn.errors import InputError

ROUNDED = {
    ("Z5", "rotation"): "Enclosure",
    ("A5@gens", "block-diagonal"): "FieldSimulation",
    ("Z7@gens", "block-diagonal"): "FieldSimulation",
}


def test_they_are_the_stored_ones_where_those_are_exact():
    for machine, target in (
        ("tomita3", "minimal"),
        ("flip-flop", "affine-positive-diagonal"),
        ("S3@gens", "householder"),
        ("tomita3", "factored"),
        ("flip-flop", "pd"),
    ):
        found = fsm2rnn.compile(machine, target)
        stored = found.proved().stored
        for at, (symbol, matrix) in enumerate(found.symbolic().items()):
            assert symbol == found.machine.symbols[at]
            columns = [dict(column) for column in stored.columns(at)]
            assert matrix == sympy.Matrix(
                len(columns), len(columns), lambda row, to, read=columns: read[to].get(row, 0)
            )


def order(machine: fsm2rnn.StateMachine, letter: int) -> int:
    """Return how often a letter is read until every state is where it was."""
    moved, times = [row[letter] for row in machine.table], 1
    while moved != list(range(len(machine.states))):
        moved, times = [machine.table[state][letter] for state in moved], times + 1
    return times


@pytest.mark.parametrize(("machine", "target"), ROUNDED)
def test_they_have_the_orders_of_letters_where_stored_ones_are_rounded(machine, target):
    found = fsm2rnn.compile(machine, target)
    assert type(found.verdict.proof).__name__ == ROUNDED[machine, target]
    for at, matrix in enumerate(found.symbolic().values()):
        times = order(found.machine, at)
        powers = [(matrix**power).evalf(30) - sympy.eye(matrix.rows) for power in range(1, times + 1)]
        near = [max(abs(entry) for entry in power) < sympy.Float("1e-25") for power in powers]
        assert near == [False] * (times - 1) + [True]


def test_a_fifth_of_a_turn_is_written_as_one():
    matrix = fsm2rnn.compile("Z5", "rotation").symbolic()["1"]
    angle = 2 * sympy.pi / 5
    turns = [
        sympy.Matrix([[sympy.cos(k * angle), -sympy.sin(k * angle)], [sympy.sin(k * angle), sympy.cos(k * angle)]])
        for k in range(1, 5)
    ]
    assert matrix in turns


def test_what_has_no_matrices_says_so():
    with pytest.raises(InputError, match="no linear recurrence"):
        fsm2rnn.compile("parity", "elman").symbolic()
    with pytest.raises(fsm2rnn.NotCompiled):
        fsm2rnn.compile("S3@gens", "rotation").symbolic()
