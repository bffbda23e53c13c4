"""One SQLite file of runs that are done: a row is written whole, in one transaction, or not at all.

    runs(key PRIMARY KEY, machine, model, hidden, seed, lr, settings, accuracy_500, accuracy_5000, loss, steps,
         best_step, seconds, error, version)

`key` are the settings; who reads the file needs no more than sqlite3. Its journal is a write-ahead log (WAL).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, fields
from pathlib import Path
from typing import Final, final

from fsm2rnn.errors import InputError
from fsm2rnn.sweeps.outcome import RunOutcome
from fsm2rnn.sweeps.spec import SweepRun
from fsm2rnn.version import __version__

MARK: Final = 0x66736D32  # "fsm2", the file's application_id
NAMED: Final = ("machine", "model", "hidden", "seed", "lr")  # settings that have a column
TOLD: Final = tuple(field.name for field in fields(RunOutcome))
COLUMNS: Final = ("key", *NAMED, *TOLD, "version")
WAIT: Final = 60.0  # seconds for another writer to end


@final
class SweepDatabase:
    """The runs in a file; `opened` makes one."""

    def __init__(self, connection: sqlite3.Connection, name: str) -> None:
        """Make the table where the file is new; InputError where it is somebody else's."""
        self._connection, self._name = connection, name
        (mark,) = connection.execute("PRAGMA application_id").fetchone()
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if tables and mark != MARK:
            message = "it is a database of something else"
            raise InputError(message, file=name, hint="name a file that is not there yet, or one of a sweep")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA application_id = {MARK}")
        columns = ", ".join(f"{column} {'TEXT PRIMARY KEY' if column == 'key' else ''}" for column in COLUMNS)
        with connection:
            connection.execute(f"CREATE TABLE IF NOT EXISTS runs ({columns}) WITHOUT ROWID")

    def add(self, run: SweepRun, outcome: RunOutcome) -> None:
        """Write what a run came to, unless it is there."""
        named = [run.settings.get(name) for name in NAMED]
        values = (run.key, *named, *astuple(outcome), __version__)
        marks = ", ".join("?" for _ in COLUMNS)
        with self._told(), self._connection:
            self._connection.execute(f"INSERT OR IGNORE INTO runs ({', '.join(COLUMNS)}) VALUES ({marks})", values)  # noqa: S608  names of this file

    def found(self, runs: Sequence[SweepRun]) -> dict[str, RunOutcome]:
        """Return what those of the runs came to that are done, by their keys."""
        query = f"SELECT key, {', '.join(TOLD)} FROM runs"  # noqa: S608  names of this file
        asked = {run.key for run in runs}
        with self._told():
            rows = self._connection.execute(query).fetchall()
        return {key: RunOutcome(*told) for key, *told in rows if key in asked}

    @contextmanager
    def _told(self) -> Iterator[None]:
        with _errors(self._name):
            yield


@contextmanager
def opened(path: Path) -> Iterator[SweepDatabase]:
    """Give the database of a file, which is made where it is missing; InputError where it cannot be opened."""
    name = ascii(str(path))[1:-1]
    with _errors(name):
        connection = sqlite3.connect(path, timeout=WAIT)
    try:
        with _errors(name):
            database = SweepDatabase(connection, name)
        yield database
    finally:
        connection.close()


@contextmanager
def _errors(name: str) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        message = f"the database cannot be used: {error}"
        raise InputError(message, file=name) from error
