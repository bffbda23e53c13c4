"""Tokens of a model: id k < S is the letter k, then come the answers, then one that fills up shorter words.

A text is letters with spaces between them. The answer to the letters so far is the next token; a state that several
codes stand for has a token for each. Answers and the filling token are letters that keep the state, so that generated
tokens change nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, final

import torch
from torch import Tensor

from fsm2rnn.exports.modules.transformers_library import Model, tokenizers_library, transformers_library

PAD: Final = "<pad>"
_PLAIN: Final = re.compile(r"[^\s<>]+")  # no spaces, and not to be taken for an answer


@final
@dataclass(frozen=True)
class LetterTokens:
    """Texts of letters (S) and answers (R), and which of K answers of the machine each of the latter means."""

    letters: tuple[str, ...]
    answers: tuple[str, ...]
    means: tuple[int, ...]

    @property
    def tokens(self) -> tuple[str, ...]:
        """All tokens by their ids."""
        return (*self.letters, *self.answers, PAD)

    @property
    def columns(self) -> Tensor:
        """Per token the answer that it means, or for a token that is none a number of its own from K on: (V,)."""
        count = max(self.means) + 1
        others = len(self.letters) + 1
        own = torch.arange(count, count + others)
        return torch.cat([own[:-1], torch.tensor(self.means), own[-1:]])

    def meanings(self) -> dict[str, int]:
        """Return by answer token the number of the answer that it means."""
        return dict(zip(self.answers, self.means, strict=True))


def letter_tokens(letters: Sequence[str], answers: Sequence[str], means: Iterable[int]) -> LetterTokens:
    """Return the tokens of labels as text; a label that is no plain text is written as its number.

    `means` is the answer of each answer token in order.
    """
    plain = [_PLAIN.fullmatch(letter) is not None for letter in letters]
    names = [
        letter if good else f"<letter:{number}>"
        for number, (letter, good) in enumerate(zip(letters, plain, strict=True))
    ]
    counted: dict[int, int] = {}
    written = []
    for answer in (rows := tuple(means)):
        counted[answer] = counted.get(answer, 0) + 1
        text = answers[answer] if _PLAIN.fullmatch(answers[answer]) else f"state:{answer}"
        written.append(f"<{text}>" if counted[answer] == 1 else f"<{text}>#{counted[answer]}")
    if len({*names, *written, PAD}) < len(names) + len(written) + 1:
        names = [f"<letter:{number}>" for number in range(len(letters))]
        written = [f"<state:{answer}>#{place}" for place, answer in enumerate(rows)]
    return LetterTokens(tuple(names), tuple(written), rows)


def tokenizer(words: LetterTokens, target: str) -> Model:
    """Return the library's tokenizer: letters between spaces, padded on the left, and no token for unknown ones."""
    library, parts = transformers_library(target), tokenizers_library(target)
    ids = {token: number for number, token in enumerate(words.tokens)}
    inner = parts.Tokenizer(parts.models.WordLevel(ids))
    inner.pre_tokenizer = parts.pre_tokenizers.WhitespaceSplit()
    return library.PreTrainedTokenizerFast(
        tokenizer_object=inner, pad_token=PAD, padding_side="left", model_input_names=["input_ids", "attention_mask"]
    )
