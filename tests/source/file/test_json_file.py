"""The project's own JSON format: exact round trips, strict reading."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.errors import InputError
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.source.draft.draft import Completion
from fsm2rnn.source.file.json_file import json_machine_text, read_json
from fsm2rnn.source.read import read

LABELS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.integers(10**30, 10**31) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3).map(tuple),
    max_leaves=4,
)


def names(count):
    return st.lists(LABELS, min_size=1, max_size=count, unique=True).map(tuple)


@st.composite
def machines(draw):
    states, symbols = draw(names(5)), draw(names(3))
    index = st.integers(0, len(states) - 1)
    row = st.tuples(*[index] * len(symbols))
    outputs = st.just(states) | st.tuples(*[st.booleans()] * len(states)) | st.tuples(*[LABELS] * len(states))
    return StateMachine(states, symbols, draw(st.tuples(*[row] * len(states))), draw(index), draw(outputs))


@given(machines())
def test_round_trip_is_exact(machine):
    text = json_machine_text(machine)
    assert text.isascii()
    again = read_json(text, file=None, complete=Completion.ERROR)
    assert again == machine
    # Equal labels may differ in type, 1 == True; repr tells them apart.
    assert repr(again) == repr(machine)


def test_the_order_of_states_is_kept(tmp_path):
    machine = StateMachine(("c", "b", "a"), ("x",), ((1,), (0,), (0,)), 1, (True, False, True))
    file = tmp_path / "m.json"
    file.write_text(json_machine_text(machine), encoding="utf-8")
    assert read(str(file)) == read(file) == machine


def _document(**changes):
    document = {
        "format": "fsm2rnn-machine-1",
        "states": ["p", "q"],
        "symbols": ["a", "b"],
        "table": [[1, 0], [0, 1]],
        "start": 0,
        "outputs": [{"bool": False}, {"bool": True}],
    }
    return json.dumps(document | changes)


def _read(text, complete=Completion.ERROR):
    return read_json(text, file="m.json", complete=complete)


def test_null_is_a_missing_transition():
    text = _document(table=[[1, None], [0, 1]])
    with pytest.raises(InputError) as caught:
        _read(text)
    assert "state 'p' has no transition under 'b'" in caught.value.message
    assert _read(text, Completion.SINK).table == ((1, 2), (0, 1), (2, 2))


def test_rows_of_outputs_are_a_mealy_machine():
    text = _document(outputs=[["x", {"int": "1"}], ["x", None]])
    mealy = StateMachine(("p", "q"), ("a", "b"), ((1, 0), (0, 1)), 0, (("x", 1), ("x", None)), is_mealy=True)
    assert _read(text) == mealy
    partial = _read(_document(table=[[1, None], [0, 1]], outputs=[["x", None], ["x", "y"]]), Completion.SINK)
    assert partial.answers("aba") == ["x", "y", "x"]
    assert partial.answers("ba") == [None, None]


ERRORS = {
    "": "not JSON",
    "[1]": 'the key "format"',
    _document(format="fsm2rnn-machine-2"): 'the key "format"',
    _document(extra=1): "unknown key 'extra'",
    _document()[:-1] + ', "start": 0}': "'start' stands twice",
    _document(start=None): "the start is None",
    _document(start=True): "the start is True",
    _document(start=2): "the start is 2",
    _document(start=-1): "the start is -1",
    _document().replace('"start": 0', '"start": 0.0'): "the number 0.0",
    _document().replace('"start": 0', '"start": NaN'): "the number NaN",
    _document().replace('"start": 0', '"start": -Infinity'): "the number -Infinity",
    _document().replace('"start": 0', '"start": 1e999'): "the number 1e999",
    _document().replace('"start": 0', '"start": ' + "9" * 5000): "is no index",
    _document(table=[[1, 0]]): "table must have 2 rows",
    _document(table=[[1, 0], [0]]): "table must have 2 rows",
    _document(table=[[1, 0], {"a": 1}]): "each row of table must be a list",
    _document(table="ab"): "table must be a list",
    _document(table=[[1, 0], [0, 2]]): "row 1, entry 1 is 2",
    _document(table=[[1, 0], [0, True]]): "row 1, entry 1 is True",
    _document(table=[[1, 0], [0, "1"]]): "row 1, entry 1 is '1'",
    _document(table=[[None, 0], [0, 1]], outputs=[["x", "y"], ["x", "y"]]): "row 0, entry 0 is None",
    _document(outputs=[{"bool": True}]): "1 outputs for 2 states",
    _document(outputs=[["x", "y"], "z"]): "each row of outputs must be a list",
    _document(states=["p", "p"]): "the state 'p' is named twice",
    _document(states=["p", 1]): "states: not a label: 1",
    _document(states=["p", {"int": "01"}]): "not a canonical integer",
    _document(states=["p", {"set": []}]): "not a label",
    _document(states=["p", "\ud800"]): "half a surrogate pair",
    _document(states=[], table=[], outputs=[]): "the start is 0",
    _document(symbols=[], table=[[], []]): "the alphabet is empty",
    "[" * 100_000: "nested too deeply",
    _document().replace('"p"', '{"tuple": [' * 40 + '"p"' + "]}" * 40): "not a label",
}


@pytest.mark.parametrize(("text", "said"), ERRORS.items(), ids=range(len(ERRORS)))
def test_anything_else_is_refused(text, said):
    with pytest.raises(InputError) as caught:
        _read(text)
    assert said in caught.value.message


@pytest.mark.parametrize("key", ["states", "symbols", "table", "start", "outputs"])
def test_a_missing_key_is_named(key):
    document = json.loads(_document())
    del document[key]
    with pytest.raises(InputError) as caught:
        _read(json.dumps(document))
    assert f"the key {key!r} is missing" in caught.value.message


def test_syntax_errors_have_line_and_column():
    with pytest.raises(InputError) as caught:
        _read('{"format":\n  oops}')
    assert (caught.value.file, caught.value.line, caught.value.column) == ("m.json", 2, 3)


@pytest.mark.parametrize("label", [1.5, frozenset({1}), b"x", "\ud800"])
def test_labels_without_a_json_form_cannot_be_written(label):
    with pytest.raises(InputError):
        json_machine_text(StateMachine.tracker([label], ["a"], [[0]]))


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=3), lambda x: st.lists(x, max_size=3)))
def test_any_value_in_any_place_is_a_machine_or_an_input_error(value):
    for key in ("states", "symbols", "table", "start", "outputs"):
        try:
            machine = _read(_document(**{key: value}))
        except InputError:
            continue
        assert read_json(json_machine_text(machine), file=None, complete=Completion.ERROR) == machine


JSON_LINES = {
    '"states": ["p",\n\n 5]': (3, "states: not a label: 5"),
    '"states": ["p", "q"],\n"start": 9': (2, "the start is 9"),
    '"start": 0, "table": [\n[0],\n["x"]\n]': (3, "row 1, entry 0 is 'x'"),
    '"start": 0, "table": [\n[0],\n[0, 1]\n]': (3, "row 1 has 2"),
    '"start": 0,\n"start": 0': (2, "stands twice"),
    '"start":\n NaN': (2, "the number NaN"),
    '"start": 0,\n\n"strat": 0': (3, "unknown key 'strat'"),
    '"start": 0,\n\n"outputs": ["p"]': (3, "1 outputs for 2 states"),
    '"start": 0,\n\n"outputs": 7': (3, "outputs must be a list"),
    '"format":\n "x"': (2, "not a machine file"),
}


@pytest.mark.parametrize(("part", "expected"), JSON_LINES.items(), ids=range(len(JSON_LINES)))
def test_errors_in_json_say_the_line(tmp_path, part, expected):
    rest = {
        "format": '"fsm2rnn-machine-1"',
        "states": '["p", "q"]',
        "symbols": '["a"]',
        "start": "0",
        "table": "[[0], [1]]",
        "outputs": '["p", "q"]',
    }
    missing = [f'"{key}": {value}' for key, value in rest.items() if f'"{key}"' not in part]
    (tmp_path / "m.json").write_text("{" + ", ".join([part, *missing]) + "}", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read(tmp_path / "m.json")
    assert expected[1] in caught.value.message
    assert caught.value.line == expected[0]


def test_a_key_that_stands_elsewhere_too_misleads_no_further_than_the_line(tmp_path):
    text = """{"outputs": [{"table": 3}], "format": "fsm2rnn-machine-1", "states": ["p"], "symbols": ["a"], "start": 0,
        "table": [[0, 0]]}"""
    (tmp_path / "m.json").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="row 0 has 2"):
        read(tmp_path / "m.json")
