"""Runs in scan order: the same however they are cut, the sequential loop's where nothing rounds, near elsewhere."""

from __future__ import annotations

import dataclasses
import itertools
from functools import reduce

import numpy as np
import pytest
import torch

import fsm2rnn
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.exact.rounding import FORMATS
from fsm2rnn.running import checkpoint
from fsm2rnn.running.runner import scan as module
from fsm2rnn.running.runner.scan import ScanRunner
from fsm2rnn.running.verification import verify_network, verify_resumable
from fsm2rnn.running.words import random_words
from fsm2rnn.running.words.random_words import RandomWords
from tests.cells.compiled_networks import DTYPES, EXACT, compiled
from tests.running.cases import CLOSED_LAYERS, DRIFTING, WIDER, layer_network, result_of, words_of
from tests.running.test_checkpoint import StoppedError, stopping_after

CLOSED = [case for case in EXACT + WIDER if case[0] not in ("factored", "householder")]
TURNED = [case for case in DRIFTING if case[0] != "householder"]


def read(runner, ids, cuts):
    """Return what a runner finds in blocks that end at the cuts."""
    return np.concatenate([runner.read(part) for part in np.split(ids, cuts, axis=1) if part.shape[1]], 1)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("case", CLOSED, ids=" ".join)
def test_networks_that_never_round_in_scan_order_run_as_the_sequential_loop_does(case, dtype):
    result = result_of(*case)
    if result.verdict.scan_steps().get(dtype, 0) is not None:
        pytest.skip(f"not proved in {dtype} at every length, in scan order")
    network = result.network(dtype)
    for batch, cuts in ((1, [9]), (5, [16, 17, 20])):
        ids = words_of(network, batch)
        expected = network.run(torch.from_numpy(ids.astype(np.int64))).numpy()
        assert np.array_equal(read(ScanRunner(network, batch), ids, cuts), expected), (batch, cuts)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("case", TURNED, ids=" ".join)
def test_horizons_in_scan_order_hold(case, dtype):
    result = result_of(*case)
    steps = min(result.verdict.scan_steps()[dtype], 150)
    network = result.network(dtype)
    ids = words_of(network, 9, steps)
    expected = [list(network.machine.trajectory(stream)) for stream in ids.tolist()]
    assert ScanRunner(network, 9).read(ids).tolist() == expected


@pytest.mark.parametrize("dtype", [getattr(torch, form.name) for form in FORMATS])
@pytest.mark.parametrize(("structure", "inner"), CLOSED_LAYERS, ids=str)
def test_the_bits_do_not_depend_on_blocks_and_batch(structure, inner, dtype, monkeypatch):
    network = layer_network(structure, inner, dtype)
    ids = np.random.default_rng(1).integers(5, size=(3, 77), dtype=np.uint8)
    whole = ScanRunner(network, 3)
    found, ends = read(whole, ids, []), whole.position()
    for longest in (1, 4, 64):
        monkeypatch.setattr(module, "FLOATS", longest * 200)
        for cuts in ([1, 2, 3], [64], [10, 11, 40], list(range(1, 77))):
            runner = ScanRunner(network, 3)
            assert np.array_equal(read(runner, ids, cuts), found)
            assert torch.equal(runner.position(), ends)
        for stream in range(3):
            one = ScanRunner(network, 1)
            assert np.array_equal(one.read(ids[stream : stream + 1])[0], found[stream])
            assert torch.equal(one.position(), ends[:, stream : stream + 1])


@pytest.mark.parametrize(("structure", "inner"), CLOSED_LAYERS, ids=str)
def test_every_prefix_is_multiplied_by_the_digits_of_its_length(structure, inner):
    """The bracketing written out: halves of halves, and the blocks of a prefix from the first on."""
    network = layer_network(structure, inner, torch.float32)
    products = network.rnn.recurrence.products
    weights = {name: tensor.detach() for name, tensor in network.rnn.state_dict().items()}
    letters = products.letters(weights)
    word = np.random.default_rng(2).integers(5, size=45, dtype=np.uint8)

    def block(start, end):
        if end - start == 1:
            return tuple(one[int(word[start])] for one in letters)
        middle = (start + end) // 2
        return products.multiply(block(middle, end), block(start, middle))

    for length in (1, 2, 3, 13, 31, 32, 45):
        cuts = [0]
        for digit in reversed(range(length.bit_length())):
            if length >> digit & 1:
                cuts.append(cuts[-1] + (1 << digit))
        parts = [block(*pair) for pair in itertools.pairwise(cuts)]
        whole = reduce(lambda earlier, later: products.multiply(later, earlier), parts)
        runner = ScanRunner(network, 1)
        runner.read(word[None, :length])
        for found, wanted in zip(runner._before(), whole, strict=True):
            assert torch.allclose(found[0].float(), wanted.float(), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize(("structure", "inner"), CLOSED_LAYERS, ids=str)
def test_products_act_as_steps_do(structure, inner):
    network = layer_network(structure, inner, torch.float64)
    ids = np.random.default_rng(3).integers(5, size=(4, 20), dtype=np.uint8)
    runner = ScanRunner(network, 4)
    runner.read(ids)
    states = runner._products.apply(runner._before(), network.initial_state)
    wanted = network.rnn(torch.from_numpy(ids.astype(np.int64)))[1].squeeze(0)
    assert torch.allclose(states, wanted, rtol=1e-10, atol=1e-12)


def test_a_state_that_overflows_is_read_as_none():
    network = layer_network("diagonal", None, torch.float16)
    with torch.no_grad():
        network.rnn.diagonal.fill_(8)
    found = ScanRunner(network, 1).read(np.zeros((1, 64), dtype=np.uint8))
    assert found[0, -1] == len(network.machine.states)


def test_networks_that_are_put_back_have_no_scan():
    network = fsm2rnn.compile("Z5", "rotation").network("bfloat16", grade="snap")
    with pytest.raises(InputError, match="put back on its prototype"):
        verify_network(network, steps=10, order="scan")


def test_a_stopped_run_goes_on_in_scan_order(tmp_path, monkeypatch):
    monkeypatch.setattr(random_words, "BLOCK", 600)
    monkeypatch.setattr(checkpoint, "PAUSE", 0)
    network, words = fsm2rnn.compile("Z30", "rotation").network("bfloat16"), RandomWords(950, 6, 3)
    whole = verify_network(network, steps=950, batch=6, seed=3, order="scan")
    with pytest.raises(StoppedError):
        verify_resumable(network, words, tmp_path / "record", order="scan", progress=stopping_after(4))
    result = verify_resumable(network, words, tmp_path / "record", order="scan")
    assert dataclasses.replace(result, symbols_per_second=whole.symbols_per_second) == whole


@pytest.mark.gpu
@pytest.mark.parametrize("case", CLOSED + [(*case, "injective") for case in TURNED], ids=" ".join)
def test_scan_order_on_cuda(case):
    network = compiled(case).network()
    ids = words_of(network, 5)
    expected = ScanRunner(network, 5).read(ids)
    assert np.array_equal(ScanRunner(network.to("cuda"), 5).read(ids), expected)


def test_products_that_fill_the_memory_are_refused(monkeypatch):
    network = layer_network("full", None, torch.float32)
    monkeypatch.setattr(module, "KEPT", module.DIGITS * 36 * 8)
    ScanRunner(network, 8)
    with pytest.raises(LimitError, match="numbers in the products of 9 words: 324 needed, the limit is 288"):
        ScanRunner(network, 9)
