"""A log of the checks of a run: train.csv, replaced whole, and the same numbers as TensorBoard's events where asked."""

from __future__ import annotations

import csv
import importlib
import importlib.util
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, final

from fsm2rnn.atomic_write import write_atomically
from fsm2rnn.errors import InputError
from fsm2rnn.learn.training_run import Check
from fsm2rnn.proof.rounding.horizon import length_text

FILE: Final = "train.csv"
COLUMNS: Final = ("step", "loss", "accuracy_500", "accuracy_5000", "core_residual", "core_steps")


@final
class TrainingLog:
    """Writes train.csv to a folder, which is made where it is missing; InputError where it cannot be.

    Columns: `step`, `loss` (mean cross-entropy since the check before), `accuracy_500` and `accuracy_5000` (shares of
    right answers at these lengths), and of a seeded layer `core_residual` (the greatest entry of P A_x - Pi_x P) and
    `core_steps` (for how many symbols the core is proved, or `all lengths`); cells are empty where nothing is known.
    """

    def __init__(self, folder: Path) -> None:
        """Make the folder."""
        self._path = made_folder(folder) / FILE

    def write(self, checks: Sequence[Check]) -> None:
        """Write all checks up to the last one."""
        text = io.StringIO()
        rows = csv.writer(text, lineterminator="\n")
        rows.writerow(COLUMNS)
        rows.writerows(_row(check) for check in checks)
        write_atomically(self._path, text.getvalue().encode())

    def close(self) -> None:
        """Do nothing: the file is whole after every write."""


@final
class TensorBoardLog:
    """Writes scalars with the names of train.csv's columns as TensorBoard's events.

    InputError where tensorboard is not installed or the folder cannot be made.
    """

    def __init__(self, folder: Path) -> None:
        """Begin a file of events in the folder."""
        self._events = _event_writer(folder)

    def write(self, checks: Sequence[Check]) -> None:
        """Write the last check."""
        for check in checks[-1:]:
            for name, value in zip(COLUMNS, _row(check), strict=True):
                if isinstance(value, int | float) and name != COLUMNS[0]:
                    self._events.add_scalar(name, value, check.step)
        self._events.flush()

    def close(self) -> None:
        """Let go of the file."""
        self._events.close()


def _event_writer(folder: Path) -> Any:  # noqa: ANN401  of a library that may be missing
    if importlib.util.find_spec("tensorboard") is None:
        message = "TensorBoard's events need tensorboard, which is not installed"
        raise InputError(message, hint='pip install "fsm2rnn[tensorboard]", or take --log, which writes train.csv')
    return importlib.import_module("torch.utils.tensorboard").SummaryWriter(str(made_folder(folder)))


def made_folder(folder: Path) -> Path:
    """Return the folder of a log, made where it is missing; InputError where it cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"the folder of the log cannot be made: {error.strerror}"
        raise InputError(message, file=ascii(str(folder))[1:-1]) from error
    return folder


def _row(check: Check) -> tuple[int | float | str, ...]:
    numbers = (check.step, check.loss, check.accuracy)
    if check.kept is None:
        return (*numbers, "", "", "")
    core = check.kept.core
    rest = ("", "") if core is None else (core.residual, length_text(core.steps))
    return (*numbers, check.kept.accuracy, *rest)
