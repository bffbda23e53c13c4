"""One word cut into streams is the one sequential run, for every cut, structure and dtype, or it is run in sequence."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import fsm2rnn
from fsm2rnn.cells.network import lower
from fsm2rnn.compiler import ask
from fsm2rnn.exact.rounding import BFLOAT16, FLOAT16, FLOAT32, FLOAT64
from fsm2rnn.running import run as runs
from fsm2rnn.running.form.codes import codes
from fsm2rnn.running.loops.compiled_loops import CompiledSteps
from fsm2rnn.running.runner.runner import FloatRunner
from fsm2rnn.running.runner.streams import StreamRunner, TorchSteps
from fsm2rnn.running.verification import verify_network
from fsm2rnn.targets.integer import INTEGER
from tests.strategies import permutation_machines


def integer_network(machine, form=FLOAT32):
    """Return the torch module of a machine's integer network."""
    machine = fsm2rnn.read(machine) if isinstance(machine, str) else machine
    return lower(ask(machine, INTEGER).verdict.store(form, {}))


def random_ids(network, batch, steps, seed=0):
    """Return random ids (B, T)."""
    return np.random.default_rng(seed).integers(len(network.machine.symbols), size=(batch, steps), dtype=np.uint8)


def read_in_blocks(runner, ids, cut):
    """Return what a runner finds in blocks of `cut` symbols."""
    return np.concatenate([runner.read(ids[:, at : at + cut]) for at in range(0, ids.shape[1], cut)], 1)


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_every_cut_of_a_dense_network_is_the_sequential_run(data):
    network = integer_network(data.draw(permutation_machines(max_states=6)))
    batch, steps = data.draw(st.integers(1, 3)), data.draw(st.integers(1, 60))
    ids = random_ids(network, batch, steps, data.draw(st.integers(0, 9)))
    found = read_in_blocks(StreamRunner(network, codes(network), batch), ids, data.draw(st.integers(1, 60)))
    assert np.array_equal(found, FloatRunner(network, batch).read(ids))


@pytest.mark.parametrize("streams", [1, 2, 7, 64, 1024])
@pytest.mark.parametrize("form", [FLOAT64, FLOAT32, BFLOAT16, FLOAT16], ids=lambda form: form.name)
def test_every_number_of_streams_and_every_dtype(form, streams, monkeypatch):
    network = integer_network("S5@gens", form)
    ids = random_ids(network, 2, 150)
    runner = StreamRunner(network, codes(network), 2)
    assert isinstance(runner._evaluation, CompiledSteps)
    monkeypatch.setattr(type(runner._evaluation), "streams", streams)
    assert np.array_equal(read_in_blocks(runner, ids, 100), FloatRunner(network, 2).read(ids))
    assert runner._sequential is None


@pytest.mark.parametrize(
    ("machine", "target", "evaluation"),
    [
        ("re:(a|b)*abb", "minimal", CompiledSteps),
        ("C20", "minimal", CompiledSteps),
        ("A4", "factored", CompiledSteps),
        ("C300@gens", "minimal", TorchSteps),  # wider than compiled loops
        ("S3", "block-diagonal", CompiledSteps),
        ("S3", "householder", CompiledSteps),
        ("parity", "real-diagonal", CompiledSteps),
        ("flip-flop", "affine-real-diagonal", CompiledSteps),
    ],
)
def test_every_structure_that_never_rounds(machine, target, evaluation, monkeypatch):
    monkeypatch.setattr(TorchSteps, "streams", 16)
    network = fsm2rnn.compile(machine, target).network()
    listed = codes(network)
    ids = random_ids(network, 1, 300)
    expected = [list(network.machine.trajectory(word)) for word in ids.tolist()]
    assert FloatRunner(network, 1).read(ids).tolist() == expected
    runner = StreamRunner(network, listed, 1)
    assert isinstance(runner._evaluation, evaluation)
    assert read_in_blocks(runner, ids, 110).tolist() == expected
    assert runner._sequential is None


@pytest.mark.parametrize("form", [FLOAT32, BFLOAT16], ids=lambda form: form.name)
def test_a_state_that_is_not_its_code_is_run_in_sequence(form):
    network = integer_network("S4@gens", form)
    listed = codes(network)
    states = listed.states.clone()
    states[7, 0] += 1
    runner = StreamRunner(network, dataclasses.replace(listed, states=states), 1)
    ids = random_ids(network, 1, 600)
    found = read_in_blocks(runner, ids, 300)
    assert runner._sequential is not None
    assert np.array_equal(found, FloatRunner(network, 1).read(ids))
    assert runner.position().is_floating_point()


def test_codes_are_those_that_the_network_computes():
    network = integer_network("S5@gens")
    listed = codes(network)
    for symbol in range(2):
        ids = torch.full((120, 1), symbol)
        _, moved = network.rnn(ids, listed.states.unsqueeze(0))
        assert torch.equal(moved.squeeze(0), listed.states[torch.from_numpy(listed.table[symbol].astype(np.int64))])
    assert sorted(listed.reads.tolist()) == list(range(120))


def test_networks_without_exact_codes_have_none():
    for machine in ("Z5", "Z2xZ4@gens"):  # of the second every length is proved, by cells
        assert codes(fsm2rnn.compile(machine, "rotation").network()) is None
    network = integer_network("S4@gens")
    with torch.no_grad():
        network.rnn.weight[0, 0, 0] += 1
    assert codes(network) is None


@pytest.mark.parametrize("steps", [1, 700])
def test_a_verification_is_the_same_with_and_without_streams(steps, monkeypatch):
    network = integer_network("S5@gens")
    other = fsm2rnn.read("S5@gens")
    sequential = verify_network(network, other, steps=steps, batch=3)
    monkeypatch.setattr(runs, "LONG", 1)
    streamed = verify_network(network, other, steps=steps, batch=3)
    assert dataclasses.replace(streamed, symbols_per_second=None) == dataclasses.replace(
        sequential, symbols_per_second=None
    )
    assert (streamed.evaluated, streamed.mismatches) == ("float", 0)
