"""Whatever torch does with a network, it reads words right or is refused: never wrong in silence."""

from __future__ import annotations

import copy
import io
import pickle
import subprocess
import sys

import pytest
import torch

import fsm2rnn
from fsm2rnn.cells.bilinear import BilinearRNN, BilinearRNNCell
from fsm2rnn.errors import InputError
from tests.cells.transform_outcomes import NETWORKS, QUICK, SLOW, network, outcome, word
from tests.house.source_tree import ROOT

REFUSED = {"jit.trace", "bool", "-1", "past the last"}
OUTSIDE = {"-1 vmap", "-1 export", "-1 compile"}  # where Python may not look at ids, the gather fails
FEW = [("rotation", "Z16", "float16"), ("full", "S3", "float32")]
each_network = pytest.mark.parametrize("case", NETWORKS, ids=" ".join)


def expected(mode):
    return "InputError" if mode in REFUSED else "out of bounds" if mode in OUTSIDE else "right"


@each_network
def test_every_quick_mode_is_right_or_refused(case):
    assert {mode: outcome(case, mode) for mode in QUICK} == {mode: expected(mode) for mode in QUICK}


@pytest.mark.slow
@pytest.mark.parametrize("mode", SLOW)
@each_network
def test_compiled_and_exported_networks_are_right_or_refused(case, mode):
    assert apart("outcome", case, mode) == expected(mode)


@pytest.mark.parametrize("mode", ["export", "-1 export"])
@pytest.mark.parametrize("case", FEW, ids=" ".join)
def test_exported_networks_are_right(case, mode):
    assert outcome(case, mode) == expected(mode)


def apart(call, *arguments):
    """Return what a function of `transform_outcomes` returns in a process of its own.

    Compilers do not read what checks annotations of shapes while tests run.
    """
    code = f"from tests.cells import transform_outcomes as t; print(t.{call}(*{arguments!r}))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.split("\n")[-2]


def test_a_compiler_keeps_the_rounding_between_steps():
    # Compiled without care, 15 of these 16 numbers differ after 24 symbols.
    assert apart("compiled_states", ("rotation", "Z16", "float16"), 4000) == "the same bits"


@pytest.mark.slow
@pytest.mark.parametrize("case", [case for case in NETWORKS if case[2] not in ("float32", "float64")], ids=" ".join)
def test_compilers_keep_the_rounding_of_short_formats(case):
    assert apart("compiled_states", case, 400) == "the same bits"


def test_gradients_pass_through_compiled_rounding():
    assert apart("compiled_gradients", ("rotation", "Z5", "bfloat16")) == "close"


@each_network
def test_modules_are_copied(case):
    net, ids = network(case), word(case)
    buffer = io.BytesIO()
    torch.save(net, buffer)
    buffer.seek(0)
    copies = [copy.deepcopy(net), torch.load(buffer, weights_only=False)]
    if not case[2].startswith("float8"):  # torch itself does not pickle tensors of eight bits
        copies.append(pickle.loads(pickle.dumps(net)))  # noqa: S301  just written
    for one in copies:
        assert torch.equal(one(ids)[0], net(ids)[0])
        assert fsm2rnn.lift(one).tensors == fsm2rnn.lift(net).tensors


@each_network
def test_state_dicts_have_the_names_of_files_and_the_older_ones_load(case):
    net, other = network(case), copy.deepcopy(network(case))
    assert set(net.state_dict()) == set(fsm2rnn.lift(net).tensors)
    parts = ("readout.", "head.", "snap.")
    older = {name if name.startswith(parts) else f"rnn.{name}": one for name, one in net.state_dict().items()}
    for names in (older, net.state_dict()):
        for tensor in other.state_dict().values():
            tensor.zero_()
        other.load_state_dict(names)
        assert fsm2rnn.lift(other).tensors == fsm2rnn.lift(net).tensors
    own = {name: one for name, one in older.items() if name.startswith("rnn.")}
    net.rnn.load_state_dict(own)


def test_a_network_inside_a_module_keeps_its_names():
    net = network(("full", "S3", "float32"))
    outer = torch.nn.ModuleDict({"inner": copy.deepcopy(net)})
    assert set(outer.state_dict()) == {f"inner.{name}" for name in net.state_dict()}
    outer.load_state_dict(outer.state_dict())


def test_a_network_runs_in_another_process():
    net = network(("pd", "S3", "float16"))
    ids = word(("pd", "S3", "float16"))
    with torch.multiprocessing.get_context("spawn").Pool(1) as pool:
        assert torch.equal(pool.apply(net.run, (ids,)), net.run(ids))


@pytest.mark.parametrize("dtype", [torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.uint16])
def test_layers_take_ids_of_every_integer_dtype(dtype):
    ids = torch.tensor([[0, 1, 1], [1, 0, 1]])
    layer, cell = BilinearRNN(2, 3), BilinearRNNCell(2, 3)
    assert torch.equal(layer(ids.to(dtype))[0], layer(ids)[0])
    assert torch.equal(cell(ids[0].to(dtype)), cell(ids[0]))
    assert torch.equal(cell(ids[0, 0].to(dtype)), cell(ids[0, 0]))


@pytest.mark.parametrize(
    ("layer", "found", "hx", "message"),
    [
        (BilinearRNN, torch.zeros(2, 3, dtype=torch.bool), None, "symbol ids are integers, found torch.bool"),
        (BilinearRNN, torch.zeros(2, 3, dtype=torch.complex64), None, "symbol ids are integers, found torch.complex64"),
        (BilinearRNN, torch.tensor([[0, -1]]), None, r"outside 0\.\.1: -1\.\.0"),
        (BilinearRNN, torch.tensor([[0, 2]]), None, r"outside 0\.\.1: 0\.\.2"),
        (BilinearRNNCell, torch.tensor(-1), None, r"outside 0\.\.1: -1\.\.-1"),
        (BilinearRNN, torch.zeros(2, 2, 2, dtype=torch.int64), None, "ids in 1 or, with a batch axis, 2 axes"),
        (BilinearRNN, torch.zeros(2, 2, 3), None, "features with 2 numbers in 2 or, with a batch axis, 3 axes"),
        (BilinearRNN, torch.zeros(2, 2, 2).double(), None, "features in torch.float32 expected"),
        (BilinearRNN, torch.zeros(2, 3).long(), torch.zeros(1, 1, 3), "hx of 2 states of 3 numbers expected"),
        (BilinearRNN, torch.zeros(2, 3).long(), torch.zeros(1, 2, 3).double(), "hx in torch.float32 expected"),
        (BilinearRNNCell, torch.zeros(2).long(), torch.zeros(2, 4), "hx of 2 states of 3 numbers expected"),
    ],
)
def test_other_input_is_refused(layer, found, hx, message):
    with pytest.raises(InputError, match=message):
        layer(2, 3)(found, hx)


def test_features_under_autocast_are_converted():
    layer = BilinearRNN(2, 3)
    features = torch.nn.functional.one_hot(torch.tensor([[0, 1, 1]]), 2).bfloat16()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        output, _ = layer(features)
    assert torch.equal(output, layer(features.float())[0])


def test_what_is_no_tensor_is_refused_by_its_type():
    # In a process of its own: what checks annotations of shapes while tests run would refuse it first.
    code = """
from fsm2rnn.cells.bilinear import BilinearRNN, BilinearRNNCell
from fsm2rnn.errors import InputError
for word in ("aab", ["a"], [[0, 1]], 0, None):
    for layer in (BilinearRNN(2, 3), BilinearRNNCell(2, 3)):
        try:
            layer(word)
        except InputError as error:
            assert str(error).startswith(f"a tensor of ids or features expected, found {type(word).__name__}")
        else:
            raise AssertionError(word)
"""
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert (found.returncode, found.stderr) == (0, "")
