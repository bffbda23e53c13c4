"""What is computed outside for the kernel to check: the inverse of a minor, spaces that a nilpotent sum climbs down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, final

from flint import fmpq_mat, fmpz_mat

from fsm2rnn.errors import LimitError
from fsm2rnn.exact.sparse import Vector
from fsm2rnn.machine.output_functions import output_functions
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.refutation.radical_witness import Radical
from fsm2rnn.proof.refutation.replay import Word, state_after
from fsm2rnn.proof.refutation.structural_witness import HankelMinor

MAX_RANK: Final = 128
"""Largest minor that is written: its inverse has a square of it of numbers, each up to hundreds of digits."""

MAX_STATES: Final = 64
"""Most states of a machine whose radical is written: each space has up to a square of them of numbers."""


@final
@dataclass(frozen=True)
class Space:
    """Vectors, each with the place at which it alone is the denominator D and the others are 0."""

    denominator: int
    rows: tuple[tuple[int, Vector], ...]


def inverse_of_minor(witness: HankelMinor) -> tuple[list[list[int]], int]:
    """Return the columns of G and d > 0 in integers with H G = d I, H the minor; LimitError beyond MAX_RANK."""
    if witness.rank > MAX_RANK:
        what = "rows of a minor that is written out"
        raise LimitError(what, limit=MAX_RANK, needed=witness.rank)
    known = output_functions(witness.machine)
    minor = [
        [
            known[function][_end(witness, prefix + suffix)]
            for suffix, function in zip(witness.suffixes, witness.functions, strict=True)
        ]
        for prefix in witness.prefixes
    ]
    numerators, denominator = fmpq_mat(fmpz_mat(minor)).inv().numer_denom()
    return [[int(entry) for entry in column] for column in numerators.transpose().tolist()], int(denominator)


def _end(witness: HankelMinor, word: Word) -> int:
    return state_after(witness.machine, witness.machine.start, word)


def descending_spaces(witness: Radical) -> tuple[Space, ...]:
    """Return spaces L_1, L_2, ..., 0 that letters keep, L_1 with N e_start in it, and N L_i inside L_(i+1).

    L_(i+1) is the least one, which is smaller than L_i since N lies in the radical. LimitError beyond MAX_STATES.
    """
    machine = witness.machine
    states = len(machine.states)
    if states > MAX_STATES:
        what = "states of a machine whose radical is written out"
        raise LimitError(what, limit=MAX_STATES, needed=states)
    image = [
        _combined(witness, [state_after(machine, state, word) for word in witness.words]) for state in range(states)
    ]
    spaces = [_closed(machine, [image[machine.start]])]
    while (last := spaces[-1]).rows:
        sums = [
            [sum(int(value) * image[state][place] for state, value in row) for place in range(states)]
            for _, row in last.rows
        ]
        spaces.append(_closed(machine, sums))
    return tuple(spaces)


def _combined(witness: Radical, ends: list[int]) -> list[int]:
    total = [0] * len(witness.machine.states)
    for end, coefficient in zip(ends, witness.coefficients, strict=True):
        total[end] += coefficient
    return total


def _closed(machine: StateMachine, vectors: list[list[int]]) -> Space:
    """Return the least space that has these vectors and that all letters keep, reduced."""
    rank = -1
    while True:
        rows, denominator, found = fmpz_mat(vectors).rref()
        vectors = [[int(entry) for entry in row] for row in rows.tolist()[:found]]
        if found == rank or not found:
            break
        rank = found
        vectors += [_moved(machine, vector, letter) for vector in vectors for letter in range(len(machine.symbols))]
    kept = [tuple((place, value) for place, value in enumerate(vector) if value) for vector in vectors]
    return Space(int(denominator), tuple((row[0][0], row) for row in kept))


def _moved(machine: StateMachine, vector: list[int], letter: int) -> list[int]:
    total = [0] * len(vector)
    for state, value in enumerate(vector):
        total[machine.table[state][letter]] += value
    return total
