"""What an experiment is: runs that are made one after another, each with its rows, and what is told of all rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, final

from fsm2rnn.experiments.row_store import Row
from fsm2rnn.machine.labels import Json

Tables: TypeAlias = Mapping[str, Sequence[Row]]
"""Tables of an answer by their names."""


def _only_rows(rows: Sequence[Row]) -> Tables:
    return {"rows": rows}


@final
@dataclass(frozen=True)
class Part:
    """A part of an experiment, the least that is kept when it is stopped.

    `key` names it within the experiment, `make` makes its rows, and `seconds` guesses how long that takes by making a
    few of its steps.
    """

    key: str
    make: Callable[[], Sequence[Row]]
    seconds: Callable[[], float]


@final
@dataclass(frozen=True)
class ExperimentPlan:
    """The runs of an experiment under some settings.

    `settings` decide what the rows are; `reduced` says what a smaller preset leaves out, `chosen` which conventions the
    source leaves open, so that they are ours. `told` makes the answer of all rows: tables by name, "rows" the first.
    """

    runs: tuple[Part, ...]
    settings: Mapping[str, Json]
    reduced: tuple[str, ...]
    chosen: tuple[str, ...]
    sources: tuple[str, ...]
    told: Callable[[Sequence[Row]], Tables] = _only_rows
