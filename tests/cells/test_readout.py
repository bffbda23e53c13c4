"""Scores, heads and indices: what is read from a state."""

from __future__ import annotations

import pytest
import torch

import fsm2rnn
from fsm2rnn.cells.readout import IndexReadout, LinearHead, LinearReadout
from tests.proof.networks import diagonal_parity
from tests.proof.region_networks import region_network


def test_the_score_of_a_state_is_the_greatest_of_its_rows():
    weight, bias = torch.tensor([[1.0, 0], [0, 1], [-1, 0], [0, -1]]), torch.tensor([0.0, 0.5, 0, 0])
    readout = LinearReadout(weight, bias, torch.tensor([2, 0, 2, 0]), 3)
    h = torch.tensor([[3.0, 1], [-4, -2], [0.25, 0.5]])
    none = -torch.inf
    assert readout(h).tolist() == [[1.5, none, 3], [2, none, 4], [1, none, 0.25]]
    assert readout(h.unsqueeze(1)).shape == (3, 1, 3)
    assert readout(h[0]).tolist() == [1.5, none, 3]
    plain = LinearReadout(weight, bias, states=4)
    assert plain(h).tolist() == (h @ weight.T + bias).tolist()


def test_scores_are_in_the_readouts_own_dtype():
    readout = LinearReadout(torch.eye(2, dtype=torch.float64), torch.zeros(2, dtype=torch.float64), states=2)
    assert readout(torch.ones(3, 2, dtype=torch.bfloat16)).dtype == torch.float64


def test_an_index_adds_the_coordinates_of_a_state():
    readout = IndexReadout(torch.tensor([1, 0, 1]), 3)
    assert readout(torch.tensor([[1.0, 2, 4], [0, 1, 0]])).tolist() == [[2, 5, 0], [1, 0, 0]]


def test_a_head_is_a_matrix():
    assert LinearHead(torch.tensor([[1.0, 2]]))(torch.tensor([[3.0, 4], [0, 1]])).tolist() == [[11], [2]]


@pytest.mark.parametrize(
    "stored", [diagonal_parity, lambda: region_network("thirds-cover-float16")], ids=["three rows", "six cells"]
)
def test_networks_with_more_rows_than_states_read_their_machine(stored):
    proved = stored()
    network = fsm2rnn.lower(proved)
    assert len(network.readout.index) > len(network.machine.states)
    ids = torch.randint(len(network.machine.symbols), (50, min(proved.steps or 200, 200)))
    assert network.run(ids).tolist() == [list(network.machine.trajectory(stream)) for stream in ids.tolist()]
    scores, _ = network(ids)
    assert scores.shape == (*ids.shape, len(network.machine.states))
    assert torch.equal(scores.argmax(-1), network.run(ids))
    assert network.start() == network.machine.start
