"""The reader of libmata's text format: tokens, keys, sections, determinising, errors with their places."""

from __future__ import annotations

import itertools

import pytest

from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.source.draft.draft import Completion
from fsm2rnn.source.draft.reading import ReadOptions
from fsm2rnn.source.file.mata import read_mata

HEAD = "@NFA-explicit\n%Alphabet-auto\n"


def _read(text, complete=Completion.ERROR, max_states=1000):
    return read_mata(text, "m.mata", ReadOptions(complete=complete, max_states=max_states)).machine


def test_a_deterministic_acceptor():
    machine = _read("# a comment\n\n" + HEAD + "%Initial q0\r\n%Final q1 # more\nq0 a q1\nq1 a q0\r\n")
    assert machine.states == ("q0", "q1")
    assert machine.symbols == ("a",)
    assert machine.table == ((1,), (0,))
    assert machine.outputs == (False, True)


def test_quotes_escapes_and_joined_lines():
    machine = _read(
        HEAD + '%Initial "(r, s)"\n%Final\n"(r, s)" \\\n  "a # \\"b\\" \\\\" \\\r\n "(r, s)"\n"(r, s)" "" "(r, s)"'
    )
    assert machine.states == ("(r, s)",)
    assert machine.symbols == ('a # "b" \\', "")


def test_enumerations_give_the_order():
    text = "@NFA-explicit\n%States-enum z y\n%Alphabet-enum b a\n%Initial y\n%Final z\ny a y\ny b y\nz a z\nz b y\n"
    machine = _read(text)
    assert machine.states == ("y", "z")
    assert machine.symbols == ("b", "a")
    with pytest.raises(InputError, match="no transition under 'c'"):
        _read(text.replace("b a\n", "b a c\n"))


def test_keys_may_stand_after_transitions_and_several_times():
    machine = _read("@NFA-explicit\ns a t\nt a s\n%Initial s\n%Final s\n%Final t")
    assert machine.outputs == (True, True)


def test_several_starts_and_epsilon_are_determinised():
    machine = _read(HEAD + "%Epsilon eps\n%Initial p | q\n%Final r\np a r\nq b r\nr eps p\n")
    assert machine.symbols == ("a", "b")
    assert machine.states[0] == ("p", "q")
    assert machine.accepts("a")
    assert machine.accepts("baa")
    assert not machine.accepts("bb")


def test_a_nondeterministic_acceptor_is_determinised():
    text = HEAD + "%Initial 0\n%Final 2\n0 a 0\n0 b 0\n0 a 1\n1 a 2\n1 b 2\n"
    machine = _read(text)
    assert all(machine.accepts(word) == (word[-2] == "a") for word in itertools.product("ab", repeat=5))
    with pytest.raises(LimitError):
        _read(text, max_states=3)


def test_a_missing_transition_is_an_error_or_leads_to_a_sink():
    text = HEAD + "%Initial p\n%Final p\np a q\nq b p\n"
    with pytest.raises(InputError, match="no transition"):
        _read(text)
    assert _read(text, Completion.SINK).states == ("p", "q", "sink")


ERRORS = {
    "": (1, None, "an empty file"),
    "\n# only\n": (1, None, "an empty file"),
    "q a r": (1, 1, "expected @NFA-explicit, found q a r"),
    "@AFA-bits\n": (1, 1, "expected @NFA-explicit, found @AFA-bits"),
    "@NFA-explicit x\n": (1, 1, "expected @NFA-explicit"),
    HEAD + "@NFA-explicit\n": (3, 1, "a second section"),
    HEAD + "%Inital q\n": (3, 1, "unknown key %Inital"),
    HEAD + "q a\n": (3, 1, "2 names; expected a transition"),
    HEAD + "q a b r\n": (3, 1, "4 names"),
    HEAD + "q (a & b) r\n": (3, 3, "a formula with '('"),
    HEAD + "q a|b r\n": (3, 4, "a formula with '|'"),
    HEAD + "%Initial q & r\n": (3, 12, "a formula with '&'"),
    HEAD + "%Final !q\n": (3, 8, "a formula with '!'"),
    HEAD + 'q "a r\n': (3, 3, "a quoted name that never closes"),
    HEAD + "q \xa0 r\n": (3, 3, "unexpected character"),
    HEAD + "%Initial q\nq a q\n%States-enum q\n%Final r": (6, 8, "the state 'r' is not enumerated"),
    "@NFA-explicit\n%Alphabet-enum a b\n%Initial q\nq c q\n": (4, 3, "the symbol 'c' is not in the alphabet"),
    HEAD: (None, None, "no states"),
    HEAD + "%Initial q\n": (None, None, "the alphabet is empty"),
    HEAD + "q a q\n": (None, None, "no start state"),
}


@pytest.mark.parametrize(("text", "expected"), ERRORS.items(), ids=range(len(ERRORS)))
def test_errors_say_where(text, expected):
    with pytest.raises(InputError) as caught:
        _read(text)
    error = caught.value
    assert (error.file, error.line, error.column) == ("m.mata", *expected[:2])
    assert expected[2] in error.message


def test_a_misspelled_key_finds_its_name():
    with pytest.raises(InputError) as caught:
        _read(HEAD + "%Inital q\n")
    assert caught.value.hint == "did you mean '%Initial'?"


def test_parts_starts_and_epsilon_may_be_chosen():
    text = "@NFA-explicit\n%Initial p\n%Final q\np a q\nq a q\n@NFA\n%Initial r\n%Final r\nr b r\nr e r\n"
    options = {"complete": Completion.SINK}
    first = read_mata(text, "m.mata", ReadOptions(part=1, start="q", **options)).machine
    assert (first.symbols, first.accepts("")) == (("a",), True)
    second = read_mata(text, "m.mata", ReadOptions(part=2, epsilon=frozenset("e"), **options)).machine
    assert second.symbols == ("b",)
    for chosen, said in ((ReadOptions(), "a second section"), (ReadOptions(part=3), "no part 3")):
        with pytest.raises(InputError, match=said):
            read_mata(text, "m.mata", chosen)
    with pytest.raises(InputError, match="no state is named 's'"):
        read_mata(text, "m.mata", ReadOptions(part=1, start="s"))


def test_a_letter_named_as_no_symbol_elsewhere_is_told():
    text = "@NFA-explicit\n%Initial p\n%Final p\np epsilon p\n"
    found = read_mata(text, "m.mata", ReadOptions())
    assert (found.machine.symbols, len(found.notes)) == (("epsilon",), 1)
    assert "only %Epsilon says which symbols mean none" in found.notes[0]
    assert read_mata(text + "%Epsilon e\n", "m.mata", ReadOptions(epsilon=frozenset({"x"}))).notes == ()
