"""Accuracy = (answers that are right) / (answers read), over the last letters of long random words, raw or scaled.

The protocol: 512 words of one length; every other word with letters biased by word, the others avoiding traps, the
states after which every answer is one and the same, where a network could be right without knowing the machine. Read
are the answers to the last 20 letters of each.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias, final

import numpy as np
import torch
from torch import Tensor

from fsm2rnn.cells.tracker import Tracker, last_state
from fsm2rnn.data.drawn_words import Letters, Purpose, drawing
from fsm2rnn.data.word_problem import LENGTH_LIMIT
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.machine.state_machine import StateMachine

Reader: TypeAlias = Callable[[Tensor], Tensor]
"""What reads words: ids (B, T) to logits (B, T, K), logit k for `machine.output_labels[k]`."""

WORDS = 512
LAST = 20
LAWS = (Letters.BIASED, Letters.AVOIDING)  # in turn, so that a half of the words follows each
LOGITS_AT_ONCE = 1 << 26  # a quarter of a gibibyte in float32
SYMBOLS_LIMIT = 1 << 28  # two gibibytes of ids


@final
@dataclass(frozen=True)
class Accuracy:
    """`right` of the `read` answers at the end of words of `length` letters."""

    length: int
    right: int
    read: int

    @property
    def raw(self) -> float:
        """The share of right answers, 0 .. 1."""
        return self.right / self.read

    def scaled(self, chance: Fraction | float) -> float:
        """Return (raw - chance) / (1 - chance); InputError as `scaled_accuracy` says."""
        return scaled_accuracy(Fraction(self.right, self.read), chance)


def scaled_accuracy(raw: Fraction | float, chance: Fraction | float) -> float:
    """Return (raw - chance) / (1 - chance): 0 at chance, 1 where all is right, below 0 where chance is better.

    The papers take chance = 1 / K for K answers that are equally likely. Raises InputError unless 0 <= chance < 1.
    """
    if not 0 <= chance < 1:
        message = f"chance is a share from 0 to below 1, found {chance}"
        raise InputError(message)
    exact = Fraction(chance)
    return float((Fraction(raw) - exact) / (1 - exact))


def evaluation_words(machine: StateMachine, length: int, *, count: int = WORDS, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Return ids and targets (count, length), int64: the words of the protocol and the machine's answers.

    Word i is a function of (seed, i) and has nothing in common with the words that a `WordProblem` of any seed draws.
    Raises InputError for a length or count below 1 or a negative seed, LimitError for more than LENGTH_LIMIT letters
    in a word or SYMBOLS_LIMIT in all.
    """
    if length < 1 or count < 1 or seed < 0:
        message = f"length and count start at 1 and the seed at 0, found {length}, {count} and {seed}"
        raise InputError(message)
    if length > LENGTH_LIMIT:
        what = "symbols in one word"
        raise LimitError(what, limit=LENGTH_LIMIT, needed=length)
    needed = count * max(length, len(machine.symbols))
    if needed > SYMBOLS_LIMIT:
        what = "symbols to evaluate on"
        raise LimitError(what, limit=SYMBOLS_LIMIT, needed=needed)
    ids, targets = drawing(machine, LAWS, seed, Purpose.EVALUATION).words(np.arange(count), length)
    return torch.from_numpy(ids), torch.from_numpy(targets)


def accuracy(
    reader: Reader,
    machine: StateMachine,
    length: int,
    *,
    count: int = WORDS,
    last: int = LAST,
    seed: int = 0,
    device: torch.device | str | None = None,
) -> Accuracy:
    """Return how many answers of `reader` to the last letters of the protocol's words are the machine's.

    `reader` takes ids (B, T) int64 on `device` and gives logits (B, T, K), K = len(machine.output_labels); it is
    called without gradients, on as many words at once as give LOGITS_AT_ONCE logits, and by itself neither put into
    evaluation mode nor back. A Tracker gives the logits that are read alone. An answer is the greatest logit, the first
    of several; one beside a NaN is wrong. Raises InputError for logits of another shape and `last` below 1, else as
    `evaluation_words`.
    """
    if last < 1:
        message = f"at least the last letter is read, found {last}"
        raise InputError(message)
    ids, targets = evaluation_words(machine, length, count=count, seed=seed)
    kept = min(last, length) if isinstance(reader, Tracker) else length
    at_once = max(1, LOGITS_AT_ONCE // (kept * len(machine.output_labels)))
    right = 0
    for words, wanted in zip(torch.split(ids, at_once), torch.split(targets, at_once), strict=True):
        with torch.no_grad():
            end = _ends(reader, words.to(device), len(machine.output_labels), last).cpu()
        agree = (end.argmax(-1) == wanted[:, -last:]) & ~end.isnan().any(-1)
        right += int(agree.sum())
    return Accuracy(length, right, count * min(last, length))


def _ends(reader: Reader, words: Tensor, answers: int, last: int) -> Tensor:
    """Return the logits after the last letters; a Tracker gives no others."""
    if isinstance(reader, Tracker):
        return _end_logits(reader, words, last)
    logits = reader(words)
    if logits.shape != (*words.shape, answers):
        found, expected = tuple(logits.shape), (*words.shape, answers)
        message = f"logits have the shape {found}, expected {expected}: words, letters, output labels"
        raise InputError(message)
    return logits[:, -last:]


def _end_logits(network: Tracker, ids: Tensor, last: int) -> Tensor:
    """Return the logits (B, last, K) after the last letters of ids (B, T), or after all where there are no more.

    What lies before is read part by part and without logits, of which long words have far too many.
    """
    before, state = ids[:, : max(0, ids.shape[1] - last)], network.begin(len(ids))
    for part in before.split(network.stride(len(ids)), 1):  # type: ignore[no-untyped-call]
        state = last_state(network, part, state)
    return network.advance(ids[:, before.shape[1] :], state)[0]
