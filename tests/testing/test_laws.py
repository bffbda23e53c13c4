"""The laws hold for networks that are their machines and fail, with the right word, for those that are not."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import fsm2rnn
from fsm2rnn.comparison.side_by_side.answering import TableSteps
from fsm2rnn.errors import InputError
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.cell_kinds import CellKind
from fsm2rnn.testing import assert_equal_words_act_equally, assert_same_machine, assert_simulates, machines, networks
from tests.comparison.trackers import drawn_tracker, first_failure

PARITY = fsm2rnn.read("parity")
S3 = fsm2rnn.read("S3@gens")
NO_LUCK = {"pairs": 10**6, "batch": 0}
FEW = settings(max_examples=15)


def counter(threshold):
    """Return the machine that says whether its letter a came that often at least, b starting again."""
    states = range(threshold + 1)
    rows = tuple((min(state + 1, threshold), 0) for state in states)
    return StateMachine(tuple(states), ("a", "b"), rows, 0, tuple(state == threshold for state in states))


def word_of(error):
    """Return the symbols of the word that a failure names."""
    return str(error.value).split("\n")[0].rsplit(": ", 1)[1].split(" ")


@FEW
@given(net=networks(machines(max_states=4, max_symbols=2) | machines("mealy", max_states=3, max_symbols=2)))
def test_compiled_networks_keep_all_laws(net):
    assert_simulates(net, pairs=50, batch=4, length=20)
    assert_equal_words_act_equally(net, relations=10, threshold=1e-3)
    assert_same_machine(net, TableSteps(net.machine), pairs=50, batch=4, length=20)


@pytest.mark.parametrize("target", ["gru", "lstm", "elman", "relu"])
def test_compiled_stock_cells_keep_the_laws(target):
    net = fsm2rnn.compile(S3, target).network()
    assert_simulates(net, pairs=100, batch=8, length=50)
    assert_same_machine(net, fsm2rnn.compile(S3, "integer").network(), pairs=100, batch=8, length=50)


@FEW
@given(left=machines(max_states=3, max_symbols=2), right=machines(max_states=3, max_symbols=2))
def test_tables_differ_exactly_where_a_shortest_word_says_so(left, right):
    right = replace(right, symbols=left.symbols) if len(left.symbols) == len(right.symbols) else left
    length = len(left.states) * len(right.states)  # words that tell two machines apart are no longer
    differing = None
    for size in range(1, length + 1):
        words = itertools.product(left.symbols, repeat=size)
        differing = next((word for word in words if left.answers(word)[-1] != right.answers(word)[-1]), None)
        if differing:
            break
    if differing is None:
        assert_simulates(TableSteps(left), right, **NO_LUCK)
    else:
        with pytest.raises(AssertionError, match="no shorter word fails") as error:
            assert_simulates(TableSteps(left), right, **NO_LUCK)
        assert word_of(error) == list(differing)


@pytest.mark.parametrize("kind", CellKind)
@pytest.mark.parametrize("seed", range(3))
def test_a_drawn_tracker_fails_on_the_first_word_that_brute_force_finds(kind, seed):
    machine = fsm2rnn.read("re:(a|b)*abb")
    tracker = drawn_tracker(kind, machine, seed)
    with pytest.raises(AssertionError) as error:
        assert_simulates(tracker)
    assert word_of(error) == [machine.symbols[letter] for letter in first_failure(tracker, 8)]


def test_the_message_replays_the_word():
    wrong = replace(PARITY, table=((0, 1), (1, 1)))
    with pytest.raises(AssertionError) as error:
        assert_simulates(TableSteps(wrong), PARITY)
    assert str(error.value).split("\n") == [
        "after 2 symbols the network answers True, the machine False: 1 1",
        "  symbol  the network  the machine",
        "  1       True         True",
        "  1       True         False",
        "(no shorter word fails)",
    ]


def test_beyond_the_pairs_random_words_find_it_and_are_cut_down():
    wanted, other = counter(6), replace(counter(6), outputs=(False,) * 7)
    with pytest.raises(AssertionError, match="cut down from a random word") as error:
        assert_simulates(TableSteps(other), wanted, pairs=3)
    assert word_of(error) == ["a"] * 6
    assert_simulates(TableSteps(other), wanted, pairs=3, batch=0)


def test_many_states_are_beyond_words_that_are_tried():
    wanted, other = counter(250), replace(counter(250), outputs=(False,) * 251)
    assert_simulates(TableSteps(other), wanted, pairs=100, batch=4)
    with pytest.raises(AssertionError, match="after 250 symbols"):
        assert_simulates(TableSteps(other), wanted, **NO_LUCK)


class Unsure:
    """A network whose logits are all equal, or no numbers."""

    def __init__(self, value):
        self.machine, self.value = PARITY, value

    def begin(self, batch):
        return torch.zeros(batch, 1)

    def step(self, ids, state):
        return state + 0 * ids.unsqueeze(1)

    def read(self, state):
        return torch.full((len(state), 2), self.value)


@pytest.mark.parametrize("value", [0.0, torch.nan])
def test_an_output_that_is_not_certain_is_none(value):
    with pytest.raises(AssertionError, match="nothing for certain"):
        assert_simulates(Unsure(value))
    with pytest.raises(AssertionError, match="nothing for certain"):
        assert_same_machine(Unsure(value), Unsure(value))


def test_symbols_and_outputs_are_told_by_their_labels():
    turned = replace(PARITY, symbols=PARITY.symbols[::-1], table=tuple(row[::-1] for row in PARITY.table))
    renumbered = replace(
        PARITY,
        table=tuple(tuple(1 - to for to in row) for row in PARITY.table[::-1]),
        start=1,
        outputs=PARITY.outputs[::-1],
    )
    net = fsm2rnn.compile(PARITY, "integer").network()
    assert_simulates(net, turned)
    assert_simulates(net, renumbered)
    with pytest.raises(InputError, match="one network reads the symbols"):
        assert_simulates(net, replace(PARITY, symbols=("x", "y")))


def test_equal_words_tell_a_compiled_network_from_another_machine():
    """S3 and C6, both on generators of orders 2 and 3, are told apart by uv = vu alone."""
    cyclic = fsm2rnn.read("Z2xZ3@gens")
    orders = replace(cyclic, symbols=S3.symbols)
    net = fsm2rnn.compile(S3, "integer").network()
    assert_equal_words_act_equally(net)
    with pytest.raises(AssertionError, match="words that act alike on the machine leave states"):
        assert_equal_words_act_equally(net, orders, threshold=0.5)


@settings(max_examples=10)
@given(threshold=st.floats(-1, -0.01))
def test_no_states_are_less_than_nothing_apart(threshold):
    with pytest.raises(AssertionError):
        assert_equal_words_act_equally(TableSteps(PARITY), threshold=threshold)


def test_the_law_of_equal_words_refuses_what_it_cannot_read():
    with pytest.raises(InputError, match="in that order"):
        assert_equal_words_act_equally(TableSteps(PARITY), S3)
    with pytest.raises(InputError, match="relations"):
        assert_equal_words_act_equally(TableSteps(PARITY), relations=0)


def test_a_state_that_is_no_number_is_far():
    class Lost(Unsure):
        def step(self, ids, state):
            return state * torch.nan + 0 * ids.unsqueeze(1)

    with pytest.raises(AssertionError):
        assert_equal_words_act_equally(Lost(0.0))
