"""paper-table: accuracy at length 500 of models trained on 2-10 letters, as published, as trained here, as compiled.

Three tasks by their size m: addition modulo m, a random state machine with m states, arithmetic modulo m. The founding
paper trains with 256 hidden numbers, 100,000 steps, batches of 64, and takes the best of three learning rates.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, final

from fsm2rnn.experiments.compiled import compiled_cell
from fsm2rnn.experiments.networks import ModelKind
from fsm2rnn.experiments.plan import ExperimentPlan, Part, Tables
from fsm2rnn.experiments.presets import TableSettings, settings_json
from fsm2rnn.experiments.published import ABOUT, LAYERS, MAIN_TABLE, TABLE, parity_floor, table_figure
from fsm2rnn.experiments.row_store import Row
from fsm2rnn.experiments.trials import Trials
from fsm2rnn.learn.task import Task
from fsm2rnn.learn.tasks import modular_addition_task, modular_arithmetic_task, random_state_machine

ADDITION: Final = "modular addition"
TASKS: Final[Mapping[str, Callable[[int], Task]]] = {
    ADDITION: modular_addition_task,
    "random state machine": random_state_machine,
    "modular arithmetic": modular_arithmetic_task,
}
CHOSEN: Final = (
    "the random state machine has m letters; arithmetic goes left to right, one letter for operator and digit",
    "Adam without decay, gradients cut to norm 1, the start of a state learned",
    "bilinear states are divided by their norm at every step, in training too",
    "weights are judged at the best check on validation words of 500 letters; the best of all rates and seeds is told",
    "the factored model has 2 H products, the block models blocks of 1, 2 and 4; values below 0 are below chance",
)


def paper_table(settings: TableSettings, reduced: tuple[str, ...]) -> ExperimentPlan:
    """Return a run for every task, size and model."""
    sizes = dict(zip(TASKS, (settings.addition, settings.random, settings.arithmetic), strict=True))
    cells = [_Cell(settings, name, size, kind) for name in TASKS for size in sizes[name] for kind in settings.models]
    runs = tuple(Part(cell.key, cell.rows, cell.seconds) for cell in cells)
    return ExperimentPlan(runs, settings_json(settings), reduced, CHOSEN, (MAIN_TABLE, ABOUT[0], ABOUT[1]), _told)


@final
@dataclass(frozen=True)
class _Cell:
    """One task, size and model."""

    settings: TableSettings
    name: str
    size: int
    kind: ModelKind

    @property
    def key(self) -> str:
        return f"{self.name}, m = {self.size}, {self.kind.value}"

    def rows(self) -> list[Row]:
        """Train, compile, and say both beside the published figure."""
        task = TASKS[self.name](self.size)
        best = max(self._trials(task).outcomes(), key=lambda found: found.outcome.best)
        floor = parity_floor(self.size) if self.name == ADDITION and self.kind is ModelKind.BLOCK_1 else None
        row: Row = {
            "task": self.name,
            "m": self.size,
            "model": self.kind.value,
            "published": table_figure(self.name, self.kind.value, self.size),
            "ours": best.outcome.best,
            "floor": floor,
            "rate": best.rate,
            "steps": best.outcome.steps,
            "loss": best.outcome.loss,
            **compiled_cell(self.kind, task.machine).to_json(),
        }
        return [row]

    def seconds(self) -> float:
        return self._trials(TASKS[self.name](self.size)).seconds()

    def _trials(self, task: Task) -> Trials:
        return Trials.streaming(task, self.kind, self.settings.effort)


def _told(rows: Sequence[Row]) -> Tables:
    """Add the published cells of which there is no row: other sizes, and models that are not trained here."""
    done = {(row["task"], row["model"], row["m"]) for row in rows}
    missing: list[Row] = [
        {
            "task": line.task,
            "m": size,
            "model": line.model,
            "published": value,
            "ours": None,
            "proof": LAYERS.get(line.model) or "not in this preset",
        }
        for line in TABLE
        for size, value in line.by_size.items()
        if (line.task, line.model, size) not in done
    ]
    return {"rows": [*rows, *missing]}
