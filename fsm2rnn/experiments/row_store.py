"""Rows of an experiment in a file of JSON lines, appended as each run is done, so that a stopped experiment goes on.

The first line says which experiment under which settings; each further line is one run: its key, its rows, and a
digest of both, by which a line that was changed is told. A last line without an end was being written when the program
was stopped: it is cut off, and its run is made again.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, final

from fsm2rnn.errors import InputError
from fsm2rnn.machine.labels import Json
from fsm2rnn.version import __version__

FORMAT: Final = "fsm2rnn-rows-2"

Row = dict[str, Json]


@final
class RowStore:
    """The rows that are done, by the key of their run; kept in a file where one is named."""

    def __init__(self, path: Path | None, about: Mapping[str, Json]) -> None:
        """Read what is done. InputError where the file is not one of rows, or of rows under other settings."""
        self._path = path
        self._done: dict[str, Sequence[Row]] = {}
        if path is None:
            return
        head = {"format": FORMAT, "version": __version__, **about}
        data = _read(path)
        whole = data[: data.rfind(b"\n") + 1]
        first = json.dumps(head).encode() + b"\n"
        if not first.startswith(data) and not whole.startswith(first):
            message = "holds no rows, or rows of another experiment, of other settings or of another version"
            raise InputError(message, file=_shown(path), line=1, hint="name another folder, or remove the file")
        if not whole:
            _write(path, "wb", first)
        elif whole != data:
            os.truncate(path, len(whole))
        lines = whole.decode(errors="replace").splitlines()
        for number, line in enumerate(lines[1:], 2):
            key, rows = _run(line, path, number)
            self._done[key] = rows

    def get(self, key: str) -> Sequence[Row] | None:
        """Return the rows of a run, None where it is not done."""
        return self._done.get(key)

    def append(self, key: str, rows: Sequence[Row]) -> None:
        """Keep the rows of a run that is done."""
        self._done[key] = rows
        if self._path is not None:
            run: Row = {"key": key, "rows": list(rows)}
            line = json.dumps(run | {"digest": _digest(run)})
            _write(self._path, "ab", line.encode() + b"\n")


def _read(path: Path) -> bytes:
    """Return what a file holds, nothing where there is none. A missing folder is made."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.read_bytes() if path.exists() else b""
    except OSError as error:
        message = f"cannot be read: {error.strerror}"
        raise InputError(message, file=_shown(path)) from error


def _write(path: Path, mode: str, data: bytes) -> None:
    try:
        with path.open(mode) as stream:
            stream.write(data)
    except OSError as error:
        message = f"cannot be written: {error.strerror}"
        raise InputError(message, file=_shown(path)) from error


def _run(line: str, path: Path, number: int) -> tuple[str, list[Row]]:
    """Return key and rows of a line; InputError where it is not what `append` wrote."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        found = None
    match found:
        case {"key": str(key), "rows": [*rows], "digest": str(digest)} if digest == _digest({"key": key, "rows": rows}):
            return key, rows
        case _:
            message = f"is no run as it was written: {line!r:.60}"
            hint = "remove the line, and its run is made again"
            raise InputError(message, file=_shown(path), line=number, hint=hint)


def _digest(run: Mapping[str, Json]) -> str:
    return hashlib.sha256(json.dumps(run).encode()).hexdigest()[:16]


def _shown(path: Path) -> str:
    return ascii(str(path))[1:-1]
