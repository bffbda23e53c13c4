"""The forms of a linear recurrence that kernels compute, with integer or half-integer parameters that never round.

diagonal      h_t = a_t * h_{t-1} + b_t
householder   h_t = H_{t,n} ... H_{t,1} h_{t-1}, H = I - beta k k^T (DeltaProduct, arXiv 2502.10297; DeltaNet for n = 1)
block         h_t = A_t h_{t-1}

For a swap of two states i and j the Householder key is (e_i - e_j + e_i' - e_j') / 2 on a state that is written twice,
at i and at i': a key of length exactly 1 with beta = 2, where one copy alone would need the length 1 / sqrt 2.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias, final

import numpy as np
import numpy.typing as npt

from fsm2rnn.algebra.facts import Facts
from fsm2rnn.constructions.verdict import Compiled, Verdict
from fsm2rnn.errors import LimitError
from fsm2rnn.exact.sparse import SparseMatrix, Vector
from fsm2rnn.machine.permutations import letters_permute
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.operators.operator import Operator
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.simulation import Simulation
from fsm2rnn.targets.affine_real_diagonal import AFFINE_REAL_DIAGONAL
from fsm2rnn.targets.full import FULL
from fsm2rnn.targets.integer import INTEGER
from fsm2rnn.targets.minimal import MINIMAL
from fsm2rnn.targets.real_diagonal import REAL_DIAGONAL

Numbers: TypeAlias = npt.NDArray[np.float64]
Compiler: TypeAlias = Callable[[Facts, Contract], Verdict]  # a target's `compile`

PRODUCTS = 1 << 22  # numbers of all distinct products of the matrices
SWAPPED = 128  # states of a machine whose permutations are written as reflections


@final
@dataclass(frozen=True, eq=False)
class RecurrenceForm:
    """One form: parameters per symbol (D, ...), the state (Q, H) of every machine state, and a bound.

    Every number that a product of matrices or its use on a state adds up, in any bracketing and order, is a
    multiple of 1 / `parts` of magnitude at most `bound`.
    """

    parameters: dict[str, Numbers]
    states: Numbers
    bound: int
    parts: int

    @property
    def bits(self) -> int:
        """The precision p that holds all these numbers: bound * parts <= 2^p."""
        return (self.bound * self.parts - 1).bit_length()


def diagonal(machine: StateMachine) -> RecurrenceForm | str:
    """Return factors and offsets of a machine that a diagonal network follows exactly, or why there are none."""
    found = _bounded(machine, (REAL_DIAGONAL.compile, AFFINE_REAL_DIAGONAL.compile))
    if isinstance(found, str):
        return found
    integers, bound = found
    size = integers.size
    factors = np.diagonal(integers.matrices, axis1=1, axis2=2)[:, :size]
    wide = integers.matrices.shape[1] > size
    offsets = integers.matrices[:, :size, size] if wide else np.zeros_like(factors)
    return RecurrenceForm({"a": factors, "b": offsets}, integers.states[:, :size], bound, 1)


def block(machine: StateMachine) -> RecurrenceForm | str:
    """Return integer matrices that follow the machine, as narrow as are found, or why there are none."""
    found = _bounded(machine, (INTEGER.compile, MINIMAL.compile, FULL.compile))
    if isinstance(found, str):
        return found
    integers, bound = found
    return RecurrenceForm({"A": integers.matrices}, integers.states, bound, 1)


def householder(machine: StateMachine) -> RecurrenceForm | str:
    """Return reflections with unit keys whose product permutes the states written twice, or why there are none."""
    size = len(machine.states)
    if not letters_permute(machine):
        return "a letter does not permute the states, and reflections are invertible"
    if size > SWAPPED:
        return f"{size} states, the limit for reflections is {SWAPPED} (a group can act on fewer points: act:...)"
    swaps = [_swaps(letter) for letter in zip(*machine.table, strict=True)]
    steps = max(1, *map(len, swaps))
    keys, betas = np.zeros((len(swaps), steps, 2 * size)), np.zeros((len(swaps), steps))
    keys[:, :, 0] = 1
    for letter, pairs in enumerate(swaps):
        for step, (i, j) in enumerate(pairs):
            keys[letter, step] = 0
            keys[letter, step, [i, size + i]] = 0.5
            keys[letter, step, [j, size + j]] = -0.5
            betas[letter, step] = 2
    # Products are (I + P) / 2 and (I - P) / 2 in four blocks: rows of absolute sum 2, products of entries in quarters.
    return RecurrenceForm({"k": keys, "beta": betas}, np.tile(np.eye(size), 2), 2, 4)


KINDS = {"diagonal": diagonal, "householder": householder, "block": block}


@final
@dataclass(frozen=True, eq=False)
class _Integers:
    """Matrices (D, W, W) on (h, 1) or h, states (Q, W) and the width H of h."""

    matrices: Numbers
    states: Numbers
    size: int


def _bounded(machine: StateMachine, targets: tuple[Compiler, ...]) -> tuple[_Integers, int] | str:
    """Return the first target's matrices that are integers with bounded products, with the bound; else what was said.

    The bound: W times the largest entry of a product times the largest of a product or a state.
    """
    facts, said = Facts(machine), ""
    for target in targets:
        try:
            verdict = target(facts, Contract.INJECTIVE)
        except LimitError as error:
            said = str(error)
            continue
        found = _integers(verdict, machine)
        if found is None:
            said = str(verdict)
            continue
        largest = _largest_of_products(found.matrices)
        if largest is not None:
            return found, len(found.states[0]) * largest * max(largest, int(np.abs(found.states).max()))
        said = f"the products of the matrices hold more than {PRODUCTS:,} numbers"
    return said


def _integers(verdict: Verdict, machine: StateMachine) -> _Integers | None:
    """Return the matrices and codes of a verdict proved by equations between integers; None for any other."""
    if not isinstance(verdict, Compiled) or not isinstance(verdict.proof, Simulation):
        return None
    operator = verdict.operator
    if not isinstance(operator, Operator):
        return None
    exact = [operator.matrix(symbol) for symbol in range(len(machine.symbols))]
    letters = [matrix.columns for matrix in exact if isinstance(matrix, SparseMatrix)]
    code_of = dict(zip(verdict.proof.reads, verdict.proof.codes, strict=True))
    codes = [code_of[state] for state in range(len(machine.states))]
    vectors = [*codes, *(column for columns in letters for column in columns)]
    if len(letters) < len(exact) or not all(value.denominator == 1 for entries in vectors for _, value in entries):
        return None
    width = len(letters[0])
    matrices = np.stack([_rows(columns, width).T for columns in letters])
    return _Integers(matrices, _rows(codes, width), operator.size)


def _rows(vectors: Sequence[Vector], width: int) -> Numbers:
    found = np.zeros((len(vectors), width))
    for row, entries in enumerate(vectors):
        for place, value in entries:
            found[row, place] = int(value)
    return found


def _largest_of_products(matrices: Numbers) -> int | None:
    """Return the largest entry, by magnitude, of all products of the matrices; None beyond `PRODUCTS` numbers."""
    width = matrices.shape[1]
    known = {np.eye(width).tobytes()}
    fresh = np.eye(width)[None]
    largest = 1
    while len(fresh):
        reached = (matrices[:, None] @ fresh[None]).reshape(-1, width, width) + 0.0  # no negative zeros
        new = {matrix.tobytes(): matrix for matrix in reached}
        fresh = np.array([matrix for key, matrix in new.items() if key not in known])
        known |= new.keys()
        if len(known) * width**2 > PRODUCTS:
            return None
        largest = max(largest, int(np.abs(reached).max()))
    return largest


def _swaps(images: Sequence[int]) -> list[tuple[int, int]]:
    """Return swaps that, one after another, send every i to images[i]: one fewer than the length of each cycle."""
    found: list[tuple[int, int]] = []
    seen: set[int] = set()
    for start in range(len(images)):
        cycle = []
        while start not in seen:
            seen.add(start)
            cycle.append(start)
            start = images[start]  # noqa: PLW2901  a walk
        found += reversed([*itertools.pairwise(cycle)])
    return found
