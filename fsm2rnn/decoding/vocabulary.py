"""v: ids -> bytes*, what each token of a tokenizer adds to a text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import final

from fsm2rnn.errors import InputError


@final
@dataclass(frozen=True)
class Vocabulary:
    """texts[id] is what the token adds to a text, None for a token that adds none; `ends` are the ids that end it.

    `pad` fills up after the end. Raises InputError unless there are ids, all within the vocabulary, and the ends and
    the pad add no text.
    """

    texts: tuple[bytes | None, ...]
    ends: tuple[int, ...]
    pad: int | None = None

    def __post_init__(self) -> None:
        """Prove the invariants."""
        if not self.ends:
            message = "the tokenizer names no token that ends a text"
            raise InputError(message, hint="give its id: eos=2")
        for kind, number in (*(("eos", end) for end in self.ends), ("pad", self.pad)):
            if number is None:
                continue
            if type(number) is not int or not 0 <= number < len(self.texts):
                message = f"the {kind} id {number!r:.40} is none of the {len(self.texts):,} tokens"
                raise InputError(message)
            if self.texts[number] is not None:
                message = f"the {kind} token {number} adds the text {self.texts[number]!r:.40}"
                raise InputError(message)
        if any(text is not None and not text for text in self.texts):
            message = "a token without text is None"
            raise InputError(message)

    def spelled(self) -> list[tuple[int, bytes]]:
        """Return the ids of the tokens that add a text, with it."""
        return [(number, text) for number, text in enumerate(self.texts) if text is not None]


def plain_vocabulary(tokens: Sequence[str | bytes], ends: Iterable[int], pad: int | None) -> Vocabulary:
    """Return the vocabulary of a sequence of texts, token k at place k.

    The tokens of `ends` and `pad`, and empty ones, add no text whatever is written there. Raises InputError for an
    entry that is neither text nor bytes.
    """
    ending = tuple(dict.fromkeys(ends))
    texts = [None if number in {*ending, pad} else _bytes_of(number, token) for number, token in enumerate(tokens)]
    return Vocabulary(tuple(texts), ending, pad)


def _bytes_of(number: int, token: object) -> bytes | None:
    if isinstance(token, bytes):
        return token or None
    if not isinstance(token, str):
        message = f"token {number} is {token!r:.40}; a token is a text or bytes"
        raise InputError(message)
    try:
        return token.encode("utf-8") or None
    except UnicodeEncodeError:
        message = f"token {number}, {token!a:.40}, has no UTF-8 form"
        raise InputError(message, hint="give the token as bytes") from None
