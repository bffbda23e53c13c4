"""Short words that refute a law of the transition monoid: squares or idempotents commute, letters permute.

Every witness is replayed by running its words on the machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, final

import numpy as np

from fsm2rnn.algebra.letters.letter_maps import LetterMaps, Numbers, letter_maps
from fsm2rnn.algebra.letters.words_between import Word
from fsm2rnn.algebra.monoid.permutation_group import derived_subgroup, group_of_permutations, normal_closure
from fsm2rnn.algebra.monoid.transition_monoid import TransitionMonoid, short_elements, transition_monoid
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.machine.state_machine import StateMachine

_FIRST_SQUARES: Final = 300
"""Elements of the shortest words, looked at before anything else: their squares are compared in pairs, at once."""
_FIRST_ELEMENTS: Final = 2_000
"""Elements of the shortest words, among which idempotents are looked for before the whole monoid is listed."""
_IDEMPOTENT_LIMIT: Final = 10_000
"""Most idempotents all pairs of which are compared: 5 * 10^7 pairs."""
_GROUP_LIMIT: Final = 20_000
"""Most elements of a group whose squares are compared: only reached where the squares are known not to commute."""
_CHUNK: Final = 1 << 20
"""Entries of squares computed at once: their indices are wide, 8 MB."""


@final
@dataclass(frozen=True)
class Noncommuting:
    """Words u, v whose squares, or that themselves where they are idempotents, differ in two orders at `state`."""

    left: Word
    right: Word
    state: int


@final
@dataclass(frozen=True)
class MergingLetter:
    """A letter that sends two different states to one."""

    left: int
    right: int
    symbol: int


def noncommuting_squares(machine: StateMachine) -> Noncommuting | None:
    """Return words u, v with u u v v != v v u u, or None where all squares of the transition group commute.

    All squares commute exactly when the subgroup that they generate is abelian. It is the normal closure of the
    squares and commutators of the letters: modulo these the letters commute and have order two, and so every
    square vanishes; and commutators are products of squares, (xy)^2 y^-2 (y x^-1 y^-1)^2 = x y x^-1 y^-1. So where
    it is abelian there are no such words, and otherwise they exist among any squares that generate it.

    Raises InputError unless every letter is a permutation, LimitError where the group is too large.
    """
    letters = letter_maps(machine)
    if not letters.permutation:
        message = "the law of squares is looked at for permutation machines only"
        raise InputError(message)
    found = short_elements(machine, limit=_FIRST_SQUARES)
    pair = _first_pair(_squares(found))
    if pair is None and not found.orbit.complete and not _squares_commute(letters):
        found = transition_monoid(machine, limit=_GROUP_LIMIT)
        pair = _generating_pair(_squares(found))
    if pair is None:
        return None
    squares = _squares(found)[list(pair)]
    state = int(np.argmax(squares[1][squares[0]] != squares[0][squares[1]]))
    return Noncommuting(found.word(pair[0]), found.word(pair[1]), state)


def noncommuting_idempotents(machine: StateMachine) -> Noncommuting | None:
    """Return idempotents that do not commute, the later word as short as possible, or None where all commute.

    Distinct idempotents with one image or one kernel are among them: e f = e != f = f e, or the other way round.
    Raises LimitError where the monoid is too large to decide.
    """
    if _injective_up_to_a_sink(letter_maps(machine)):
        return None
    found = short_elements(machine, limit=_FIRST_ELEMENTS)
    idempotents = _idempotents(found)
    pair = _first_pair(found.elements[idempotents])
    if pair is None and not found.orbit.complete:
        found = transition_monoid(machine)
        idempotents = _idempotents(found)
        if len(idempotents) > _IDEMPOTENT_LIMIT:
            what = "idempotents compared"
            raise LimitError(what, limit=_IDEMPOTENT_LIMIT, needed=len(idempotents))
        pair = _first_pair(found.elements[idempotents])
    if pair is None:
        return None
    left, right = idempotents[list(pair)].tolist()
    first, second = found.elements[[left, right]]
    state = int(np.argmax(second[first] != first[second]))
    return Noncommuting(found.word(left), found.word(right), state)


def idempotents_of_one_image(machine: StateMachine) -> Noncommuting | None:
    """Return two idempotents with one image, the later word as short as possible, or None where there are none.

    They do not commute: e f = f != e = f e. Raises LimitError where the monoid is too large to decide.
    """
    if _injective_up_to_a_sink(letter_maps(machine)):
        return None
    found = short_elements(machine, limit=_FIRST_ELEMENTS)
    pair = _pair_of_one_image(found)
    if pair is None and not found.orbit.complete:
        found = transition_monoid(machine)
        pair = _pair_of_one_image(found)
    if pair is None:
        return None
    first, second = found.elements[list(pair)]
    return Noncommuting(found.word(pair[0]), found.word(pair[1]), int(np.argmax(first != second)))


def _pair_of_one_image(monoid: TransitionMonoid) -> tuple[int, int] | None:
    places = _idempotents(monoid)
    images = np.zeros((len(places), monoid.elements.shape[1]), dtype=np.bool_)
    np.put_along_axis(images, monoid.elements[places].astype(np.intp), values=True, axis=1)
    seen: dict[bytes, int] = {}
    for place, image in zip(places.tolist(), np.packbits(images, axis=1), strict=True):
        first = seen.setdefault(image.tobytes(), place)
        if first != place:
            return first, place
    return None


def _idempotents(monoid: TransitionMonoid) -> Numbers:
    """Return the places of the elements e = e e."""
    return np.flatnonzero((_squares(monoid) == monoid.elements).all(axis=1))


def merging_letter(machine: StateMachine) -> MergingLetter | None:
    """Return a letter x and states p != q with p x = q x, or None for a permutation machine."""
    for symbol, column in enumerate(zip(*machine.table, strict=True)):
        first: dict[int, int] = {}
        for state, target in enumerate(column):
            if first.setdefault(target, state) != state:
                return MergingLetter(first[target], state, symbol)
    return None


def _squares(monoid: TransitionMonoid) -> Numbers:
    """Return the square of every element; a few rows at a time, since indices are wide."""
    rows = monoid.elements
    size = max(1, _CHUNK // rows.shape[1])
    parts = [rows[start : start + size] for start in range(0, len(rows), size)]
    return np.concatenate([np.take_along_axis(part, part.astype(np.intp), axis=1) for part in parts])


def _first_pair(squares: Numbers) -> tuple[int, int] | None:
    """Return the first two rows that do not commute, the later one as early as possible."""
    first = {row.tobytes(): index for index, row in reversed(list(enumerate(squares)))}
    distinct = np.array(sorted(first.values()))
    rows = squares[distinct]
    for index, row in enumerate(rows):
        apart = (rows[:index, row] != row[rows[:index]]).any(axis=1)
        if apart.any():
            return int(distinct[np.argmax(apart)]), int(distinct[index])
    return None


def _squares_commute(letters: LetterMaps) -> bool:
    """Whether the normal closure of the squares and commutators of the letters is abelian."""
    group = group_of_permutations(letters.maps)
    squares = np.take_along_axis(group.generators, group.generators, axis=1)
    elements = np.concatenate([squares, derived_subgroup(group).generators])
    return _first_pair(normal_closure(group, elements).generators) is None


def _generating_pair(squares: Numbers) -> tuple[int, int] | None:
    """Return two rows that do not commute among few that generate what all generate."""
    chosen: list[int] = []
    while True:
        outside = np.flatnonzero(~group_of_permutations(squares[chosen]).contains(squares))
        if not len(outside):
            return None
        chosen.append(int(outside[0]))
        pair = _first_pair(squares[chosen])
        if pair is not None:
            return chosen[pair[0]], chosen[pair[1]]


def _injective_up_to_a_sink(letters: LetterMaps) -> bool:
    """Whether all letters are injective apart from what they send to one common fixed state, or altogether.

    Then every word is so; an idempotent e among them fixes each q that it does not send to the sink, since e(q) and q
    have one image. Such partial identities commute.
    """
    ordered = np.sort(letters.maps, axis=1)
    equal = ordered[:, 1:] == ordered[:, :-1]
    for sink in (-1, *np.flatnonzero((letters.maps == np.arange(letters.maps.shape[1])).all(axis=0))):
        repeated = equal & (ordered[:, 1:] != sink)
        if not repeated.any():
            return True
    return False
