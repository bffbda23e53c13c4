r"""Spaces of functions on the states that f -> f o x keeps: small ones for every two states, and how small they can be.

For each minimal class of pairs (`minimal_pairs`) a space <f>, the span of all f o w, of small dimension is wanted, with
f(q) != f(r) for one pair of the class. By `condensation` only f on few points count. Tried are
(a) the indicator of q among the points, that of r, and their difference;
(b) functions that belong to the factors of sums of moves of the points (`factor_kernels`: R. Parker's method), and on
    two free points those that may span least (`function_pencil`), which also bound the dimension from below;
(c) steps from the best function so far: its value at one point up or down by one;
(d) functions that do for several classes at once (`several_classes`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, final

import numpy as np

from fsm2rnn.algebra.functions.condensation import Condensation, condensation, uncondensed
from fsm2rnn.algebra.functions.function_pencil import try_pencil
from fsm2rnn.algebra.functions.joined_functions import join, widen
from fsm2rnn.algebra.functions.matrix_algebra import STATE_LIMIT, MatrixAlgebra
from fsm2rnn.algebra.functions.space_search import FunctionSpace, SpaceSearch, View
from fsm2rnn.algebra.letters.letter_maps import letter_maps
from fsm2rnn.algebra.linear.integer_rows import canonical_rows
from fsm2rnn.algebra.linear.lattice import BigIntegers
from fsm2rnn.algebra.linear.word_span import Integers
from fsm2rnn.algebra.monoid.minimal_pairs import Pair
from fsm2rnn.errors import InputError
from fsm2rnn.machine.output_functions import output_functions
from fsm2rnn.machine.reachable import reachable_states
from fsm2rnn.machine.state_machine import StateMachine

STEPS: Final = 1 << 15
"""Most images of two pairs under letters that are looked at on the way to few points, in Python's loop."""
TOTAL_STEPS: Final = 1 << 18
"""Most such images for all classes together, which share it."""
SUMS: Final = 24
"""Sums of moves whose factors are tried on the points of one condensation, a third of them on many points, where
factoring costs more."""
POINTS: Final = 64
"""Most points on which factors are tried: characteristic polynomials over Q take the fourth power."""
WORK: Final = 1 << 28
"""Products of numbers, about, that each of the ways (b), (c), (d) may take, and half of (a): seconds each in numpy."""


@final
@dataclass(frozen=True, eq=False)
class FunctionSpaces:
    """Spaces that together separate all states, and for each minimal class of pairs a dimension proved to be needed.

    `socle` is the sum of all irreducible spaces, None where it was not computed.
    """

    maps: Integers  # (D, Q), distinct letter maps
    pairs: Integers  # (classes, 2), a pair of each class
    spaces: tuple[FunctionSpace, ...]
    needed: Integers  # (classes,)
    socle: BigIntegers | None  # (s, Q)


def function_spaces(
    machine: StateMachine, classes: Sequence[Sequence[Pair]], algebra: MatrixAlgebra | None
) -> FunctionSpaces:
    """Return spaces that separate all states, by the minimal classes of pairs; InputError for unreachable states.

    `algebra` is that of the machine, None for one of more than its STATE_LIMIT states.
    """
    states = range(len(machine.states))
    if len(reachable_states(machine)) < len(states):
        message = "not all states are reachable from the start"
        raise InputError(message, hint="minimise the machine first")
    maps = letter_maps(machine).maps.astype(np.int64)
    kept = np.flatnonzero((maps == np.arange(len(states))).all(axis=0))
    origin = int(kept[0]) if len(kept) else None
    search = SpaceSearch(maps, _firsts(classes), origin)
    _searched(search, _views(maps, classes, algebra), np.array(output_functions(machine)))
    socle = None if algebra is None else algebra.socle
    return FunctionSpaces(maps, search.pairs, tuple(search.found.values()), search.needed, socle)


# Each class of pairs is looked at on the few points to which a word brings all states, if there is such a word. Where
# the radical is known, or a class has no such word, all states are the points.
def _views(maps: Integers, classes: Sequence[Sequence[Pair]], algebra: MatrixAlgebra | None) -> list[View]:
    """Return the condensations; that of the empty word once, for all classes where the radical is known."""
    found, rest = [], []
    layers = () if algebra is None else algebra.layers
    for number, pairs in enumerate(classes):
        condensed = condensation(maps, pairs, min(STEPS, TOTAL_STEPS // len(classes)))
        if condensed is None:
            rest.append(number)
        else:
            inside = tuple(canonical_rows(layer[:, condensed.points]) for layer in layers)
            found.append(View(condensed, np.array([number]), condensed.ends[_firsts([pairs])], inside))
    if algebra is not None:
        everything = np.arange(maps.shape[1])
        rest = list(range(len(classes)))
        found.append(
            View(
                Condensation(everything, everything, algebra.ends),
                np.array(rest, dtype=np.int64),
                _firsts(classes),
                layers,
            )
        )
    elif rest:
        found.append(View(uncondensed(maps), np.array(rest), _firsts([classes[number] for number in rest])))
    return found


def _firsts(classes: Sequence[Sequence[Pair]]) -> Integers:
    """Return the first pair of each class (v, 2)."""
    return np.array([pairs[0] for pairs in classes], dtype=np.int64).reshape(-1, 2)


# The ways of the module's head, the cheap ones first, each with its own allowance of work, so that none starves the
# next. What one finds bounds what the later ones look for.
def _searched(search: SpaceSearch, views: Sequence[View], outputs: Integers) -> None:
    """Try the functions that a linear head gives, all and each, and (a) to (d)."""
    search.allow(WORK)
    for rows in (outputs, *outputs[:, None]):
        if rows.any() and not search.exhausted:
            search.add(rows)
    search.allow(2 * WORK)
    for view in views:
        search.begin(view)
    search.allow(WORK)
    enough = search.work + 3 * WORK
    for view in views:
        try_pencil(search, view)
        points = len(view.condensed.points)
        if points <= POINTS and search.work < enough:
            search.factor(view, SUMS if points <= STATE_LIMIT else SUMS // 3)
    search.allow(WORK)
    _climb(search, views)
    search.allow(WORK)
    widen(search)
    search.allow(WORK)
    join(search)


def _climb(search: SpaceSearch, views: Sequence[View]) -> None:
    """Take steps for one class after the other, that with the largest space first; few once that stays the largest."""
    waiting = {number: (view, place) for view in reversed(views) for place, number in enumerate(view.classes.tolist())}
    while waiting and not search.exhausted:
        number = max(waiting, key=lambda number: (search.open(np.array([number]))[0], search.least[number]))
        view, place = waiting.pop(number)
        before = search.least[number]
        if before > search.needed[number]:
            search.climb(view, place)
            if search.least[number] == before == search.least.max():
                search.allowed = min(search.allowed, search.work + WORK // 8)
