"""A model of tokens as a program of letters: what it says at the last token of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import torch
from torch import Tensor

from fsm2rnn.exports.modules.delta.spelling import LetterSpelling
from fsm2rnn.exports.modules.program import Program

Whole: TypeAlias = Callable[[Tensor], Tensor]
"""From tokens (T,) to scores of all tokens (T, N), as a whole text is run."""
Position: TypeAlias = Callable[[Tensor, Tensor | None], tuple[Tensor, Tensor]]
"""From tokens (B,) and the states before them, None at the start, to scores (B, N) and the states after them."""


def letter_program(spelled: LetterSpelling, whole: Whole, position: Position) -> Program:
    """Return the program: answers are states, and a score for every state stands before those of the other tokens."""
    count = len(spelled.tokens)
    words = [torch.tensor(word) for word in spelled.letters]

    def run(ids: Tensor) -> Tensor:
        return torch.stack([answers(row.tolist()) for row in ids])

    def answers(row: list[int]) -> Tensor:
        text = [words[letter] for letter in row]
        ends = torch.tensor([len(word) for word in text]).cumsum(0) - 1
        return whole(torch.cat(text))[ends].argmax(-1) - count  # negative where the answer is no state

    def step(ids: Tensor, state: Tensor | None) -> tuple[Tensor, Tensor]:
        row = [spelled.letters[letter] for letter in ids.tolist()]
        scores, after = position(torch.tensor([word[0] for word in row]), state)
        for place in range(1, max(map(len, row))):
            left = torch.tensor([number for number, word in enumerate(row) if len(word) > place])
            tokens = torch.tensor([word[place] for word in row if len(word) > place])
            scores[left], after[left] = position(tokens, after[left])
        return scores.roll(-count, 1), after

    return Program((run,), step)
