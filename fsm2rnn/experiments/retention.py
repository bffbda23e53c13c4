"""retention: what training leaves of a compiled network, plain Adam beside protected rows.

A compiled one-hot network (h_t = A(x_t) h_{t-1}, exact at every length) is put into the first coordinates of a layer
of H numbers. Noise of standard deviation s is added to all weights, the start and the readout; then the layer is
trained on short words. *plain* trains everything. *rows* puts the compiled rows back before every use, so that
P A(x) = Pi(x) P stays an identity (P the projection on the core's coordinates): noise and Adam reach the free numbers
and the readout alone, and the checker still proves the core afterwards.

Told are the accuracy at length 500 before and after, the change of the core's weights relative to their norm, and
whether the core, with the weights that it has then, is still proved right at every length.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final, final

import torch
from torch import nn

from fsm2rnn.api import check, compile  # noqa: A004  the contract's name
from fsm2rnn.cells.bilinear import BilinearRNN
from fsm2rnn.cells.network import Network
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.data.word_dataset import Item, Targets
from fsm2rnn.errors import InputError
from fsm2rnn.experiments.plan import ExperimentPlan, Part
from fsm2rnn.experiments.presets import RetentionSettings, settings_json
from fsm2rnn.experiments.protocol import Judges, Recipe, right, seconds_of, trained
from fsm2rnn.experiments.row_store import Row
from fsm2rnn.learn.accuracy import scaled_accuracy
from fsm2rnn.learn.protection import Protect
from fsm2rnn.learn.seed import seed as seeded
from fsm2rnn.learn.task import Task
from fsm2rnn.learn.tasks import modular_addition_task, random_state_machine, word_problem
from fsm2rnn.result import Result

CHOSEN: Final = (
    "the readout begins as the compiled one, is trained, and has no bias",
    "plain layers divide their state by its norm; under rows the free part of every letter's matrix has norm 1 at most",
    "accuracy after training is that of the last weights: nothing chooses among checks",
)


class ReadWords(Enum):
    """What the layer is trained on: every answer of words of 2-10 letters, or the last of words of 2-30."""

    SHORT = "2-10, every answer"
    LONG = "2-30, last answer"


MACHINES: Final = {
    "modadd(5)": lambda: modular_addition_task(5),
    "random": lambda: random_state_machine(5),
    "S3@gens": lambda: word_problem("S3@gens"),
}
WAYS: Final = {"plain": Protect.NONE, "rows": Protect.ROWS}


def retention(settings: RetentionSettings, reduced: tuple[str, ...]) -> ExperimentPlan:
    """Return a run for every machine, kind of words, noise and protection."""
    points = [
        _Point(settings, machine, words, noise, way, seed)
        for machine in settings.machines
        for words in ReadWords
        for noise in settings.noises
        for way in WAYS
        for seed in settings.effort.seeds
    ]
    runs = tuple(Part(point.key, point.rows, point.seconds) for point in points)
    return ExperimentPlan(runs, settings_json(settings), reduced, CHOSEN, ())


def noisy_layer(compiled: Result, hidden: int, protect: Protect, noise: float, seed: int) -> Tracker:
    """Return a layer around a compiled network, with normal noise on its weights, its start and its readout.

    Under rows the noise on the core is gone at the first use, and none is put on the core's start.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        layer = seeded(compiled, hidden, protect)
        if not isinstance(layer, BilinearRNN):
            message = "a compiled layer of torch.nn has no linear core"
            raise InputError(message, hint="compile for full")
        core = core_of(layer)
        reading = core.state_dict()["readout.weight"]
        readout = nn.Linear(hidden, len(reading), bias=False)
        with torch.no_grad():
            readout.weight.zero_()
            readout.weight[:, : core.rnn.hidden_size] = reading
            for tensor in (*layer.parameters(), readout.weight):
                tensor.add_(noise * torch.randn_like(tensor))
            moved = noise * torch.randn(hidden)
            if protect is Protect.ROWS:
                moved[: core.rnn.hidden_size] = 0
            layer.initial_state.add_(moved)
    layer.normalize = protect is not Protect.ROWS
    return Tracker(layer, readout, compiled.machine)


def core_of(layer: BilinearRNN) -> Network:
    """Return the network of the core's weights as they are now."""
    found = layer.core()
    if not isinstance(found, Network):
        message = f"a core is a network, found {type(found).__name__}"
        raise TypeError(message)
    return found


@final
@dataclass(frozen=True)
class _Point:
    """A machine, words, noise and protection."""

    settings: RetentionSettings
    machine: str
    words: ReadWords
    noise: float
    way: str
    seed: int

    @property
    def key(self) -> str:
        return f"{self.machine}, {self.words.value}, noise {self.noise}, {self.way}, seed {self.seed}"

    def rows(self) -> list[Row]:
        """Add noise, train, and tell what is left."""
        task, network = self._task(), self._network()
        judges = self._judges()
        before = scaled_accuracy(right(network, judges.test), judges.chance)
        outcome = trained(network, self._batches(), self._recipe(), judges)
        core, own = _core(network), compile(task.machine, "full").network().rnn.state_dict()["weight"]
        change = (core.rnn.state_dict()["weight"] - own).norm() / own.norm()
        report = check(core)
        return [
            {
                "machine": self.machine,
                "trained on": self.words.value,
                "noise": self.noise,
                "protection": self.way,
                "seed": self.seed,
                "before": before,
                "after": outcome.last,
                "loss": outcome.loss,
                "change of the core": float(change),
                "core exact": report.accepted and report.grade == "exact",
            }
        ]

    def seconds(self) -> float:
        """Guess how long training takes."""
        return seconds_of(self._network(), self._batches(), self._recipe(), self._judges())

    def _judges(self) -> Judges:
        effort = self.settings.effort
        return Judges.of(self._task(), effort.words, effort.length, torch.device("cpu"))

    def _task(self) -> Task:
        task = MACHINES[self.machine]()
        match self.words:
            case ReadWords.SHORT:
                return replace(task, lengths=range(2, 11), targets=Targets.EVERY)
            case ReadWords.LONG:
                return replace(task, lengths=range(2, 31), targets=Targets.LAST)

    def _network(self) -> Tracker:
        compiled = compile(self._task().machine, "full")
        return noisy_layer(compiled, self.settings.effort.hidden, WAYS[self.way], self.noise, self.seed)

    def _batches(self) -> Iterator[Item]:
        return self._task().words(count=None, seed=self.seed).batches(64)

    def _recipe(self) -> Recipe:
        effort = self.settings.effort
        letters = Targets.EVERY if self.words is ReadWords.SHORT else Targets.LAST
        return Recipe(effort.steps, effort.rates[0], every=effort.every, stops=False, letters=letters)


def _core(network: Tracker) -> Network:
    layer = network.rnn
    if not isinstance(layer, BilinearRNN):
        message = f"a bilinear layer is expected, found {type(layer).__name__}"
        raise TypeError(message)
    return core_of(layer)
