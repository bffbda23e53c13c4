"""additive-terms: what an input-dependent additive term does to length generalisation, two ways.

*Trained*: h = n(A(x) h) beside h = n(A(x) h + b(x)), n dividing by the norm, on addition and on a random state machine,
under two settings: one learning rate of 1e-3 without cutting gradients, and two higher rates with gradients cut to norm
1, from several seeds. *Frozen*: parity by a random cell whose letter 0 is neutral and whose letter 1 has random signs,
with and without b(x), only its readout fitted (least squares, on two words or on 200), by length.

After Figure 3 of the founding paper, which finds that additive terms hurt. No direction is taken for granted here: what
is told is the difference of means, with its sign.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from statistics import fmean
from typing import Final, TypeAlias, final

import numpy as np
import numpy.typing as npt

from fsm2rnn.experiments.networks import ModelKind
from fsm2rnn.experiments.plan import ExperimentPlan, Part, Tables
from fsm2rnn.experiments.presets import AdditiveSettings, settings_json
from fsm2rnn.experiments.published import ABOUT
from fsm2rnn.experiments.row_store import Row
from fsm2rnn.experiments.trials import Trials
from fsm2rnn.learn.task import Task
from fsm2rnn.learn.tasks import modular_addition_task, random_state_machine

TASKS: Final = ("modular addition", "random state machine")
HIDDEN: Final = 16  # units of a frozen network: without additive terms all but one in 65,536 are right
FITTED: Final = (2, 200)  # words to which its readout is fitted: two of 10 letters, or these and others of 2-10
TESTED: Final = 200  # words of each length
EVEN: Final = 0.02  # a smaller difference of means is called none
CHOSEN: Final = (
    "where the additive term stands: after the product, before the division by the norm",
    "its first values: normal with variance 1/H, so that its norm is about that of the state",
    "the frozen network: random signs, letter 0 neutral, 16 units, normal additive terms, readout by least squares",
    "each setting is told apart: `best` of all checks, `last` after all steps; no trial ends early",
)

Floats: TypeAlias = npt.NDArray[np.float64]
ReadWords: TypeAlias = npt.NDArray[np.int64]


@final
@dataclass(frozen=True)
class _Setting:
    """Learning rates and how gradients are cut: what the two settings differ in."""

    name: str
    rates: tuple[float, ...] | None
    clip: float | None


SETTINGS: Final = (_Setting("rate 1e-3, not cut", (1e-3,), None), _Setting("higher rates, cut", None, 1.0))


def additive_terms(settings: AdditiveSettings, reduced: tuple[str, ...]) -> ExperimentPlan:
    """Return a run for every task, setting and model, and one for frozen networks with and without additive terms."""
    points = [
        _Point(settings, name, setting, kind)
        for name in TASKS
        for setting in SETTINGS
        for kind in (ModelKind.FULL, ModelKind.ADDITIVE)
    ]
    trained = [Part(point.key, point.rows, point.trials().seconds) for point in points]
    frozen = [
        Part(
            f"frozen, {fitted} words, terms {term}",
            partial(_frozen_rows, settings, fitted, term),
            partial(_frozen_seconds, settings, fitted, term),
        )
        for fitted in FITTED
        for term in (0.0, 1.0)
    ]
    return ExperimentPlan((*trained, *frozen), settings_json(settings), reduced, CHOSEN, (ABOUT[3],), _told)


@final
@dataclass(frozen=True)
class _Point:
    """A task, a setting, and a model with or without additive terms."""

    settings: AdditiveSettings
    name: str
    setting: _Setting
    kind: ModelKind

    @property
    def key(self) -> str:
        return f"{self.name}, {self.setting.name}, {self.kind.value}"

    def rows(self) -> list[Row]:
        """Train at every rate from every seed, and tell each."""
        told: Row = {"task": self.name, "m": self.settings.size, "setting": self.setting.name}
        return [
            told
            | {"additive": self.kind is ModelKind.ADDITIVE, "rate": trial.rate, "seed": trial.seed}
            | {"best": trial.outcome.best, "last": trial.outcome.last, "loss": trial.outcome.loss}
            for trial in self.trials().outcomes(clip=self.setting.clip)
        ]

    def trials(self) -> Trials:
        """Return the trials."""
        make = modular_addition_task if self.name == TASKS[0] else random_state_machine
        task: Task = make(self.settings.size)
        effort = self.settings.effort
        effort = replace(effort, rates=self.setting.rates or effort.rates)
        return Trials.streaming(task, self.kind, effort)


def frozen_accuracy(term: float, seed: int, fitted: int, lengths: Sequence[int]) -> list[float]:
    """Return by length the share of words whose parity a frozen random cell with a fitted readout tells.

    `term` is the standard deviation of the additive terms, `fitted` the number of words, of which the first two have 10
    letters and different parities.
    """
    generator = np.random.Generator(np.random.PCG64([seed, fitted, int(term > 0)]))
    signs = np.stack([np.ones(HIDDEN), np.sign(generator.standard_normal(HIDDEN))])
    offsets = generator.standard_normal((2, HIDDEN)) * term

    def states(words: ReadWords) -> tuple[Floats, Floats]:
        found = np.ones((len(words), HIDDEN))
        for letters in words.T:
            found = signs[letters] * found + offsets[letters]
        return found, 1.0 - 2.0 * (words.sum(1) % 2)

    pair = generator.integers(2, size=(2, 10))
    pair[1, -1] ^= 1 ^ (pair.sum() % 2)
    more = [generator.integers(2, size=((fitted - 2) // 9, length)) for length in range(2, 11)]
    inputs, wanted = (np.concatenate(part) for part in zip(*map(states, (pair, *more)), strict=True))
    readout = np.linalg.lstsq(inputs, wanted, rcond=None)[0]
    tests = (states(generator.integers(2, size=(TESTED, length))) for length in lengths)
    return [float((found @ readout * parity > 0).mean()) for found, parity in tests]


def _frozen_rows(settings: AdditiveSettings, fitted: int, term: float) -> list[Row]:
    trials = [frozen_accuracy(term, seed, fitted, settings.lengths) for seed in range(settings.trials)]
    told: Row = {"task": "parity, frozen", "fitted to": fitted, "additive": term > 0, "trials": settings.trials}
    by_length = zip(settings.lengths, zip(*trials, strict=True), strict=True)
    return [told | {"length": length, "accuracy": fmean(shares)} for length, shares in by_length]


def _frozen_seconds(settings: AdditiveSettings, fitted: int, term: float) -> float:
    """Return how long all trials take, judged by one."""
    began = time.monotonic()
    frozen_accuracy(term, 0, fitted, settings.lengths)
    return (time.monotonic() - began) * settings.trials


def _told(rows: Sequence[Row]) -> Tables:
    """Tell trained rows, the frozen ones by length, and what additive terms did to each mean."""
    trained = [row for row in rows if "length" not in row]
    groups = dict.fromkeys((str(row["task"]), str(row["setting"])) for row in trained)
    effects = [_effect(trained, *group) for group in groups]
    return {"rows": trained, "frozen": [row for row in rows if "length" in row], "effects": effects}


def _effect(rows: Sequence[Row], task: str, setting: str) -> Row:
    means: list[float] = []
    for additive in (False, True):
        named = (row for row in rows if (row["task"], row["setting"], row["additive"]) == (task, setting, additive))
        found = [value for row in named if isinstance(value := row["best"], float)]
        means.append(fmean(found) if found else float("nan"))
    change = means[1] - means[0]
    effect = "none" if abs(change) < EVEN else "helps" if change > 0 else "hurts"
    return {"task": task, "setting": setting, "without": means[0], "with": means[1], "additive term": effect}
