"""Rotations round: proved for a number of steps, in the dtype they are in, and for fewer as the weights drift."""

from __future__ import annotations

import pytest
import torch

import fsm2rnn
from fsm2rnn.constructions.floats.improvement import float_search
from fsm2rnn.exact.rounding import BFLOAT16
from fsm2rnn.result import find_format
from fsm2rnn.tracing.float_states import Fails
from tests.cells.compiled_networks import DTYPES
from tests.second_checker.checker import accepts

Z5_STEPS = {"float64": 1366058382397025, "float32": 2594679, "bfloat16": 79, "float16": 744}


@pytest.mark.parametrize("dtype", DTYPES)
def test_five_turns_hold_as_long_as_is_proved(dtype):
    stored = fsm2rnn.compile("Z5", "rotation").verdict.store(find_format(dtype), {})
    assert stored.steps == Z5_STEPS[dtype]
    network = fsm2rnn.lower(stored)
    ids = torch.randint(5, (500, min(stored.steps, 600)))
    assert torch.equal(network.run(ids), ids.cumsum(1) % 5)


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_network_that_is_moved_is_proved_for_about_as_long(dtype):
    """The readout is rounded with the rest; what is then claimed holds."""
    network = fsm2rnn.compile("Z5", "rotation").network("float64").to(getattr(torch, dtype))
    assert network.readout.weight.dtype == network.rnn.cosine.dtype == getattr(torch, dtype)
    proved = fsm2rnn.lift(network)
    if dtype == "float16":
        assert (proved.grade_name, proved.grade.states) == ("orbit", 5)
    else:
        assert 0.8 * Z5_STEPS[dtype] <= proved.steps <= Z5_STEPS[dtype]
    ids = torch.randint(5, (500, min(proved.steps or 600, 600)))
    assert torch.equal(network.run(ids), ids.cumsum(1) % 5)


def test_float_states_that_close_hold_at_every_length(tmp_path):
    path = tmp_path / "z10.safetensors"
    report = fsm2rnn.compile("Z10", "rotation").save(path, "float16")
    assert (report.accepted, report.grade, report.equations) == (True, "orbit", 100)
    assert accepts(path.read_bytes()) == (True, "proved")
    network = fsm2rnn.load(path)
    assert fsm2rnn.check(network).grade == "orbit"
    ids = torch.randint(10, (20, 3000))
    assert torch.equal(network.run(ids), ids.cumsum(1) % 10)
    # Each step ends, bit for bit, in one of the listed states.
    stored = fsm2rnn.lift(network)
    listed = {tuple(float(dict(state).get(place, 0)) for place in range(2)) for state in stored.trace.states}
    with torch.no_grad():
        states = network.rnn(ids[:, :500])[0].float().flatten(0, 1)
    assert set(map(tuple, states.tolist())) <= listed


def test_the_shortest_failing_word_fails_at_its_end():
    """In torch's own bfloat16; proved are 46 steps."""
    result = fsm2rnn.compile("Z10", "rotation")
    found = float_search(result.verdict, BFLOAT16)
    assert isinstance(found, Fails)
    assert len(found.word) == 183
    ids = torch.tensor([found.word])
    right = result.network("bfloat16").run(ids) == ids.cumsum(1) % 10
    assert right[0].tolist() == [True] * 182 + [False]


@pytest.mark.parametrize("name", ["cosine", "sine"])
@pytest.mark.parametrize(("drift", "least", "most"), [(2**-20, 10_000, 500_000), (2**-10, 50, 1_000), (1.0, 0, 0)])
def test_drift_costs_steps_until_none_is_left(name, drift, least, most):
    network = fsm2rnn.compile("Z5", "rotation").network()
    with torch.no_grad():
        network.rnn.get_parameter(name)[1, 0] += drift
    report = fsm2rnn.check(network)
    assert report.accepted == (most > 0)
    if report.accepted:
        steps = fsm2rnn.lift(network).steps
        assert least <= steps <= most
        ids = torch.randint(5, (200, min(steps, 600)))
        assert torch.equal(network.run(ids), ids.cumsum(1) % 5)
    else:
        assert report.field in {"float", "letters", "induction", "cells"}


def test_another_initial_state_is_refused():
    network = fsm2rnn.compile("Z5", "rotation").network()
    with torch.no_grad():
        network.rnn.initial_state[0] += 2**-20
    assert fsm2rnn.check(network).field == "cells"
