"""A log of the checks of a run: train.csv, replaced whole, and TensorBoard's events where tensorboard is installed."""

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

FILE: Final = "train.csv"
COLUMNS: Final = ("step", "loss", "accuracy_500")


@final
class TrainingLog:
    """Writes to a folder, which is made where it is missing; InputError where it cannot be."""

    def __init__(self, folder: Path) -> None:
        """Make the folder."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            message = f"the folder of the log cannot be made: {error.strerror}"
            raise InputError(message, file=ascii(str(folder))[1:-1]) from error
        self._path = folder / FILE
        self._events = _event_writer(folder)

    def write(self, checks: Sequence[Check]) -> None:
        """Write all checks up to the last one, of which TensorBoard hears."""
        text = io.StringIO()
        rows = csv.writer(text, lineterminator="\n")
        rows.writerow(COLUMNS)
        rows.writerows((check.step, check.loss, check.accuracy) for check in checks)
        write_atomically(self._path, text.getvalue().encode())
        if self._events is not None and checks:
            last = checks[-1]
            self._events.add_scalar("loss", last.loss, last.step)
            self._events.add_scalar("accuracy at 500", last.accuracy, last.step)
            self._events.flush()

    def close(self) -> None:
        """Let go of the files."""
        if self._events is not None:
            self._events.close()


def _event_writer(folder: Path) -> Any:  # noqa: ANN401  of a library that may be missing
    if importlib.util.find_spec("tensorboard") is None:
        return None
    return importlib.import_module("torch.utils.tensorboard").SummaryWriter(str(folder))
