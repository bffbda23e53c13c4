"""Codes, letters and regions as JSON: they come back, and any other spelling or shape is refused."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.errors import CertificateError
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.enclosure import Letter, Region
from fsm2rnn.proof.file.machine_json import (
    code_from_json,
    code_to_json,
    integers,
    letter_from_json,
    letter_to_json,
    machine_from_json,
    machine_to_json,
    region_from_json,
    region_to_json,
)

NUMBERS = st.one_of(st.integers(), st.fractions())
TURNS = st.lists(st.none() | st.fractions(0, 1), max_size=3).map(tuple)


def through(value):
    return json.loads(json.dumps(value))


@given(st.lists(st.tuples(NUMBERS, NUMBERS), max_size=3).map(tuple), TURNS)
def test_a_region_comes_back_from_json(lines, planes):
    region = Region(lines, planes)
    assert region_from_json(through(region_to_json(region))) == region


@given(st.lists(NUMBERS, max_size=3).map(tuple), TURNS)
def test_a_letter_comes_back_from_json(lines, planes):
    letter = Letter(lines, planes)
    assert letter_from_json(through(letter_to_json(letter))) == letter


@given(st.dictionaries(st.integers(0, 9), st.integers().filter(bool)))
def test_a_code_comes_back_from_json(entries):
    code = tuple(sorted(entries.items()))
    assert code_from_json(through(code_to_json(code))) == code


def test_a_number_is_a_text_in_lowest_terms():
    for text, value in [("0", 0), ("-7", -7), ("1/2", Fraction(1, 2)), ("-10/3", Fraction(-10, 3))]:
        (found,) = letter_from_json({"lines": [text], "planes": []}).lines
        assert (found, type(found)) == (value, type(value))


NO_NUMBERS = [
    *["2/2", "2/4", "1/1", "0/1", "1/0", "0/0", "1/-2", "-0", "01", "1/02", "+1", " 1", "1/2/3", "1/1/1", "0/1/2", "/"],
    *["1/", "/2", "", "x", "0.5", "1e3", "1_0", "1" * 641, "1/" + "1" * 641, None, True, 1, 0.5, [], {}],
]


@pytest.mark.parametrize("number", NO_NUMBERS, ids=lambda number: f"{number!r:.12}")
def test_any_other_spelling_of_a_number_is_refused(number):
    for field, read, value in [
        ("letters", letter_from_json, {"lines": [number], "planes": []}),
        ("cells", region_from_json, {"lines": [["0", number]], "planes": []}),
        ("cells", region_from_json, {"lines": [[number, "0"]], "planes": []}),
        *[("letters", letter_from_json, {"lines": [], "planes": [number]})] * (number is not None),
        *[("cells", region_from_json, {"lines": [], "planes": [number]})] * (number is not None),
    ]:
        with pytest.raises(CertificateError) as caught:
            read(value)
        assert caught.value.field == field
        assert caught.value.message


@pytest.mark.parametrize(
    "value",
    [
        None, [], "x", 1, {}, {"lines": []}, {"planes": []}, {"lines": [], "planes": [], "extra": []},
        {"lines": {}, "planes": []}, {"lines": [], "planes": {}}, {"lines": "x", "planes": []},
    ],
    ids=repr,
)  # fmt: skip
def test_another_shape_is_no_letter_and_no_region(value):
    for field, read in (("letters", letter_from_json), ("cells", region_from_json)):
        with pytest.raises(CertificateError, match="is not an object of lines and planes") as caught:
            read(value)
        assert caught.value.field == field


@pytest.mark.parametrize(
    "interval", [None, "0", 1, [], ["0"], ["0", "1", "2"], {}, {"low": "0", "high": "1"}], ids=repr
)
def test_an_interval_has_two_ends(interval):
    with pytest.raises(CertificateError, match="an interval is not a") as caught:
        region_from_json({"lines": [interval], "planes": []})
    assert caught.value.field == "cells"


@pytest.mark.parametrize(
    "code",
    [None, "x", {}, 1, ["x"], [[0]], [[True, "1"]], [["0", "1"]], [[0, 1]], [[0, "1", "1"]], [[0, "1/2"]]],
    ids=repr,
)
def test_another_shape_is_no_code(code):
    with pytest.raises(CertificateError) as caught:
        code_from_json(code)
    assert caught.value.field == "codes"


@pytest.mark.parametrize("value", [None, "01", {}, 1, [True], ["0"], [0.0], [None], [[0]]], ids=repr)
def test_indices_are_a_list_of_integers(value):
    assert integers([0, -1, 7], "reads") == (0, -1, 7)
    with pytest.raises(CertificateError, match="expected a list of integers") as caught:
        integers(value, "reads")
    assert caught.value.field == "reads"


def test_a_machine_with_more_fields_is_refused():
    value = machine_to_json(StateMachine.tracker(("p",), ("a",), ((0,),)))
    assert machine_from_json(value).states == ("p",)
    with pytest.raises(CertificateError):
        machine_from_json({**value, "more": 1})
