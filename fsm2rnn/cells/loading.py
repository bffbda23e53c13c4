"""The bytes of a network file of any kind -> the module that holds its weights."""

from __future__ import annotations

import torch

from fsm2rnn.cells.cell_proof import proof_of
from fsm2rnn.cells.network import Network, lower
from fsm2rnn.cells.packing import unpack
from fsm2rnn.cells.stored.open_file import OpenFile, file_metadata, open_tensor_file
from fsm2rnn.cells.stored.parts import StackKind
from fsm2rnn.cells.stored.trained import read_trained
from fsm2rnn.cells.tracker import Tracker, tracker_from_tensors
from fsm2rnn.proof.file.cell_network import ProvedCell
from fsm2rnn.proof.file.checker import KIND, TRAINED, Proved, prove_bytes
from fsm2rnn.proof.file.network import ProvedNetwork
from fsm2rnn.proof.file.stack_network import ProvedStack


def module_from_bytes(data: bytes, file: str, device: torch.device | str | None = None) -> Network | Tracker:
    """Return the module of a file: a proved network, proved anew, a proved cell, or a trained one.

    CertificateError where a claim does not hold; InputError for a trained file that is damaged.
    """
    trained = trained_file(data, file)
    if trained is None:
        return module_of(prove_bytes(data), device)
    found = read_trained(trained, file, device)
    parts = found.parts
    return Tracker(parts.rnn, parts.readout, found.machine, embedding=parts.embedding, state=found.state)


def module_of(proved: Proved, device: torch.device | str | None = None) -> Network | Tracker:
    """Return the module that holds exactly the stored bits of what is proved."""
    match proved:
        case ProvedNetwork():
            return lower(proved, device)
        case ProvedCell():
            tensors = {name: unpack(tensor, device) for name, tensor in proved.weights.items()}
            tracker = tracker_from_tensors(proved.kind, tensors, proved.machine, state=proved.state_format)
            tracker.proof = proof_of(proved)
            return tracker
        case ProvedStack():
            tensors = {name: unpack(tensor, device) for name, tensor in proved.tensors.items()}
            tracker = tracker_from_tensors(StackKind(), tensors, proved.machine)
            tracker.proof = proof_of(proved)
            return tracker


def trained_file(data: bytes, file: str) -> OpenFile | None:
    """Return a file that says it is of the kind `trained`, opened; None for any other bytes.

    InputError where it says so and is damaged.
    """
    return open_tensor_file(data, file) if file_metadata(data).get(KIND) == TRAINED else None
