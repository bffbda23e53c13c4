"""Words that every batch is to hold beside the random ones: those on which a network has failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

import torch
from torch import Tensor
from torch.nn import functional

from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.data.word_dataset import Targets
from fsm2rnn.errors import InputError
from fsm2rnn.learn.state_noise import logits_of
from fsm2rnn.learn.training_plan import Plan
from fsm2rnn.machine.labels import Label, typed
from fsm2rnn.machine.state_machine import StateMachine

AT_ONCE = 64  # words beside a batch: as many as a batch has by default


@final
@dataclass(frozen=True)
class ExtraWords:
    """Words of different lengths, padded at their ends with letter 0: ids (N, T), lengths (N,), targets (N,)."""

    ids: Tensor
    lengths: Tensor
    targets: Tensor

    def loss(self, network: Tracker, step: int, plan: Plan, generator: torch.Generator) -> Tensor:
        """Return the sum of the cross-entropies of the answers to the ends of the words whose turn it is."""
        turn = (torch.arange(min(AT_ONCE, len(self.ids))) + step * AT_ONCE) % len(self.ids)
        lengths = self.lengths[turn]
        ids = self.ids[turn, : int(lengths.max())].to(network.readout.weight.device)
        logits = logits_of(network, ids, Targets.EVERY, plan.noise, generator)
        ends = logits[torch.arange(len(turn)), lengths - 1]
        return functional.cross_entropy(plan.readout_scale * ends, self.targets[turn].to(ends.device), reduction="sum")

    def count(self) -> int:
        """Return how many words are read beside one batch."""
        return min(AT_ONCE, len(self.ids))


def extra_words(words: Sequence[Sequence[Label]], machine: StateMachine) -> ExtraWords | None:
    """Return words of the machine's symbols with its answers to their ends; None of no words.

    InputError for an empty word and for a symbol outside the alphabet.
    """
    if not words:
        return None
    if not all(words):
        message = "an extra word is empty, and the answer to the empty word is not trained"
        raise InputError(message)
    indices, answers = [machine.indices(word) for word in words], [machine.answers(word) for word in words]
    ids = torch.zeros(len(words), max(map(len, indices)), dtype=torch.int64)
    number = {typed(label): place for place, label in enumerate(machine.output_labels)}
    for place, word in enumerate(indices):
        ids[place, : len(word)] = torch.tensor(word)
    ends = [number[typed(found[-1])] for found in answers]
    return ExtraWords(ids, torch.tensor([len(word) for word in indices]), torch.tensor(ends))
