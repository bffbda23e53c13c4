"""Compiled and trained weights of one machine are one machine on all words tried, and trained ones are of no other."""

from __future__ import annotations

import functools
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import fsm2rnn
from fsm2rnn.cells.bilinear import BilinearRNN
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.learn.task import connected_random
from fsm2rnn.learn.trainer import train
from fsm2rnn.testing import assert_equal_words_act_equally, assert_same_machine, assert_simulates, words

NAMES = ["S3", "C6", "Z5", "random", "protocol"]
LONGEST = 12  # symbols of the words that they were trained on
WIDTH = 16
EFFORT = {"pairs": LONGEST, "batch": 32, "length": LONGEST}


@functools.cache
def trained(machine):
    """Return a bilinear layer that normalises its state, trained for a second or two."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    layer = BilinearRNN(len(machine.symbols), WIDTH, normalize=True)
    network = Tracker(layer, torch.nn.Linear(WIDTH, len(machine.output_labels)), machine)
    plan = {"steps": 300, "lengths": (2, LONGEST), "targets": "every", "lr": 1e-2, "every": 50, "patience": 1}
    train(network, machine, measured=(20,), **plan)
    torch.set_num_threads(threads)
    return network


@pytest.fixture(scope="module")
def machine(request):
    """One of the machines, by its name."""
    match request.param:
        case "S3":
            return fsm2rnn.read("S3@gens")
        case "C6":
            return fsm2rnn.read("Z2xZ3@gens")
        case "Z5":
            return fsm2rnn.read("Z5@gens")
        case "random":
            return connected_random(5, 2)
        case _:
            folder = request.getfixturevalue("shared_machines")
            return fsm2rnn.read(folder / "protocols" / "coffee_mealy.dot")


LONGER = {"C6", "random"}  # trained for as long as the others, for one more machine of their kinds
EACH = [pytest.param(name, marks=pytest.mark.slow) if name in LONGER else name for name in NAMES]


@pytest.mark.parametrize("machine", EACH, indirect=True)
def test_compiled_and_trained_weights_are_one_machine(machine):
    network, compiled = trained(machine), fsm2rnn.compile(machine).network()
    assert_simulates(network, **EFFORT)
    assert_same_machine(compiled, network, **EFFORT)

    @settings(max_examples=20)
    @given(words(machine, min_size=1, max_size=LONGEST))
    def answers_alike(word):
        assert network.outputs(word) == compiled.outputs(word) == machine.answers(word)

    answers_alike()


@pytest.mark.parametrize("machine", EACH[:4], indirect=True)
def test_equal_words_act_equally_on_trained_weights(machine):
    assert_equal_words_act_equally(trained(machine))


@pytest.mark.parametrize(
    ("machine", "other"),
    [("S3", "Z2xZ3@gens"), pytest.param("C6", "S3@gens", marks=pytest.mark.slow)],
    indirect=["machine"],
)
def test_trained_weights_are_of_no_other_machine(machine, other):
    """Both have six states and generators of orders 2 and 3: the hardest pair to tell apart."""
    different = replace(fsm2rnn.read(other), symbols=machine.symbols)
    network = trained(machine)
    with pytest.raises(AssertionError):
        assert_equal_words_act_equally(network, different)
    with pytest.raises(AssertionError):
        assert_simulates(network, different)
    with pytest.raises(AssertionError):
        assert_same_machine(network, trained(different))


@pytest.mark.parametrize("machine", [pytest.param("S3", marks=pytest.mark.slow), "Z5"], indirect=True)
@settings(max_examples=10)
@given(seed=st.integers(0, 2**31 - 1))
def test_the_laws_hold_in_any_orthogonal_basis(machine, seed):
    network = trained(machine)
    generator = torch.Generator().manual_seed(seed)
    turn = torch.linalg.qr(torch.randn(WIDTH, WIDTH, generator=generator))[0]
    turned = Tracker(
        BilinearRNN(len(machine.symbols), WIDTH, normalize=True),
        torch.nn.Linear(WIDTH, len(machine.output_labels)),
        machine,
    )
    with torch.no_grad():
        turned.rnn.weight.copy_(torch.einsum("ia,abx,jb->ijx", turn, network.rnn.weight, turn))
        turned.rnn.initial_state.copy_(turn @ network.rnn.initial_state)
        turned.readout.weight.copy_(network.readout.weight @ turn.T)
        turned.readout.bias.copy_(network.readout.bias)
    assert_same_machine(network, turned, **EFFORT)
    assert_equal_words_act_equally(turned)
