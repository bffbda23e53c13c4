"""Blocks compared on a device say what blocks compared on the CPU say: in torch's calls here, in kernels on CUDA."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import fsm2rnn
from fsm2rnn.errors import NumericError
from fsm2rnn.running import run
from fsm2rnn.running.device import device_blocks
from fsm2rnn.running.device.device_blocks import DeviceBlocks
from fsm2rnn.running.device.device_steps import kernels_found
from fsm2rnn.running.form.gather import gather_form
from fsm2rnn.running.run import Run
from fsm2rnn.running.verification import verify_network, verify_resumable
from fsm2rnn.running.walk import chunked_walk
from fsm2rnn.running.walk.walk import all_states, walk_block
from fsm2rnn.running.words import random_words
from fsm2rnn.running.words.random_words import RandomWords
from tests.running.shards.test_shards import in_threads, without_rate
from tests.running.test_verification import broken
from tests.strategies import machines

CPU = torch.device("cpu")
KEPT = ("mismatches", "first_mismatch", "evaluated", "steps", "batch")


def of_network(network, device=CPU):
    """Return the comparison, its tables, and both starts."""
    form = gather_form(network.meaning())
    reference = run.reference(network.machine, network.machine)
    return DeviceBlocks.of(network, form, reference, device), (reference, form)


def result(network, **options):
    found = verify_network(network, **options)
    return [getattr(found, name) for name in KEPT]


def sides(reference, form, batch):
    return np.full(batch, reference.start, reference.table.dtype), np.full(batch, form.start, form.index.dtype)


@settings(max_examples=50)
@given(machine=machines(), batch=st.integers(1, 9), steps=st.integers(1, 70), streams=st.sampled_from([1, 7, 24]))
def test_chunks_end_to_end_are_the_walk(machine, batch, steps, streams):
    network = fsm2rnn.compile(machine, "full").network()
    blocks, (reference, form) = of_network(network)
    words = RandomWords(steps, batch, 0, 50 * batch)
    states, places = sides(reference, form, batch)
    walked = sides(reference, form, batch)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(device_blocks, "STREAMS", streams)
        for number, ids in enumerate(words.blocks(len(machine.symbols))):
            assert blocks.seconds(words, number, states, places) is not None
            walk_block(reference.table, all_states(reference.table), ids, walked[0])
            walk_block(form.index, all_states(form.index), ids, walked[1])
            assert np.array_equal(states, walked[0])
            assert np.array_equal(places, walked[1])


@pytest.mark.parametrize("streams", [1, 8, 64])
def test_a_state_that_is_read_wrongly_is_seen_wherever_it_is(streams, monkeypatch):
    monkeypatch.setattr(device_blocks, "STREAMS", streams)
    network = fsm2rnn.compile("maps:" + ",".join(map(str, (*range(1, 40), 0))), "full").network()  # one letter
    blocks, (reference, form) = of_network(network)
    for steps in range(1, 40):  # in state `steps` after the last symbol alone
        good = blocks.found.clone()
        blocks.found[steps] = (blocks.found[steps] + 1) % 40
        assert blocks.seconds(RandomWords(steps), 0, *sides(reference, form, 1)) is None
        blocks.found = good


def test_a_device_that_walks_or_draws_wrongly_is_seen(monkeypatch):
    monkeypatch.setattr(device_blocks, "STREAMS", 16)
    network, words = fsm2rnn.compile("S3", "full").network(), RandomWords(500, 2)
    for side in ("machine", "network"):
        blocks, (reference, form) = of_network(network)
        walk = getattr(blocks, side)
        for table in ("_table", "_graph"):
            good = getattr(walk, table)
            setattr(walk, table, good.flip(1).contiguous())
            with pytest.raises(NumericError, match="cpu does not compute the coordinates"):
                blocks.seconds(words, 0, *sides(reference, form, 2))
            setattr(walk, table, good)
    # Both tables wrong in the same way: every chunk fits the next, and both sides agree.
    blocks, (reference, form) = of_network(network)
    for walk in (blocks.machine, blocks.network):
        walk._table, walk._graph = walk._table[[0] * 6], walk._graph[[0] * 6]
    with pytest.raises(NumericError, match="cpu does not compute the coordinates"):
        blocks.seconds(words, 0, *sides(reference, form, 2))
    blocks, (reference, form) = of_network(network)
    drawn = device_blocks.drawn_on_device
    monkeypatch.setattr(device_blocks, "drawn_on_device", lambda *given: drawn(*given).flip(0))
    with pytest.raises(NumericError, match="cpu does not compute the coordinates"):
        blocks.seconds(words, 0, *sides(reference, form, 2))


@pytest.fixture
def compared(monkeypatch):
    """Cut words into short blocks; once called, compare index forms as on a device, and return the blocks it leaves."""
    monkeypatch.setattr(device_blocks, "STREAMS", 64)
    monkeypatch.setattr(random_words, "BLOCK", 400)
    monkeypatch.setattr(run, "AT_ONCE", 700)
    monkeypatch.setattr(run, "LONG", 0)
    left = []

    def begin():
        whole = Run.read
        monkeypatch.setattr(run, "device_blocks", lambda *given: DeviceBlocks.of(*given, CPU))
        monkeypatch.setattr(Run, "read", lambda self, ids: (left.append(ids), whole(self, ids)))
        return left

    return begin


@pytest.mark.parametrize("batch", [1, 3, 16])
@pytest.mark.parametrize("target", ["full", "pd"])
def test_verifications_are_the_same_with_and_without(target, batch, compared):
    good, bad = fsm2rnn.compile("A5@gens", "full").network(), broken(target)
    options = {"steps": 3000 // batch, "batch": batch}
    expected = [result(network, **options) for network in (good, bad)]
    assert [answer[0] > 0 for answer in expected] == [False, True]
    left = compared()
    assert result(good, **options) == expected[0]
    assert not left
    assert result(bad, **options) == expected[1]
    assert left


@pytest.mark.parametrize("target", ["full", "pd"])
def test_records_and_ranks_compare_in_the_same_blocks(target, monkeypatch, tmp_path):
    network, words = broken(target), RandomWords(3000, 1, 4)
    whole = verify_network(network, steps=3000, seed=4)
    call = in_threads(monkeypatch)
    asked = []

    def blocks(*given):
        asked.append(given)
        return DeviceBlocks.of(*given, CPU)

    monkeypatch.setattr(run, "device_blocks", blocks)
    monkeypatch.setattr(run, "AT_ONCE", 700)
    monkeypatch.setattr(device_blocks, "STREAMS", 64)

    def stop(steps):
        if steps == 700:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        verify_resumable(network, words, tmp_path / "record", progress=stop)
    assert without_rate(verify_resumable(network, words, tmp_path / "record")) == without_rate(whole)
    assert without_rate(call(network, words, 3)[0]) == without_rate(whole)
    assert len(asked) == 2 + 3


def test_states_are_compared_with_those_of_an_equivalent_machine(compared):
    network = fsm2rnn.compile("re:(a|b)*abb", "full").network()
    table = [[1, 0], [2, 3], [2, 3], [1, 4], [1, 0]]  # state 2 as state 1
    machine = fsm2rnn.from_table(
        table, outputs=[False, False, False, False, True], symbols=list(network.machine.symbols)
    )
    expected = result(network, machine=machine, steps=2000)
    assert expected[0] == 0
    left = compared()
    assert result(network, machine=machine, steps=2000) == expected
    assert not left


def test_maps_that_are_too_many_are_compared_on_the_cpu(monkeypatch):
    network = fsm2rnn.compile("S4", "full").network()
    monkeypatch.setattr(chunked_walk, "ELEMENTS", 20)
    assert of_network(network)[0] is None


@pytest.mark.gpu
@pytest.mark.parametrize("batch", [1, 3, 300])
@pytest.mark.parametrize(
    ("machine", "target"),
    [("S5@gens", "full"), ("S5", "pd"), ("S5@gens", "integer"), ("session", "full"), ("(a|b)*abb", "minimal")],
)
def test_blocks_on_cuda_are_the_cpu_s(machine, target, batch):
    source = {"session": "maps:1,2,0;0,0,0;1,1,2", "(a|b)*abb": "re:(a|b)*abb"}.get(machine, machine)
    network = fsm2rnn.compile(source, target).network()
    options = {"steps": 3_000_000 // batch, "batch": batch}
    expected = result(network, **options)
    network = network.to("cuda")
    compared = Run(network, network.machine, run.Order.SEQUENTIAL, 3_000_000)
    if kernels_found(network.initial_state.device):
        assert compared._blocks is not None
    assert result(network, **options) == expected
