"""Angles rounded to those of a machine's group: what drifts is right for ever, with the readout as it was."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import fsm2rnn
from fsm2rnn import BilinearRNN, Tracker
from fsm2rnn.errors import InputError
from fsm2rnn.learn.accuracy import accuracy


def learned(machine, turns, noise, *, idle=3, seed=0):
    """Return planes turned by 2 pi turns[x][p] and noise, beside idle ones, read by the nearest exact prototype."""
    generator = torch.Generator().manual_seed(seed)
    exact = torch.tensor(turns, dtype=torch.float64)  # (D, P)
    symbols, planes = exact.shape
    angles = 2 * torch.pi * torch.cat((exact, torch.rand(symbols, idle, generator=generator)), 1)
    angles += noise * torch.randn(angles.shape, generator=generator)
    layer = BilinearRNN(symbols, 2 * (planes + idle), structure="rotation")
    start = torch.randn(planes + idle, 2, generator=generator)
    state = {machine.start: torch.zeros(planes, dtype=torch.float64)}
    for at in (waiting := [machine.start]):
        for letter, after in enumerate(machine.table[at]):
            if after not in state:
                state[after] = state[at] + exact[letter]
                waiting.append(after)
    whole = 2 * torch.pi * torch.stack([state[at] for at in range(len(machine.states))])
    around = torch.polar(torch.ones_like(whole), whole)
    rows = 1e-3 * torch.randn(len(machine.states), layer.hidden_size, generator=generator)
    rows[:, : 2 * planes] = torch.view_as_real(around * torch.view_as_complex(start[:planes].double())).flatten(1)
    readout = torch.nn.Linear(layer.hidden_size, len(rows), bias=False)
    with torch.no_grad():
        layer.cosine.copy_(angles.cos() * 0.99)
        layer.sine.copy_(angles.sin() * 0.99)
        layer.initial_state.copy_(start.flatten())
        readout.weight.copy_(rows)
    return Tracker(layer, readout, machine).eval()


@settings(max_examples=8)
@given(order=st.integers(2, 9), seed=st.integers(0, 99))
def test_a_plane_near_a_character_of_a_cyclic_group(order, seed):
    machine = fsm2rnn.from_table([[(state + 1) % order, state] for state in range(order)])
    network = learned(machine, [[1 / order], [0.0]], 0.1 / order, seed=seed)
    found = fsm2rnn.repair(network, machine)
    assert found.readout_kept
    assert torch.equal(found.merged.readout.weight, network.readout.weight)
    assert accuracy(found.merged, machine, 300, count=8).raw == 1
    assert int((found.merged.rnn.initial_state != 0).sum()) == 2
    assert found.proof is not None


def test_a_plane_that_drifts_is_right_for_ever_after():
    machine = fsm2rnn.read("Z5@gens")
    network = learned(machine, [[0.2]], 0.02)
    assert accuracy(network, machine, 500, count=8).raw < 0.9
    assert accuracy(fsm2rnn.repair(network).merged, machine, 5_000, count=8).raw == 1


def test_two_planes_where_one_is_not_enough_and_the_grade_that_is_saved(tmp_path):
    machine = fsm2rnn.read("Z3xZ3@gens")
    network = learned(machine, [[1 / 3, 0.0], [0.0, 1 / 3]], 0.01)
    found = fsm2rnn.repair(network)
    assert accuracy(found.merged, machine, 2_000, count=8).raw == 1
    assert int((found.merged.rnn.initial_state != 0).sum()) == 4
    found.save(tmp_path / "net.safetensors")
    assert fsm2rnn.check(tmp_path / "net.safetensors").accepted == found.lasting


def test_lines_have_signs():
    machine = fsm2rnn.from_table([[1, 0], [0, 1]], outputs=["even", "odd"])
    layer = BilinearRNN(2, 5, structure="rotation", inner=1)
    readout = torch.nn.Linear(5, 2, bias=False)
    with torch.no_grad():
        layer.diagonal.copy_(torch.tensor([[-0.98], [1.01]]))
        readout.weight.zero_()
        readout.weight[:, 0] = torch.tensor([1.0, -1.0])
    found = fsm2rnn.repair(Tracker(layer, readout, machine))
    assert (found.grade, found.lasting, found.readout_kept) == ("exact", True, True)
    assert accuracy(found.merged, machine, 2_000, count=8).raw == 1


def test_what_planes_cannot_be_is_said():
    for name in ("S3@gens", "tomita1"):
        machine = fsm2rnn.read(name)
        layer = BilinearRNN(2, 8, structure="rotation")
        with pytest.raises(InputError, match="commute"):
            fsm2rnn.repair(Tracker(layer, torch.nn.Linear(8, len(machine.output_labels)), machine))
