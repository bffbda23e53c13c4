"""A training run: where it is, one optimiser step after another, and the best weights so far.

Batch i is a function of (seed, i), the noise of step i one of (seed mod 2^32, i), so that a run is where it is by its
weights, its optimiser's moments and its step alone.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias, final

import torch
from torch import Tensor
from torch.nn import functional

from fsm2rnn.cells.bilinear import BilinearRNN
from fsm2rnn.cells.layer import layer_weight
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.cells.transforms import own_formats
from fsm2rnn.data.word_dataset import Item, Targets
from fsm2rnn.errors import NumericError
from fsm2rnn.learn.accuracy import accuracy
from fsm2rnn.learn.averaging import Average, with_weights
from fsm2rnn.learn.extra_words import ExtraWords
from fsm2rnn.learn.retention import Retention, kept_by
from fsm2rnn.learn.state_noise import logits_of, whole_products
from fsm2rnn.learn.training_plan import Freeze, Optimizer, Plan
from fsm2rnn.machine.state_machine import StateMachine

JUDGED_LENGTH: Final = 500  # of words on which the best weights are chosen: far beyond those of training
JUDGED_WORDS: Final = 128  # a quarter of what the final accuracy is measured on: it is asked at every check
JUDGED_SEED: Final = 1  # the final accuracy is measured on words of seed 0, which chose nothing
NOISES: Final = 1 << 32  # seeds of noise, each with as many steps: together what torch tells apart
PAUSE: Final = 10  # steps from one word of progress to the next
OPTIMIZERS: Final = {Optimizer.ADAM: torch.optim.Adam, Optimizer.ADAMW: torch.optim.AdamW}


@final
@dataclass(frozen=True)
class Check:
    """After `step` steps: the mean loss since the check before, and the share of right answers at length 500.

    `kept` is what a run that is logged asks beside.
    """

    step: int
    loss: float
    accuracy: float
    kept: Retention | None = None

    @property
    def score(self) -> tuple[float, float]:
        """What the best weights have the greatest of: accuracy and, where it is equal, the lesser loss."""
        return self.accuracy, -self.loss


@final
@dataclass(frozen=True)
class Progress:
    """How far a run is: `step` of `steps`, the loss of the last batch, the last check, and seconds for each step."""

    step: int
    steps: int
    loss: float
    check: Check | None
    pace: float


Listener: TypeAlias = Callable[[Progress], None]


@final
class TrainingRun:
    """A network under training. `best` are the weights of the check with the best score, none before the first."""

    def __init__(
        self,
        network: Tracker,
        machine: StateMachine,
        plan: Plan,
        extra: ExtraWords | None = None,
        *,
        watched: bool = False,
    ) -> None:
        """Begin at step 0 with the network's weights as they are; checks tell what is kept where it is `watched`."""
        self._watched = watched
        self.judged, self.machine, self.plan, self._extra = network, machine, plan, extra
        # Rounding has no gradient: what is judged with its state rounded is trained unrounded, the weights being one.
        self.network = Tracker(network.rnn, network.readout, network.machine, embedding=network.embedding)
        self.device = layer_weight(network.rnn).device
        self.average = Average(self.network, plan.average)
        self.optimizer = OPTIMIZERS[plan.optimizer](_groups(self.network, plan), lr=plan.lr)
        self.step, self.seconds = 0, 0.0
        self.checks: list[Check] = []
        self.best: dict[str, Tensor] = {}

    @property
    def finished(self) -> bool:
        """Whether all steps are made, or the last checks found no mistake."""
        patience = self.plan.patience
        without = [check.accuracy == 1 for check in self.checks[-(patience or 1) :]]
        return self.step >= self.plan.steps or (patience is not None and len(without) == patience and all(without))

    @property
    def next_check(self) -> int:
        """After how many steps the next check is made."""
        return min(self.plan.steps, (self.step // self.plan.every + 1) * self.plan.every)

    @property
    def alone(self) -> bool:
        """Whether a step is made of more than the last answers to a batch, so that it is made for this run alone."""
        return self._extra is not None or self.plan.targets is not Targets.LAST

    @property
    def best_check(self) -> Check:
        """The check whose weights are the best: the first of those with the best score."""
        return max(self.checks, key=lambda check: check.score)

    def rounds(self, listener: Listener | None = None) -> Iterator[Check]:
        """Yield each check, after which `best` is up to date; the last one when the run is finished.

        NumericError when the loss is no longer finite.
        """
        batches = self.batches()
        while not self.finished:
            began, losses = time.monotonic(), []
            for ids, targets in itertools.islice(batches, self.next_check - self.step):
                losses.append(self.stepped(ids, targets))
                if listener is not None and self.step % PAUSE == 0:
                    pace = (time.monotonic() - began) / len(losses)
                    last = self.checks[-1] if self.checks else None
                    listener(Progress(self.step, self.plan.steps, losses[-1], last, pace))
            yield self.checked(sum(losses) / len(losses))
            self.seconds += time.monotonic() - began

    def save_best(self, path: Path) -> None:
        """Write the network with the best weights; it keeps those that it has."""
        own = _copied(self.judged)
        self.put_back_best()
        try:
            self.judged.save(path)
        finally:
            self.judged.load_state_dict(own)

    def put_back_best(self) -> None:
        """Give the network the best weights that were found; those it has where there was no check yet."""
        if self.best:
            self.judged.load_state_dict(self.best)

    def batches(self) -> Iterator[Item]:
        """Yield what the next steps are made on."""
        stages = self.plan.stages
        for stage, after in itertools.zip_longest(stages, stages[1:]):
            end = self.plan.steps if after is None else after.start
            first = max(self.step, stage.start)
            if first < end:
                words = self.plan.words(stage, self.machine).batches(self.plan.batch, skip=first - stage.start)
                yield from itertools.islice(words, end - first)

    def stepped(self, ids: Tensor, targets: Tensor) -> float:
        """Make one optimiser step, and return the loss before it."""
        with own_formats(self.device), whole_products(self.device):
            loss = self._loss(ids.to(self.device), targets.to(self.device), self.noise())
            self.optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
        return self.follow(loss)

    def noise(self) -> torch.Generator:
        """Return what draws the noise of the next step."""
        return torch.Generator().manual_seed(self.plan.seed % NOISES * NOISES + self.step)

    def follow(self, loss: Tensor) -> float:
        """Make the step that the parameters' gradients ask for, and return the loss that they are of."""
        found = float(loss.detach())
        if not found < float("inf"):
            message = f"the loss is {found} at step {self.step}"
            raise NumericError(message)
        torch.nn.utils.clip_grad_norm_(_trained(self.optimizer), self.plan.clip)
        self.optimizer.step()
        self.step += 1
        self.average.follow(self.network, self.step)
        return found

    def _loss(self, ids: Tensor, targets: Tensor, noise: torch.Generator) -> Tensor:
        """Return the mean cross-entropy of the batch and of the extra words that are read beside it."""
        of_batch = self.loss_of(logits_of(self.network, ids, self.plan.targets, self.plan.noise, noise), targets)
        if self._extra is None:
            return of_batch
        of_extra = self._extra.loss(self.network, self.step, self.plan, noise)
        return (of_batch * len(ids) + of_extra) / (len(ids) + self._extra.count())

    def loss_of(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return the mean cross-entropy of logits."""
        return functional.cross_entropy(self.plan.readout_scale * logits.flatten(0, -2), targets.flatten())

    def checked(self, loss: float) -> Check:
        """Add a check, after a mean loss since the one before, and keep the weights where they are the best."""
        with whole_products(self.device), with_weights(self.network, self.average.weights):
            found = accuracy(
                self.judged, self.machine, JUDGED_LENGTH, count=JUDGED_WORDS, seed=JUDGED_SEED, device=self.device
            )
            kept = kept_by(self.judged, self.machine) if self._watched else None
            check = Check(self.step, loss, found.raw, kept)
            self.checks.append(check)
            if self.best_check is check:
                self.best = _copied(self.judged)
        return check


def _copied(network: Tracker) -> dict[str, Tensor]:
    return {name: tensor.detach().clone() for name, tensor in network.state_dict().items()}


def _trained(optimizer: torch.optim.Optimizer) -> list[Tensor]:
    return [one for group in optimizer.param_groups for one in group["params"]]


def _groups(network: Tracker, plan: Plan) -> list[dict[str, Any]]:
    """Return the optimiser's parameters; a readout of states of norm 1 learns sqrt(H) times as fast as the others.

    Adam moves every weight by the learning rate, whatever its gradient. States of norm 1 have H numbers of mean square
    1/H, so weights that read them have sqrt(H) times as far to go as those that read numbers of mean square 1.
    """
    layer = network.rnn
    of_norm_one = isinstance(layer, BilinearRNN) and layer.normalize
    factor = layer.hidden_size**0.5 if of_norm_one else 1.0
    reading = {"params": list(network.readout.parameters()), "lr": plan.lr * factor}
    others = {"params": [one for name, one in network.named_parameters() if not name.startswith("readout.")]}
    match plan.freeze:
        case Freeze.NOTHING:
            return [others, reading]
        case Freeze.RECURRENCE:
            return [reading]
        case Freeze.READOUT:
            return [others]
