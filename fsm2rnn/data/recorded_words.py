"""Word-problem files read back as a torch dataset, every row checked against the machine."""

from __future__ import annotations

import operator
import os
from collections.abc import Iterator
from typing import SupportsIndex, TypeAlias, final

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset

from fsm2rnn.choice import choose_member
from fsm2rnn.data.answers import Indices
from fsm2rnn.data.grouping import equal_lengths
from fsm2rnn.data.word_dataset import Targets
from fsm2rnn.data.word_problem import NAMES_FORMAT, Row, names_path, read_word_problem
from fsm2rnn.errors import CertificateError, InputError, LimitError
from fsm2rnn.machine.labels import Json, Label, label_from_json, typed
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.file.machine_json import machine_from_json
from fsm2rnn.source.file.json_text import JsonText

Item: TypeAlias = tuple[Tensor, Tensor]

SYMBOLS_LIMIT = 1 << 27  # two gibibytes of ids and targets


@final
class RecordedWords(Dataset[Item]):
    """The rows of a word-problem file as items (ids (T,), target), int64; target k means `machine.output_labels[k]`.

    `targets` "every" gives one answer per letter, (T,), "last" the last alone, (); a file of the older layout holds
    the last alone. The machine is the one given, or the one that FILE.machine.json beside the file holds; every row
    is checked against it. A machine that is given must count symbols and outputs as the file beside says, if there
    is one.

    Raises InputError, with file and line, for rows that are malformed or not the machine's, for names beside that
    cannot be read or mean other symbols or outputs, for a file without a row and where no machine is found;
    LimitError for more than SYMBOLS_LIMIT symbols.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        machine: StateMachine | None = None,
        *,
        targets: Targets | str = Targets.EVERY,
    ) -> None:
        """Read and check the whole file."""
        self.targets = choose_member("targets", targets, Targets)
        self.machine = _machine(path, machine)
        self._rows: list[tuple[Indices, Indices]] = []
        total = 0
        for number, row in enumerate(read_word_problem(path, self.machine), start=2):
            total += len(row.inputs)
            if total > SYMBOLS_LIMIT:
                what = f"symbols of {os.fspath(path)}"
                raise LimitError(what, limit=SYMBOLS_LIMIT)
            self._rows.append(self._arrays(row, str(path), number))
        if not self._rows:
            message = "no row after the header"
            raise InputError(message, file=str(path))

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self._rows)

    def __getitem__(self, index: SupportsIndex) -> Item:
        """Return a row, from the end where the index is negative; IndexError outside."""
        ids, target = self._rows[operator.index(index)]
        return torch.from_numpy(ids), torch.from_numpy(target)

    def batches(self, size: int, *, skip: int = 0) -> Iterator[Item]:
        """Yield (ids (n, T), target (n, T) or (n,)): every row once, `size` rows of one length at a time.

        A batch comes when its last row does; what is left at the end follows in smaller batches, shortest words first.
        The first `skip` batches are passed over. Raises InputError for a size below 1 or a negative skip.
        """
        if size < 1 or skip < 0:
            message = f"a batch holds at least one word and skips none or more, found {size} and {skip}"
            raise InputError(message)
        lengths = np.array([len(ids) for ids, _ in self._rows])
        groups = list(equal_lengths([lengths], size))[skip:]
        return (self._stacked([self._rows[row] for row in rows.tolist()]) for _, rows in groups)

    @staticmethod
    def _stacked(rows: list[tuple[Indices, Indices]]) -> Item:
        ids, targets = zip(*rows, strict=True)
        return torch.from_numpy(np.stack(ids)), torch.from_numpy(np.stack(targets))

    def _arrays(self, row: Row, file: str, line: int) -> tuple[Indices, Indices]:
        ids, targets = np.array(row.inputs, dtype=np.int64), np.array(row.targets, dtype=np.int64)
        if self.targets is Targets.LAST:
            return ids, np.array(row.targets[-1], dtype=np.int64)
        if len(targets) < len(ids):
            message = "the file holds the last answer of each word alone"
            raise InputError(message, file=file, line=line, hint="targets='last'")
        return ids, targets


def _machine(path: str | os.PathLike[str], given: StateMachine | None) -> StateMachine:
    """Return the machine of the file: the one given or the one beside, which must not contradict each other."""
    beside = names_path(path)
    if beside is None or not beside.exists():
        if given is None:
            message = "no machine is given and no file of names lies beside"
            hint = "give the machine, or the file with the names that was written with it"
            raise InputError(message, file=os.fspath(path), hint=hint)
        return given
    name = str(beside)
    try:
        found, outputs = _names(JsonText(beside.read_text(encoding="utf-8"), name).value(), name)
    except (OSError, UnicodeDecodeError) as error:
        message = f"cannot be read: {error}"
        raise InputError(message, file=name) from error
    machine = found if given is None else given
    for kind, mine, theirs in (
        ("symbols", machine.symbols, found.symbols),
        ("outputs", machine.output_labels, outputs),
    ):
        if typed(mine) != typed(theirs):
            message = f"the {kind} counted here are not those of the machine, or in another order"
            raise InputError(message, file=name)
    return machine


def _names(value: Json, file: str) -> tuple[StateMachine, tuple[Label, ...]]:
    """Return the machine and the outputs that targets count."""
    match value:
        case {"format": str(form), "machine": machine, "targets": [*targets]} if form == NAMES_FORMAT:
            try:
                return machine_from_json(machine), tuple(label_from_json(target) for target in targets)
            except (CertificateError, InputError) as error:
                message = f"holds no machine: {error}"
                raise InputError(message, file=file) from error
        case _:
            message = f"not the names of a word problem: expected an object of format {NAMES_FORMAT}, machine, targets"
            raise InputError(message, file=file)
