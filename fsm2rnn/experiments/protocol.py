"""How a model is trained and judged: Adam on the cross-entropy of the last letter, then long words.

Validation words decide which weights are judged, the best of all checks (the first of several); test words, which
decide nothing, say how good these are. Both are drawn apart from the words of training.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final, final

import torch
from torch import Tensor, nn
from torch.nn import functional

from fsm2rnn.data.word_dataset import Item, Targets
from fsm2rnn.errors import NumericError
from fsm2rnn.learn.accuracy import scaled_accuracy
from fsm2rnn.learn.state_noise import whole_products
from fsm2rnn.learn.task import Task

AT_ONCE: Final = 128  # words of 500 letters with 256 numbers each are 64 MiB of states
TRIED: Final = 3  # steps that are timed to say how long all will take,
TRIED_LETTERS: Final = 50  # and letters of the words of a check


@final
@dataclass(frozen=True)
class Recipe:
    """Steps of Adam at one learning rate; `clip` bounds the norm of the gradient, None not at all.

    Every `every` steps the validation words are read; with `stops` training ends when all of them are answered rightly.
    """

    steps: int
    rate: float
    batch: int = 64
    clip: float | None = 1.0
    every: int = 250
    stops: bool = True
    letters: Targets = Targets.LAST


@final
@dataclass(frozen=True)
class Judges:
    """Words (ids, answers to the last letters) on which weights are chosen, and others on which they are measured."""

    validation: Item
    test: Item
    chance: float

    @classmethod
    def of(cls, task: Task, words: int, length: int, device: torch.device) -> Judges:
        """Return so many words of so many letters for each purpose."""
        long = replace(task, test_lengths=range(length, length + 1))
        found = (next(long.test_words(count=words, seed=seed).batches(words)) for seed in (1, 0))
        validation, test = ((ids.to(device), _last(targets).to(device)) for ids, targets in found)
        return cls(validation, test, 0.0 if task.chance is None else float(task.chance))


@final
@dataclass(frozen=True)
class Outcome:
    """Scaled accuracy of the best weights and of the last ones, the loss of the last batches, the steps made."""

    best: float
    last: float
    loss: float
    steps: int


def trained(network: nn.Module, batches: Iterator[Item], recipe: Recipe, judges: Judges) -> Outcome:
    """Train a network in place, leave it the best weights, and say how good they are.

    Raises NumericError when the loss is no longer finite.
    """
    with whole_products(next(network.parameters()).device):
        return _trained(network, _Run(network, batches, recipe), recipe, judges)


def _trained(network: nn.Module, run: _Run, recipe: Recipe, judges: Judges) -> Outcome:
    best, kept, made, losses = -1.0, _weights(network), 0, [0.0]
    while made < recipe.steps:
        count = min(recipe.every, recipe.steps - made)
        losses = run.steps(count)
        made += count
        share = right(network, judges.validation)
        if share > best:
            best, kept = share, _weights(network)
        if recipe.stops and share == 1:
            break
    last = right(network, judges.test)
    network.load_state_dict(kept)
    scaled = [scaled_accuracy(one, judges.chance) for one in (right(network, judges.test), last)]
    return Outcome(scaled[0], scaled[1], sum(losses) / len(losses), made)


def seconds_of(network: nn.Module, batches: Iterator[Item], recipe: Recipe, judges: Judges) -> float:
    """Return how long all steps and checks of a recipe take, by a few steps and a part of a check.

    The network is moved by these steps.
    """
    run = _Run(network, batches, recipe)
    run.steps(1)  # what is compiled or allocated at first
    began = time.monotonic()
    run.steps(TRIED)
    stepped = time.monotonic()
    ids, answers = judges.validation
    part = ids[:AT_ONCE, :TRIED_LETTERS]
    right(network, (part, answers[:AT_ONCE]))
    check = (time.monotonic() - stepped) * (ids.numel() / part.numel())
    return (stepped - began) / TRIED * recipe.steps + check * (recipe.steps / recipe.every)


@torch.no_grad()
def right(network: nn.Module, item: Item) -> float:
    """Return the share of words (ids (B, T), answers (B,)) whose last answer is the greatest logit; NaN is wrong."""
    found = 0
    for ids, answers in zip(*(torch.split(part, AT_ONCE) for part in item), strict=True):
        logits = network(ids)[:, -1]
        found += int(((logits.argmax(-1) == answers) & ~logits.isnan().any(-1)).sum())
    return found / len(item[0])


def _last(targets: Tensor) -> Tensor:
    return targets if targets.dim() == 1 else targets[:, -1]


def _weights(network: nn.Module) -> dict[str, Tensor]:
    return {name: tensor.detach().clone() for name, tensor in network.state_dict().items()}


@final
class _Run:
    """A network under training: what makes one step after another."""

    def __init__(self, network: nn.Module, batches: Iterator[Item], recipe: Recipe) -> None:
        self._network, self._batches, self._recipe = network, batches, recipe
        self._optimizer = torch.optim.Adam(network.parameters(), lr=recipe.rate)
        self._device = next(network.parameters()).device

    def steps(self, count: int) -> list[float]:
        """Make so many steps, and return their losses."""
        return [self._step(*item) for item in itertools.islice(self._batches, count)]

    def _step(self, ids: Tensor, targets: Tensor) -> float:
        logits = self._network(ids.to(self._device))
        if self._recipe.letters is Targets.LAST:
            logits = logits[:, -1]
        loss = functional.cross_entropy(logits.flatten(0, -2), targets.to(self._device).flatten())
        found = float(loss.detach())
        if not found < float("inf"):
            message = f"the loss is {found}"
            raise NumericError(message)
        self._optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        if self._recipe.clip is not None:
            nn.utils.clip_grad_norm_(self._network.parameters(), self._recipe.clip)
        self._optimizer.step()
        return found
