"""What a verification has done, in one safetensors file that is replaced whole: the old record or the new one.

The file holds where machine and network are, to the bit, and a JSON text of the counts. It names the digest of all
that decides the run, and is refused by any other run.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, final

import numpy as np
import torch

from fsm2rnn.atomic_write import write_atomically
from fsm2rnn.cells.packing import pack, unpack
from fsm2rnn.errors import CertificateError, InputError
from fsm2rnn.proof.file.machine_json import machine_to_json
from fsm2rnn.proof.stored.tensor_file import StoredTensor, decode_tensor_file, encode_tensor_file, file_bytes
from fsm2rnn.running.run import Run, Tally
from fsm2rnn.running.walk.walk import Indices
from fsm2rnn.running.words.random_words import RandomWords

FORMAT = "fsm2rnn-checkpoint-2"
PAUSE = 0.5  # seconds between records; a kill loses that much work and one block at most


@final
class Checkpoint:
    """A file of progress; nothing is written before `PAUSE` seconds have gone by since the last record."""

    def __init__(self, path: str | os.PathLike[str], digest: str) -> None:
        """Take the place and the digest of the run."""
        self._path, self._digest = Path(path), digest
        self._written = time.monotonic()

    def restore(self, run: Run) -> int:
        """Put `run` where the file says and return how many blocks are done; 0 where there is no file."""
        if (found := self._read()) is None:
            return 0
        tensors, body = found
        run.tally = Tally.from_json(body)
        run.resume(body["position"], _indices(tensors["machine"]), unpack(tensors["network"], "cpu"))
        return int(body["done"])

    def record(self, run: Run, done: int, *, last: bool) -> None:
        """Write that `done` blocks are done, if it is time or this is the last one."""
        if not last and time.monotonic() - self._written < PAUSE:
            return
        tensors = {
            "machine": pack("machine", torch.from_numpy(run.states.astype(np.int64))),
            "network": pack("network", run.runner.position()),
        }
        self._write(tensors, {"done": done, "position": run.position, **run.tally.to_json()})

    def restore_fold(self) -> tuple[int, list[Indices]]:
        """Return how many blocks are folded, and the folds; nothing where there is no file."""
        if (found := self._read()) is None:
            return 0, []
        tensors, body = found
        return body["done"], [_indices(tensors[name]) for name in sorted(tensors)]

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

    def _read(self) -> tuple[dict[str, StoredTensor], dict[str, Any]] | None:
        if not self._path.exists():
            return None
        name = ascii(str(self._path))[1:-1]
        try:
            tensors, metadata = decode_tensor_file(file_bytes(self._path))
            body = json.loads(metadata.get(FORMAT, "{}"))
        except (CertificateError, ValueError) as error:
            message = f"no checkpoint of a verification: {error}"
            raise InputError(message, file=name) from error
        if body.get("digest") != self._digest:
            same = "network, words, order, dtype and kind of device"
            message = f"this checkpoint belongs to another run: {same} must be the same"
            raise InputError(message, file=name, hint="remove the file to start anew")
        return tensors, body

    def _write(self, tensors: Mapping[str, StoredTensor], body: Mapping[str, Any]) -> None:
        text = json.dumps({"digest": self._digest, **body})
        write_atomically(self._path, encode_tensor_file(tensors, {FORMAT: text}))
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


def _indices(tensor: StoredTensor) -> Indices:
    return unpack(tensor, "cpu").numpy().astype(np.uint32)
