"""sweep SPEC.json --db FILE.sqlite: train machines by models by seeds by options, and keep what each run comes to."""

from __future__ import annotations

import argparse
import os
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from pathlib import Path

from fsm2rnn.commands.answer import say
from fsm2rnn.commands.status import Status
from fsm2rnn.errors import InputError
from fsm2rnn.escapes import escaped
from fsm2rnn.pages.progress import stages
from fsm2rnn.sweeps.database import opened
from fsm2rnn.sweeps.executors import dask_cluster, processes
from fsm2rnn.sweeps.spec import read_spec
from fsm2rnn.sweeps.summary import groups_of, sweep_table
from fsm2rnn.sweeps.sweep_loop import run_sweep


def run(options: argparse.Namespace) -> Status:
    """Make the runs that are not in the database yet."""
    runs = read_spec(Path(options.spec))
    with (
        opened(Path(options.db)) as database,
        _executor(options) as executor,
        stages(f"sweep: {len(runs):,} runs", wanted=not (options.quiet or options.json)) as tell,
    ):
        swept = run_sweep(runs, database, executor, lambda done, count: tell(f"sweep: {done:,} of {count:,} runs"))
    groups = groups_of(swept)
    failed = sum(one.error is not None for one in swept.outcomes.values())
    answer = {
        "runs": len(runs),
        "before": swept.before,
        "made": len(runs) - swept.before,
        "failed": failed,
        "file": options.db,
        "rows": [group.to_json() for group in groups],
    }
    ended = f", {failed:,} ended by an error, see the column error" if failed else ""
    text = f"{len(runs):,} runs, {swept.before:,} of them done before{ended}; in {escaped(options.db)}"
    say(options, answer, "\n".join([sweep_table(groups), text]) if options.table else text)
    return Status.HOLDS


def _executor(options: argparse.Namespace) -> AbstractContextManager[Executor]:
    if options.dask is not None:
        if options.workers is not None:
            message = "--workers are processes here, and --dask are those of a cluster"
            raise InputError(message, hint="give one of them")
        return dask_cluster(options.dask)
    return processes(os.cpu_count() or 1 if options.workers is None else options.workers)
