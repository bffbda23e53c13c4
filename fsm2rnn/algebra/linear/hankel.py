"""The Hankel rank: the least k such that the outputs are a linear function of a k-dimensional state with linear steps.

H(u, (w, o)) = o(q0 u w) for output functions o and words u, w. Its rank is the least dimension of h_w = X_w ... h_0
with outputs C h_w (M. P. Schuetzenberger, On the definition of a family of automata, 1961; J. W. Carlyle and A. Paz,
Realizations by stochastic finite automata, 1971; M. Fliess, Matrices de Hankel, 1974). In short: H(u, (w, o)) is the
row C_o X_w times the column h_u, both of length k, so rank H <= k. Conversely, where all states are reachable, H's
columns are the functions o(delta(., w)), one value per state. Their span U has dimension rank H, and f -> f o delta_x
keeps it; so for a basis of U, the rows of F, F[:, delta(q, x)] = X_x F[:, q], and outputs = C F.

Two states with one code have equal f(q) for all f in U, hence the same outputs after every word: codes of a minimal
machine are distinct.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import final

import numpy as np

from fsm2rnn.algebra.letters.product import LetterMerge, merge_letters
from fsm2rnn.algebra.linear.lattice import PivotBasis, pivot_basis, small_realisation
from fsm2rnn.algebra.linear.word_span import PRIMES, Integers, Word, backward_closure
from fsm2rnn.errors import InputError, LimitError, NumericError
from fsm2rnn.exact.sparse import SparseMatrix, Vector, unit
from fsm2rnn.machine.output_functions import functions_shown, output_functions
from fsm2rnn.machine.state_machine import StateMachine

STATE_LIMIT = 4096
"""Most states: residues of k functions on all of them are k Q numbers, 32 MB at RANK_LIMIT."""
ENTRY_LIMIT = 1 << 26
"""Most entries of the matrices X_x together, 512 MB; a realisation of full rank is sparse and needs no such limit."""


@final
@dataclass(frozen=True)
class Realisation:
    """F[:, delta(q, x)] = X_x F[:, q] and C F = outputs in integers, of least height: the rank, or 1 where that is 0.

    With `affine` the constant function 1 is a combination of the rows of F; as one of the coordinates it leaves
    height - 1 others and an additive term. Otherwise an additive term saves nothing: n coordinates and the constant
    span a space that letters keep and that holds U and 1, so n + 1 >= k + 1.
    """

    rank: int
    codes: tuple[Vector, ...]  # Q columns of F, sparse, of height k; distinct for a minimal machine
    matrices: tuple[SparseMatrix, ...]  # X_x (k, k), one per symbol, the same object for symbols of equal maps
    head: SparseMatrix  # C (O, k)
    affine: bool


@final
@dataclass(frozen=True)
class Minor:
    """A non-singular k x k minor of H: entry (i, j) is output function functions[j] after prefixes[i] suffixes[j].

    It proves rank >= k. Words are tuples of symbol indices; a function is its row in `output_functions`.
    """

    prefixes: tuple[Word, ...]  # k
    suffixes: tuple[Word, ...]  # k
    functions: tuple[int, ...]  # k


@final
@dataclass(frozen=True, eq=False)
class HankelSpan:
    """U with what found it; `steps[q]` is the state and letter before q on a shortest path.

    Its basis are functions that words make of output functions, independent on the states `pivots`. `proper` has the
    outputs (O, Q) and the basis dual to the pivots; None where U is the space of all functions on the states.
    """

    machine: StateMachine
    merge: LetterMerge
    steps: dict[int, tuple[int, int]]
    maps: Integers  # (D, Q)
    words: tuple[Word, ...]  # k
    functions: tuple[int, ...]  # k
    pivots: tuple[int, ...]  # k
    proper: tuple[Integers, PivotBasis] | None

    @property
    def rank(self) -> int:
        """The Hankel rank over Q: independent functions, whose span is closed over Z."""
        return len(self.words)


def hankel_minor(span: HankelSpan) -> Minor:
    """Return a minor of full rank: shortest words to the pivot states, suffixes in the order the closure found them."""
    symbol = {letter: number for number, letter in reversed(list(enumerate(span.merge.letter_of)))}
    prefixes = (_path(span.steps, span.merge.machine.start, state) for state in span.pivots)
    return Minor(_spelled(prefixes, symbol), _spelled(span.words, symbol), span.functions)


def realisation(span: HankelSpan) -> Realisation:
    """Return a smallest linear realisation with integer entries, the 0/1 tensor on one-hot codes where k = Q.

    The rank is 0 only for an acceptor that never accepts; its realisation is the constant function 1 with head 0.
    LimitError beyond ENTRY_LIMIT entries of the matrices, NumericError for an entry beyond 64 bits.
    """
    rank, states = span.rank, len(span.machine.states)
    if span.proper is None:
        matrices = [SparseMatrix(rank, tuple(map(unit, letter))) for letter in span.maps.tolist()]
        count, shown = functions_shown(span.machine)
        head = SparseMatrix(count, tuple(tuple((row, 1) for row in functions) for functions in shown))
        return _realisation(span, SparseMatrix.identity(rank).columns, matrices, head, affine=True)
    outputs, basis = span.proper
    if rank == 0:
        constant = SparseMatrix.identity(1)
        matrices = [constant] * len(span.maps)
        return _realisation(span, constant.columns * states, matrices, _sparse(0 * outputs[:, :1]), affine=True)
    if rank * rank * len(span.maps) > ENTRY_LIMIT:
        what = "entries of the matrices of a realisation"
        raise LimitError(what, limit=ENTRY_LIMIT, needed=rank * rank * len(span.maps))
    found = small_realisation(basis, span.maps, outputs)
    matrices = [_sparse(matrix) for matrix in found.matrices]
    return _realisation(span, _sparse(found.codes).columns, matrices, _sparse(found.head), affine=basis.affine)


def _realisation(
    span: HankelSpan, codes: tuple[Vector, ...], matrices: list[SparseMatrix], head: SparseMatrix, *, affine: bool
) -> Realisation:
    by_symbol = tuple(matrices[letter] for letter in span.merge.letter_of)
    return Realisation(span.rank, codes, by_symbol, head, affine)


def hankel_span(machine: StateMachine) -> HankelSpan:
    """Return the span of the output functions under all letters, exact from both sides.

    D Q k^2 steps for D distinct letter maps. InputError for a machine with unreachable states. LimitError beyond
    STATE_LIMIT states, and RANK_LIMIT and STEP_LIMIT of fsm2rnn.algebra.linear.word_span. NumericError when the rank is
    smaller modulo every one of PRIMES, which no machine is known to bring about.
    """
    if len(machine.states) > STATE_LIMIT:
        what = "states of a Hankel matrix"
        raise LimitError(what, limit=STATE_LIMIT, needed=len(machine.states))
    merge = merge_letters(machine)
    steps = _shortest_steps(merge.machine)
    if len(steps) < len(machine.states) - 1:
        message = f"{len(machine.states) - 1 - len(steps)} states are not reachable from the start"
        raise InputError(message, hint="minimise the machine first")
    maps = np.array(merge.machine.table, dtype=np.int64).T
    found = partial(HankelSpan, machine, merge, steps, maps)
    count, shown = functions_shown(machine)
    alone = {functions[0]: state for state, functions in enumerate(shown) if len(functions) == 1}
    if len(alone) == count == len(shown):  # the outputs tell all states apart
        return found(((),) * count, tuple(range(count)), tuple(alone[function] for function in range(count)), None)
    outputs = np.array(output_functions(machine), dtype=np.int64)
    for prime in PRIMES:
        closure = backward_closure(maps, outputs, prime)
        basis = pivot_basis(closure, maps, outputs)
        if basis is not None:
            proper = None if len(closure.words) == len(shown) else (outputs, basis)
            return found(closure.words, closure.functions, tuple(closure.pivots.tolist()), proper)
    message = f"the Hankel rank is smaller modulo each of the primes {PRIMES}"
    raise NumericError(message)


def _shortest_steps(machine: StateMachine) -> dict[int, tuple[int, int]]:
    """Return for each state but the start the state and letter before it, breadth first."""
    steps: dict[int, tuple[int, int]] = {}
    found = [machine.start]
    for state in found:
        for letter, target in enumerate(machine.table[state]):
            if target != machine.start and target not in steps:
                steps[target] = (state, letter)
                found.append(target)
    return steps


def _path(steps: dict[int, tuple[int, int]], start: int, state: int) -> Word:
    word = []
    while state != start:
        state, letter = steps[state]
        word.append(letter)
    return tuple(reversed(word))


def _spelled(words: Iterable[Word], symbol: dict[int, int]) -> tuple[Word, ...]:
    return tuple(tuple(symbol[letter] for letter in word) for word in words)


def _sparse(dense: Integers) -> SparseMatrix:
    columns, rows = dense.T.nonzero()
    entries = list(zip(rows.tolist(), dense.T[columns, rows].tolist(), strict=True))
    ends = np.searchsorted(columns, np.arange(dense.shape[1] + 1)).tolist()
    return SparseMatrix(len(dense), tuple(tuple(entries[low:high]) for low, high in itertools.pairwise(ends)))
