"""The JFLAP reader: three types, epsilon moves, errors with their lines, and XML that would hurt."""

from __future__ import annotations

import itertools

import pytest

from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.source.draft.draft import Completion
from fsm2rnn.source.draft.reading import ReadOptions
from fsm2rnn.source.file import jff_elements
from fsm2rnn.source.file.jff import read_jff
from tests.work import at_most


def _read(text, complete=Completion.ERROR, max_states=1000):
    return read_jff(text, "m.jff", ReadOptions(complete=complete, max_states=max_states)).machine


def _error(text, complete=Completion.ERROR):
    with pytest.raises(InputError) as caught:
        _read(text, complete)
    assert caught.value.file == "m.jff"
    return caught.value


def _move(source, target, label, extra=""):
    return f"<transition><from>{source}</from><to>{target}</to><read>{label}</read>{extra}</transition>\n"


def _structure(kind, *parts):
    return f"<structure>\n<type>{kind}</type>\n" + "".join(parts) + "</structure>"


START = '<state id="0" name="p"><x>1.0</x><y>2.0</y><initial/></state>\n'

# As JFLAP 7 writes it: carriage returns as references, a comment, coordinates.
WRITTEN = """<?xml version="1.0" encoding="UTF-8" standalone="no"?><!--Created with JFLAP 6.4.--><structure>&#13;
\t<type>fa</type>&#13;
\t<automaton>&#13;
\t\t<!--The list of states.-->&#13;
\t\t<state id="0" name="q0">&#13;
\t\t\t<x>79.0</x>&#13;
\t\t\t<y>68.0</y>&#13;
\t\t\t<label>a note</label>&#13;
\t\t\t<initial/>&#13;
\t\t</state>&#13;
\t\t<state id="1" name="q1">&#13;
\t\t\t<x>183.0</x>&#13;
\t\t\t<y>68.0</y>&#13;
\t\t\t<final/>&#13;
\t\t</state>&#13;
\t\t<transition>&#13;
\t\t\t<from>0</from>&#13;
\t\t\t<to>1</to>&#13;
\t\t\t<read>ab</read>&#13;
\t\t</transition>&#13;
\t\t<transition>&#13;
\t\t\t<from>1</from>&#13;
\t\t\t<to>0</to>&#13;
\t\t\t<read>ab</read>&#13;
\t\t</transition>&#13;
\t\t<note><text>from</text><x>1</x></note>&#13;
\t</automaton>&#13;
</structure>"""


def test_a_file_as_jflap_writes_it():
    machine = _read(WRITTEN.replace("<read>ab", "<read>a"))
    assert machine.states == ("q0", "q1")
    assert machine.symbols == ("a",)
    assert machine.table == ((1,), (0,))
    assert machine.outputs == (False, True)


def test_older_files_have_no_automaton_element_and_no_names():
    machine = _read(_structure("fa", '<state id="7"><initial/></state>', _move(7, 7, "a")))
    assert machine.states == ("q7",)
    assert machine.outputs == (False,)


def test_blank_labels_are_epsilon_and_determinised():
    final = '<state id="2" name="r"><final/></state>'
    text = _structure("fa", START, '<state id="1" name="q"/>', final, _move(0, 1, ""), _move(1, 2, "a"),
                      "<transition><from>2</from><to>0</to><read/></transition>")  # fmt: skip
    machine = _read(text)
    assert machine.states == (("p", "q"), ("p", "q", "r"))
    assert machine.accepts("a")
    assert machine.accepts("aaa")
    assert not machine.accepts("")


def test_a_nondeterministic_automaton_with_two_starts():
    text = _structure("fa", START, '<state id="1" name="q"><initial/><final/></state>', _move(0, 0, "a"),
                      _move(0, 0, "b"), _move(0, 1, "a"))  # fmt: skip
    machine = _read(text)
    assert machine.states[0] == ("p", "q")
    for word in itertools.product("ab", repeat=4):
        assert machine.accepts(word) == (word[-1] == "a")
    with pytest.raises(LimitError):
        _read(text, max_states=1)


def test_a_moore_machine():
    text = _structure("moore", '<state id="0" name="p"><initial/><output>x y</output></state>',
                      '<state id="1" name="q"/>', _move(0, 1, " a ", "<transout>junk</transout>"),
                      _move(1, 1, " a "))  # fmt: skip
    machine = _read(text)
    assert machine.outputs == ("x y", "")
    assert machine.symbols == (" a ",)
    assert _read(text.replace(_move(1, 1, " a "), ""), Completion.SINK).outputs == ("x y", "", None)


def test_a_mealy_machine():
    text = _structure("mealy", START, _move(0, 0, "a", "<transout>1</transout>"), _move(0, 0, "b"))
    machine = _read(text)
    assert (machine.states, machine.outputs) == (("p",), (("1", ""),))
    assert machine.answers("aba") == ["1", "", "1"]


def test_a_transducer_must_be_deterministic():
    text = _structure("mealy", START, _move(0, 0, "a", "<transout>1</transout>"), _move(0, 0, "a"))
    error = _error(text)
    assert (error.line, "line 4" in error.message) == (5, True)


def test_a_missing_transition_is_an_error_or_leads_to_a_sink():
    text = _structure("fa", START, '<state id="1" name="q"><final/></state>', _move(0, 1, "a"), _move(1, 0, "b"))
    assert "--complete sink" in _error(text).hint
    assert _read(text, Completion.SINK).states == ("p", "q", "sink")


ERRORS = {
    "": (1, "not XML: no element found"),
    "<structure>": (1, "not XML"),
    "<structure>\n<type>fa</type>\n</structures>": (3, "not XML: mismatched tag"),
    "hello": (1, "not XML: syntax error"),
    "<automaton/>": (1, "the root is <automaton>"),
    "<structure/>": (1, "no <type>"),
    _structure("pda", START): (2, "the type 'pda'"),
    _structure("fa"): (None, "no states"),
    _structure("fa", START): (None, "the alphabet is empty"),
    _structure("fa", '<state id="0"/>', _move(0, 0, "a")): (None, "no start state"),
    _structure("fa", START, START): (4, "no id of its own"),
    _structure("fa", '<state name="p"/>'): (3, "no id of its own"),
    _structure("fa", START, _move(0, 9, "a")): (4, "<to> names no state: the id '9'"),
    _structure("fa", START, "<transition><to>0</to></transition>"): (4, "a transition without <from>"),
    _structure("fa", START, _move(0, 0, "a", "<read>b</read>")): (4, "a second <read>"),
    _structure("moore", START, START.replace('"0"', '"1"').replace("p", "q")): (4, "a second initial state"),
    _structure("moore", START, _move(0, 0, " ")): (4, "reads nothing"),
    _structure("fa", "<a>" * 20): (3, "nested deeper than 16"),
    _structure("fa", "\0"): (3, "not XML"),
}


@pytest.mark.parametrize(("text", "expected"), ERRORS.items(), ids=range(len(ERRORS)))
def test_errors_say_where(text, expected):
    error = _error(text)
    assert error.line == expected[0]
    assert expected[1] in error.message


LAUGHS = "<!DOCTYPE lolz [<!ENTITY a0 'lol'>" + "".join(
    f"<!ENTITY a{level} '{f'&a{level - 1};' * 10}'>" for level in range(1, 10)
)


@pytest.mark.parametrize(
    "head",
    [
        f"{LAUGHS}]>",
        "<!DOCTYPE structure>",
        '<!DOCTYPE structure SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE s [<!ENTITY % x SYSTEM "http://localhost/x.dtd"> %x;]>',
        "<!DOCTYPE s [<!ATTLIST state id CDATA 'x'>]>",
        f"<!DOCTYPE s [<!ENTITY x '{'x' * 100_000}'>]>",
    ],
    ids=range(7),
)
def test_a_document_type_is_refused_at_once(head):
    with at_most(calls=10_000):
        error = _error(f"<?xml version='1.0'?>\n{head}" + _structure("fa", START, _move(0, 0, "&a9;")))
        assert "a document type" in error.message
        assert error.line == 2
        assert error.column is not None


def test_an_entity_without_declaration_is_an_error():
    assert "undefined entity" in _error(_structure("fa", START, _move(0, 0, "&x;"))).message


def test_the_number_of_elements_is_limited(monkeypatch):
    monkeypatch.setattr(jff_elements, "ELEMENT_LIMIT", 6)
    with pytest.raises(LimitError):
        _read(WRITTEN)


def test_deep_and_wide_files_are_quick():
    with at_most(calls=2_000_000):
        assert "nested deeper" in _error("<structure>" + "<a>" * 500_000).message
        assert "no <type>" in _error("<structure>" + "<a/>" * 100_000 + "</structure>").message
