"""AT&T files as people hold them, each with the machine that its tool means and what is said in reading it."""

from __future__ import annotations

from pathlib import Path

import pytest

from fsm2rnn.errors import InputError
from fsm2rnn.source.draft.draft import Completion
from fsm2rnn.source.draft.reading import ReadOptions
from fsm2rnn.source.read import reading

CASES = Path(__file__).parent / "field_cases"


def found(name, **options):
    return reading(CASES / name, ReadOptions(**options))


def test_hfst_writes_epsilon_so():
    read = found("att-at0-epsilon.att")
    # The language is b*a.
    assert [read.machine.accepts(word) for word in ("a", "bba", "", "b", "ab")] == [1, 1, 0, 0, 0]
    assert ["@0@ means no symbol" in note for note in read.notes] == [True]
    letters = found("att-at0-epsilon.att", epsilon=frozenset(), complete=Completion.SINK)
    assert letters.machine.symbols == ("@0@", "a", "b")


def test_an_empty_field_is_no_symbol_and_a_transducer_stays_one():
    with pytest.raises(InputError, match="reads nothing and writes 'a'") as caught:
        found("att-empty-epsilon.att")
    assert caught.value.line == 1


def test_the_number_0_is_no_symbol_where_all_labels_are_numbers():
    read = found("att-numeric-zero.att")
    machine = read.machine
    assert machine.symbols == ("1", "2")
    assert machine.answers(["1", "2"]) == [False, True]
    assert ["as in OpenFst" in note for note in read.notes] == [True]
    letters = found("att-numeric-zero.att", epsilon=frozenset(), complete=Completion.SINK)
    assert (letters.machine.accepts(["1", "0", "2"]), letters.notes) == (True, ())


def test_several_machines_are_never_one():
    with pytest.raises(InputError, match="stands between machines") as caught:
        found("att-two-machines.att")
    assert (caught.value.line, "--part" in caught.value.hint) == (2, True)
    first, second = (found("att-two-machines.att", part=part, complete=Completion.SINK).machine for part in (1, 2))
    assert (first.symbols, first.accepts("a")) == (("a",), False)
    assert (second.symbols, second.accepts("b")) == (("b",), True)
    with pytest.raises(InputError, match="no part 3: the file holds 2"):
        found("att-two-machines.att", part=3)


def test_a_letter_transducer_is_a_mealy_machine():
    read = found("att-letter-transducer.att")
    assert read.machine.answers("aab") == ["b", "b", "a"]
    assert ["a Mealy machine" in note for note in read.notes] == [True]
