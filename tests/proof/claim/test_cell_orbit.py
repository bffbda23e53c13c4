"""Grid states of nonlinear cells: the recipe's are proved, and what does not hold is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fsm2rnn import api
from fsm2rnn.errors import CertificateError, LimitError
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim import cell_orbit
from fsm2rnn.proof.claim.cell_kinds import CellKind
from fsm2rnn.proof.claim.cell_orbit import BRANCH_LIMIT, STATE_LIMIT
from fsm2rnn.proof.file.cell_network import GridNodes, ProvedCell
from fsm2rnn.proof.file.checker import check_bytes, network_bytes
from tests.proof.cell_networks import grid_cell, stored
from tests.proof.claim.test_boxes import refused

KINDS = [CellKind.ELMAN, CellKind.GRU, CellKind.LSTM]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", ["tomita3", "S3@gens"])
def test_the_recipe_s_cells_are_proved_on_a_grid(kind, text):
    network = grid_cell(kind, api.read(text))
    assert (network.grade_name, network.grade.states) == ("orbit", len(network.nodes.reads))
    report = check_bytes(network_bytes(network))
    assert report.accepted
    assert "rounded to multiples of 2^-7" in report.claim


@pytest.fixture(params=KINDS)
def network(request) -> ProvedCell:
    return grid_cell(request.param, api.read("tomita3"))


def grid_states(network: ProvedCell) -> np.ndarray:
    tensor = network.tensors["grid.states"]
    return np.frombuffer(tensor.data, "<f4").reshape(tensor.shape).copy()


def with_states(network: ProvedCell, states: np.ndarray) -> dict[str, object]:
    return {**network.tensors, "grid.states": stored(states)}


def test_states_that_are_not_those_of_words_are_refused(network):
    nodes, states = network.nodes, grid_states(network)
    moved = states.copy()
    moved[1, 0] += 1 / 128 if moved[1, 0] < 0 else -1 / 128
    refused("induction", network, tensors=with_states(network, moved))
    begun = states.copy()
    begun[0, 0] = 1 / 128
    refused("nodes", network, tensors=with_states(network, begun))
    refused("nodes", network, tensors=with_states(network, states[:, :-1]))
    far = states.copy()
    far[1, 0] = 1 + 1 / 128
    refused("nodes", network, tensors=with_states(network, far))
    far = states.copy()
    far[1, -1] = 2.0**18  # 2^25 steps of the grid: c of LSTM, beyond which float32 is no longer exact
    refused("nodes", network, tensors=with_states(network, far))
    fine = states.copy()
    fine[1, 0] = 1 / 256
    refused("nodes", network, tensors=with_states(network, fine))
    refused("nodes", network, tensors={name: value for name, value in network.tensors.items() if "grid" not in name})
    twice = replace(nodes, reads=(*nodes.reads, nodes.reads[-1]), outputs=(*nodes.outputs, nodes.outputs[-1]))
    refused("nodes", network, nodes=twice, tensors=with_states(network, np.vstack([states, states[-1:]])))
    unreached = np.vstack([states, 0 * states[-1:] + 1 / 128])
    refused("nodes", network, nodes=twice, tensors=with_states(network, unreached))


def test_the_start_that_words_lead_back_to_is_listed_once():
    """Of a cell of zeros, which stays at zero: listed twice, both would be reached, and one of them read at will."""
    tensors = {name: stored(np.zeros((1, 1))) for name in ("weight_ih_l0", "weight_hh_l0", "readout.weight")}
    machine = StateMachine(("q",), ("a",), ((0,),), 0, ("o",))
    once = GridNodes(7, (0,), (0,))
    network = ProvedCell(machine, CellKind.ELMAN, once, {**tensors, "grid.states": stored(np.zeros((1, 1)))}, {})
    assert network.proof.claims_empty_word
    twice = {**tensors, "grid.states": stored(np.zeros((2, 1)))}
    refused("nodes", network, nodes=GridNodes(7, (0, 0), (0, 0)), tensors=twice)


def test_readings_and_outputs_are_the_machine_s(network):
    nodes = network.nodes
    refused("reads", network, nodes=replace(nodes, reads=(1, *nodes.reads[1:])))
    refused("induction", network, nodes=replace(nodes, reads=(*nodes.reads[:-1], (nodes.reads[-1] + 1) % 5)))
    refused("induction", network, nodes=replace(nodes, outputs=(*nodes.outputs[:-1], 1 - nodes.outputs[-1])))
    refused("nodes", network, nodes=replace(nodes, outputs=nodes.outputs[:-1]))
    refused("nodes", network, nodes=replace(nodes, outputs=(), reads=()))
    refused("nodes", network, nodes=replace(nodes, grid=0))
    refused("nodes", network, nodes=replace(nodes, grid=13))
    proof = network.proof
    for grid in (0, 13):  # whatever the file says: states of multiples of 2^-12 are such of 2^-13 too
        with pytest.raises(CertificateError, match="is none of 2"):
            replace(proof, grid=grid)
    right = network.machine.output_labels.index(network.machine.outputs[network.machine.start])
    refused("nodes", network, nodes=replace(nodes, outputs=(1 - right, *nodes.outputs[1:])))
    refused("margin", network, nodes=replace(nodes, outputs=(right, *nodes.outputs[1:])))


def test_a_coarser_reading_of_the_same_states_is_another_claim(network):
    """States that lie on a finer grid too are not where that grid's rounding leads, unless they are saturated."""
    finer = replace(network, nodes=replace(network.nodes, grid=7))
    assert finer.grade == network.grade


def test_weights_in_other_formats_and_relu_are_refused(network):
    arrays = {name: np.frombuffer(t.data, "<f4").reshape(t.shape) for name, t in network.tensors.items()}
    wide = {name: stored(array, "F64") for name, array in arrays.items()}
    refused("float", network, tensors=wide)
    alone = {name: tensor for name, tensor in wide.items() if not name.startswith("readout.")}
    refused("float", network, tensors={**network.tensors, **alone})
    refused(
        "float",
        network,
        tensors={**network.tensors, "readout.weight": wide["readout.weight"], "readout.bias": wide["readout.bias"]},
    )
    huge = {**network.tensors, "readout.weight": stored(arrays["readout.weight"] * 2.0**126)}
    refused("float", network, tensors=huge)
    if network.kind is CellKind.ELMAN:
        refused("cell", network, kind=CellKind.RELU)


def test_limits_are_refused_before_work():
    network = grid_cell(CellKind.ELMAN, api.read("parity"))
    many = STATE_LIMIT + 1
    nodes = replace(network.nodes, reads=(0,) * many, outputs=(None,) * many)
    states = np.zeros((many, network.proof.cell.width))
    with pytest.raises(LimitError, match="grid states that are proved"):
        replace(network, nodes=nodes, tensors=with_states(network, states))
    assert BRANCH_LIMIT < STATE_LIMIT


def test_products_of_grid_states_have_a_limit(monkeypatch):
    network = grid_cell(CellKind.ELMAN, api.read("parity"))
    cell, count = network.proof.cell, len(network.nodes.reads)
    needed = count * (cell.size * (cell.size + 2) + 2 * cell.size * 16)
    monkeypatch.setattr(cell_orbit, "PRODUCT_LIMIT", needed)
    replace(network)
    monkeypatch.setattr(cell_orbit, "PRODUCT_LIMIT", needed - 1)
    with pytest.raises(LimitError, match="products of weights and grid states"):
        replace(network)


def test_too_many_roundings_of_one_step_are_refused():
    """Every unit on a tie: 2^H states may follow."""
    size, tie = 13, float(np.arctanh(0.5 / 128))
    tensors = {
        "weight_ih_l0": stored(np.full((size, 1), tie)),
        "weight_hh_l0": stored(np.zeros((size, size))),
        "readout.weight": stored(np.zeros((1, size))),
        "grid.states": stored(np.zeros((1, size))),
    }
    machine = StateMachine(("q",), ("a",), ((0,),), 0, ("o",))
    with pytest.raises(LimitError, match="may round to"):
        ProvedCell(machine, CellKind.ELMAN, GridNodes(7, (0,), (None,)), tensors, {})
