"""JFLAP and libmata files as people hold them, each with the machine that its tool means and what is said of it."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

from fsm2rnn.errors import InputError
from fsm2rnn.source.draft.draft import Completion
from fsm2rnn.source.draft.reading import Labels, ReadOptions
from fsm2rnn.source.read import reading

CASES = Path(__file__).parent / "field_cases"


def found(name, **options):
    return reading(CASES / name, ReadOptions(**options))


def words(letters, length):
    return ("".join(word) for size in range(length + 1) for word in itertools.product(letters, repeat=size))


def test_labels_are_consumed_symbol_by_symbol():
    read = found("jff-multichar.jff")
    assert read.machine.answers("abb") == [False, False, True]
    assert all(read.machine.accepts(word) == bool(re.fullmatch("(a|b)*abb", word)) for word in words("ab", 7))
    assert ["'abb' is read symbol by symbol" in note for note in read.notes] == [True]
    whole = found("jff-multichar.jff", labels=Labels.WHOLE, complete=Completion.SINK)
    assert (whole.machine.symbols, whole.notes) == (("a", "b", "abb"), ())


def test_a_range_is_its_letters():
    read = found("jff-range.jff")
    assert read.machine.symbols == tuple("0123456789")
    assert [read.machine.accepts(word) for word in ("", "7", "042")] == [False, True, True]
    assert ["a range of 10 letters" in note for note in read.notes] == [True]


def test_states_of_one_name_are_told_apart():
    read = found("jff-same-name.jff")
    assert len(read.machine.states) == 2
    assert [read.machine.accepts("0" * count) for count in range(4)] == [False, True, False, True]
    assert ["2 states are named 'odd'" in note for note in read.notes] == [True]
    for start in ("1", "odd (id 1)"):
        assert found("jff-same-name.jff", start=start).machine.accepts("")
    with pytest.raises(InputError, match="no state is named 'odd'"):
        found("jff-same-name.jff", start="odd")


def test_an_expression_has_jflaps_syntax():
    read = found("jff-type-re.jff")
    assert read.machine.states == ("q0", "q1", "q2", "q3")
    assert all(read.machine.accepts(word) == bool(re.fullmatch("(a|b)*abb|", word)) for word in words("ab", 7))
    assert read.notes == ()


def test_libmatas_older_header():
    read = found("mata-nfa-header.mata")
    assert (read.machine.symbols, read.notes) == (("0", "1"), ())
    assert all(read.machine.accepts(word) for word in words("01", 4))
