"""What a proved cell carries beside its weights, kept by the Tracker that runs it so that it can be proved anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

from fsm2rnn.proof.file.cell_network import BoxNodes, GridNodes, ProvedCell
from fsm2rnn.proof.stored.tensor_file import StoredTensor


@final
@dataclass(frozen=True)
class CellProof:
    """Nodes, the tensors that belong to them, and evidence: no proof yet, but what the kernel makes one from."""

    nodes: BoxNodes | GridNodes
    tensors: Mapping[str, StoredTensor]
    evidence: Mapping[str, str]
    state_format: str | None


def proof_of(cell: ProvedCell) -> CellProof:
    """Return what a proved cell carries beside its weights, in memory of its own."""
    weights = cell.weights
    own = {name: tensor for name, tensor in cell.tensors.items() if name not in weights}
    copied = {name: StoredTensor(tensor.dtype, tensor.shape, bytes(tensor.data)) for name, tensor in own.items()}
    return CellProof(cell.nodes, copied, dict(cell.evidence), cell.state_format)
