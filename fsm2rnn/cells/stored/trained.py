"""The file kind `trained`: a tracker's tensors, and in the metadata one canonical JSON of what they are.

    fsm2rnn.kind     trained
    fsm2rnn.trained  {format, module: {kind, structure, inner, normalize}, sizes, output_labels, state, machine,
                     weights: {name: {dtype, shape, sha256}}, sha256: {machine, weights, body}}

The JSON is a function of the tracker, so a reader builds the tracker, writes the JSON anew and compares. Nothing is
claimed of what the network answers, and the file has no certificate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, final

import torch

from fsm2rnn.cells.bilinear import BilinearRNN
from fsm2rnn.cells.gated_stack import GatedStack
from fsm2rnn.cells.layer import STACK, Layer, layer_name
from fsm2rnn.cells.packing import unpack
from fsm2rnn.cells.state_format import STATE_FORMATS, StateFormat
from fsm2rnn.cells.stored.open_file import OpenFile, damaged
from fsm2rnn.cells.stored.parts import BilinearKind, Parts, StackKind, parts_of
from fsm2rnn.cells.structure.recurrence import Inner
from fsm2rnn.cells.structure.table import RECURRENCES, find_recurrence
from fsm2rnn.cells.tracker_parts import require_embedding, require_one_dtype, require_readout
from fsm2rnn.errors import CertificateError, FsmError, InputError
from fsm2rnn.machine.labels import Json, label_to_json
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.cell_kinds import CellKind
from fsm2rnn.proof.file.canonical_json import canonical_json, digest, json_value
from fsm2rnn.proof.file.certificate import fingerprint, hashes
from fsm2rnn.proof.file.checker import KIND, TRAINED
from fsm2rnn.proof.file.machine_json import machine_from_json, machine_to_json
from fsm2rnn.proof.stored.tensor_file import StoredTensor, encode_tensor_file

BODY: Final = "fsm2rnn.trained"
FORMAT: Final = "fsm2rnn-trained-1"
KINDS: Final[dict[str, CellKind | StackKind]] = {kind.stored: kind for kind in CellKind} | {STACK: StackKind()}
MAX_SIZE: Final = 1 << 24  # of inputs and inner sizes named in the JSON: no larger layer fits a file


@final
@dataclass(frozen=True)
class TrainedParts:
    """All that a trained file holds: the parts, what they are trained for, and what the state is rounded to."""

    parts: Parts
    machine: StateMachine
    state: StateFormat | None


def trained_bytes(trained: TrainedParts, tensors: Mapping[str, StoredTensor]) -> bytes:
    """Return the file of a tracker's tensors; InputError for labels or a structure that files do not hold."""
    return encode_tensor_file(tensors, {KIND: TRAINED, BODY: _written(trained, tensors)})


def read_trained(found: OpenFile, file: str, device: torch.device | str | None) -> TrainedParts:
    """Return what a trained file holds; InputError names the field that is wrong."""
    text = found.metadata.get(BODY, "")
    try:
        body = json_value(text, BODY)
        trained = _read(body, found.tensors, device)
        again = _written(trained, found.tensors)
    except CertificateError as error:
        raise damaged(error.field, error.message, file) from error
    except FsmError as error:
        raise damaged(BODY, str(error), file) from error
    if again != text:
        raise damaged(
            _first_difference(body, again), "it says something else than the tensors and the machine do", file
        )
    return trained


def _written(trained: TrainedParts, tensors: Mapping[str, StoredTensor]) -> str:
    layer, embedding = trained.parts.rnn, trained.parts.embedding
    sizes: dict[str, Json] = {
        "inputs": layer.input_size,
        "hidden": layer.hidden_size,
        "layers": _layers(layer),
        "symbols": len(trained.machine.symbols),
        "outputs": trained.parts.readout.out_features,
        "embedding": None if embedding is None else embedding.embedding_dim,
    }
    body: dict[str, Json] = {
        "format": FORMAT,
        "module": _module(layer),
        "sizes": sizes,
        "output_labels": [label_to_json(label) for label in trained.machine.output_labels],
        "state": None if trained.state is None else trained.state.name,
        "machine": machine_to_json(trained.machine),
        "weights": {name: fingerprint(tensor) for name, tensor in tensors.items()},
    }
    return canonical_json({**body, "sha256": {**hashes(body), "body": digest(canonical_json(body).encode())}})


def _layers(layer: Layer) -> int:
    match layer:
        case BilinearRNN():
            return 1
        case GatedStack():
            return len(layer.layers)
        case _:
            return layer.num_layers


def _module(layer: Layer) -> dict[str, Json]:
    if not isinstance(layer, BilinearRNN):
        return {"kind": layer_name(layer), "structure": None, "inner": None, "normalize": False}
    if layer.recurrence not in RECURRENCES:
        message = f"a layer of structure {layer.structure!r} runs by matrices, and is not written as a trained network"
        raise InputError(message)
    inner: Json = list(layer.inner) if isinstance(layer.inner, tuple) else layer.inner
    return {"kind": layer_name(layer), "structure": layer.structure, "inner": inner, "normalize": layer.normalize}


def _read(
    body: Any,  # noqa: ANN401  as JSON gave it
    stored: Mapping[str, StoredTensor],
    device: torch.device | str | None,
) -> TrainedParts:
    match body:
        case {"format": str(form)} if form != FORMAT:
            message = f"{form!r:.40}, expected {FORMAT}"
            raise CertificateError("format", message)
        case {
            "format": str(),
            "module": {"kind": str(kind), "structure": structure, "inner": inner, "normalize": bool(normalize)},
            "sizes": {"inputs": int(inputs)},
            "state": state,
            "machine": machine,
        }:
            made = machine_from_json(machine)
            cell = KINDS.get(kind) or _bilinear_kind(kind, structure, inner, inputs, normalize=normalize)
            tensors = {name: unpack(tensor, device) for name, tensor in stored.items()}
            parts = parts_of(cell, tensors)
            require_readout(parts.readout, parts.rnn.hidden_size, made)
            require_embedding(parts.embedding, parts.rnn.input_size, made)
            require_one_dtype(torch.nn.ModuleList([parts.rnn, parts.readout, *filter(None, [parts.embedding])]))
            return TrainedParts(parts, made, _state(state))
        case _:
            message = "expected an object of format, module, sizes, output_labels, state, machine, weights and sha256"
            raise CertificateError(BODY, message)


def _state(name: object) -> StateFormat | None:
    if name is None:
        return None
    if not isinstance(name, str) or name not in STATE_FORMATS:
        message = f"{name!r:.40} is no state format"
        raise CertificateError("state", message)
    return STATE_FORMATS[name]


def _bilinear_kind(kind: str, structure: object, inner: object, inputs: int, *, normalize: bool) -> BilinearKind:
    if kind != "bilinear" or not isinstance(structure, str) or not 0 < inputs <= MAX_SIZE:
        message = f"kind {kind!r:.40} with structure {structure!r:.40} and {inputs!r:.40} inputs is no module"
        raise CertificateError("module", message)
    return BilinearKind(find_recurrence(structure), inputs, _inner(inner), normalize)


def _inner(value: object) -> Inner:
    numbers = value if isinstance(value, list) else [] if value is None else [value]
    sizes = [number for number in numbers if type(number) is int and 0 <= number <= MAX_SIZE]
    if len(sizes) != len(numbers):
        message = f"{value!r:.40} is no inner size"
        raise CertificateError("module", message)
    if isinstance(value, list):
        return tuple(sizes)
    return sizes[0] if sizes else None


def _first_difference(body: object, again: str) -> str:
    """Return the first field in which what is said differs from what is so."""
    so = json_value(again, BODY)
    if not isinstance(body, dict) or not isinstance(so, dict):
        return BODY
    names = sorted([*so, *body], key="sha256".__eq__)  # the sums last: they differ wherever anything does
    return next((name for name in names if body.get(name) != so.get(name)), BODY)
