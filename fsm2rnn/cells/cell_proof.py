"""What a proved cell carries beside its weights, kept by the Tracker that runs it so that it can be proved anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

from fsm2rnn.errors import CertificateError
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.cell_kinds import CellKind
from fsm2rnn.proof.file.cell_network import BoxNodes, GridNodes, ProvedCell
from fsm2rnn.proof.file.stack_network import ProvedStack, StackNodes
from fsm2rnn.proof.stored.tensor_file import StoredTensor


@final
@dataclass(frozen=True)
class CellProof:
    """Nodes, the tensors that belong to them, and evidence: no proof yet, but what the kernel makes one from."""

    nodes: BoxNodes | GridNodes | StackNodes
    tensors: Mapping[str, StoredTensor]
    evidence: Mapping[str, str]
    state_format: str | None


def proof_of(cell: ProvedCell | ProvedStack) -> CellProof:
    """Return what a proved cell or stack carries beside its weights, in memory of its own."""
    if isinstance(cell, ProvedStack):
        return CellProof(cell.nodes, {}, dict(cell.evidence), None)
    weights = cell.weights
    own = {name: tensor for name, tensor in cell.tensors.items() if name not in weights}
    copied = {name: StoredTensor(tensor.dtype, tensor.shape, bytes(tensor.data)) for name, tensor in own.items()}
    return CellProof(cell.nodes, copied, dict(cell.evidence), cell.state_format)


def proved_anew(
    proof: CellProof, kind: CellKind | None, machine: StateMachine, weights: Mapping[str, StoredTensor]
) -> ProvedCell | ProvedStack:
    """Return weights of a cell of torch.nn, or of a stack (None), proved with what is carried; CertificateError."""
    match proof.nodes:
        case StackNodes() if kind is None:
            return ProvedStack(machine, proof.nodes, weights, proof.evidence)
        case BoxNodes() | GridNodes() if kind is not None:
            return ProvedCell(machine, kind, proof.nodes, {**weights, **proof.tensors}, proof.evidence)
        case _:
            message = "the nodes carried are those of another kind of layer"
            raise CertificateError("nodes", message)
