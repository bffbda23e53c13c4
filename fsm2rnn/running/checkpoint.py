"""What a verification has done, in one safetensors file that is replaced whole: the old record or the new one.

The file holds where machine and network are, to the bit, and a JSON text of the counts. It names the digest of all
that decides the run, and is refused by any other run; a seal over all its fields tells of any change, and what it
counts must fit the blocks that it says are done. Who makes a seal of their own can still lie to themselves: a record is
no proof.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, final

import numpy as np
import torch
from torch import Tensor

from fsm2rnn.atomic_write import STDOUT, write_atomically
from fsm2rnn.cells.packing import pack, unpack
from fsm2rnn.errors import CertificateError, InputError
from fsm2rnn.proof.file.machine_json import machine_to_json
from fsm2rnn.proof.stored.tensor_file import StoredTensor, decode_tensor_file, encode_tensor_file, file_bytes
from fsm2rnn.running.record import (
    recorded_blocks,
    recorded_folds,
    recorded_position,
    recorded_states,
    recorded_tally,
)
from fsm2rnn.running.run import Run
from fsm2rnn.running.walk.walk import Indices
from fsm2rnn.running.words.random_words import RandomWords

FORMAT = "fsm2rnn-checkpoint-3"
OLDER = ("fsm2rnn-checkpoint-1", "fsm2rnn-checkpoint-2")  # without a seal
SEAL = "seal"
PAUSE = 0.5  # seconds between records; a kill loses that much work and one block at most


@final
class Checkpoint:
    """A file of progress; nothing is written before `PAUSE` seconds have gone by since the last record."""

    def __init__(self, path: str | os.PathLike[str], digest: str) -> None:
        """Take the place and the digest of the run; InputError for stdout, from which nothing is read again."""
        if os.fspath(path) == STDOUT:
            message = "a record is read again, so it cannot be stdout"
            raise InputError(message, hint="name a file")
        self._path, self._digest = Path(path), digest
        self._written = time.monotonic()

    def restore(self, run: Run, words: RandomWords, numbers: range) -> int:
        """Put `run` where the file says and return how many blocks are done; `numbers.start` where there is no file.

        InputError unless the file is the record of a run over the blocks `numbers`.
        """
        if (found := self._read({"machine", "network"})) is None:
            return numbers.start
        tensors, body = found
        with self._named():
            end, tally = recorded_tally(body, run, words, numbers)
            states = recorded_states(tensors["machine"], run, words)
            position = recorded_position(tensors["network"], run, words, end)
        run.tally = tally
        run.resume(end, states, position)
        return recorded_blocks(body, numbers)

    def record(self, run: Run, done: int, *, last: bool) -> None:
        """Write that `done` blocks are done, if it is time or this is the last one."""
        if not last and time.monotonic() - self._written < PAUSE:
            return
        tensors = {
            "machine": pack("machine", torch.from_numpy(run.states.astype(np.int64))),
            "network": pack("network", run.runner.position()),
        }
        self._write(tensors, {"done": done, "position": run.position, **run.tally.to_json()})

    def restore_fold(self, tables: tuple[Indices, ...], numbers: range) -> tuple[int, list[Indices]]:
        """Return up to which block `numbers` are folded, and the folds; no folds where there is no file."""
        names = [f"fold{place}" for place in range(len(tables))]
        if (found := self._read({*names})) is None:
            return numbers.start, []
        tensors, body = found
        with self._named():
            return recorded_blocks(body, numbers), recorded_folds([tensors[name] for name in names], tables)

    def record_fold(self, folds: list[Indices], done: int, *, last: bool) -> None:
        """Write that `done` blocks are folded, as `record` does."""
        if last or time.monotonic() - self._written >= PAUSE:
            tensors = {
                f"fold{place}": pack("fold", torch.from_numpy(fold.astype(np.int64)))
                for place, fold in enumerate(folds)
            }
            self._write(tensors, {"done": done})

    def beside(self, name: str) -> Checkpoint:
        """Return the checkpoint of a part of the run, in a file of its own."""
        return Checkpoint(self._path.with_name(f"{self._path.name}.{name}"), f"{self._digest} {name}")

    def _read(self, names: set[str]) -> tuple[dict[str, Tensor], dict[str, Any]] | None:
        """Return the tensors of these names and the body, None where there is no file."""
        if not self._path.exists():
            return None
        with self._named():
            try:
                tensors, metadata = decode_tensor_file(file_bytes(self._path))
                body = _unsealed(tensors, metadata)
            except (CertificateError, ValueError, RecursionError) as error:
                message = f"no checkpoint of a verification: {error}"
                raise InputError(message) from error
            if body.get("digest") != self._digest:
                same = "network, words, order, dtype and kind of device"
                message = f"this checkpoint belongs to another run: {same} must be the same"
                raise InputError(message, hint="remove the file to start anew")
            if set(tensors) != names:
                message = f"no checkpoint of this kind of run: it has {', '.join(tensors)}"
                raise InputError(message, hint="remove the file to start anew")
        return {name: unpack(tensor, "cpu") for name, tensor in tensors.items()}, body

    @contextmanager
    def _named(self) -> Iterator[None]:
        """Let an error about what the file holds name the file."""
        try:
            yield
        except InputError as error:
            if error.file is not None:
                raise
            raise InputError(error.message, file=ascii(str(self._path))[1:-1], hint=error.hint) from error

    def _write(self, tensors: Mapping[str, StoredTensor], body: Mapping[str, Any]) -> None:
        text = json.dumps({"digest": self._digest, **body})
        write_atomically(self._path, encode_tensor_file(tensors, {FORMAT: text, SEAL: _seal(tensors, text)}))
        self._written = time.monotonic()


def run_digest(run: Run, words: RandomWords) -> str:
    """Return the SHA-256 of weights, machines, words, order and evaluation."""
    found = hashlib.sha256()
    for machine in (run.machine, run.network.machine):
        found.update(json.dumps(machine_to_json(machine)).encode())
    for name, tensor in sorted(run.network.stored_tensors().items()):
        found.update(f"{name} {tensor.dtype} {tensor.shape} ".encode())
        found.update(tensor.data)
    evaluation = [run.network.structure.stored, run.runner.evaluated, run.form.table is None, run.order.value]
    found.update(json.dumps([evaluation, asdict(words), words.block]).encode())
    return found.hexdigest()


def _seal(tensors: Mapping[str, StoredTensor], text: str) -> str:
    """Return the SHA-256 of all that a file holds beside it."""
    return hashlib.sha256(encode_tensor_file(tensors, {FORMAT: text})).hexdigest()


def _unsealed(tensors: Mapping[str, StoredTensor], metadata: Mapping[str, str]) -> dict[str, Any]:
    """Return the body; ValueError for a file of another format, and where the seal is not that of the rest."""
    for older in OLDER:
        if older in metadata:
            message = f"it has the older format {older}, and this version reads {FORMAT} alone; remove it to start anew"
            raise ValueError(message)
    if set(metadata) != {FORMAT, SEAL}:
        message = f"its metadata is not that of {FORMAT}"
        raise ValueError(message)
    if metadata[SEAL] != _seal(tensors, metadata[FORMAT]):
        message = "its seal is broken, so it was changed after it was written; remove it to start anew"
        raise ValueError(message)
    body = json.loads(metadata[FORMAT])
    if not isinstance(body, dict):
        message = "its body is no JSON object"
        raise ValueError(message)  # noqa: TRY004  what a file holds is a value
    return body
