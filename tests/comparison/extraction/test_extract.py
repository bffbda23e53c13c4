"""extract gives the network's own machine: exactly where states close, whatever the network was built for."""

from __future__ import annotations

import itertools
import json

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import fsm2rnn
from fsm2rnn import BilinearRNN, Tracker
from fsm2rnn.cli import main
from fsm2rnn.comparison.extraction.read_machine import FoundPlaces, machine_read
from fsm2rnn.comparison.extraction.searched import searched_machine
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.machine.mealy import mealy_form
from fsm2rnn.proof.claim.cell_kinds import CellKind
from fsm2rnn.tracing.compare import distinguishing_word, isomorphism
from tests.comparison.bilinear import noisy_permutations
from tests.comparison.trackers import drawn_tracker, recipe_tracker

KINDS = list(CellKind)


@settings(max_examples=20)
@given(
    kind=st.sampled_from([CellKind.ELMAN, CellKind.GRU, CellKind.LSTM]),
    name=st.sampled_from(["parity", "tomita1", "flip-flop"]),
    seed=st.integers(0, 10_000),
    grid=st.sampled_from(["grid1", "grid2", "float8_e4m3fn"]),
)
def test_an_exact_machine_answers_as_the_network_does(kind, name, seed, grid):
    tracker = drawn_tracker(kind, fsm2rnn.read(name), seed, state=grid)
    try:
        machine, _, _ = searched_machine(tracker, 100)
    except LimitError:
        return
    letters = range(len(tracker.machine.symbols))
    for word in itertools.chain.from_iterable(itertools.product(letters, repeat=length) for length in range(1, 5)):
        symbols = [tracker.machine.symbols[letter] for letter in word]
        assert machine.answers(symbols) == tracker.outputs(symbols)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["parity", "tomita3", "S3@gens"])
def test_compiled_cells_are_their_machines(kind, name):
    machine = fsm2rnn.read(name)
    found = fsm2rnn.extraction(recipe_tracker(kind, machine, noise=0.0 if kind is CellKind.RELU else 0.01))
    assert found.exact
    assert found.states >= len(machine.states)
    assert isomorphism(found.machine, machine) == tuple(range(len(machine.states)))


def test_a_network_that_was_compiled_for_a_larger_machine_is_the_smallest_one():
    table = [[1, 2], [3, 0], [0, 3], [2, 1]]
    machine = fsm2rnn.from_table(table, outputs=["even", "odd", "odd", "even"])
    found = fsm2rnn.extraction(fsm2rnn.compile(machine, "full").network())
    assert found.exact
    assert len(found.machine.states) == 2
    assert distinguishing_word(found.machine, machine) is None


def test_a_mealy_machine_comes_back_as_one():
    machine = fsm2rnn.from_table([[1, 0], [0, 1]], outputs=[["a", "b"], ["b", "a"]])
    found = fsm2rnn.extract(fsm2rnn.compile(machine, "gru").network())
    assert found.is_mealy
    assert distinguishing_word(found, machine) is None


@pytest.mark.parametrize("name", ["parity", "S3@gens", "tomita3", "flip-flop"])
def test_short_words_vote_down_noise(name):
    machine = fsm2rnn.read(name)
    network = noisy_permutations(machine, noise=1e-3)
    found = fsm2rnn.extraction(network)
    assert not found.exact
    assert found.agreement == 1
    assert isomorphism(found.machine, machine) == tuple(range(len(machine.states)))


@pytest.mark.parametrize("seed", [1, 2])
def test_an_orthogonal_change_of_basis_changes_no_vote(seed):
    machine = fsm2rnn.read("tomita3")
    network = noisy_permutations(machine, noise=1e-3)
    turn = torch.linalg.qr(torch.randn(12, 12, generator=torch.Generator().manual_seed(seed)))[0]
    turned = noisy_permutations(machine, noise=1e-3, turn=turn)
    assert fsm2rnn.extract(turned) == fsm2rnn.extract(network)


def test_the_start_is_a_state_of_equal_successors_or_one_of_its_own():
    machine = fsm2rnn.read("parity")
    cycle = FoundPlaces(table=[[0, 1], [1, 0]], shown=[0, 1], first=[0, 1], read=1)
    found = machine_read(cycle, machine)
    assert len(found.states) == 2
    assert distinguishing_word(mealy_form(found), mealy_form(machine)) is None
    apart = FoundPlaces(table=[[0, 1], [0, 1]], shown=[0, 1], first=[1, 0], read=0)
    assert len(machine_read(apart, machine).states) == 3


def test_what_shows_no_machine_is_said():
    machine = fsm2rnn.read("S5")
    with pytest.raises(LimitError, match="show each letter in each class"):
        fsm2rnn.extract(drawn_tracker(CellKind.RELU, machine, 0, state="bfloat16"), limit=10)
    with pytest.raises(InputError, match="1 or more"):
        fsm2rnn.extract(drawn_tracker(CellKind.GRU, machine, 0), limit=0)
    with pytest.raises(InputError, match="grid3"):
        fsm2rnn.extract(drawn_tracker(CellKind.GRU, machine, 0, state="grid3"), state="grid4")


def test_the_command_writes_the_machine(tmp_path, capsys):
    machine = fsm2rnn.read("tomita3")
    net, out = tmp_path / "net.safetensors", tmp_path / "machine.json"
    recipe_tracker(CellKind.GRU, machine, noise=0.01).save(net)
    assert main(["extract", str(net), "-o", str(out), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["states"], answer["exact"]) == (5, True)
    assert distinguishing_word(fsm2rnn.read(out), machine) is None
    layer, readout = BilinearRNN(2, 4), torch.nn.Linear(4, 2)
    torch.nn.init.zeros_(readout.weight)
    Tracker(layer, readout, machine).save(net)
    assert main(["extract", str(net), "-o", str(out), "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["exact"] is False
