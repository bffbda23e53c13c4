"""The runs of a sweep that are not done yet, through any executor, each into the database as it is done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, as_completed
from dataclasses import dataclass
from typing import TypeAlias, final

from fsm2rnn.errors import InputError
from fsm2rnn.sweeps.database import SweepDatabase
from fsm2rnn.sweeps.outcome import RunOutcome, outcome_of
from fsm2rnn.sweeps.spec import SweepRun

Heard: TypeAlias = Callable[[int, int], None]
"""Hears how many of the runs are done, and how many there are."""


@final
@dataclass(frozen=True)
class Swept:
    """How many runs there are, how many were done before, and what each came to, by its key."""

    runs: Sequence[SweepRun]
    before: int
    outcomes: dict[str, RunOutcome]


def run_sweep(
    runs: Sequence[SweepRun], database: SweepDatabase, executor: Executor, heard: Heard | None = None
) -> Swept:
    """Make the runs that the database has not yet, and return what all of them came to.

    A row is written as soon as its run is done, by this process alone. InputError where a worker process was lost.
    """
    before = database.found(runs)
    left = [run for run in runs if run.key not in before]
    made: dict[Future[RunOutcome], SweepRun] = {executor.submit(outcome_of, run.key): run for run in left}
    try:
        for done, future in enumerate(as_completed(made), len(before) + 1):
            database.add(made[future], future.result())
            if heard is not None:
                heard(done, len(runs))
    except BrokenExecutor as error:
        message = "a worker process was lost, killed or out of memory"
        raise InputError(message, hint="run the sweep again: what is done stays done") from error
    finally:
        for future in made:
            future.cancel()
    return Swept(runs, len(before), database.found(runs))
