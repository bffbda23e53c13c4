"""data-efficiency: accuracy at length 500 by the number of training words, all of 10 letters, for several models.

After Figure 2 of the founding paper: models trained on words of length 10 alone, the size of the training set varied.
Its task and its axes could not be seen; addition modulo m is taken here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, final

import torch

from fsm2rnn.data.word_dataset import Item
from fsm2rnn.experiments.networks import ModelKind
from fsm2rnn.experiments.plan import ExperimentPlan, Part
from fsm2rnn.experiments.presets import DataSettings, settings_json
from fsm2rnn.experiments.published import ABOUT
from fsm2rnn.experiments.row_store import Row
from fsm2rnn.experiments.trials import Trials
from fsm2rnn.learn.tasks import modular_addition_task

LENGTH: Final = 10
CHOSEN: Final = (
    "the task: addition modulo m; the sizes of training sets",
    "words of a set are shuffled and read again; a set smaller than a batch is one batch",
    "weights are judged at the best check on validation words of 500 letters; the best of all rates and seeds is told",
)


def data_efficiency(settings: DataSettings, reduced: tuple[str, ...]) -> ExperimentPlan:
    """Return a run for every size of the training set and model."""
    points = [_Point(settings, kind, count) for count in settings.counts for kind in settings.models]
    runs = tuple(Part(point.key, point.rows, point.trials().seconds) for point in points)
    return ExperimentPlan(runs, settings_json(settings), reduced, CHOSEN, (ABOUT[2],))


def repeated(words: Item, seed: int, batch: int) -> Iterator[Item]:
    """Yield batches of a finite set without end, shuffled anew each time; what is left of a round is left out."""
    ids, targets = words
    generator = torch.Generator().manual_seed(seed)
    size = min(batch, len(ids))
    while True:
        order = torch.randperm(len(ids), generator=generator)
        for start in range(0, len(ids) - size + 1, size):
            chosen = order[start : start + size]
            yield ids[chosen], targets[chosen]


@final
@dataclass(frozen=True)
class _Point:
    """A model and a size of the training set."""

    settings: DataSettings
    kind: ModelKind
    count: int

    @property
    def key(self) -> str:
        return f"{self.count} words, {self.kind.value}"

    def rows(self) -> list[Row]:
        """Train at every rate from every seed, and tell the best."""
        best = max(self.trials().outcomes(), key=lambda found: found.outcome.best).outcome
        told: Row = {"task": "modular addition", "m": self.settings.modulus, "model": self.kind.value}
        return [told | {"training words": self.count, "ours": best.best, "loss": best.loss, "steps": best.steps}]

    def trials(self) -> Trials:
        """Return the trials; each seed has its own training set."""
        task = replace(modular_addition_task(self.settings.modulus), lengths=range(LENGTH, LENGTH + 1))

        def words(seed: int, batch: int) -> Iterator[Item]:
            found = next(task.words(count=self.count, seed=seed).batches(self.count))
            return repeated(found, seed, batch)

        effort = self.settings.effort
        return Trials(task, self.kind, effort, torch.device(effort.device), words)
