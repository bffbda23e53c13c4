"""What a tokenizer's own description says that its tokens add to a text: the decoder, step by step.

A decoder whose text is not the tokens' texts one after another (WordPiece puts blanks between words, by what stands
around) has no machine over tokens, and is refused by its name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Protocol, TypeAlias, runtime_checkable

from fsm2rnn.decoding.vocabulary import Vocabulary, plain_vocabulary
from fsm2rnn.errors import InputError

Step: TypeAlias = Callable[[str | bytes], str | bytes]


@runtime_checkable
class Described(Protocol):
    """A tokenizer of the library tokenizers: to_str() is its description in JSON."""

    def to_str(self) -> str:
        """Return the description."""
        ...


def read_vocabulary(tokenizer: object, ends: Sequence[int] | None, pad: int | None) -> Vocabulary:
    """Return the vocabulary of a tokenizer of transformers or tokenizers, or of a sequence of texts.

    `ends` and `pad` go before what the tokenizer says. Raises InputError for other objects and for decoders that do not
    join the texts of tokens.
    """
    described = getattr(tokenizer, "backend_tokenizer", tokenizer)
    if isinstance(described, Described):
        says = json.loads(described.to_str())
        return described_vocabulary(
            says,
            _own_id(tokenizer, "eos_token_id") if ends is None else ends,
            pad if pad is not None else next(iter(_own_id(tokenizer, "pad_token_id")), None),
        )
    if isinstance(tokenizer, Sequence) and not isinstance(tokenizer, str | bytes):
        return plain_vocabulary(tokenizer, () if ends is None else ends, pad)
    message = f"cannot read the tokens of a {type(tokenizer).__name__}"
    hint = "known: tokenizers of transformers with a fast backend, tokenizers.Tokenizer, a sequence of texts with eos="
    raise InputError(message, hint=hint)


def described_vocabulary(says: Mapping[str, Any], ends: Sequence[int], pad: int | None) -> Vocabulary:
    """Return the vocabulary of a description (tokenizer.json): model, added tokens and decoder.

    Special tokens add no text. Raises InputError for a model or decoder that is not known.
    """
    steps = decoder_steps(says.get("decoder"))
    numbered = {number: token for token, number in _model_tokens(says["model"])}
    added = says.get("added_tokens") or []
    numbered |= {token["id"]: token["content"] for token in added}
    silent = {token["id"] for token in added if token["special"]}
    texts: list[str | bytes] = [b""] * (max(numbered, default=-1) + 1)
    for number, token in numbered.items():
        if number not in silent:
            texts[number] = _through(steps, token)
    return plain_vocabulary(texts, ends, pad)


def decoder_steps(decoder: Mapping[str, Any] | None) -> tuple[Step, ...]:
    """Return what a decoder does to each token, of one that does nothing else to a text than that, once joined.

    A blank that it takes off the very beginning of a text stands: what is decoded follows a prompt. Raises InputError
    for a decoder that does more.
    """
    if decoder is None:
        message = "the tokenizer has no decoder, and so puts blanks between its tokens"
        raise InputError(message, hint="give the texts of the tokens as a sequence, with eos=")
    if decoder["type"] == "Sequence":
        return tuple(step for part in decoder["decoders"] for step in decoder_steps(part))
    found = _step(decoder)
    if found is None:
        message = f"the decoder {json.dumps(decoder):.100} of the tokenizer does not just join the texts of its tokens"
        raise InputError(message, hint=f"known: {_KNOWN}; or give the texts of the tokens as a sequence, with eos=")
    return (found,)


_KNOWN: Final = "ByteLevel, ByteFallback, Metaspace, Fuse, Replace of a character, Strip at the beginning, Sequence"


def _step(decoder: Mapping[str, Any]) -> Step | None:
    match decoder:
        case {"type": "ByteLevel"}:
            return _from_byte_level
        case {"type": "ByteFallback"}:
            return _from_byte_fallback
        case {"type": "Metaspace", "replacement": mark}:
            return _replacing(mark, " ")
        case {"type": "Replace", "pattern": {"String": old}, "content": new} if len(old) == 1:
            return _replacing(old, new)
        case {"type": "Fuse"} | {"type": "Strip", "content": " ", "stop": 0}:
            return _as_it_is
        case _:
            return None


def _as_it_is(token: str | bytes) -> str | bytes:
    return token


def _own_id(tokenizer: object, name: str) -> tuple[int, ...]:
    number = getattr(tokenizer, name, None)
    return () if number is None else (number,)


def _model_tokens(model: Mapping[str, Any]) -> list[tuple[str, int]]:
    vocabulary = model["vocab"]
    if isinstance(vocabulary, Mapping):
        return list(vocabulary.items())
    return [(token, number) for number, (token, _) in enumerate(vocabulary)]  # Unigram's pairs with a score


def _through(steps: tuple[Step, ...], token: str | bytes) -> str | bytes:
    for step in steps:
        token = step(token)
    return token


def _replacing(old: str, new: str) -> Step:
    return lambda token: token if isinstance(token, bytes) else token.replace(old, new)


_BYTE: Final = re.compile(r"<0x([0-9A-Fa-f]{2})>")


def _from_byte_fallback(token: str | bytes) -> str | bytes:
    found = None if isinstance(token, bytes) else _BYTE.fullmatch(token)
    return token if found is None else bytes.fromhex(found[1])


def _byte_characters() -> dict[str, int]:
    """Return GPT-2's alphabet: a printable byte of Latin 1 stands for itself, the others from U+0100 on in order."""
    plain = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in plain]
    return {chr(byte): byte for byte in plain} | {chr(0x100 + place): byte for place, byte in enumerate(others)}


_BYTES: Final = _byte_characters()


def _from_byte_level(token: str | bytes) -> str | bytes:
    if isinstance(token, bytes) or not all(character in _BYTES for character in token):
        return token  # an added token, which stands for itself
    return bytes(_BYTES[character] for character in token)
