"""Reading options and notes: what is chosen is obeyed or refused, what is guessed is said once."""

from __future__ import annotations

import pytest

import fsm2rnn
from fsm2rnn import api
from fsm2rnn.errors import InputError
from fsm2rnn.source.draft.draft import Completion
from fsm2rnn.source.draft.reading import Labels, Notes, Option, Reading, ReadOptions
from fsm2rnn.source.read import read, reading, warn_of

OPTIONS = {"complete": "error", "max_states": 10, "labels": None, "start": None, "epsilon": None, "part": None}


def test_a_note_is_said_once_and_in_order():
    notes, machine = Notes(), read("parity")
    for sentence in ("b", "a", "b"):
        notes.add(sentence)
    assert notes.of(machine) == Reading(machine, ("b", "a"))


def test_each_note_becomes_a_warning():
    with pytest.warns(fsm2rnn.ReadingWarning) as caught:
        warn_of(Reading(read("parity"), ("first", "second")))
    assert [str(warning.message) for warning in caught] == ["first", "second"]
    assert issubclass(fsm2rnn.ReadingWarning, UserWarning)


def test_options_have_types():
    assert api.read_options(**OPTIONS) == ReadOptions(max_states=10)
    chosen = api.read_options(**(OPTIONS | {"complete": "sink", "labels": "list", "epsilon": "none", "part": 2}))
    assert chosen == ReadOptions(Completion.SINK, 10, Labels.LIST, None, frozenset(), 2)
    assert chosen.given() == (Option.LABELS, Option.EPSILON, Option.PART)
    assert api.read_options(**(OPTIONS | {"epsilon": "@0@"})).epsilon == {"@0@"}


@pytest.mark.parametrize(("name", "value"), [("complete", "sin"), ("labels", "lists"), ("part", 0)])
def test_an_unknown_choice_is_an_error(name, value):
    with pytest.raises(InputError):
        api.read_options(**(OPTIONS | {name: value}))


def test_a_start_can_be_chosen_for_any_machine():
    machine = reading("Z3", ReadOptions(start="2")).machine
    assert (machine.states[machine.start], machine.states) == ("2", ("2", "0", "1"))
    assert fsm2rnn.read("Z3", start="1").outputs[0] == "1"
    with pytest.raises(InputError, match="no states are named '7'"):
        read("Z3", ReadOptions(start="7"))


@pytest.mark.parametrize("option", [{"labels": "list"}, {"epsilon": "a"}, {"part": 1}])
@pytest.mark.parametrize("text", ["parity", "re:a*", "perm:(1,2)", "m.csv"])
def test_an_option_that_says_nothing_is_refused(tmp_path, monkeypatch, text, option):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "m.csv").write_text("0,1\n1,0\n", encoding="utf-8")
    assert fsm2rnn.read(text)
    with pytest.raises(InputError, match="says nothing here"):
        fsm2rnn.read(text, **option)


@pytest.mark.parametrize("limit", [0, -1, -(10**30)])
def test_a_limit_leaves_room_for_one_state(limit):
    with pytest.raises(InputError, match="a machine has at least 1"):
        fsm2rnn.read("Z1", max_states=limit)
    assert fsm2rnn.read("Z1", max_states=1).states == ("0",)


def test_options_that_are_obeyed_are_named_once(tmp_path):
    (tmp_path / "m.dot").write_text("digraph { p -> p [label=a] }", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        fsm2rnn.read(tmp_path / "m.dot", finite="finite")
    assert caught.value.hint == "obeyed: --labels --start --epsilon --part"
