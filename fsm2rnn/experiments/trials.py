"""One model on one task, trained at every learning rate from every seed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias, final

import torch
from torch import nn

from fsm2rnn.data.word_dataset import Item
from fsm2rnn.experiments.networks import ModelKind, drawn_network
from fsm2rnn.experiments.presets import TrainingEffort
from fsm2rnn.experiments.protocol import Judges, Outcome, Recipe, seconds_of, trained
from fsm2rnn.learn.task import Task

Batches: TypeAlias = Callable[[int, int], Iterator[Item]]
"""Batches without end, of a seed and a batch size."""


@final
@dataclass(frozen=True)
class Trial:
    """What training at one rate from one seed came to."""

    rate: float
    seed: int
    outcome: Outcome
    network: nn.Module


@final
@dataclass(frozen=True)
class Trials:
    """A model to be trained on `words` of a task."""

    task: Task
    kind: ModelKind
    effort: TrainingEffort
    device: torch.device
    words: Batches

    @classmethod
    def streaming(cls, task: Task, kind: ModelKind, effort: TrainingEffort) -> Trials:
        """Return trials on words of the task without end, each read once."""

        def words(seed: int, batch: int) -> Iterator[Item]:
            return task.words(count=None, seed=seed).batches(batch)

        return cls(task, kind, effort, torch.device(effort.device), words)

    def outcomes(self, *, clip: float | None = 1.0) -> Iterator[Trial]:
        """Yield one trial after another; those after one without a mistake are left out where the effort says so."""
        judges = self._judges()
        for rate in self.effort.rates:
            for seed in self.effort.seeds:
                network, recipe = self._network(seed), self._recipe(rate, clip)
                outcome = trained(network, self.words(seed, recipe.batch), recipe, judges)
                yield Trial(rate, seed, outcome, network)
                if self.effort.stops and outcome.best == 1:
                    return

    def seconds(self) -> float:
        """Return how long all trials take, judged by a few steps of one."""
        recipe, seed = self._recipe(self.effort.rates[0], 1.0), self.effort.seeds[0]
        one = seconds_of(self._network(seed), self.words(seed, recipe.batch), recipe, self._judges())
        return one * len(self.effort.rates) * len(self.effort.seeds)

    def _judges(self) -> Judges:
        return Judges.of(self.task, self.effort.words, self.effort.length, self.device)

    def _network(self, seed: int) -> nn.Module:
        return drawn_network(self.kind, self.task.machine, self.effort.hidden, seed).to(self.device)

    def _recipe(self, rate: float, clip: float | None) -> Recipe:
        return Recipe(self.effort.steps, rate, clip=clip, every=self.effort.every, stops=self.effort.stops)
