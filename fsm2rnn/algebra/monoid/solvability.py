"""Solvability: whether every subgroup of the transition monoid is a solvable group, by the groups of image sets.

A permutation group is solvable exactly when its restriction to each orbit is, being a subgroup of their product;
and groups on fewer than five points are solvable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final, final

import numpy as np

from fsm2rnn.algebra.letters.letter_maps import LetterMaps, Numbers, letter_maps
from fsm2rnn.algebra.letters.words_between import Word
from fsm2rnn.algebra.monoid.commutators import CommutatorWitness, Permuting, commutator_witness
from fsm2rnn.algebra.monoid.few_points import FewPoints
from fsm2rnn.algebra.monoid.image_sets import image_sets, return_words, strong_components
from fsm2rnn.algebra.monoid.permutation_group import group_of_permutations, inverse_rows, perfect_residuum
from fsm2rnn.errors import LimitError
from fsm2rnn.machine.state_machine import StateMachine

LEAST: Final = 5
"""The least degree of a permutation group that is not solvable."""

_GENERATORS: Final = 64
"""Return words of a group that are tried as they are, the shortest ones; what generates the group is added."""
_POPULATION: Final = 8
"""Elements drawn and multiplied together: with fewer, all of them soon agree, and nothing is shown."""
_COMMUTATOR_WORK: Final = 1 << 22
"""Entries of one population over all rounds, n of 8 elements in each: a fraction of a second."""
_LETTER_WORK: Final = 1 << 24
"""Entries compared to see that letters commute: a fraction of a second."""


@final
@dataclass(frozen=True)
class Solvability:
    """Whether all subgroups are solvable; None where a limit stopped the search.

    Where they are not, a witness, unless the search for a short one failed.
    """

    solvable: bool | None
    witness: CommutatorWitness | None


def solvability(machine: StateMachine, few_points: Callable[[], FewPoints | None] | None = None) -> Solvability:
    """Return whether all subgroups of the transition monoid are solvable.

    `few_points` finds some for letters that permute the states, where their group is too large.
    """
    letters = letter_maps(machine)
    compared = letters.maps.size * len(letters.maps) <= _LETTER_WORK
    if (compared and letters.commutative) or _without_cycles(letters):
        return Solvability(solvable=True, witness=None)
    complete = True
    try:
        for points, rows, word_of in _restricted_groups(letters):
            solvable = _solvable(rows)
            if solvable is False:
                return Solvability(solvable=False, witness=commutator_witness(_few(points, rows, word_of)))
            complete = complete and solvable is True
    except LimitError:
        complete = False
    few = None if complete or few_points is None or not letters.permutation else few_points()
    return Solvability(solvable=True if complete else None, witness=None) if few is None else _on_few(letters, few)


def _on_few(letters: LetterMaps, few: FewPoints) -> Solvability:
    """Return whether a regular group is solvable that acts faithfully on few points, as it does on the states."""
    rows = few.maps[list(letters.symbols)]
    solvable = _solvable(rows)
    if solvable is not False:
        return Solvability(solvable, witness=None)
    points = tuple(range(rows.shape[1]))
    witness = commutator_witness(_few(points, rows, lambda row: letters.symbols[row : row + 1]))
    states = tuple(range(letters.maps.shape[1]))
    return Solvability(solvable, None if witness is None else replace(witness, points=states))


def _restricted_groups(letters: LetterMaps) -> Iterator[tuple[tuple[int, ...], Numbers, Callable[[int], Word]]]:
    """Yield the groups of image sets on their orbits of at least LEAST points: states, rows, the word of a row.

    Raises LimitError at the end where the image sets are not all known.
    """
    if letters.permutation:
        points = tuple(range(letters.maps.shape[1]))
        yield points, letters.maps, lambda row: letters.symbols[row : row + 1]
        return
    sets = image_sets(letters, least=LEAST)
    for group in return_words(sets):
        for orbit in strong_components(group.permutations.T.tolist()):
            if len(orbit) >= LEAST:
                rows = np.searchsorted(orbit, group.permutations[:, orbit])
                yield tuple(group.points[position] for position in orbit), rows, group.word
    if not sets.complete:
        what = "image sets"
        raise LimitError(what, limit=len(sets.sets))


def _few(points: tuple[int, ...], rows: Numbers, word_of: Callable[[int], Word]) -> Permuting:
    """Return the first rows with their words, and as many more as generate what all generate."""
    chosen = set(range(min(_GENERATORS, len(rows))))
    if len(rows) > _GENERATORS:
        first = {row.tobytes(): index for index, row in reversed(list(enumerate(rows)))}
        with suppress(LimitError):  # then the first rows will have to do
            chosen |= {first[row.tobytes()] for row in group_of_permutations(rows).generators}
    order = sorted(chosen)
    return Permuting(points, rows[order], tuple(word_of(index) for index in order))


def _solvable(rows: Numbers) -> bool | None:
    """Return whether the rows (m, n) generate a solvable group; None beyond the limits of both tests."""
    if rows.shape[1] < LEAST:
        return True
    if _commutators_survive(rows):
        return False
    try:
        return perfect_residuum(group_of_permutations(rows)).order == 1
    except LimitError:
        return None


def _commutators_survive(rows: Numbers) -> bool:
    """Whether commutators nested n - 1 deep, drawn at random, are not all trivial: then G is not solvable.

    A solvable G on n points has derived length d(G) <= n - 1, by induction: on orbits or on blocks and their number,
    d is at most the maximum or the sum of two smaller bounds; a primitive G has an abelian normal subgroup V, which
    is transitive, hence regular, and G / V is the stabiliser of a point, acting faithfully on the other n - 1.
    """
    degree = rows.shape[1]
    rounds = degree - 1
    if degree * rounds * _POPULATION > _COMMUTATOR_WORK:
        return False
    generator = np.random.default_rng(0)
    elements = rows[generator.integers(len(rows), size=_POPULATION)]
    mixing = elements
    for _ in range(rounds):
        # Conjugates of the second factor keep the population from agreeing; they stay in the derived subgroup.
        mixing = _times(mixing, rows[generator.integers(len(rows), size=_POPULATION)])
        left, right = elements[generator.integers(len(elements), size=(2, _POPULATION))]
        right = _times(inverse_rows(mixing), right, mixing)
        drawn = _times(inverse_rows(left), inverse_rows(right), left, right)
        elements = drawn[(drawn != np.arange(degree)).any(axis=1)]
        if not len(elements):
            return False
    return True


def _times(*factors: Numbers) -> Numbers:
    """Return the row-wise products, left to right."""
    product, rows = factors[0], np.arange(len(factors[0]))[:, None]
    for factor in factors[1:]:
        product = factor[rows, product]
    return product


def _without_cycles(letters: LetterMaps) -> bool:
    """Whether no state comes back after leaving; then no word permutes states in a cycle."""
    return not letters.permutation and len(strong_components(letters.maps.T.tolist())) == letters.maps.shape[1]
