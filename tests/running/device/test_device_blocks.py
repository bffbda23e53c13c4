"""Blocks compared on a device say what blocks compared on the CPU say: in torch's calls here, in kernels on CUDA."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import fsm2rnn
from fsm2rnn.errors import NumericError
from fsm2rnn.running import run, verification
from fsm2rnn.running.device import chunked_trace, device_blocks, device_words
from fsm2rnn.running.device.chunked_trace import ChunkedTrace
from fsm2rnn.running.device.device_blocks import DeviceBlocks
from fsm2rnn.running.device.device_steps import kernels_found, time_major
from fsm2rnn.running.device.device_words import DrawnBlock
from fsm2rnn.running.form.gather import gather_form
from fsm2rnn.running.run import Run
from fsm2rnn.running.verification import verify_network, verify_resumable, verify_words
from fsm2rnn.running.walk.walk import all_states, symbol_major, walk_block
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
            assert blocks.seconds(DrawnBlock(words, number, len(machine.symbols)), states, places) is not None
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
        assert blocks.seconds(DrawnBlock(RandomWords(steps), 0, 1), *sides(reference, form, 1)) is None
        blocks.found = good


def test_a_device_that_walks_or_draws_wrongly_is_seen(monkeypatch):
    monkeypatch.setattr(device_blocks, "STREAMS", 16)
    network, words = fsm2rnn.compile("S3", "full").network(), DrawnBlock(RandomWords(500, 2), 0, 6)
    for side in ("machine", "network"):
        blocks, (reference, form) = of_network(network)
        walk = getattr(blocks, side)
        for table in ("_table", "_graph"):
            good = getattr(walk, table)
            setattr(walk, table, good.flip(1).contiguous())
            with pytest.raises(NumericError, match="cpu does not compute the coordinates"):
                blocks.seconds(words, *sides(reference, form, 2))
            setattr(walk, table, good)
    # Both tables wrong in the same way: every chunk fits the next, and both sides agree.
    blocks, (reference, form) = of_network(network)
    for walk in (blocks.machine, blocks.network):
        walk._table, walk._graph = walk._table[[0] * 6], walk._graph[[0] * 6]
    with pytest.raises(NumericError, match="cpu does not compute the coordinates"):
        blocks.seconds(words, *sides(reference, form, 2))
    blocks, (reference, form) = of_network(network)
    drawn = device_words.drawn_on_device
    monkeypatch.setattr(device_words, "drawn_on_device", lambda *given: drawn(*given).flip(0))
    with pytest.raises(NumericError, match="cpu does not compute the coordinates"):
        blocks.seconds(words, *sides(reference, form, 2))


@pytest.fixture
def compared(monkeypatch):
    """Cut words into short blocks; once called, compare index forms as on a device, and return the blocks it leaves."""
    monkeypatch.setattr(device_blocks, "STREAMS", 64)
    monkeypatch.setattr(random_words, "BLOCK", 400)
    monkeypatch.setattr(run, "AT_ONCE", 700)
    monkeypatch.setattr(run, "LONG", 0)
    left = []

    def begin():
        whole = Run._compare
        monkeypatch.setattr(run, "device_blocks", lambda *given: DeviceBlocks.of(*given, CPU))
        monkeypatch.setattr(Run, "_compare", lambda self, ids: (left.append(ids), whole(self, ids)))
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


def walked(machine, batch, count, length, ways):
    """Return what a device makes of `count` chunks of each of `batch` words, and the walk; `ways` are the limits."""
    table = symbol_major(machine.table)
    generator = np.random.default_rng(count)
    words = generator.integers(len(table), size=(batch, count * length), dtype=np.uint8)
    states = generator.integers(table.shape[1], size=batch).astype(table.dtype)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in ways.items():
            patch.setattr(chunked_trace, name, value)
        found = ChunkedTrace(table, CPU).walk(time_major(words.reshape(-1, length), CPU), after := states.copy())
    trace = walk_block(table, all_states(table), words, ends := states.copy())
    if found is None:
        assert np.array_equal(after, states)
        return None, trace
    assert np.array_equal(after, ends)
    starts = np.concatenate([states[:, None], trace[:, length - 1 : -1 : length]], 1)
    assert np.array_equal(found[1].numpy(), starts.ravel())
    return found[0].numpy().T.reshape(batch, -1), trace


def unlisted(_table):
    """Return no monoid, as of maps that are too many."""


TURNS = {"table_monoid": unlisted, "ROUNDS": 0, "IMAGED": 0, "TOGETHER": 1}
WAYS = [{}, TURNS, TURNS | {"ROUNDS": 64}, TURNS | {"ROUNDS": 2}, TURNS | {"IMAGED": 256, "TOGETHER": 1000}]


@settings(max_examples=60)
@given(machine=machines(), batch=st.integers(1, 5), count=st.integers(1, 9), length=st.integers(1, 5), data=st.data())
def test_every_way_to_the_starts_of_chunks_gives_the_walk(machine, batch, count, length, data):
    found, expected = walked(machine, batch, count, length, data.draw(st.sampled_from(WAYS)))
    assert np.array_equal(found, expected)


def test_no_way_to_the_starts_of_chunks_pays():
    swap, merging = fsm2rnn.read("maps:1,0"), fsm2rnn.read("maps:1,0,2;0,1,1")
    few = TURNS | {"TOGETHER": 4}
    for machine in (swap, merging):
        assert walked(machine, 3, 7, 2, few)[0] is None
        assert walked(machine, 4, 7, 2, few)[0] is not None
        assert walked(machine, 3, 1, 14, few)[0] is not None  # one chunk a word
    assert walked(swap, 3, 7, 3, few | {"ROUNDS": 64})[0] is None  # nothing merges, so nothing is guessed
    assert walked(merging, 3, 7, 2, few | {"ROUNDS": 64})[0] is not None


MANY = {  # maps of the states
    "maps:1,2,3,4,5,6,7,8,0;1,0,2,3,4,5,6,7,8": 362_880,
    "random(states=300,symbols=16,seed=1)": None,
}


@pytest.mark.parametrize("source", MANY)
@pytest.mark.parametrize("batch", [1, 3])
def test_more_maps_than_can_be_listed(source, batch):
    found, expected = walked(fsm2rnn.read(source), batch, 40, 50, {})
    assert np.array_equal(found, expected)


@pytest.mark.parametrize("target", ["full", "pd"])
def test_given_words_are_compared_on_a_device(target, compared, monkeypatch):
    generator = np.random.default_rng(2)
    words = [generator.integers(5, size=(1, length), dtype=np.uint8) for length in (0, 1, 900, 64, 3000)]
    good, bad = fsm2rnn.compile("Z5", target).network(), broken(target)
    expected = [verify_words(network, iter(words)) for network in (good, bad)]
    assert expected[1].mismatches
    left = compared()
    monkeypatch.setattr(verification, "kernels_found", lambda _: True)
    for network, answer in zip((good, bad), expected, strict=True):
        left.clear()
        assert without_rate(verify_words(network, iter(words))) == without_rate(answer)
        assert bool(left) == bool(answer.mismatches)


def test_blocks_that_no_device_walks_quicker_are_compared_on_the_cpu(compared, monkeypatch):
    network = fsm2rnn.compile("S4@gens", "full").network()
    expected = result(network, steps=2000)
    left = compared()
    for name, value in (TURNS | {"TOGETHER": 2}).items():
        monkeypatch.setattr(chunked_trace, name, value)
    assert result(network, steps=2000) == expected
    assert sum(ids.size for ids in left) == 2000


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
