"""Labels: one JSON form each, and back; nothing else is read."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.errors import InputError
from fsm2rnn.machine.labels import MAX_DEPTH, integer_from_text, label_from_json, label_text, label_to_json, typed
from tests.strategies import LABELS


@given(LABELS)
def test_a_label_comes_back_from_json_with_its_type(label):
    text = json.dumps(label_to_json(label))
    back = label_from_json(json.loads(text))
    assert typed(back) == typed(label)


@given(LABELS, LABELS)
def test_two_labels_share_a_json_form_only_when_they_are_one(left, right):
    same = json.dumps(label_to_json(left)) == json.dumps(label_to_json(right))
    assert same == (typed(left) == typed(right))


NUMBERS = ["01", "-0", "+1", "", "-", "1" * 4301, "\u0661", "\u00b2", " 1", "1_0", "0x1"]
OTHERS = [1, 1.5, True, [], {}, {"int": 1}, {"bool": 1}, {"bool": "true"}, {"tuple": "ab"}, {"tuple": [1]}]
MORE = [
    {"float": "1"},
    {"flag": True},
    {"int": "1", "bool": True},
    {"str": "x"},
    {"int": []},
    {"bool": []},
    {"kind": []},
]


@pytest.mark.parametrize("value", [*OTHERS, *MORE, *({"int": text} for text in NUMBERS)])
def test_what_no_label_writes_is_not_read(value):
    with pytest.raises(InputError, match="not a"):
        label_from_json(value)


@pytest.mark.parametrize("label", [1.5, b"x", frozenset(), ("x", 1.5), object])
def test_a_label_of_another_type_is_not_written(label):
    with pytest.raises(InputError, match="cannot be written"):
        label_to_json(label)


def test_subclasses_of_the_types_are_not_written_either():
    class Name(str):
        __slots__ = ()

    with pytest.raises(InputError, match="type Name"):
        label_to_json(Name("x"))


def nested(depth, core):
    label = core
    for _ in range(depth):
        label = (label,)
    return label


def test_the_depth_of_labels_has_a_limit():
    deepest = nested(MAX_DEPTH, "x")
    assert label_from_json(label_to_json(deepest)) == deepest
    with pytest.raises(InputError, match=f"deeper than {MAX_DEPTH}"):
        label_to_json(nested(MAX_DEPTH + 1, "x"))
    value = label_to_json(deepest)
    for _ in range(2):
        value = {"tuple": [value]}
    with pytest.raises(InputError, match="not a label"):
        label_from_json(value)


@given(st.integers())
def test_an_integer_has_one_spelling(number):
    assert integer_from_text(str(number)) == number
    for text in (f"+{number}", f"0{number}", f" {number}", f"{number}.0", f"--{number}"):
        with pytest.raises(InputError, match="not a canonical integer"):
            integer_from_text(text)


def test_a_label_reads_well():
    assert label_text(("s0", ("beep", 1), None)) == "s0/beep/1/-"
    assert label_text(None) == "-"
    assert typed((1, (True,))) != typed((1, (1,)))
