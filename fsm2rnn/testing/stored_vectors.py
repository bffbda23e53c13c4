"""Kernel vectors from a file, replayed before they are given: a damaged file accuses no kernel."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

import torch
from torch import Tensor

from fsm2rnn.cells.packing import unpack
from fsm2rnn.cells.stored.open_file import open_tensor_file
from fsm2rnn.data.recurrence_forms import KINDS
from fsm2rnn.data.vectors import FORMAT
from fsm2rnn.errors import CertificateError, InputError
from fsm2rnn.machine.labels import Json
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.file.machine_json import machine_from_json
from fsm2rnn.proof.stored.tensor_file import file_bytes
from fsm2rnn.testing.kernel_vectors import KernelVectors

PARAMETERS: Final = {"diagonal": ("a", "b"), "householder": ("k", "beta"), "block": ("A",)}
HINT: Final = "fsm2rnn data MACHINE --vectors -l LENGTH -n COUNT -o FILE writes one"


@final
@dataclass(frozen=True)
class StoredVectors:
    """The vectors of one file by form, and for each form that it leaves out the reason."""

    forms: Mapping[str, KernelVectors]
    left_out: Mapping[str, str]


def read_vectors(path: str | os.PathLike[str]) -> StoredVectors:
    """Return the vectors of a file that `fsm2rnn data --vectors` wrote.

    The machine's table is walked along the words and every form's recurrence is run, one step after the other in
    float64, where none of these numbers rounds. InputError where the file is none of this kind, or where a state does
    not follow: it names form, word and step, counted from 0.
    """
    name = ascii(str(path))[1:-1]
    file = open_tensor_file(file_bytes(path), name)
    try:
        about = _about(file.metadata, name)
        machine = machine_from_json(json.loads(file.metadata["machine"]))
    except (CertificateError, KeyError, ValueError) as error:
        message = f"no file of kernel vectors: {error}"
        raise InputError(message, file=name, hint=HINT) from error
    tensors = {key: unpack(tensor, None) for key, tensor in file.tensors.items()}
    wanted = {"symbols", "states", *(f"{form}.{key}" for form in about for key in (*PARAMETERS[form], "h0", "h"))}
    left_out = {form: str(facts["left_out"]) for form, facts in about.items() if "left_out" in facts}
    wanted -= {key for key in wanted if key.partition(".")[0] in left_out}
    if set(tensors) != wanted:
        message = f"the tensors are {sorted(tensors)}, the metadata says {sorted(wanted)}"
        raise InputError(message, file=name, hint=HINT)
    _require_walk(machine, tensors["symbols"], tensors["states"], name)
    forms = {form: _form(form, tensors, name) for form in about if form not in left_out}
    return StoredVectors(forms, left_out)


def _about(metadata: Mapping[str, str], name: str) -> dict[str, dict[str, Json]]:
    """Return what the metadata says of each form."""
    if metadata.get("format") != FORMAT:
        message = f"no file of kernel vectors: its format is {metadata.get('format')!r}, expected {FORMAT!r}"
        raise InputError(message, file=name, hint=HINT)
    found = json.loads(metadata["kinds"])
    if not isinstance(found, dict) or set(found) != set(KINDS):
        message = f"kinds are {sorted(found)}, expected {sorted(KINDS)}"
        raise ValueError(message)
    return found


def _require_walk(machine: StateMachine, symbols: Tensor, states: Tensor, name: str) -> None:
    """Raise InputError unless the states are those of the machine after every symbol."""
    if symbols.shape != states.shape or symbols.dim() != 2 or not symbols.numel():  # (B, T)
        message = f"symbols {tuple(symbols.shape)} and states {tuple(states.shape)} are to be of one shape (B, T)"
        raise InputError(message, file=name)
    if not bool(((symbols >= 0) & (symbols < len(machine.symbols))).all()):
        message = f"a symbol lies outside 0..{len(machine.symbols) - 1}"
        raise InputError(message, file=name)
    walked = torch.tensor([list(machine.trajectory(word)) for word in symbols.tolist()])
    _require_equal(walked, states, "the machine's state", name)


def _form(form: str, tensors: Mapping[str, Tensor], name: str) -> KernelVectors:
    parameters = {key: tensors[f"{form}.{key}"] for key in PARAMETERS[form]}
    h0, known = tensors[f"{form}.h0"], tensors[f"{form}.h"]
    shapes = {key: tuple(value.shape) for key, value in {**parameters, "h0": h0, "h": known}.items()}
    try:
        found = _replayed(form, {key: value.double() for key, value in parameters.items()}, h0.double())
    except (RuntimeError, IndexError, ValueError) as error:
        message = f"the shapes of the form {form} do not fit together: {shapes}"
        raise InputError(message, file=name) from error
    _require_equal(found, known.double(), f"the state of the form {form}", name)
    return KernelVectors(Path(name).name, form, tensors["symbols"], tensors["states"], parameters, h0, known)


def _replayed(form: str, parameters: Mapping[str, Tensor], h0: Tensor) -> Tensor:
    """Return the states (B, T, H) of the recurrence, one step after the other."""
    first = parameters[PARAMETERS[form][0]]
    h, states = h0.expand(len(first), -1), []
    for step in range(first.shape[1]):
        match form:
            case "diagonal":
                h = parameters["a"][:, step] * h + parameters["b"][:, step]
            case "householder":
                for key, beta in zip(
                    parameters["k"][:, step].unbind(1), parameters["beta"][:, step].unbind(1), strict=True
                ):
                    h = h - beta[:, None] * key * (key * h).sum(-1, keepdim=True)
            case _:
                h = (first[:, step] @ h.unsqueeze(-1)).squeeze(-1)
        states.append(h)
    return torch.stack(states, 1)


def _require_equal(found: Tensor, known: Tensor, what: str, name: str) -> None:
    if found.shape != known.shape:
        message = f"{what} is {tuple(known.shape)}, expected {tuple(found.shape)}"
        raise InputError(message, file=name)
    wrong = (found != known).nonzero()
    if len(wrong):
        word, step = wrong[0][:2].tolist()
        message = f"{what} after step {step} of word {word} does not follow from what is stored before it"
        raise InputError(message, file=name)
