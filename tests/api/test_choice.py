"""The one reader of named choices, and that every choice of the Python interface is taken by name and as a value."""

from __future__ import annotations

import dataclasses
from enum import Enum

import networkx as nx
import pytest
import torch
from automata.fa.dfa import DFA

import fsm2rnn
from fsm2rnn.choice import choose, choose_member, nearest_hint
from fsm2rnn.constructions.floats.improvement import Grade
from fsm2rnn.errors import InputError
from fsm2rnn.exact.rounding import BFLOAT16
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.running.run import Order
from fsm2rnn.source.draft.draft import Completion
from fsm2rnn.targets import TARGETS


class Colour(Enum):
    RED = "red"
    GREEN = "green"


def test_a_choice_is_taken_by_name_and_as_itself():
    for colour in Colour:
        assert choose_member("colour", colour.value, Colour) is colour
        assert choose_member("colour", colour, Colour) is colour


@pytest.mark.parametrize("asked", ["gren", "RED", "", None, 3, [], Contract.COVER, b""])
def test_anything_else_is_refused_with_a_hint(asked):
    with pytest.raises(InputError, match="unknown colour") as caught:
        choose_member("colour", asked, Colour)
    assert caught.value.hint == ("did you mean 'green'?" if asked == "gren" else "known: red, green")


def test_a_choice_that_is_merely_equal_is_another():
    assert choose("number", "one", {"one": 1}) == 1
    with pytest.raises(InputError, match=r"unknown number 1\.0"):
        choose("number", 1.0, {"one": 1})


def test_a_long_name_is_cut():
    with pytest.raises(InputError) as caught:
        choose_member("colour", "r" * 10**6, Colour)
    assert len(str(caught.value)) < 200


def test_a_hint_lists_ten_choices_at_most():
    assert nearest_hint("zzz", "0123456789").endswith("8, 9")
    assert nearest_hint("zzz", [*"0123456789", "10"]).endswith("8, 9, ...")


def test_a_name_that_looks_the_same_is_named_by_its_code_points():
    assert nearest_hint("\uff52ed", ["red"]) == "it looks like 'red', which has other code points: U+0072 U+0065 U+0064"


PARTIAL = DFA(
    states={"p"}, input_symbols={"a"}, transitions={"p": {}}, initial_state="p", final_states=set(), allow_partial=True
)
HOLED = nx.DiGraph([(0, 1, {"label": "a"})])
CASES = [
    (lambda asked: fsm2rnn.compile("V4", "integer", contract=asked), Contract.COVER, "contrct"),
    (lambda asked: fsm2rnn.explain("parity", "pd", contract=asked), Contract.ROBUST, "robst"),
    (lambda asked: fsm2rnn.compile_all("parity", contract=asked), Contract.LINEAR, "linaer"),
    (lambda asked: fsm2rnn.compile("parity", asked), next(one for one in TARGETS if one.name == "pd"), "pdd"),
    (lambda asked: fsm2rnn.explain("parity", asked), TARGETS[0], "ful"),
    (lambda asked: fsm2rnn.compile_all("parity", targets=[asked]), TARGETS[-1], "affine"),
    (lambda asked: fsm2rnn.compile("Z5", "rotation").proved("bfloat16", grade=asked), Grade.SNAP, "snip"),
    (lambda asked: fsm2rnn.compile("Z5", "rotation").proved(asked), BFLOAT16, "bfloat"),
    (lambda asked: fsm2rnn.compile("Z10", "rotation").float_search(asked), BFLOAT16, "float8"),
    (lambda asked: fsm2rnn.from_dfa(PARTIAL, complete=asked), Completion.SINK, "snik"),
    (lambda asked: fsm2rnn.from_networkx(HOLED, start=0, complete=asked), Completion.SINK, "snik"),
    (lambda asked: _counted(fsm2rnn.compile("parity", "pd").network(), asked), Order.SCAN, "scam"),
]


def _counted(network, order):
    return dataclasses.replace(fsm2rnn.verify_network(network, steps=10, order=order), symbols_per_second=None)


@pytest.mark.parametrize(("call", "value", "wrong"), CASES)
def test_the_interface_takes_a_name_and_a_value_alike(call, value, wrong):
    name = value.value if isinstance(value, Enum) else value.name
    assert call(value) == call(name)
    with pytest.raises(InputError, match="unknown "):
        call(wrong)


def test_a_dtype_may_be_torch_s_own():
    assert fsm2rnn.compile("parity", "pd").network(torch.float64).initial_state.dtype is torch.float64
    with pytest.raises(InputError, match="unknown dtype 'int8'"):
        fsm2rnn.compile("parity", "pd").network(torch.int8)


def test_compile_all_answers_for_the_targets_asked():
    assert list(fsm2rnn.compile_all("parity", targets=["rotation", TARGETS[0]])) == ["rotation", "full"]
    assert fsm2rnn.compile_all("parity", targets=()) == {}
