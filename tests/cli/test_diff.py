"""diff: a shortest word on which two machines answer differently, replayed on both."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import fsm2rnn
from fsm2rnn.cli import main
from fsm2rnn.difference import compared
from tests.cli.commands import answer, refusal
from tests.strategies import acceptors


@pytest.fixture
def five(tmp_path):
    path = tmp_path / "five.safetensors"
    fsm2rnn.compile("Z5", "rotation").save(path, "bfloat16")
    return str(path)


def test_the_same_machine_is_the_same(capsys):
    found = answer(capsys, "diff", "re:(a|b)*abb", "re:(b|a)*abb")
    assert found == {"same": True, "word": None, "a": None, "b": None, "notes": []}
    assert main(["diff", "tomita2", "re:(10)*@01"]) == 0
    assert capsys.readouterr().out == "the same: no word tells them apart\n"


def test_a_shortest_word_and_both_answers(capsys):
    found = answer(capsys, "diff", "re:(a|b)*abb", "re:(a|b)*bb", status=1)
    assert found == {"same": False, "word": ["b", "b"], "a": False, "b": True, "notes": []}
    assert main(["diff", "re:(a|b)*abb", "re:(a|b)*bb"]) == 1
    assert capsys.readouterr().out == "different after b b: a answers False, b answers True\n"


def test_a_network_file_is_proved_and_stands_for_its_machine(five, capsys):
    found = answer(capsys, "diff", five, "Z5")
    assert found["same"]
    assert "is proved to be its machine for" in found["notes"][0]
    assert fsm2rnn.diff(five, "Z5").same
    data = bytearray(Path(five).read_bytes())
    data[-1] ^= 64
    Path(five).write_bytes(data)
    assert "fsm2rnn: " in refusal(capsys, "diff", five, "Z5")


def test_alphabets_that_differ_are_named(capsys):
    message = refusal(capsys, "diff", "re:(a|b)*", "re:(a|c)*")
    assert "the alphabets differ: only the first has 'b'; only the second has 'c'" in message
    numbers = fsm2rnn.from_table([[0, 0]], symbols=[0, 1])
    with pytest.raises(fsm2rnn.InputError, match="a number and its digits are two symbols"):
        fsm2rnn.diff(numbers, "parity")


def test_symbols_are_matched_by_label_in_any_order():
    one = fsm2rnn.from_table([[0, 1], [1, 0]], symbols=["a", "b"], outputs=["x", "y"])
    other = fsm2rnn.from_table([[1, 0], [0, 1]], symbols=["b", "a"], outputs=["x", "y"])
    assert fsm2rnn.diff(one, other).same


def test_a_mealy_machine_answers_with_its_last_symbol():
    mealy = fsm2rnn.from_table([[0, 1], [1, 0]], symbols=["a", "b"], outputs=[["x", "y"], ["y", "x"]])
    moore = fsm2rnn.from_table([[0, 1], [1, 0]], symbols=["a", "b"], outputs=["x", "y"])
    assert fsm2rnn.diff(mealy, moore).same
    other = fsm2rnn.from_table([[0, 1], [1, 0]], symbols=["a", "b"], outputs=["x", "z"])
    found = fsm2rnn.diff(mealy, other)
    assert (found.word, found.a, found.b) == (("b",), "y", "z")
    assert str(found) == "different after b: a answers y, b answers z"


@st.composite
def pairs(draw):
    """Draw two acceptors over the same symbols, in one order and the other."""
    left, right = draw(acceptors(max_symbols=2)), draw(acceptors(max_states=4, max_symbols=2))
    width = min(len(left.symbols), len(right.symbols))
    narrow = [
        replace(machine, symbols=left.symbols[:width], table=tuple(row[:width] for row in machine.table))
        for machine in (left, right)
    ]
    turned = replace(narrow[1], symbols=narrow[1].symbols[::-1], table=tuple(row[::-1] for row in narrow[1].table))
    return narrow[0], draw(st.sampled_from([narrow[1], turned]))


@given(pairs())
def test_the_word_is_a_shortest_one(pair):
    left, right = pair
    found = compared(left, right)
    shorter = 4 if found.word is None else min(len(found.word), 4)
    for length in range(shorter):
        for word in itertools.product(left.symbols, repeat=length):
            assert left.outputs[_after(left, word)] == right.outputs[_after(right, word)]
    if found.word is not None:
        assert (found.a, found.b) == (left.outputs[_after(left, found.word)], right.outputs[_after(right, found.word)])
        assert found.a != found.b
    assert compared(right, left).same == found.same


def _after(machine, word):
    state = machine.start
    for symbol in word:
        state = machine.table[state][machine.symbols.index(symbol)]
    return state
