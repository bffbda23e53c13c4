"""The runs of a sweep that are not done yet, through any executor, each into the database as it is done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, as_completed
from dataclasses import dataclass
from typing import Final, TypeAlias, final

from fsm2rnn.errors import InputError
from fsm2rnn.sweeps.database import SweepDatabase
from fsm2rnn.sweeps.outcome import RunOutcome, goes_side_by_side, outcomes_of
from fsm2rnn.sweeps.spec import SweepRun

SIDE_BY_SIDE: Final = 4  # seeds in a pass: more save little, and other workers would have nothing to do
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

    Rows are written as soon as their runs are done, by this process alone. InputError where a worker process was lost.
    """
    before = database.found(runs)
    left = [run for run in runs if run.key not in before]
    made: dict[Future[list[RunOutcome]], Sequence[SweepRun]] = {
        executor.submit(outcomes_of, [run.key for run in some]): some for some in passes(left)
    }
    done = len(before)
    try:
        for future in as_completed(made):
            for run, outcome in zip(made[future], future.result(), strict=True):
                database.add(run, outcome)
            done += len(made[future])
            if heard is not None:
                heard(done, len(runs))
    except BrokenExecutor as error:
        message = "a worker process was lost, killed or out of memory"
        raise InputError(message, hint="run the sweep again: what is done stays done") from error
    finally:
        for future in made:
            future.cancel()
    return Swept(runs, len(before), database.found(runs))


def passes(runs: Sequence[SweepRun]) -> list[Sequence[SweepRun]]:
    """Return the runs, up to SIDE_BY_SIDE in one that differ by their seeds alone and are quicker in one pass."""
    together: dict[str, list[SweepRun]] = {}
    for run in runs:
        same = run.without_seed if goes_side_by_side(run.settings) else run.key
        together.setdefault(same, []).append(run)
    return [
        some[first : first + SIDE_BY_SIDE] for some in together.values() for first in range(0, len(some), SIDE_BY_SIDE)
    ]
