r"""A = span of the matrices A_w, A_w e_q = e_{qw}, on M = Q^Q: dimension, radical, and which states M / rad(A) M tells.

Words span A already where they are closed under one more letter in front: they are functions (q, r) -> [qw = r], and
w -> xw is f -> f o ((q, r) -> (qx, r)). By Dickson's criterion (L. E. Dickson, Algebras and their arithmetics, 1923;
characteristic 0) N lies in the radical iff tr(N A_w) = 0 for all words; tr(A_w) is the number of fixed points of w.
Over the reals the radical has the same equations, hence the same basis.

A network with one code per state spans a quotient of M by e_q -> code_q. If it is a sum of irreducible modules,
rad(A) M goes to 0, so M / rad(A) M separates the states; and if that does, it is such a network. Where the start
reaches all states, M = A e_start and rad(A) M = rad(A) e_start: two states q, r are not separated iff some N in the
radical has N e_start = c (e_q - e_r), c != 0. The functions on the states that vanish on rad(A) M are the socle of the
module of all functions, f -> f o x.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, final

import flint
import numpy as np

from fsm2rnn.algebra.letters.letter_maps import LetterMaps, Numbers, letter_maps
from fsm2rnn.algebra.letters.words_between import Word
from fsm2rnn.algebra.linear.integer_rows import canonical_rows, kernel_rows, reduced_rows
from fsm2rnn.algebra.linear.lattice import BigIntegers, pivot_basis
from fsm2rnn.algebra.linear.word_span import PRIMES, Integers, WordSpan, backward_closure
from fsm2rnn.algebra.monoid.transition_monoid import short_elements
from fsm2rnn.errors import InputError, LimitError, NumericError
from fsm2rnn.machine.reachable import reachable_states
from fsm2rnn.machine.state_machine import StateMachine

STATE_LIMIT: Final = 24
"""Most states; A has up to |Q|^2 - |Q| + 1 dimensions, 553 here, and its radical is an exact null space of that
size."""
POOL: Final = 4096
"""Short words among which two with one trace are looked for: their traces with a basis are 4096 x 553 numbers."""
RELATION_WORDS: Final = (48, 160)
"""How many short words a longer sum is made of at first, since few words make a readable witness; after that, a
basis of A."""

_SIZE: Final = 1 << 40
"""Largest sum of |coefficients|: a witness of more digits helps no reader."""


@final
@dataclass(frozen=True, eq=False)
class MatrixAlgebra:
    """Words that are a basis of A over Q, their trace form, and a basis of the radical in them."""

    machine: StateMachine
    words: tuple[Word, ...]  # k, of symbol indices
    ends: Integers  # (k, Q), q w for each word
    radical: BigIntegers  # (r, k)
    layers: tuple[BigIntegers, ...]  # at k - 1 a basis (s, Q) of the functions that vanish on rad(A)^k M

    @property
    def dimension(self) -> int:
        """The dimension k of A."""
        return len(self.words)

    @property
    def socle(self) -> BigIntegers:
        """The functions (s, Q) on M / rad(A) M, the sum of the irreducible modules of functions."""
        return self.layers[0]

    @property
    def inseparable(self) -> tuple[tuple[int, int], ...]:
        """Pairs of states that M / rad(A) M does not separate: each state with the next one of its class."""
        last: dict[tuple[int, ...], int] = {}
        found = []
        for state, column in enumerate(map(tuple, self.socle.T.tolist())):
            if column in last:
                found.append((last[column], state))
            last[column] = state
        return tuple(found)


@final
@dataclass(frozen=True)
class WordSum:
    """sum_i c_i A_{w_i} in the radical, and its rank."""

    words: tuple[Word, ...]  # of symbol indices
    coefficients: tuple[int, ...]
    rank: int


def matrix_algebra(machine: StateMachine) -> MatrixAlgebra:
    """Return A and its radical, exact: the basis is independent and closed over Q, the radical a null space over Z.

    InputError for unreachable states, LimitError past STATE_LIMIT states, NumericError where the words span less
    modulo every prime tried, which no machine is known to bring about.
    """
    states = len(machine.states)
    if states > STATE_LIMIT:
        what = "states of a machine whose matrix algebra is computed"
        raise LimitError(what, limit=STATE_LIMIT, needed=states)
    if len(reachable_states(machine)) < states:
        message = "not all states are reachable from the start"
        raise InputError(message, hint="minimise the machine first")
    letters = letter_maps(machine)
    closure = _closure(letters)
    ends = closure.basis.reshape(-1, states, states).argmax(axis=2)
    radical = _null_rows(_traces(ends, ends))
    return MatrixAlgebra(
        machine, tuple(map(letters.word, closure.words)), ends, radical, tuple(_layers(ends, radical, machine.start))
    )


def collapsing_sum(algebra: MatrixAlgebra) -> WordSum | None:
    """Return N in the radical with N e_start = c (e_q - e_r), of few short words; None where states are separated.

    LimitError where its coefficients are too large.
    """
    pairs = algebra.inseparable
    return _first_sum(algebra, pairs) if pairs else None


def _closure(letters: LetterMaps) -> WordSpan:
    """Return words whose functions on pairs are a basis of A."""
    states = letters.maps.shape[1]
    pairs = (letters.maps[:, :, None].astype(np.int64) * states + np.arange(states)).reshape(len(letters.maps), -1)
    identity = np.eye(states, dtype=np.int64).reshape(1, -1)
    for prime in PRIMES:
        found = backward_closure(pairs, identity, prime)
        if pivot_basis(found, pairs, identity) is not None:
            return found
    message = f"the words of a machine span less modulo each of the primes {PRIMES}"
    raise NumericError(message)


def _layers(ends: Integers, radical: BigIntegers, start: int) -> Iterator[BigIntegers]:
    """Yield the functions that vanish on rad(A)^k M, k = 1, 2, ..., ending with all; rad(A)^k M = rad(A)^k e_start."""
    states = ends.shape[1]
    one = np.eye(states, dtype=np.int64).astype(object)
    sums = np.tensordot(radical, one[ends], axes=1)  # N e_q in row q of each
    inside = one[[start]]
    while len(inside):
        # rad(A)^(k + 1) e_start = rad(A) (rad(A)^k e_start)
        images = np.tensordot(inside, sums, axes=(1, 1)).reshape(-1, states)
        inside = canonical_rows(images) if len(images) else images
        yield kernel_rows(flint.fmpz_mat(inside.tolist())) if len(inside) else one


def _traces(left: Numbers, right: Numbers) -> Integers:
    """Return the number of fixed points of v w for maps v (m, Q) and w (k, Q): exact in float64."""
    states = left.shape[1]
    one = np.eye(states)
    traces = one[left].reshape(len(left), -1) @ one[right].transpose(0, 2, 1).reshape(len(right), -1).T
    return np.asarray(traces.astype(np.int64))


def _null_rows(matrix: Numbers | BigIntegers) -> BigIntegers:
    """Return a basis (n, m) of the integer rows y with y matrix = 0, matrix (m, k)."""
    return kernel_rows(flint.fmpz_mat(matrix.shape[1], len(matrix), matrix.T.ravel().tolist()))


def _first_sum(algebra: MatrixAlgebra, pairs: tuple[tuple[int, int], ...]) -> WordSum:
    """Return a difference of two short words, else a sum of short words, else one of a basis of A."""
    words, ends = _pool(algebra.machine)
    traces = _traces(ends, algebra.ends)
    twins = _twins(ends[:, algebra.machine.start], traces)
    if twins is not None:
        return _word_sum([words[place] for place in twins], np.array([1, -1]), ends[list(twins)])
    for count in RELATION_WORDS:
        found = _relation(algebra.machine.start, ends[:count], _null_rows(traces[:count]), pairs)
        if found is not None:
            return _word_sum(words, found, ends[:count])
    found = _relation(algebra.machine.start, algebra.ends, algebra.radical, pairs)
    if found is None or np.abs(found).sum() > _SIZE:
        what = "sum of the coefficients of an element of the radical"
        raise LimitError(what, limit=_SIZE)
    return _word_sum(algebra.words, found, algebra.ends)


def _pool(machine: StateMachine) -> tuple[list[Word], Integers]:
    """Return distinct maps (N, Q) with their words: those of short words, and short words after one of low rank."""
    short = short_elements(machine, limit=POOL)
    low = _low_rank_word(short.letters.maps)
    image = np.arange(len(machine.states))
    for letter in low:
        image = short.letters.maps[letter, image]
    after = short.elements[:, image]
    prefix = short.letters.word(low)
    words = [short.word(place) for place in range(len(short))]
    ends = np.concatenate([short.elements, after]).astype(np.int64)
    _, first = np.unique(ends, axis=0, return_index=True)
    chosen = np.sort(first)
    found = [words[place] if place < len(words) else prefix + words[place - len(words)] for place in chosen]
    return found, ends[chosen]


# Pairs that some word merges are found backwards from equal pairs, with a shortest such word each. From all states
# on, a shortest word that merges two of those left is appended until none does.
def _low_rank_word(maps: Numbers) -> Word:
    """Return a word, of rows of `maps` (D, Q), after which no word merges two states: shortest merging words joined."""
    states = maps.shape[1]
    merging: dict[tuple[int, int], Word] = {(state, state): () for state in range(states)}
    grown = True
    while grown:
        fresh = {
            (left, right): (letter, *merging[target])
            for left, right in itertools.combinations(range(states), 2)
            if (left, right) not in merging
            for letter, ends in reversed(list(enumerate(maps.tolist())))
            if (target := (min(ends[left], ends[right]), max(ends[left], ends[right]))) in merging
        }
        merging |= fresh
        grown = bool(fresh)
    word: Word = ()
    image = set(range(states))
    while found := [merging[pair] for pair in itertools.combinations(sorted(image), 2) if pair in merging]:
        step = min(found, key=len)
        word += step
        for letter in step:
            image = {int(maps[letter, state]) for state in image}
    return word


def _twins(told: Numbers, traces: Integers) -> tuple[int, int] | None:
    """Return the first two maps with one trace with every word that `told` (N,) tells apart."""
    first: dict[bytes, int] = {}
    for place, row in enumerate(traces):
        other = first.setdefault(row.tobytes(), place)
        if told[other] != told[place]:
            return other, place
    return None


def _relation(start: int, ends: Integers, rows: BigIntegers, pairs: tuple[tuple[int, int], ...]) -> BigIntegers | None:
    """Return a short combination of the rows (r, m), sums of maps (m, Q), or None.

    It sends the start to a multiple, not 0, of the difference of one of the pairs.
    """
    if not len(rows):
        return None
    one = np.eye(ends.shape[1], dtype=np.int64).astype(object)
    images = rows @ one[ends[:, start]]
    found = []
    for left, right in pairs:
        kept = _null_rows(np.delete(images, [left, right], axis=1)) @ rows
        reduced = reduced_rows(kept)
        found += list(reduced[(reduced @ one[ends[:, start]])[:, left] != 0])
    return _shortest(found)


def _shortest(rows: Iterable[BigIntegers]) -> BigIntegers | None:
    return min(rows, key=lambda row: (np.abs(row).sum(), np.count_nonzero(row)), default=None)


def _word_sum(words: Sequence[Word], coefficients: Numbers | BigIntegers, ends: Integers) -> WordSum:
    """Return the sum with its rank, without words that are taken 0 times, the first with a positive sign."""
    used = np.flatnonzero(coefficients)
    taken = [int(coefficients[place]) for place in used]
    sign = 1 if taken[0] > 0 else -1
    one = np.eye(ends.shape[1], dtype=np.int64).astype(object)
    matrix = np.tensordot(coefficients.astype(object), one[ends], axes=1)
    rank = int(flint.fmpz_mat(matrix.tolist()).rank())
    return WordSum(tuple(words[place] for place in used.tolist()), tuple(sign * entry for entry in taken), rank)
