"""Programs of linear states, run on numbers and on symbols: a network with one transition for all letters is one.

LinState is s_t = A s_(t-1) + B u_t from s_0; Input, LinearMap, Slice, Concat, Rectifier and Multiplicative, a product
number by number, act on the present place alone. Of a network A is the one transition, and B what letters write.
`network_program` gives it; `recurrence` reads the matrix of each letter out of a program whose states see the letter
alone, and refuses one whose states see other states, which is a network of several layers.

`run_program` takes numbers of any kind that add and multiply: fractions, floats, and sympy's symbols.

Source: the primitives are those of LSRL (Petrov and others, arXiv 2406.01424).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias, final

from fsm2rnn.constructions.verdict import Compiled
from fsm2rnn.errors import InputError
from fsm2rnn.exact.sparse import SparseMatrix
from fsm2rnn.operators.diagonal import AffineDiagonal, Diagonal
from fsm2rnn.operators.rotation import Rotation
from fsm2rnn.proof.claim.simulation import Simulation

Row: TypeAlias = tuple[Fraction, ...]
Matrix: TypeAlias = tuple[Row, ...]
Numbers: TypeAlias = list[Any]  # fractions, floats, or symbols


@final
@dataclass(frozen=True)
class Input:
    """The letter, one-hot, of `size` numbers."""

    size: int


@final
@dataclass(frozen=True)
class LinearMap:
    """M u + b."""

    matrix: Matrix
    bias: Row
    of: Program


@final
@dataclass(frozen=True)
class Slice:
    """The numbers first .. last - 1 of u."""

    first: int
    last: int
    of: Program


@final
@dataclass(frozen=True)
class Concat:
    """The numbers of all parts, one after the other."""

    parts: tuple[Program, ...]


@final
@dataclass(frozen=True)
class Rectifier:
    """max(0, u), number by number."""

    of: Program


@final
@dataclass(frozen=True)
class Multiplicative:
    """u v, number by number."""

    left: Program
    right: Program


@final
@dataclass(frozen=True)
class LinState:
    """s_t = A s_(t-1) + B u_t with s_0 = `first`: the same A for all letters."""

    moves: Matrix
    enters: Matrix
    first: Row
    of: Program


Program: TypeAlias = Input | LinearMap | Slice | Concat | Rectifier | Multiplicative | LinState


def run_program(program: Program, word: Sequence[Numbers]) -> list[Numbers]:
    """Return the numbers at every place of a word whose letters are lists of numbers, such as one-hot ones."""
    match program:
        case Input():
            return [list(letter) for letter in word]
        case LinState(moves, enters, first, of):
            state: Numbers = list(first)
            found = []
            for u in run_program(of, word):
                state = _sum(_product(moves, state), _product(enters, u))
                found.append(state)
            return found
        case Concat(parts):
            return [_placed(program, at) for at in zip(*(run_program(part, word) for part in parts), strict=True)]
        case Multiplicative(left, right):
            return [_placed(program, at) for at in zip(run_program(left, word), run_program(right, word), strict=True)]
        case LinearMap(of=of) | Slice(of=of) | Rectifier(of=of):
            return [_placed(program, (u,)) for u in run_program(of, word)]


def _placed(program: LinearMap | Slice | Rectifier | Concat | Multiplicative, at: tuple[Numbers, ...]) -> Numbers:
    """Return the numbers at one place, of those of the parts."""
    match program:
        case LinearMap(matrix, bias):
            return _sum(_product(matrix, at[0]), bias)
        case Slice(first, last):
            return at[0][first:last]
        case Rectifier():
            return [max(number, 0) for number in at[0]]
        case Concat():
            return [number for part in at for number in part]
        case Multiplicative():
            return [one * other for one, other in zip(*at, strict=True)]


def network_program(verdict: Compiled) -> LinState:
    """Return the states of a network with one transition for all letters, exactly.

    InputError where letters differ in their transition, or where the network is no exact one.
    """
    operator, proof = verdict.operator, verdict.proof
    match operator, proof:
        case ((AffineDiagonal() | Diagonal() | Rotation()), Simulation(codes=codes)):
            size, letters = operator.size, range(len(proof.machine.symbols))
            matrices = [_rows(operator.matrix(letter)) for letter in letters]
        case _:
            message = "a program of linear states is written of an exact network of lines and turns"
            raise InputError(message)
    moves = {tuple(row[:size] for row in matrix[:size]) for matrix in matrices}
    if len(moves) > 1:
        message = f"the network found has {len(moves)} transitions, and the state of a program one for all letters"
        raise InputError(message)
    written = [[matrix[row][size] if len(matrix) > size else Fraction(0) for matrix in matrices] for row in range(size)]
    start = dict(codes[0])
    first = tuple(Fraction(start.get(place, 0)) for place in range(size))
    return LinState(moves.pop(), tuple(map(tuple, written)), first, Input(len(matrices)))


def recurrence(program: LinState) -> tuple[SparseMatrix, ...]:
    """Return the matrix on (s, 1) of each letter.

    InputError where what enters is no function of the letter alone.
    """
    letters = _letters(program.of)
    size = len(program.first)
    found = []
    for letter in range(letters):
        (entering,) = run_program(program.of, [[int(place == letter) for place in range(letters)]])
        offset = _product(program.enters, entering)
        rows = [(*row, added) for row, added in zip(program.moves, offset, strict=True)]
        found.append(SparseMatrix.from_rows([*rows, (*(Fraction(0) for _ in range(size)), Fraction(1))]))
    return tuple(found)


def _letters(program: Program) -> int:
    """Return how many letters a program without states reads; InputError for one with states, or with two alphabets."""
    match program:
        case Input(size):
            return size
        case LinearMap(of=of) | Slice(of=of) | Rectifier(of=of):
            return _letters(of)
        case Concat(parts):
            return _one_alphabet(parts)
        case Multiplicative(left, right):
            return _one_alphabet((left, right))
        case LinState():
            message = "what enters the state is itself a state: that is a network of several layers"
            raise InputError(message)


def _one_alphabet(parts: tuple[Program, ...]) -> int:
    sizes = {_letters(part) for part in parts}
    if len(sizes) != 1:
        message = f"all inputs of a program are one alphabet, found {sorted(sizes)} letters"
        raise InputError(message)
    return sizes.pop()


def _rows(matrix: SparseMatrix) -> Matrix:
    columns = [dict(column) for column in matrix.columns]
    return tuple(tuple(Fraction(column.get(row, 0)) for column in columns) for row in range(matrix.height))


def _product(matrix: Matrix, numbers: Numbers) -> Numbers:
    return [sum((entry * one for entry, one in zip(row, numbers, strict=True)), Fraction(0)) for row in matrix]


def _sum(left: Numbers, right: Sequence[Any]) -> Numbers:
    return [one + other for one, other in zip(left, right, strict=True)]
