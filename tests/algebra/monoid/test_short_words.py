"""Each finder answers as the enumerated monoid does, and its words show it on the machine."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings

from fsm2rnn.algebra.monoid import short_words as word_witnesses
from fsm2rnn.algebra.monoid.short_words import (
    MergingLetter,
    Noncommuting,
    idempotents_of_one_image,
    merging_letter,
    noncommuting_idempotents,
    noncommuting_squares,
)
from fsm2rnn.algebra.monoid.transition_monoid import transition_monoid
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.machine.minimise import minimise
from fsm2rnn.source.read import read
from tests.strategies import machines, permutation_machines


def images(machine, word):
    states = list(range(len(machine.states)))
    for symbol in word:
        states = [machine.table[state][symbol] for state in states]
    return states


def replay_squares(machine, found):
    u, v = found.left, found.right
    assert images(machine, u + u + v + v)[found.state] != images(machine, v + v + u + u)[found.state]


def replay_idempotents(machine, found):
    left, right = images(machine, found.left), images(machine, found.right)
    for row in (left, right):
        assert [row[state] for state in row] == row
    assert right[left[found.state]] != left[right[found.state]]


@given(permutation_machines(max_states=5))
@settings(max_examples=200)
def test_squares_commute_as_they_do_in_the_listed_group(machine):
    machine = minimise(machine).target
    elements = transition_monoid(machine).elements.astype(np.intp)
    squares = np.unique(np.take_along_axis(elements, elements, axis=1), axis=0)
    commute = all(np.array_equal(left[right], right[left]) for left, right in itertools.combinations(squares, 2))
    found = noncommuting_squares(machine)
    assert (found is None) is commute
    if found is not None:
        replay_squares(machine, found)


@given(machines(max_states=5))
@settings(max_examples=300)
def test_idempotents_commute_as_they_do_in_the_listed_monoid(machine):
    machine = minimise(machine).target
    rows = transition_monoid(machine).elements.astype(np.intp)
    idempotents = [row for row in rows if np.array_equal(row[row], row)]
    commute = all(np.array_equal(left[right], right[left]) for left, right in itertools.combinations(idempotents, 2))
    found = noncommuting_idempotents(machine)
    assert (found is None) is commute
    if found is not None:
        replay_idempotents(machine, found)


@given(machines(max_states=5))
@settings(max_examples=200)
def test_idempotents_have_one_image_as_they_do_in_the_listed_monoid(machine):
    machine = minimise(machine).target
    rows = transition_monoid(machine).elements.astype(np.intp)
    idempotents = [row for row in rows if np.array_equal(row[row], row)]
    apart = len({frozenset(row.tolist()) for row in idempotents}) == len(idempotents)
    found = idempotents_of_one_image(machine)
    assert (found is None) is apart
    if found is not None:
        replay_idempotents(machine, found)
        assert set(images(machine, found.left)) == set(images(machine, found.right))


@given(machines())
def test_a_merging_letter_merges(machine):
    found = merging_letter(machine)
    merges = any(len(set(column)) < len(column) for column in zip(*machine.table, strict=True))
    assert (found is not None) is merges
    if found is not None:
        assert found.left != found.right
        assert machine.table[found.left][found.symbol] == machine.table[found.right][found.symbol]


@pytest.mark.parametrize(
    ("text", "commute"),
    [
        *((text, True) for text in ("S3", "Dih(4)", "Q8", "Z60", "V4", "tomita5", "tomita6", "Dih(360)", "Z720")),
        *((text, False) for text in ("A4", "S4", "A5", "S5", "S6@gens", "PSL(2,7)", "random-permutation(50,2)")),
        ("act:(1,2,3,4,5);(2,3,5,4)", False),  # the affine group of the field of five elements
    ],
)
def test_squares_in_known_groups(text, commute):
    machine = read(text)
    found = noncommuting_squares(machine)
    assert (found is None) is commute
    if found is not None:
        replay_squares(machine, found)


@pytest.mark.parametrize("text", ["Q8", "Dih(8)", "A4", "S4@gens", "A5@gens", "act:(1,2,3,4,5);(2,3,5,4)"])
def test_squares_beyond_the_first_elements(monkeypatch, text):
    machine = read(text)
    expected = noncommuting_squares(machine) is None
    monkeypatch.setattr(word_witnesses, "_FIRST_SQUARES", 2)
    found = noncommuting_squares(machine)
    assert (found is None) is expected
    if found is not None:
        replay_squares(machine, found)


def test_squares_of_other_machines_are_refused():
    with pytest.raises(InputError, match="permutation machines"):
        noncommuting_squares(read("flip-flop"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("flip-flop", Noncommuting((1,), (2,), 0)),
        ("maps:1,2,3,4,0;0,0,0,0,0", Noncommuting((1,), (1, 0), 0)),
        *((f"tomita{number}", None) for number in (1, 2, 5, 6)),
        *((text, None) for text in ("counter(7)", "counter(3000)", "dyck(2,4)", "S5", "Z60", "parity")),
        ("maps:1,2,3,3;3,0,1,3", None),  # partial permutations with the sink 3
    ],
)
def test_known_idempotents(text, expected):
    machine = minimise(read(text)).target
    assert noncommuting_idempotents(machine) == expected
    if expected is not None:
        replay_idempotents(machine, expected)


@pytest.mark.parametrize("text", ["tomita3", "tomita4", "tomita7", "even-pairs"])
def test_idempotents_that_do_not_commute(text):
    machine = minimise(read(text)).target
    replay_idempotents(machine, noncommuting_idempotents(machine))


BY_HAND = [("tomita3", (0, 0, 1), (1, 0, 1)), ("tomita4", (1,), (1, 0)), ("tomita7", (0,), (1,))]


@pytest.mark.parametrize(("text", "left", "right"), BY_HAND)
def test_pairs_known_by_hand(text, left, right):
    """The words 001, 101 of Tomita 3 have one image, 1 and 10 of Tomita 4 one kernel."""
    machine = read(text)
    orders = zip(images(machine, left + right), images(machine, right + left), strict=True)
    state = next(state for state, (one, other) in enumerate(orders) if one != other)
    replay_idempotents(machine, Noncommuting(left, right, state))


def limit_elements(monkeypatch, limit):
    monkeypatch.setattr(word_witnesses, "_FIRST_ELEMENTS", 2)
    monkeypatch.setattr(word_witnesses, "_injective_up_to_a_sink", lambda _: False)
    enumerated = word_witnesses.transition_monoid
    monkeypatch.setattr(word_witnesses, "transition_monoid", lambda machine: enumerated(machine, limit=limit))


def test_idempotents_beyond_the_first_elements(monkeypatch):
    expected = noncommuting_idempotents(read("tomita7"))
    limit_elements(monkeypatch, 1_000)
    assert noncommuting_idempotents(read("tomita7")) == expected
    assert noncommuting_idempotents(read("counter(7)")) is None
    monkeypatch.setattr(word_witnesses, "_IDEMPOTENT_LIMIT", 1)
    with pytest.raises(LimitError, match="idempotents compared: 2 needed, the limit is 1"):
        noncommuting_idempotents(read("counter(7)"))


def test_a_monoid_too_large_is_left_open(monkeypatch):
    limit_elements(monkeypatch, 3)
    with pytest.raises(LimitError, match="transition monoid"):
        noncommuting_idempotents(read("counter(7)"))


def test_merging_letters_of_known_machines():
    assert merging_letter(read("S4")) is None
    assert merging_letter(read("flip-flop")) == MergingLetter(0, 1, 1)
