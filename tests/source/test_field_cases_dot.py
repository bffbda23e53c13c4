"""Drawings as people hold them, each with the machine that its author meant and what is said in reading it."""

from __future__ import annotations

from pathlib import Path

import pytest

from fsm2rnn.errors import InputError
from fsm2rnn.source.draft.draft import Completion
from fsm2rnn.source.draft.reading import Labels, ReadOptions
from fsm2rnn.source.read import reading

CASES = Path(__file__).parent / "field_cases"


def accepted(machine, *words):
    """Return whether each word, its letters with blanks between, is accepted."""
    return [machine.accepts(word.split()) for word in words]


def along(machine, word):
    """Return acceptance after each letter of a word."""
    return machine.answers(word.split())


def found(name, **options):
    """Return machine and notes of a case."""
    return reading(CASES / name, ReadOptions(**options))


def test_comma_labels_list_letters():
    read = found("dot-comma-labels.dot")
    assert along(read.machine, "a b") == [True, True]
    assert (read.machine.symbols, len(read.machine.states)) == (("a", "b"), 3)
    assert read.machine.table == ((1, 2), (0, 0), (2, 2))
    assert ["'a, b' and 1 more" in note for note in read.notes] == [True]


def test_a_letter_and_a_list_of_it_are_never_completed():
    for complete in Completion:
        with pytest.raises(InputError, match="'a' and 'a, b' are both letters") as caught:
            found("dot-comma-labels.dot", labels=Labels.WHOLE, complete=complete)
        assert "--labels list" in caught.value.hint
        assert "--complete" not in caught.value.hint


def test_commas_are_split_where_every_label_has_one():
    read = found("dot-comma-silent.dot")
    assert along(read.machine, "0 1") == [False, True]
    assert len(read.notes) == 1
    whole = found("dot-comma-silent.dot", labels=Labels.WHOLE)
    assert (whole.machine.symbols, whole.notes) == (("0,1",), ())


def test_a_drawing_may_be_non_deterministic():
    machine = found("dot-nfa.dot").machine
    # The language is a*(b|a).
    assert accepted(machine, "", "a", "b", "a a", "a b", "b a", "a b a") == [0, 1, 1, 1, 1, 0, 0]


def test_epsilon_has_names():
    read = found("dot-epsilon.dot")
    assert accepted(read.machine, "b", "a a b", "a", "") == [1, 1, 0, 0]
    assert ["'ε' means no symbol" in note for note in read.notes] == [True]
    letters = found("dot-epsilon.dot", epsilon=frozenset(), complete=Completion.SINK)
    assert letters.machine.symbols == ("a", "ε", "b")


@pytest.mark.parametrize("name", ["dot-rank-same.dot", "dot-labelled-start.dot"])
def test_starts_are_marked_by_points(name):
    read = found(name)
    odd = name == "dot-rank-same.dot"
    assert accepted(read.machine, "", "a", "a a") == [not odd, odd, not odd]
    assert (len(read.machine.states), read.notes) == (2, ())


def test_a_start_is_marked_by_an_invisible_node():
    read = found("dot-invisible-start.dot")
    assert read.machine.states == ("s0", "s1")
    assert along(read.machine, "coin coin gone coin") == [True, True, False, True]


def test_blanks_list_letters_where_only_that_makes_a_total_machine():
    read = found("dot-plaintext-start.dot")
    assert read.machine.symbols == ("a", "b", "c")
    assert along(read.machine, "c a c b") == [False, True, True, True]
    assert len(read.notes) == 1


def test_labels_of_a_mona_drawing_are_conditions():
    """The value was found by hand in two ways, and both hold.

    Along the edges: under ~a state 1 stays, under a it goes to 2; from 2 b leads back, ~b to the trap 3. As a language:
    every letter with a is followed by a letter with b, and a word does not end in between.
    """
    read = found("dot-mona.dot")
    machine = read.machine
    assert (machine.symbols, len(machine.states)) == (("00", "01", "10", "11"), 3)
    assert ["valuations of a, b" in note for note in read.notes] == [True]
    step = {1: lambda a, _: 2 if a else 1, 2: lambda _, b: 1 if b else 3, 3: lambda *_: 3}
    for number in range(4**5):
        word = [machine.symbols[number // 4**place % 4] for place in range(5)]
        state, open_request = 1, False
        right = True
        for letter in word:
            a, b = letter in {"10", "11"}, letter in {"01", "11"}
            state = step[state](a, b)
            right &= b or not open_request
            open_request = a and not open_request
        assert machine.accepts(word) == (state == 1) == (right and not open_request)


def test_without_a_start_mark_a_shape_list_names_no_start():
    with pytest.raises(InputError, match="'Q2', stands in a list of states") as caught:
        found("dot-no-start-mark.dot")
    assert caught.value.hint.startswith("--start STATE")
    assert not found("dot-no-start-mark.dot", start="Q0").machine.accepts(["a"])
    assert found("dot-no-start-mark.dot", start="Q2").machine.accepts(["a"])
