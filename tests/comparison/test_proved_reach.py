"""What the kernel reaches is what it accepts, and what a search listed beyond that is dropped."""

from __future__ import annotations

import pytest

from fsm2rnn import api
from fsm2rnn.comparison.search.proved_reach import proved_reach
from fsm2rnn.proof.claim.cell_kinds import CellKind
from tests.proof.cell_networks import grid_cell


@pytest.mark.parametrize("kind", [CellKind.ELMAN, CellKind.GRU, CellKind.LSTM])
def test_unreached_nodes_are_left_out(kind):
    proof = grid_cell(kind, api.read("tomita3")).proof
    nodes = list(zip(proof.states, proof.reads, proof.outputs, strict=True))
    more = [*nodes, ((1,) * proof.cell.width, 0, 0), ((2,) * proof.cell.width, 1, 0)]
    assert proved_reach(proof.machine, proof.cell, proof.grid, more) == list(range(len(nodes)))
    assert proved_reach(proof.machine, proof.cell, proof.grid, nodes[:1]) == [0]
