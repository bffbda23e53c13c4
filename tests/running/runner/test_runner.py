"""Every runner, chunking, batch and dtype gives the states of the sequential loop, and the machine's while proved."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
import torch

import fsm2rnn
from fsm2rnn.cells.structure.dense import FULL, dense_gathered, dense_grouped, dense_selected
from fsm2rnn.exact.rounding import FORMATS
from fsm2rnn.running import run as runs
from fsm2rnn.running.device.device_steps import DeviceWalk, KernelSteps, kernels_found
from fsm2rnn.running.form.codes import codes
from fsm2rnn.running.loops.compiled_loops import CompiledRunner, CompiledSteps, compiled_steps
from fsm2rnn.running.run import Form
from fsm2rnn.running.runner.runner import FloatRunner
from fsm2rnn.running.runner.streams import StreamRunner, TorchSteps
from fsm2rnn.running.walk.chunked_walk import chunked_final, chunked_walk, table_monoid
from fsm2rnn.running.walk.fold import JoiningFold, MonoidFold
from fsm2rnn.running.walk.walk import walk_block
from tests.cells.compiled_networks import EXACT
from tests.running.cases import DRIFTING, LAYERS, WIDER, layer_network, result_of, words_of

CPU = torch.device("cpu")
FORMS = [form.name for form in FORMATS]


def float_runners(network):
    """Return what starts a batch in each runner of a network's own floats, by name."""
    steps, listed, form = compiled_steps(network.rnn), codes(network), Form.of(network, runs.LONG)

    def streams(evaluation):
        def start(batch):
            runner = StreamRunner(network, listed, batch)
            runner._evaluation = evaluation
            return runner

        return start

    found = {"float": partial(FloatRunner, network), "chosen": partial(form.runner, network)}
    if steps is not None:
        found["compiled"] = partial(CompiledRunner, network, steps)
    if listed is not None:
        found["streams"] = streams(TorchSteps(network, listed))
    if listed is not None and steps is not None:
        found["compiled streams"] = streams(CompiledSteps(steps, listed))
    return found


def read(runner, ids, cut):
    """Return what a runner finds in blocks of `cut` symbols."""
    return np.concatenate([runner.read(ids[:, at : at + cut]) for at in range(0, ids.shape[1], cut)], 1)


@pytest.mark.parametrize("dtype", FORMS)
@pytest.mark.parametrize("case", EXACT + WIDER, ids=" ".join)
def test_exact_networks_run_as_the_sequential_loop_does(case, dtype, monkeypatch):
    result = result_of(*case)
    if result.verdict.steps().get(dtype, 0) is not None:
        pytest.skip(f"not proved in {dtype} at every length")
    network = result.network(dtype)
    monkeypatch.setattr(TorchSteps, "streams", 16)
    runners = float_runners(network)
    for batch, cut in ((1, 9), (9, 32)):
        ids = words_of(network, batch)
        expected = network.run(torch.from_numpy(ids.astype(np.int64))).numpy()
        for name, start in runners.items():
            runner = start(batch)
            assert np.array_equal(read(runner, ids, cut), expected), (name, batch, cut)
            assert getattr(runner, "_sequential", None) is None, name


@pytest.mark.parametrize("dtype", FORMS)
@pytest.mark.parametrize("case", DRIFTING, ids=" ".join)
def test_horizon_networks_are_read_right_for_as_long_as_is_proved_in_every_runner(case, dtype):
    result = result_of(*case)
    proved = result.verdict.steps().get(dtype)
    if proved is None:
        pytest.skip(f"no horizon in {dtype}")
    network, steps = result.network(dtype), min(proved, 150)
    runners = float_runners(network)
    for batch, cut in ((1, steps), (9, 32)):
        ids = words_of(network, batch, steps)
        expected = [list(network.machine.trajectory(stream)) for stream in ids.tolist()]
        for name, start in runners.items():
            assert read(start(batch), ids, cut).tolist() == expected, (name, batch)


@pytest.mark.parametrize("case", DRIFTING, ids=" ".join)
def test_compiled_states_are_the_torch_states_but_for_the_order_of_sums(case):
    network = result_of(*case).network("float64")
    ids = words_of(network, 4)
    runners = [CompiledRunner(network, compiled_steps(network.rnn), 4), FloatRunner(network, 4)]
    for runner in runners:
        runner.read(ids)
    assert torch.allclose(*(runner.position() for runner in runners), rtol=0, atol=1e-12)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16], ids=str)
@pytest.mark.parametrize(("structure", "inner"), LAYERS, ids=str)
def test_compiled_loops_round_as_the_layer_does(structure, inner, dtype):
    """Random weights: no state of either is off by a bit, but for sums in another order."""
    network = layer_network(structure, inner, dtype)
    ids = words_of(network, 4, 40)
    loops, layer = CompiledRunner(network, compiled_steps(network.rnn), 4), FloatRunner(network, 4)
    apart = 0
    for place in range(ids.shape[1]):
        for runner in (loops, layer):
            runner.read(ids[:, place : place + 1])
        found, wanted = loops.position(), layer.position()
        apart += int((found != wanted).sum())
        assert torch.allclose(found.double(), wanted.double(), rtol=2**-6, atol=2**-10)
    assert apart <= (0 if structure in ("pd", "diagonal", "affine-diagonal", "rotation") else ids.size // 4)


@pytest.mark.parametrize(("streams", "symbols"), [(1, 3), (40, 3), (5, 9)])
def test_streams_grouped_by_symbol_are_streams_one_by_one(streams, symbols):
    generator = torch.Generator().manual_seed(streams)
    weight = torch.randn(6, 6, symbols, dtype=torch.float64, generator=generator).requires_grad_()
    h = torch.randn(streams, 6, dtype=torch.float64, generator=generator).requires_grad_()
    ids = torch.randint(symbols, (streams,), generator=generator)
    moved, gradients = [], []
    for step in (dense_gathered, dense_grouped, dense_selected):
        moved.append(step(FULL.prepare({"weight": weight}), ids, h))
        gradients.append(torch.autograd.grad(moved[-1].square().sum(), (weight, h)))
    assert all(torch.allclose(one, moved[0], rtol=0, atol=1e-12) for one in moved)
    for several in zip(*gradients, strict=True):
        assert all(torch.allclose(one, several[0], rtol=0, atol=1e-12) for one in several)


@pytest.mark.parametrize("machine", ["S4@gens", "re:(a|b)*abb", "random(states=300,symbols=3,seed=4)"])
def test_every_walk_of_an_index_form_is_one_trajectory(machine):
    form = Form.of(fsm2rnn.compile(machine, "pd").network(), 1).gather
    for batch in (1, 8, 11):
        ids = np.random.default_rng(batch).integers(len(form.index), size=(batch, 900), dtype=np.uint8)
        starts = np.full(batch, form.start, dtype=form.index.dtype)
        expected = walk_block(form.index, form.reads, ids, starts.copy())
        assert np.array_equal(DeviceWalk(form, CPU).read(ids, starts.copy()), expected)
        monoid = table_monoid(form.index)
        for word, walked in zip(ids, expected, strict=True):
            one = starts[:1].copy()
            assert np.array_equal(form.reads[_folded(JoiningFold(form.index), word)[form.start]], walked[-1])
            if monoid is not None:
                assert np.array_equal(chunked_walk(form.index, form.reads, monoid, word[None], one)[0], walked)
                assert form.reads[chunked_final(monoid, word[None], form.start)] == form.reads[one[0]] == walked[-1]
                assert form.reads[_folded(MonoidFold(monoid), word)[form.start]] == walked[-1]


def _folded(fold, word):
    for at in range(0, len(word), 250):
        fold.read(word[None, at : at + 250])
    return fold.map()


@pytest.mark.gpu
@pytest.mark.parametrize("case", [*EXACT, *WIDER], ids=" ".join)
def test_exact_networks_run_on_cuda_as_on_the_cpu(case):
    network = result_of(*case).network()
    ids = words_of(network, 5)
    expected = network.run(torch.from_numpy(ids.astype(np.int64))).numpy()
    network = network.to("cuda")
    runner = Form.of(network, runs.LONG).runner(network, 5)
    assert np.array_equal(read(runner, ids, 32), expected)
    evaluation = getattr(runner, "_evaluation", None)
    if kernels_found(network.initial_state.device) and case[0] in ("integer", "block-diagonal"):
        assert isinstance(evaluation, KernelSteps)
