"""Compiled layers of torch.nn do what their certificates say, in torch's own forward and in any order of sums."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import fsm2rnn
from fsm2rnn.cells.layer import advanced
from fsm2rnn.exact.activations import UNIT
from fsm2rnn.proof.claim.cell_images import Box, images
from fsm2rnn.proof.rounding.cell_grade import Invariant
from tests.cells.stock_machines import CELLS, FAST, FILES, NAMED, machine_of, missing
from tests.strategies import machines, mealy_machines, permutation_machines

STEPS = 10_000
FORMS = ("float64", "float32", "bfloat16", "float16")


def expected_ids(machine, ids):
    """Return the index of the machine's output after every symbol, by the machine alone."""
    labels = list(machine.output_labels)
    return [labels.index(label) for label in machine.answers([machine.symbols[symbol] for symbol in ids])]


@torch.no_grad()
def forward_ids(network, ids):
    """Return the number of the greatest logit after every symbol: torch's layer called once, then torch's linear."""
    inputs = torch.nn.functional.one_hot(ids, len(network.machine.symbols)).to(network.readout.weight.dtype)
    states, _ = network.rnn(inputs)
    return network.readout(states).argmax(-1)


def random_ids(machine, shape, seed=0):
    return torch.tensor(np.random.default_rng(seed).integers(0, len(machine.symbols), shape))


def follows(name, cell, form):
    """Compile, and read a long random word in torch's own forward."""
    machine = machine_of(name)
    result = fsm2rnn.compile(machine, cell)
    network = result.network(form)
    assert str(network.readout.weight.dtype) == f"torch.{form}"
    ids = random_ids(machine, STEPS)
    assert forward_ids(network, ids.unsqueeze(0))[0].tolist() == expected_ids(machine, ids.tolist())


@pytest.mark.parametrize("form", ["float32", "bfloat16"])
@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("name", FAST)
def test_torch_s_forward_is_right_for_ten_thousand_symbols(name, cell, form):
    if (reason := missing(name)) is not None:
        pytest.skip(reason)
    follows(name, cell, form)


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("name", [*NAMED, *FILES])
def test_every_machine_in_every_cell_and_format_is_right_for_ten_thousand_symbols(name, cell, form):
    if (reason := missing(name)) is not None:
        pytest.skip(reason)
    follows(name, cell, form)


@settings(max_examples=60)
@given(
    machine=st.one_of(machines(), permutation_machines(), mealy_machines()),
    cell=st.sampled_from(CELLS),
    form=st.sampled_from(FORMS),
    batch=st.sampled_from([1, 64, 1000]),
    seed=st.integers(0, 1000),
)
def test_outputs_are_the_machine_s_whatever_the_batch(machine, cell, form, batch, seed):
    network = fsm2rnn.compile(machine, cell).network(form)
    ids = random_ids(machine, (batch, 30), seed)
    found = forward_ids(network, ids)
    labels = [machine.output_labels.index(label) for label in network.machine.output_labels]
    for word, outputs in zip(ids[:20], found[:20], strict=True):
        assert [labels[place] for place in outputs.tolist()] == expected_ids(machine, word.tolist())
    if not machine.is_mealy:
        first = network.read(network.begin(1)).argmax(-1).item()
        assert network.machine.output_labels[first] == machine.outputs[machine.start]


def points_in_boxes(network, proved, count, seed):
    """Yield nodes with points of their boxes that are numbers of the network's format, corners among them."""
    draw = np.random.default_rng(seed)
    dtype = network.readout.weight.dtype
    for place in draw.integers(0, len(proved.proof.boxes), count).tolist():
        box = proved.proof.boxes[place]
        low, high = (
            torch.tensor([wall / UNIT for wall in walls], dtype=torch.float64) for walls in (box.low, box.high)
        )
        part = torch.tensor(draw.choice([0, 1, draw.uniform()], len(low)))
        point = (low + part * (high - low)).to(dtype).double()
        yield place, torch.minimum(torch.maximum(point, low), high).to(dtype)


def short_factor(tensor):
    """Return numbers rounded to eleven significant bits, as TensorFloat-32 takes its factors."""
    fraction, exponent = torch.frexp(tensor.double())
    return torch.ldexp(torch.round(fraction * 2**11) / 2**11, exponent)


@torch.no_grad()
def in_short_factors(network):
    for name, parameter in network.rnn.named_parameters():
        if name.startswith("weight"):
            parameter.copy_(short_factor(parameter))
    return network


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("name", ["tomita3", "S3@gens", "counter(5)"])
def test_computed_steps_err_by_less_than_the_slack(name, cell, form):
    """From points of the boxes, in several batches, with sums in float64, and with TensorFloat-32's factors."""
    proved = fsm2rnn.compile(name, cell).proved(form)
    network = fsm2rnn.compile(name, cell).network(form)
    wide = fsm2rnn.compile(name, cell).network(form).double()
    short = in_short_factors(fsm2rnn.compile(name, cell).network(form).double())
    kernel, size = proved.proof.cell, proved.proof.cell.size
    slack = float(proved.grade.slack) if isinstance(proved.grade, Invariant) else 0.0
    for place, point in points_in_boxes(network, proved, 12, seed=len(name)):
        exact = torch.tensor(point.double().tolist(), dtype=torch.float64)
        units = tuple(int(value * UNIT) for value in exact.tolist())
        for symbol, image in enumerate(images(kernel, Box(units, units))):
            true = torch.tensor([low / UNIT for low in image.low], dtype=torch.float64)
            target = proved.proof.boxes[proved.nodes.moves[place][symbol]]
            for batch, module in [(1, network), (64, network), (1000, network), (64, wide), (64, short)]:
                entering = short_factor(point) if module is short else point
                parts = tuple(part.to(module.readout.weight.dtype).expand(batch, -1) for part in entering.split(size))
                x = torch.nn.functional.one_hot(torch.full((batch, 1), symbol), len(kernel.inputs))
                with torch.no_grad():
                    _, after = advanced(module.rnn, x.to(module.readout.weight.dtype), parts)
                    logits = module.readout(after[0])
                found = torch.cat(after, -1).double()
                assert float((found - true).abs().max()) <= slack
                walls = [torch.tensor([wall / UNIT for wall in side]) for side in (target.low, target.high)]
                assert bool(((walls[0] <= found) & (found <= walls[1])).all())
                assert_logits_err_by_less_than_half_the_margin(proved, after[0].double(), logits.double())


def assert_logits_err_by_less_than_half_the_margin(proved, states, logits):
    kernel = proved.proof.cell
    weight = torch.tensor(kernel.readout, dtype=torch.float64) / 2**kernel.scale
    bias = torch.tensor(kernel.readout_bias, dtype=torch.float64) / 2**kernel.scale
    error = (states @ weight.T + bias - logits).abs().max()
    assert float(error) < float(proved.proof.margin) / 2


ALONE = """
import json, sys, torch
kind, symbols, size, path, word = json.loads(sys.argv[1])
make = {"relu": lambda *s: torch.nn.RNN(*s, nonlinearity="relu"), "elman": torch.nn.RNN}
layer = make.get(kind) or getattr(torch.nn, kind.upper())
layer = layer(symbols, size)
tensors = torch.load(path, weights_only=True)
layer.load_state_dict({name: tensor for name, tensor in tensors.items() if not name.startswith("readout.")})
linear = torch.nn.Linear(size, len(tensors["readout.weight"]))
linear.load_state_dict({name[8:]: tensor for name, tensor in tensors.items() if name.startswith("readout.")})
states, _ = layer(torch.nn.functional.one_hot(torch.tensor(word), symbols).float())
assert not any(name.startswith("fsm2rnn") for name in sys.modules)
print(json.dumps(linear(states).argmax(-1).tolist()))
"""


@pytest.mark.parametrize("cell", CELLS)
def test_a_state_dict_runs_in_bare_torch(cell, tmp_path):
    machine = machine_of("S3@gens")
    network = fsm2rnn.compile(machine, cell).network()
    torch.save(network.state_dict(), tmp_path / "net.pt")
    ids = random_ids(machine, STEPS).tolist()
    told = json.dumps([cell, len(machine.symbols), network.rnn.hidden_size, str(tmp_path / "net.pt"), ids])
    found = subprocess.run(
        [sys.executable, "-c", ALONE, told], cwd=tmp_path, env={}, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stderr
    assert json.loads(found.stdout) == expected_ids(machine, ids)
