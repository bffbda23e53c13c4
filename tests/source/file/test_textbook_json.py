"""The JSON object of textbooks: against objects drawn with what they mean, and errors with their line."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from fsm2rnn.errors import InputError
from fsm2rnn.source.draft.draft import Completion
from fsm2rnn.source.draft.reading import Labels, ReadOptions
from fsm2rnn.source.file.json_text import JsonText
from fsm2rnn.source.file.textbook_json import is_textbook, read_textbook
from fsm2rnn.source.read import reading
from tests.source.independent.textbook import drawn_object

FIELD_CASES = Path(__file__).parents[1] / "field_cases"
SINK = ReadOptions(complete=Completion.SINK)


def _read(text, options=SINK):
    source = JsonText(text, "m.json")
    document = source.value()
    assert is_textbook(document)
    return read_textbook(source, document, options)


def test_the_field_case_is_an_odd_number_of_zeros():
    found = reading(FIELD_CASES / "json-textbook.json")
    assert found.notes == ()
    assert len(found.machine.states) == 2
    for word in ("", "0", "1", "01", "00", "010", "0010", "111"):
        assert found.machine.accepts(word) == (word.count("0") % 2 == 1)


def agreements(seeds):
    """Return how many objects were machines, and how many lacked transitions."""
    missing = 0
    for seed in seeds:
        draw = random.Random(seed)
        text, meant, states = drawn_object(draw)
        machine = _read(text).machine
        assert list(machine.symbols) == meant.letters
        for _ in range(20):
            word = [draw.choice(machine.symbols) for _ in range(draw.randint(0, 7))]
            assert machine.accepts(word) == meant.accepts(word), text
        if meant.missing(states):
            missing += 1
            with pytest.raises(InputError, match="has no transition"):
                _read(text, ReadOptions())
        else:
            assert _read(text, ReadOptions()).machine == machine
    return missing


def test_drawn_objects_mean_what_they_were_drawn_to_mean():
    assert agreements(range(200)) > 10


@pytest.mark.slow
def test_two_thousand_drawn_objects_mean_what_they_were_drawn_to_mean():
    assert agreements(range(2_000)) > 100


PARTS = {"states": ["p", "q"], "alphabet": ["a"], "transitions": {"p": {"a": "q"}}, "start": "p", "accept": ["q"]}


def test_states_and_letters_need_no_declaration():
    text = json.dumps({"transitions": [["p", "a", "q"]], "initial": "p", "final": "q", "type": "DFA", "name": "x"})
    assert _read(text).machine.accepts("a")


def test_silent_letters():
    text = json.dumps(PARTS | {"transitions": {"p": {"": "q"}, "q": {"a": "q"}}})
    found = _read(text)
    assert found.machine.accepts("")
    assert found.notes == ("'' means no symbol",)
    declared = _read(json.dumps(PARTS | {"alphabet": ["a", "eps"], "transitions": {"p": {"eps": "q"}}}))
    assert declared.machine.symbols == ("a", "eps")
    chosen = _read(json.dumps(PARTS), ReadOptions(epsilon=frozenset({"a"}), complete=Completion.SINK))
    assert chosen.machine.accepts("")


def test_another_start():
    assert _read(json.dumps(PARTS), ReadOptions(start="q", complete=Completion.SINK)).machine.accepts("")
    with pytest.raises(InputError, match="'r' is not declared"):
        _read(json.dumps(PARTS), ReadOptions(start="r"))


ERRORS = {
    "start": (None, "no key for the start states"),
    "accept": (None, "no key for the accept states"),
}


@pytest.mark.parametrize(("left", "expected"), ERRORS.items())
def test_what_is_missing_is_said(left, expected):
    with pytest.raises(InputError) as caught:
        _read(json.dumps({part: value for part, value in PARTS.items() if part != left}))
    assert expected[1] in caught.value.message


CHANGES = {
    "outputs": ({"outputs": ["x"]}, "unknown key 'outputs'"),
    "start_state": ({"start_state": "p"}, "'start' and 'start_state' mean the same"),
    "type": ({"type": "pda"}, "only finite acceptors"),
    "states twice": ({"states": ["p", "q", "p"]}, "'p' is named twice"),
    "states one": ({"states": "p"}, "states must be a list"),
    "state": ({"transitions": {"p": {"a": "r"}}}, "the state 'r' is not declared"),
    "letter": ({"transitions": {"p": {"b": "q"}}}, "the letter 'b' is not in the alphabet"),
    "row": ({"transitions": {"p": "q"}}, "the transitions of 'p' are 'q'"),
    "number": ({"transitions": 3}, "transitions must be a list"),
    "pair": ({"transitions": [["p", "a"]]}, "transition 0 is"),
    "object": ({"transitions": [{"from": "p", "source": "a", "to": "q"}]}, "transition 0 is"),
    "fields": ({"transitions": [{"from": "p", "on": "a", "to": "q", "output": "x"}]}, "transition 0 is"),
    "bool": ({"accept": [True]}, "a name must be a string or an integer, found True"),
    "null": ({"start": None}, "a name must be a string or an integer, found None"),
    "surrogate": ({"start": "\ud800"}, "half a surrogate pair"),
}


@pytest.mark.parametrize(("change", "said"), CHANGES.values(), ids=CHANGES)
def test_errors_say_where(change, said):
    text = json.dumps(PARTS | change, indent=1)
    with pytest.raises(InputError) as caught:
        _read(text)
    assert said in caught.value.message
    assert caught.value.line is not None


def test_other_documents_are_left_to_the_own_format():
    for document in ({}, [], "x", {"format": "x", "transitions": []}, {"states": []}):
        assert not is_textbook(document)


@pytest.mark.parametrize(
    ("part", "name"), [("start", "Q0"), ("start", ["q0", "q7"]), ("accept", ["q9"]), ("accept", "q0,q1")]
)
def test_without_a_list_of_states_the_transitions_have_them_all(part, name):
    document = {"transitions": {"q0": {"a": "q1"}, "q1": {"a": "q0"}}, "start": "q0", "accept": ["q1"], part: name}
    with pytest.raises(InputError, match="is not declared"):
        _read(json.dumps(document))


def test_a_letter_that_lists_others_is_told_or_refused():
    lists = {"transitions": {"p": {"0,1": "q"}, "q": {"0,1": "p"}}, "start": "p", "accept": "q"}
    assert "looks like a list" in _reading(lists).notes[0]
    assert _reading(lists, labels=Labels.LIST).machine.symbols == ("0", "1")
    assert _reading(lists, labels=Labels.WHOLE).notes == ()
    assert _reading(lists | {"alphabet": ["0,1"]}).notes == ()
    partial = lists | {"transitions": {"p": {"0,1": "q"}, "q": {"0": "p"}}}
    with pytest.raises(InputError, match="'0' and '0,1' are both letters, and transitions are missing"):
        _reading(partial)
    assert _reading(partial | {"alphabet": ["0,1", "0"]}).machine.symbols == ("0,1", "0")


def test_a_start_that_nothing_leaves_is_told():
    assert _reading({"delta": [["p", "a", "q"]], "q0": "q", "F": []}).notes == ("no transition leaves the start 'q'",)


def _reading(document, **options):
    source = JsonText(json.dumps(document), "m.json")
    return read_textbook(source, document, ReadOptions(complete=Completion.SINK, **options))
