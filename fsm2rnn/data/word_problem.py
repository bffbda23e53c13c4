"""Word-problem data: rows (seed, x_1 ... x_T, y_1 ... y_T) with y_t the output after x_1 ... x_t, as indices.

CSV with the header `seed,input,target`; both columns hold indices with spaces between. Input indices count the
machine's symbols, target indices its distinct outputs in the order of its states: for a tracker these are the states,
for a group acting on itself the target is the prefix product, left to right from the identity. Which index means what
stands in a second file, FILE.machine.json, beside the first.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, final

import numpy as np

from fsm2rnn.atomic_write import STDOUT, atomic_file, is_special, write_atomically
from fsm2rnn.data.answers import Indices, target_numbers
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.machine.labels import label_to_json, typed
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.file.machine_json import machine_to_json

NAMES_FORMAT = "fsm2rnn-word-problem-1"
HEADER = "seed,input,target"
OLDER_HEADER = "length,input,target"  # one product per row instead of one per position
LENGTH_LIMIT = 1 << 20
SYMBOLS_LIMIT = 10**11  # some hundreds of gigabytes
BLOCK = 1 << 18  # symbols drawn at once


@final
@dataclass(frozen=True)
class Row:
    """One word and its targets: one per position, or one in all in the older layout."""

    seed: int | None
    inputs: tuple[int, ...]
    targets: tuple[int, ...]


def write_word_problem(
    machine: StateMachine, path: str | os.PathLike[str], *, length: int, count: int, seed: int = 0
) -> None:
    """Write `count` uniformly random words of `length` symbols and the file of names beside them.

    Rows are streamed; a kill or a full disk leaves no half file, nor names without their rows. Raises InputError for
    a length or count below 1, LimitError for words of more than LENGTH_LIMIT symbols or SYMBOLS_LIMIT in all.
    """
    if length < 1 or count < 1 or seed < 0:
        message = f"length and count start at 1 and the seed at 0, found {length}, {count} and {seed}"
        raise InputError(message)
    if length > LENGTH_LIMIT:
        what = "symbols in one word"
        raise LimitError(what, limit=LENGTH_LIMIT, needed=length)
    if length * count > SYMBOLS_LIMIT:
        what = "symbols in one file"
        raise LimitError(what, limit=SYMBOLS_LIMIT, needed=length * count)
    names = {
        "format": NAMES_FORMAT,
        "machine": machine_to_json(machine),
        "targets": [label_to_json(output) for output in machine.output_labels],
    }
    beside = names_path(path)
    with atomic_file(path) as stream:
        _write_rows(machine, stream, length, count, seed)
        if beside is not None:
            stream.flush()
            write_atomically(beside, json.dumps(names).encode())


def names_path(path: str | os.PathLike[str]) -> Path | None:
    """Return the place of the names, FILE.machine.json for FILE.csv; None for stdout, a device or a pipe.

    Raises InputError for a text that is no file name.
    """
    place = Path(path)
    if os.fspath(path) == STDOUT or is_special(place):
        return None
    if not place.name:
        message = f"{os.fspath(path)!r} is not the name of a file"
        raise InputError(message)
    return place.with_suffix(".machine.json")


def read_word_problem(path: str | os.PathLike[str], machine: StateMachine | None = None) -> Iterator[Row]:
    """Yield the rows of a file in this or the older layout; with `machine` given, every target is recomputed.

    Raises InputError with file and line for malformed rows and for targets that the machine does not give.
    """
    name = str(path)
    try:
        with Path(path).open(encoding="utf-8", newline="") as lines:
            header = lines.readline().rstrip("\r\n")
            if header not in (HEADER, OLDER_HEADER):
                message = f"the header is {header!r:.60}"
                raise InputError(message, file=name, line=1, hint=f"expected {HEADER}")
            expected = None if machine is None else _Expected(machine)
            for number, line in enumerate(lines, start=2):
                row = _parse_row(line.rstrip("\r\n"), header, name, number)
                if expected is not None:
                    expected.require(row, name, number)
                yield row
    except (OSError, UnicodeDecodeError) as error:
        message = f"cannot be read: {error}"
        raise InputError(message, file=name) from error


def _write_rows(machine: StateMachine, stream: BinaryIO, length: int, count: int, seed: int) -> None:
    generator = np.random.Generator(np.random.PCG64(seed))
    table = np.array(machine.table, dtype=np.int64)
    targets = target_numbers(machine)
    stream.write(f"{HEADER}\n".encode())
    rows = max(1, BLOCK // length)
    for start in range(0, count, rows):
        words = generator.integers(len(machine.symbols), size=(min(rows, count - start), length))
        states = _trajectories(table, words, machine.start)
        found = targets[states[:, :-1], words] if machine.is_mealy else targets[states[:, 1:]]
        pairs = zip(words.tolist(), found.tolist(), strict=True)
        text = (f"{seed},{' '.join(map(str, word))},{' '.join(map(str, answer))}\n" for word, answer in pairs)
        stream.write("".join(text).encode())


def _trajectories(table: Indices, words: Indices, start: int) -> Indices:
    """Return the start and the state after every symbol, (N, T + 1), all rows stepped at once."""
    states = np.empty((len(words), words.shape[1] + 1), dtype=np.int64)
    states[:, 0] = start
    for step in range(words.shape[1]):
        states[:, step + 1] = table[states[:, step], words[:, step]]
    return states


def _parse_row(line: str, header: str, name: str, number: int) -> Row:
    parts = line.split(",")
    try:
        first, inputs, targets = (tuple(int(index) for index in part.split(" ") if index) for part in parts)
        (lead,) = first
    except ValueError:
        message = f"not a row of {header}: {line!r:.60}"
        raise InputError(message, file=name, line=number) from None
    wanted = len(inputs) if header == HEADER else 1
    if len(targets) != wanted or not inputs or min(*inputs, *targets) < 0:
        message = f"{len(inputs)} inputs need {wanted} targets, all from 0 on, found {len(targets)}"
        raise InputError(message, file=name, line=number)
    return Row(lead if header == HEADER else None, inputs, targets)


@final
class _Expected:
    """The targets that a machine gives."""

    def __init__(self, machine: StateMachine) -> None:
        self._machine = machine
        self._number = {typed(output): position for position, output in enumerate(machine.output_labels)}

    def require(self, row: Row, name: str, number: int) -> None:
        """Raise InputError unless the row's targets are the machine's."""
        symbols = len(self._machine.symbols)
        if max(row.inputs) >= symbols:
            message = f"an input lies outside 0..{symbols - 1}"
            raise InputError(message, file=name, line=number)
        answers = self._machine.outputs_of_steps(row.inputs, list(self._machine.trajectory(row.inputs)))
        wanted = [self._number[typed(output)] for output in answers][-len(row.targets) :]
        if wanted != list(row.targets):
            message = "the targets are not those of the machine"
            raise InputError(message, file=name, line=number)
