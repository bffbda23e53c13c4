"""Rotations round: proved for a number of steps, in the dtype they are in, and for fewer as the weights drift."""

from __future__ import annotations

import pytest
import torch

import fsm2rnn
from tests.cells.compiled_networks import DTYPES

Z5_STEPS = {"float64": 1366058382397025, "float32": 2594679, "bfloat16": 63, "float16": 573}


@pytest.mark.parametrize("dtype", DTYPES)
def test_five_turns_hold_as_long_as_is_proved(dtype):
    stored = fsm2rnn.compile("Z5", "rotation").proved(dtype)
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
    assert 0.8 * Z5_STEPS[dtype] <= proved.steps <= Z5_STEPS[dtype]
    ids = torch.randint(5, (500, min(proved.steps, 600)))
    assert torch.equal(network.run(ids), ids.cumsum(1) % 5)


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
