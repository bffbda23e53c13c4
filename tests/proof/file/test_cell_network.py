"""Files of cells: nodes, names and evidence that are none are refused by their place, and by no traceback."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from fsm2rnn.errors import CertificateError
from fsm2rnn.proof.claim.cell_kinds import CellKind
from fsm2rnn.proof.file.cell_network import ProvedCell
from fsm2rnn.proof.file.checker import check_bytes, network_bytes, prove_bytes
from fsm2rnn.source.read import read
from tests.forgery.forge import open_file, respell
from tests.proof.cell_networks import grid_cell, proved_cell, stored

BOXES = proved_cell(CellKind.ELMAN, read("tomita3"))
GRID = grid_cell(CellKind.ELMAN, read("parity"))


def refusal(network: ProvedCell, change: Callable[[dict[str, Any]], object]) -> tuple[str | None, str | None]:
    """Return the field and the reason for which a file with a changed certificate is refused."""
    draft = open_file(network_bytes(network))
    change(draft.certificate)
    report = check_bytes(respell(draft))
    assert not report.accepted
    return report.field, report.reason


def test_files_are_read_as_they_were_written():
    for network in (BOXES, GRID):
        again = prove_bytes(network_bytes(network))
        assert (again.nodes, again.grade, again.kind) == (network.nodes, network.grade, network.kind)


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body["cell"].update(kind="tanh"),
        lambda body: body.update(evidence={"made": 1}),
        lambda body: body.update(nodes=[]),
    ],
)
def test_what_names_no_cell_is_refused(change):
    assert refusal(BOXES, change) == ("certificate", "expected cell.kind, nodes and evidence (an object of strings)")


@pytest.mark.parametrize("nodes", [{}, {"reads": [0], "outputs": [0]}, {"reads": [0], "outputs": None, "moves": []}])
def test_nodes_have_moves_or_a_grid(nodes):
    found = refusal(BOXES, lambda body: body.update(nodes=nodes))
    assert found == ("nodes", "expected reads, outputs, and moves or grid")


def test_a_grid_is_an_integer_and_nothing_stands_beside_it():
    for grid in (True, "7", None, 7.5):
        assert refusal(GRID, lambda body, grid=grid: body["nodes"].update(grid=grid))[0] in {"nodes", "certificate"}
    for grid in (0, -1, 13, 10**400):
        assert refusal(GRID, lambda body, grid=grid: body["nodes"].update(grid=grid))[0] == "nodes"
    for network in (BOXES, GRID):
        assert refusal(network, lambda body: body["nodes"].update(more=1))[0] == "nodes"
        assert refusal(network, lambda body: body["nodes"].update(grid=7, moves=[]))[0] in {"nodes", "weights"}


def test_a_grid_of_a_half_is_not_one_that_says_true():
    """True is 1 to Python, and a certificate may not say it for the grid of halves."""
    machine = read("parity")
    held = {"weight_ih_l0": np.zeros((1, 2)), "weight_hh_l0": np.zeros((1, 1)), "readout.weight": np.zeros((1, 1))}
    one = replace(machine, states=("q",), table=((0, 0),), start=0, outputs=("o",))
    tensors = {name: stored(array) for name, array in (held | {"grid.states": np.zeros((1, 1))}).items()}
    halves = ProvedCell(one, CellKind.ELMAN, replace(GRID.nodes, grid=1, reads=(0,), outputs=(0,)), tensors, {})
    assert check_bytes(network_bytes(halves)).accepted
    assert refusal(halves, lambda body: body["nodes"].update(grid=True))[0] == "nodes"


def refused(network: ProvedCell, **tensors: object) -> str:
    with pytest.raises(CertificateError) as caught:
        replace(network, tensors={**network.tensors, **{name.replace("_", "."): t for name, t in tensors.items()}})
    return str(caught.value)


def test_walls_and_grid_states_have_their_shapes():
    count, width = BOXES.tensors["box.high"].shape
    assert "box.high has shape" in refused(BOXES, box_high=stored(np.zeros((count, width + 1))))
    assert "box.high has shape" in refused(BOXES, box_high=stored(np.zeros((count + 1, width))))
    assert "expected 2 axes" in refused(BOXES, box_low=stored(np.zeros(count)))
    assert "expected 2 axes" in refused(GRID, grid_states=stored(np.zeros(len(GRID.nodes.reads))))
    assert "no multiple of 2^-96" in refused(BOXES, box_low=stored(np.full((count, width), -(2.0**-100))))
    fine = np.full(GRID.tensors["grid.states"].shape, 2.0**-20)
    assert "no multiple of 2^-" in refused(GRID, grid_states=stored(fine))
    for network, name in ((BOXES, "box.low"), (BOXES, "box.high"), (GRID, "grid.states")):
        rest = {key: tensor for key, tensor in network.tensors.items() if key != name}
        with pytest.raises(CertificateError, match="expected the tensor"):
            replace(network, tensors=rest)
    not_numbers = np.full((count, width), np.nan)
    assert "NaN" in refused(BOXES, box_low=stored(not_numbers))


def test_a_report_of_a_refusal_raises_it():
    network = network_bytes(GRID)
    check_bytes(network).raise_if_rejected()
    with pytest.raises(CertificateError):
        check_bytes(network[:-1]).raise_if_rejected()
