"""What every network that answers symbol by symbol has: a first state, a step, a reading."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeAlias

import torch
from torch import Tensor

from fsm2rnn.cells.transforms import letter_ids
from fsm2rnn.errors import InputError
from fsm2rnn.machine.labels import Label, typed
from fsm2rnn.machine.state_machine import StateMachine

State: TypeAlias = Tensor | tuple[Tensor, ...]  # each (B, H)
Word: TypeAlias = Tensor | Iterable[Label]

FLOATS = 1 << 22  # numbers of hidden states, gates or scores kept at once along a word


class Auditable(Protocol):
    """h_0 = begin(B), h_t = step(x_t, h_{t-1}), logits_t = read(h_t): logit k is that of `machine.output_labels[k]`.

    A state is one tensor (B, H) or a tuple of them, and all that a step or a reading depends on beside the weights.
    """

    machine: StateMachine

    def begin(self, batch: int) -> State:
        """Return the state before the first symbol of `batch` words."""
        ...

    def step(self, ids: Tensor, state: State) -> State:
        """Return the state after one more symbol of each word, ids (B,)."""
        ...

    def read(self, state: State) -> Tensor:
        """Return the logits (B, K) of the outputs."""
        ...


def word_ids(word: Word, machine: StateMachine, device: torch.device) -> Tensor:
    """Return symbol ids (B, T) or (T,) on a device, from ids or from one word of symbols.

    InputError when an id or a symbol lies outside the alphabet.
    """
    if not isinstance(word, Tensor):
        word = torch.tensor(machine.indices(word), dtype=torch.int64)
    if word.dim() not in (1, 2):
        message = f"a word is an integer tensor of shape (T,) or (B, T), found {tuple(word.shape)}"
        raise InputError(message)
    return letter_ids(word, len(machine.symbols)).to(device)


def label_scores(scores: Tensor, machine: StateMachine, ids: Tensor | None = None) -> Tensor:
    """Return for each output label the greatest of the scores (B, Q) of the states that show it, (B, K).

    Of Mealy's kind a state shows a label where it reads the symbol of `ids` (B,); -inf for a label that no state shows
    there.
    """
    labels = machine.output_labels
    number = {typed(label): place for place, label in enumerate(labels)}
    if machine.is_mealy:
        if ids is None:
            message = "an output of a Mealy machine belongs to a state and a symbol, and there is no symbol here"
            raise InputError(message)
        table = torch.tensor([[number[typed(label)] for label in row] for row in machine.outputs], device=scores.device)
        index = table.T[ids]
    else:
        shown = torch.tensor([number[typed(label)] for label in machine.outputs], device=scores.device)
        index = shown.expand(scores.shape)
    lowest = scores.new_full((len(scores), len(labels)), -torch.inf)
    return lowest.scatter_reduce(1, index, scores, "amax", include_self=False)
