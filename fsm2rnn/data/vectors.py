"""Conformance vectors for kernels of linear recurrences: inputs, parameters of every step, and the exact states.

One safetensors file. `symbols` (B, T) and `states` (B, T), int64, are the words and the machine's state after every
symbol. For each form of `kernel_kinds` that the machine has: `FORM.<parameter>` (B, T, ...), `FORM.h0` (H,) and
`FORM.h` (B, T, H), in one float format. No number that a kernel meets is rounded, so a right kernel gives `FORM.h` bit
for bit (docs/kernel_vectors.md).
"""

from __future__ import annotations

import json
import os
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from fsm2rnn.atomic_write import write_atomically
from fsm2rnn.data.recurrence_forms import KINDS, Numbers, RecurrenceForm
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.exact.rounding import FLOAT32, FloatFormat, encode
from fsm2rnn.exact.sparse import simplest
from fsm2rnn.machine.labels import Json
from fsm2rnn.machine.minimise import minimise
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.file.machine_json import machine_to_json
from fsm2rnn.proof.stored.tensor_file import INDEX, StoredTensor, encode_tensor_file
from fsm2rnn.running.walk.walk import all_states, symbol_major, walk_block
from fsm2rnn.running.words.random_words import RandomWords

FORMAT = "fsm2rnn-kernel-vectors-1"
NUMBERS = 1 << 26  # numbers in one file


def write_vectors(
    machine: StateMachine, path: str | os.PathLike[str], *, words: RandomWords, form: FloatFormat = FLOAT32
) -> dict[str, Json]:
    """Write the vectors of the minimal machine and return what the file's metadata says of each form.

    InputError when the machine has no form that is exact in `form`, LimitError for more than `NUMBERS` numbers.
    """
    minimal = minimise(machine).target
    tensors, about = vector_tensors(minimal, words=words, form=form)
    metadata = {
        "format": FORMAT,
        "machine": json.dumps(machine_to_json(minimal)),
        "seed": str(words.seed),
        "kinds": json.dumps(about),
    }
    write_atomically(path, encode_tensor_file(tensors, metadata))
    return about


def vector_tensors(
    minimal: StateMachine, *, words: RandomWords, form: FloatFormat
) -> tuple[dict[str, StoredTensor], dict[str, Json]]:
    """Return the tensors of a file of vectors of a minimal machine, and what its metadata says of each form.

    InputError when the machine has no form that is exact in `form`, LimitError for more than `NUMBERS` numbers.
    """
    kinds, about = _kinds(minimal, form)
    by_step = [values for kind in kinds.values() for values in (kind.states, *kind.parameters.values())]
    needed = words.steps * words.batch * (2 + sum(values[0].size for values in by_step))
    if needed > NUMBERS:
        what = "numbers in one file of vectors"
        raise LimitError(what, limit=NUMBERS, needed=needed)
    symbols = np.concatenate(list(words.blocks(len(minimal.symbols))), 1)
    table = symbol_major(minimal.table)
    starts = np.full(words.batch, minimal.start, dtype=table.dtype)
    states = walk_block(table, all_states(table), symbols, starts)
    tensors = {"symbols": _indices(symbols), "states": _indices(states)}
    for name, kind in kinds.items():
        known = _bits(kind.states, form)
        tensors |= {
            f"{name}.{key}": _floats(_bits(values, form)[symbols], form) for key, values in kind.parameters.items()
        }
        tensors[f"{name}.h0"] = _floats(known[minimal.start], form)
        tensors[f"{name}.h"] = _floats(known[states], form)
    return tensors, about


def _kinds(machine: StateMachine, form: FloatFormat) -> tuple[dict[str, RecurrenceForm], dict[str, Json]]:
    """Return the forms that are exact in `form`, and for each form its bounds or why it is left out."""
    kinds: dict[str, RecurrenceForm] = {}
    about: dict[str, Json] = {}
    for name, build in KINDS.items():
        found = build(machine)
        if isinstance(found, str):
            about[name] = {"left_out": found}
        elif found.bits > form.precision:
            about[name] = {"left_out": f"{found.bits} bits of precision are needed, {form.name} has {form.precision}"}
        else:
            kinds[name] = found
            about[name] = {"size": found.states.shape[1], "bound": found.bound, "parts": found.parts}
    if not kinds:
        message = f"no form of a linear recurrence follows this machine exactly in {form.name}: {about}"
        raise InputError(message)
    return kinds, about


def _indices(values: npt.NDArray[np.unsignedinteger]) -> StoredTensor:
    return StoredTensor(INDEX, values.shape, values.astype("<i8").tobytes())


def _bits(values: Numbers, form: FloatFormat) -> npt.NDArray[np.unsignedinteger]:
    """Return the bits of values that `form` holds exactly, shaped as they are."""
    distinct, places = np.unique(values, return_inverse=True)
    known = [encode(simplest(Fraction(value)), form) for value in distinct.tolist()]
    return np.array(known, dtype=f"<u{form.item_size}")[places.reshape(values.shape)]


def _floats(bits: npt.NDArray[np.unsignedinteger], form: FloatFormat) -> StoredTensor:
    return StoredTensor(form.stored, bits.shape, bits.tobytes())
