"""A tracker's outputs against the machine's along long words, read in pieces with the state carried between them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final, final

import numpy as np
import torch

from fsm2rnn.cells.layer import layer_weight
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.errors import InputError
from fsm2rnn.machine.labels import Label, typed
from fsm2rnn.machine.mealy import moore_form
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.running.result import NOT_FINITE, Mismatch, Verification
from fsm2rnn.running.run import AROUND, Order
from fsm2rnn.running.walk.walk import Indices, smallest_type, symbol_major, walk_block
from fsm2rnn.running.words.random_words import RandomWords
from fsm2rnn.tracing.compare import distinguishing_word, matched_columns

EVALUATED: Final = "float"


def verify_answers(
    tracker: Tracker,
    machine: StateMachine,
    words: RandomWords,
    progress: Callable[[int], None] | None = None,
) -> Verification:
    """Compare the outputs along random words with those of a machine, first on a word on which it is not the tracker's.

    The output before the first symbol is not asked. InputError for another alphabet.
    """
    run = AnswerRun(tracker, machine)
    word = distinguishing_word(machine, tracker.machine)
    if word:
        run.restart(1)
        run.read(np.array([tracker.machine.indices(word)], dtype=smallest_type(len(tracker.machine.symbols))))
    run.restart(words.batch)
    pieces = replace(words, at_once=words.batch * tracker.stride(words.batch))
    for number in range(pieces.count):
        run.read(pieces.drawn(len(tracker.machine.symbols), number))
        if progress is not None:
            progress(len(pieces.places(number)))
    return run.verification(words.steps, words.batch)


def verify_answers_along(tracker: Tracker, words: Iterable[Indices]) -> Verification:
    """Compare the outputs along given words, each (1, T) ids and each from the start; `steps` is their total length."""
    run, total = AnswerRun(tracker, tracker.machine), 0
    stride = tracker.stride(1)
    for stream, word in enumerate(words):
        run.restart(1, stream)
        for start in range(0, word.shape[1], stride):
            run.read(word[:, start : start + stride])
        total += word.shape[1]
    return run.verification(total, 1)


def require_sequential(order: Order) -> None:
    """Raise InputError for another order than that in which a tracker steps."""
    if order is not Order.SEQUENTIAL:
        message = f"order {order.value!r}: a tracker steps from symbol to symbol, without products of letters"
        raise InputError(message, hint="leave out the order, or take sequential")


@final
class AnswerRun:
    """A tracker and a machine on their way through the same words, and what was found so far.

    Outputs are numbered as `labels`: the tracker's output labels, what else the machine says, and last no finite one.
    """

    def __init__(self, tracker: Tracker, machine: StateMachine) -> None:
        """Get ready for words over the tracker's symbols; InputError where the machine has others."""
        self.tracker = tracker
        columns = matched_columns(tracker.machine, machine)
        moore = moore_form(machine).machine if machine.is_mealy else machine
        number = {typed(label): place for place, label in enumerate(tracker.machine.output_labels)}
        self.labels: list[Label] = list(tracker.machine.output_labels)
        for output in machine.output_labels:
            if number.setdefault(typed(output), len(self.labels)) == len(self.labels):
                self.labels.append(output)
        self.labels.append(NOT_FINITE)
        kind = smallest_type(len(self.labels))
        self.table: Indices = np.ascontiguousarray(symbol_major(moore.table)[columns])
        # Of Mealy's kind nothing is said before the first symbol, and nothing is compared there.
        self.shown: Indices = np.array([number.get(typed(output), 0) for output in moore.outputs], dtype=kind)
        self.start = moore.start
        self.mismatches, self.counted, self.seconds = 0, 0, 0.0
        self.first: Mismatch | None = None
        self.restart(1)

    def restart(self, batch: int, stream: int = 0) -> None:
        """Put both sides at the start of `batch` new words; streams count on from `stream`."""
        self.states: Indices = np.full(batch, self.start, dtype=self.table.dtype)
        self.state = self.tracker.begin(batch)
        self.position, self.stream = 0, stream

    @torch.no_grad()
    def read(self, words: Indices) -> None:
        """Read the next piece (B, T) on both sides and compare every output."""
        device = layer_weight(self.tracker.rnn).device
        before = time.perf_counter()
        logits, self.state = self.tracker.advance(torch.from_numpy(words.astype(np.int64)).to(device), self.state)
        finite = logits.isfinite().all(-1)
        numbers = torch.where(finite, logits.argmax(-1), len(self.labels) - 1).cpu()
        self.seconds += time.perf_counter() - before
        found = numbers.numpy().astype(self.shown.dtype)
        expected = walk_block(self.table, self.shown, np.ascontiguousarray(words), self.states)
        wrong = expected != found
        self.mismatches += int(np.count_nonzero(wrong))
        if self.first is None and wrong.any():
            step = int(np.argmax(wrong.any(axis=0)))
            stream = int(np.argmax(wrong[:, step]))
            labels = self.labels[expected[stream, step]], self.labels[found[stream, step]]
            self.first = self._mismatch(words[stream], stream, step, labels)
        self.counted += words.size
        self.position += words.shape[1]

    def verification(self, steps: int, batch: int) -> Verification:
        """Return what was found."""
        weight = layer_weight(self.tracker.rnn)
        return Verification(
            steps,
            batch,
            self.mismatches,
            self.first,
            self.counted / self.seconds if self.seconds else None,
            Order.SEQUENTIAL.value,
            str(weight.dtype).removeprefix("torch."),
            str(weight.device),
            EVALUATED,
        )

    def _mismatch(self, word: Indices, stream: int, step: int, labels: tuple[Label, Label]) -> Mismatch:
        left = max(0, step - AROUND)
        symbols = tuple(self.tracker.machine.symbols[letter] for letter in word[left : step + AROUND + 1].tolist())
        place = (self.stream + stream, self.position + step)
        return Mismatch(*place, symbols, step - left, *labels)
