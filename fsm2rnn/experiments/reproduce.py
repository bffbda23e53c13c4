"""reproduce: an experiment by its name under a preset, run after run, each kept as it is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias, final

from fsm2rnn.choice import choose, choose_member
from fsm2rnn.experiments.additive_terms import additive_terms
from fsm2rnn.experiments.data_efficiency import data_efficiency
from fsm2rnn.experiments.frozen_parity import frozen_parity
from fsm2rnn.experiments.paper_table import paper_table
from fsm2rnn.experiments.plan import ExperimentPlan, Part, Tables
from fsm2rnn.experiments.presets import ADDITIVE, ANGLES, DATA, FROZEN, REDUCED, RETENTION, TABLE, TRACKING, Preset
from fsm2rnn.experiments.retention import retention
from fsm2rnn.experiments.rotation_angles import rotation_angles
from fsm2rnn.experiments.row_store import RowStore
from fsm2rnn.experiments.state_tracking import state_tracking
from fsm2rnn.machine.labels import Json

EXPERIMENTS: Final[Mapping[str, Callable[[Preset], ExperimentPlan]]] = {
    "paper-table": lambda preset: paper_table(TABLE[preset], _reduced("paper-table", preset)),
    "data-efficiency": lambda preset: data_efficiency(DATA[preset], _reduced("data-efficiency", preset)),
    "additive-terms": lambda preset: additive_terms(ADDITIVE[preset], _reduced("additive-terms", preset)),
    "rotation-angles": lambda preset: rotation_angles(ANGLES[preset], _reduced("rotation-angles", preset)),
    "frozen-parity": lambda preset: frozen_parity(FROZEN[preset], _reduced("frozen-parity", preset)),
    "state-tracking": lambda preset: state_tracking(TRACKING[preset], _reduced("state-tracking", preset)),
    "retention": lambda preset: retention(RETENTION[preset], _reduced("retention", preset)),
}
"""Every experiment by its name."""


def _reduced(name: str, preset: Preset) -> tuple[str, ...]:
    return REDUCED[name] if preset is Preset.SMALL else ()


@final
@dataclass(frozen=True)
class PartsDone:
    """`done` of `runs` are made; `key` is the next one.

    `left` guesses the seconds to the end: None while runs are timed, and for the small preset, whose runs are not.
    """

    done: int
    runs: int
    key: str
    left: float | None = None


Listener: TypeAlias = Callable[[PartsDone], None]


def _unheard(_: PartsDone) -> None:
    """Hear nothing."""


@final
@dataclass(frozen=True)
class Reproduced:
    """What an experiment came to: `tables` by name, "rows" the first, and the plan behind them."""

    experiment: str
    preset: Preset
    plan: ExperimentPlan
    tables: Tables

    def to_json(self) -> dict[str, Json]:
        """Return the tables, with what is reduced, what is chosen, and the sources of published figures."""
        tables: dict[str, Json] = {name: list(rows) for name, rows in self.tables.items()}
        return {
            "experiment": self.experiment,
            "preset": self.preset.value,
            **tables,
            "reduced": list(self.plan.reduced),
            "chosen": list(self.plan.chosen),
            "sources": list(self.plan.sources),
            "settings": dict(self.plan.settings),
        }


def plan_of_experiment(experiment: str, preset: Preset | str) -> ExperimentPlan:
    """Return the plan of an experiment; InputError for an unknown name."""
    make = choose("experiment", experiment, EXPERIMENTS)
    return make(choose_member("preset", preset, Preset))


def reproduce(
    experiment: str,
    preset: Preset | str = Preset.SMALL,
    *,
    folder: str | Path | None = None,
    listener: Listener = _unheard,
) -> Reproduced:
    """Run an experiment and return its tables: rows of ours beside published figures.

    With a `folder` each run is appended to EXPERIMENT-PRESET.jsonl as it is done, and those that stand there are not
    made again. Before `paper` begins a few steps of every run are timed, which tells how long all will take. InputError
    for unknown names and for a file of other rows.
    """
    chosen = choose_member("preset", preset, Preset)
    plan = plan_of_experiment(experiment, chosen)
    path = None if folder is None else Path(folder) / f"{experiment}-{chosen.value}.jsonl"
    store = RowStore(path, {"experiment": experiment, "preset": chosen.value, "settings": dict(plan.settings)})
    _make(plan, store, chosen, listener)
    rows = [row for run in plan.runs for row in store.get(run.key) or ()]
    return Reproduced(experiment, chosen, plan, plan.told(rows))


def _make(plan: ExperimentPlan, store: RowStore, preset: Preset, listener: Listener) -> None:
    """Make the runs that are not done."""
    todo = [run for run in plan.runs if store.get(run.key) is None]
    before = len(plan.runs) - len(todo)
    guesses = [_timed(run, PartsDone(before, len(plan.runs), run.key), listener, preset) for run in todo]
    for place, run in enumerate(todo):
        left = sum(guesses[place:]) if preset is Preset.PAPER else None
        listener(PartsDone(before + place, len(plan.runs), run.key, left))
        store.append(run.key, run.make())


def _timed(run: Part, where: PartsDone, listener: Listener, preset: Preset) -> float:
    """Return the seconds that a run of the whole protocol takes, judged by a few of its steps; 0 of a small one."""
    if preset is Preset.SMALL:
        return 0.0
    listener(where)
    return run.seconds()
