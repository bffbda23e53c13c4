"""The Triton kernels compute what torch's steps compute: interpreted without a CUDA device, compiled with one."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import fsm2rnn
from fsm2rnn.errors import InputError, NumericError
from fsm2rnn.running.device import device_blocks, device_steps
from fsm2rnn.running.device.device_blocks import DeviceBlocks
from fsm2rnn.running.device.device_steps import DeviceWalk, KernelSteps, kernels_found, runs_in_kernels, time_major
from fsm2rnn.running.device.device_words import DrawnBlock
from fsm2rnn.running.device.small_blocks import launches, packed
from fsm2rnn.running.form.codes import codes
from fsm2rnn.running.form.gather import gather_form
from fsm2rnn.running.runner.runner import FloatRunner
from fsm2rnn.running.runner.streams import StreamRunner
from fsm2rnn.running.walk.reference import reference
from fsm2rnn.running.walk.walk import all_states, smallest_type, walk_block
from fsm2rnn.running.words.random_words import RandomWords
from tests.house.source_tree import ROOT

CUDA = torch.cuda.is_available()
if find_spec("triton") is None:
    pytest.skip("the triton extra is not installed", allow_module_level=True)

INTERPRETED = os.environ.get("TRITON_INTERPRET") == "1"

DEVICES = [
    pytest.param("cpu", marks=pytest.mark.skipif(not INTERPRETED, reason="interpreted in a process of their own")),
    pytest.param("cuda", marks=pytest.mark.gpu),
]
on_each_device = pytest.mark.parametrize("device", DEVICES)


def kernels():
    return import_module("fsm2rnn.running.device.triton_kernels")


@pytest.fixture(autouse=True)
def _kernels(monkeypatch):
    if CUDA or INTERPRETED:
        monkeypatch.setattr(device_steps, "KERNELS", kernels())


@pytest.mark.skipif(CUDA or INTERPRETED, reason="the kernels are tested here")
def test_interpreted_kernels():
    """Triton reads the variable when it is imported, which another test may have done."""
    command = [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", __file__]
    found = subprocess.run(
        command, cwd=ROOT, env=os.environ | {"TRITON_INTERPRET": "1"}, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stdout
    assert " passed" in found.stdout


WIDE = {"fp64": "fp64"}  # what numbers are summed in, float32 unless said
SIZES = dict.fromkeys(("streams", "steps", "size", "width", "each", "entries", "numbers"), "i32")
TRACE = {"words": "*u8", "trace": "*u8", "starts": "*i32"}
RUN = {**TRACE, "counts": "*i32"}
POINTERS = {
    "_walk": {"table": "*u8", **RUN},
    "_walk to a trace": {"table": "*u8", **TRACE},
    "_walk to the end": {"table": "*u8", **TRACE},
    "_gather": {"source": "*i32", "factors": "*{wide}", "codes": "*{kept}", **RUN},
    "_blocks": {"matrices": "*{wide}", "wanted": "*{wide}", "codes": "*{kept}", **RUN},
    "_blocks of words": {"matrices": "*i64", "wanted": "*i64", "codes": "*{kept}", **RUN},
}
ROWS = {"rows": ((0, 1, 0), (1, 3, 1), (1, 3, 3))}
FIXED = {
    "_walk": {"ends": "counts"},
    "_walk to a trace": {"ends": "trace", "counts": None},
    "_walk to the end": {"ends": "last", "counts": None},
    "_blocks": ROWS,
    "_blocks of words": ROWS,
}


@pytest.mark.skipif(INTERPRETED, reason="interpreted kernels are not compiled")
@pytest.mark.filterwarnings("ignore:TRITON_DEFAULT_FP_FUSION")  # nothing here rounds, fused or not
@pytest.mark.parametrize("kept", ["fp32", "fp64", "fp16", "bf16"])
@pytest.mark.parametrize("name", POINTERS)
def test_kernels_compile_for_a_device_that_is_not_there(name, kept):
    compiler, backends = import_module("triton.compiler"), import_module("triton.backends.compiler")
    kernel = getattr(kernels(), name.split()[0])
    pointers = {key: kind.format(kept=kept, wide=WIDE.get(kept, "fp32")) for key, kind in POINTERS[name].items()}
    constants = {key: value for key, value in (("block", 64), ("padded", 4)) if key in kernel.arg_names}
    constants |= FIXED.get(name, {})
    if "wide" in kernel.arg_names:
        constants["wide"] = getattr(import_module("triton.language"), "float64" if kept == "fp64" else "float32")
    sizes = {key: kind for key, kind in SIZES.items() if key in kernel.arg_names}
    signature = pointers | sizes | dict.fromkeys(constants, "constexpr")
    source = compiler.ASTSource(fn=kernel, signature=signature, constexprs=constants)
    assert compiler.compile(source, target=backends.GPUTarget("cuda", 90, 32)).asm["cubin"]


@on_each_device
@pytest.mark.parametrize(("states", "streams", "steps"), [(5, 1, 20), (300, 130, 7), (70_000, 3, 9)])
def test_the_walk(device, states, streams, steps):
    generator = np.random.default_rng(states)
    table = generator.integers(states, size=(3, states), dtype=smallest_type(states))
    words = generator.integers(3, size=(streams, steps), dtype=np.uint8)
    starts = generator.integers(states, size=streams, dtype=table.dtype)
    trace = walk_block(table, all_states(table), words, starts.copy())
    place = torch.device(device)

    index, first = (torch.from_numpy(part.astype(np.int32)).to(place) for part in (table, starts))
    ids = time_major(words, place)

    def departures(along):
        return kernels().walk_departures(index, ids, time_major(along, place), first).tolist()

    assert np.array_equal(kernels().walk_trace(index, ids, first).T.cpu().numpy(), trace)
    several = (first[:, None] + torch.arange(3, device=place)) % states
    last = [kernels().walk_trace(index, ids, one.to(torch.int32))[-1] for one in several.unbind(1)]
    assert torch.equal(kernels().walk_last(index, ids, several.to(torch.int32)), torch.stack(last, 1))
    assert departures(trace) == [0] * streams
    wrong = trace.copy()
    wrong[0, ::2] = (wrong[0, ::2] + 1) % states
    assert departures(wrong) == [len(wrong[0, ::2])] + [0] * (streams - 1)


@on_each_device
@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "bfloat16"])
@pytest.mark.parametrize(
    ("machine", "target"),
    [("S5@gens", "integer"), ("S3", "block-diagonal"), ("Z2xS3@gens", "block-diagonal"), ("Q8", "pd")],
)
def test_exact_networks_of_blocks_and_signed_permutations(machine, target, dtype, device, monkeypatch):
    network = fsm2rnn.compile(machine, target).network(dtype)
    words = np.random.default_rng(1).integers(len(network.machine.symbols), size=(2, 60), dtype=np.uint8)
    expected = FloatRunner(network, 2).read(words)
    network = network.to(device)
    monkeypatch.setattr(KernelSteps, "streams", 20)
    runner = StreamRunner(network, codes(network), 2)
    assert runs_in_kernels(network)
    runner._evaluation = KernelSteps(network, codes(network))
    assert np.array_equal(runner.read(words), expected)
    assert runner._sequential is None


@st.composite
def runs_of_blocks(draw):
    """Draw blocks (D, n, n), states (S, T + 1, H) that they lead through, and ids (S, T), all exact."""
    sizes = draw(st.lists(st.integers(1, 5), min_size=1, max_size=3))
    generator = np.random.default_rng(draw(st.integers(0, 99)))
    unit, longest = draw(st.sampled_from([(1.0, 4), (0.5, 4), (257.0, 2)]))  # bfloat16 holds the first two
    letters, streams, steps = draw(st.integers(1, 3)), draw(st.integers(1, 5)), draw(st.integers(0, longest))
    blocks = [generator.integers(-1, 2, size=(letters, size, size)) * unit for size in sizes]
    ids = generator.integers(letters, size=(streams, steps))
    states = [generator.integers(-2, 3, size=(streams, sum(sizes))).astype(float)]
    for step in range(steps):
        parts = np.split(states[-1], np.cumsum(sizes)[:-1], 1)
        pairs = zip(blocks, parts, strict=True)
        states.append(np.concatenate([np.einsum("sij,sj->si", block[ids[:, step]], part) for block, part in pairs], 1))
    return [torch.from_numpy(block) for block in blocks], torch.from_numpy(np.stack(states, 1)), ids


@on_each_device
@settings(max_examples=25)
@given(
    run=runs_of_blocks(),
    kept=st.sampled_from([torch.float32, torch.float64]),
    kind=st.sampled_from("BHI"),
    data=st.data(),
)
def test_blocks_of_any_sizes_at_any_length(device, run, kept, kind, data):
    """Every state is a code of its own, so that a wrong number of one is seen in its stream alone."""
    blocks, states, ids = run
    streams, rows = len(ids), states.shape[1]
    number = np.arange(streams * rows, dtype=np.uint32).reshape(streams, rows)
    place = torch.device(device)
    words, trace = time_major(ids.astype(kind), place), time_major(number[:, 1:], place)

    def counted(wanted):
        wanted = wanted.flatten(0, 1).to(place, kept)
        parts = launches([block.to(place, kept) for block in blocks], wanted)
        given = (words, trace, time_major(number[:, :1], place)[0])
        return sum(kernels().block_departures(part, *given) for part in parts).tolist()

    assert counted(states) == [0] * streams
    if rows > 1:
        stream, step = data.draw(st.integers(0, streams - 1)), data.draw(st.integers(1, rows - 1))
        wrong = states.clone()
        wrong[stream, step, data.draw(st.integers(0, states.shape[2] - 1))] += 1
        assert counted(wrong) == [int(one == stream) for one in range(streams)]


@on_each_device
@pytest.mark.parametrize(("machine", "target"), [("S3", "block-diagonal"), ("Q8", "pd")])
def test_a_state_that_is_not_its_code_is_seen(machine, target, device):
    network = fsm2rnn.compile(machine, target).network().to(device)
    listed = codes(network)
    steps = KernelSteps(network, listed)
    words, starts = np.array([[1, 2, 3], [0, 0, 1]], dtype=np.uint8), np.zeros(2, dtype=np.uint8)
    trace = walk_block(listed.table, all_states(listed.table), words, starts.copy())
    assert np.array_equal(steps.run(words, starts, trace), listed.reads[trace])
    for stream, step in ((0, 1), (1, 2), (1, 0)):
        wrong = trace.copy()
        wrong[stream, step] = (wrong[stream, step] + 1) % len(listed.states)
        assert steps.run(words, starts, wrong) is None


@on_each_device
@pytest.mark.parametrize(("machine", "target"), [("S5@gens", "integer"), ("S3", "block-diagonal")])
def test_blocks_of_floats_agree_unless_a_number_or_a_reading_is_wrong(machine, target, device, monkeypatch):
    monkeypatch.setattr(device_blocks, "STREAMS", 8)
    network = fsm2rnn.compile(machine, target).network().to(device)
    listed, expected = codes(network), reference(network.machine, network.machine)
    words = RandomWords(50, 2)

    def seconds(form):
        blocks = DeviceBlocks.of(network, form, expected, torch.device(device))
        sides = (np.full(2, expected.start, expected.table.dtype), np.zeros(2, form.table.dtype))
        found = blocks.seconds(DrawnBlock(words, 0, len(network.machine.symbols)), *sides)
        ids = words.drawn(len(network.machine.symbols), 0)
        ends = walk_block(expected.table, all_states(expected.table), ids, np.full_like(sides[0], expected.start))
        if found is not None:
            assert np.array_equal(sides[0], ends[:, -1])
        return found

    assert seconds(listed) is not None
    swapped = torch.arange(len(listed.states), device=device).roll(1)
    assert seconds(dataclasses.replace(listed, states=listed.states[swapped])) is None
    assert seconds(dataclasses.replace(listed, reads=np.roll(listed.reads, 1))) is None


@pytest.mark.gpu
def test_the_index_form_on_a_device_is_held_to_the_walk():
    network = fsm2rnn.compile("A4", "full").network()
    form = gather_form(network.meaning())
    words = np.random.default_rng(0).integers(12, size=(4, 30_000), dtype=np.uint8)
    starts = np.full(4, form.start, dtype=form.index.dtype)
    walk = DeviceWalk(form, torch.device("cuda"))
    assert np.array_equal(walk.read(words, starts.copy()), walk_block(form.index, form.reads, words, starts.copy()))
    walk._table = walk._table.flip(1).contiguous()
    with pytest.raises(NumericError, match="does not compute the coordinates"):
        walk.read(words, starts.copy())


def test_numbers_are_packed_where_bfloat16_holds_them():
    numbers = torch.tensor([[0.5, -256.0, 3.0, 0.0, -1.0], [1.0, 2.0, -0.25, 96.0, 0.0]])
    words = packed(numbers)
    assert (words.dtype, words.shape) == (torch.int64, (2, 2))
    assert torch.equal(words.view(torch.bfloat16)[:, :5].float(), numbers)
    assert packed(torch.tensor([[257.0]])).dtype == torch.float32


def test_blocks_are_multiplied_in_as_few_launches_as_hold_them():
    blocks = [torch.ones(2, size, size) for size in (1, 16, 8, 8, 8, 8, 1)]
    found = launches(blocks, torch.ones(3, 50))
    assert [len(part.rows) for part in found] == [1, 16, 32, 1]
    assert found[2].rows[9] == (8, 16, 72)


def test_kernels_are_for_cuda_alone(monkeypatch):
    assert not kernels_found(torch.device("cpu"))
    monkeypatch.setattr(device_steps, "KERNELS", None)
    assert not kernels_found(torch.device("cuda"))
    network = fsm2rnn.compile("S3", "block-diagonal").network()
    with pytest.raises(InputError, match="need a CUDA device and the package triton"):
        KernelSteps(network, codes(network))


def test_wide_blocks_and_sums_have_no_kernel():
    assert not runs_in_kernels(fsm2rnn.compile("C20", "minimal").network())
    assert not runs_in_kernels(fsm2rnn.compile("flip-flop", "pd").network())
    assert not runs_in_kernels(fsm2rnn.compile("parity", "real-diagonal").network())
