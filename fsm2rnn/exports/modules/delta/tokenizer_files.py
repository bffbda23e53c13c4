"""A tokenizer of stock parts that writes every letter as its word of tokens: replacements of whole letters, then words.

A text is letters with white space between them. Each letter is replaced by the names of its tokens, which are no
letters, so that the order of the replacements does not matter; then a text is cut at white space, and every piece is
looked up. A piece that is no letter and no token is an error of the tokenizer: there is no unknown token.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Final, final

from fsm2rnn.constructions.swaps.swap_steps import SwapStep
from fsm2rnn.exports.modules.delta.spelling import KEEPING, DeltaLayer, LetterSpelling, Token
from fsm2rnn.machine.labels import Json, label_text

KEEP_NAME: Final = "keep"


@final
@dataclass(frozen=True)
class TokenNames:
    """The names of all tokens, those of the states last, and how letters are written in a text.

    `machine` labels that hold white space or are written alike are written by their numbers.
    """

    letters: tuple[str, ...]
    tokens: tuple[str, ...]
    states: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """All names, by their numbers."""
        return (*self.tokens, *self.states)


def token_names(spelled: LetterSpelling, layer: DeltaLayer) -> TokenNames:
    """Return names: letters as they are, states behind "=", tokens in "<>", more of these where that is a letter."""
    letters = _texts([label_text(symbol) for symbol in spelled.machine.symbols], "x")
    states = _texts([label_text(state) for state in spelled.machine.states], "q")
    taken = set(letters)
    marked = _apart("=", "", states, taken)
    count = len(spelled.tokens)
    if layer.whole:
        return TokenNames(letters, (*_apart("<", ">", [KEEP_NAME], taken), *letters), marked)
    names = [KEEP_NAME, *(f"t{number}" for number in range(1, count))]
    return TokenNames(letters, _apart("<", ">", names, taken), marked)


def _texts(labels: list[str], letter: str) -> tuple[str, ...]:
    """Return the labels, or numbers behind a letter where one has white space in it or two are alike."""
    plain = all(label and not re.search(r"\s", label) for label in labels) and len(set(labels)) == len(labels)
    return tuple(labels) if plain else tuple(f"{letter}{number}" for number in range(len(labels)))


def _apart(before: str, after: str, names: list[str] | tuple[str, ...], taken: set[str]) -> tuple[str, ...]:
    """Return the names between marks, repeated until none of them is a letter."""
    marked = tuple(f"{before}{name}{after}" for name in names)
    return _apart(before + before[0], after + after[:1], names, taken) if taken & set(marked) else marked


def tokenizer_files(spelled: LetterSpelling, vocab: TokenNames) -> dict[str, bytes]:
    """Return tokenizer.json, tokenizer_config.json and letters.json."""
    keep = vocab.tokens[KEEPING]
    replaced: list[Json] = [
        {
            "type": "Replace",
            "pattern": {"Regex": rf"(?<!\S){re.escape(letter)}(?!\S)"},
            "content": " ".join(vocab.tokens[token] for token in word),
        }
        for letter, word in zip(vocab.letters, spelled.letters, strict=True)
        if [vocab.tokens[token] for token in word] != [letter]
    ]
    tokenizer: dict[str, Json] = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": {"type": "Sequence", "normalizers": replaced} if replaced else None,
        "pre_tokenizer": {"type": "WhitespaceSplit"},
        "post_processor": None,
        "decoder": None,
        "model": {
            "type": "WordLevel",
            "vocab": {name: number for number, name in enumerate(vocab.names)},
            "unk_token": "",
        },
    }
    settings: dict[str, Json] = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "pad_token": keep,
        "padding_side": "left",
        "clean_up_tokenization_spaces": False,
        "model_input_names": ["input_ids", "attention_mask"],
    }
    files = {"tokenizer.json": tokenizer, "tokenizer_config.json": settings, "letters.json": _letters(spelled, vocab)}
    return {name: (json.dumps(content, indent=1) + "\n").encode() for name, content in files.items()}


def _letters(spelled: LetterSpelling, vocab: TokenNames) -> dict[str, Json]:
    """Return how letters are spelled, what tokens do, and what states show."""
    machine = spelled.machine
    words: dict[str, Json] = {
        letter: [vocab.tokens[token] for token in word]
        for letter, word in zip(vocab.letters, spelled.letters, strict=True)
    }
    return {
        "letters": words,
        "symbols": [label_text(symbol) for symbol in machine.symbols],
        "tokens": {name: does(token) for name, token in zip(vocab.tokens, spelled.tokens, strict=True)},
        "states": {name: label_text(state) for name, state in zip(vocab.states, machine.states, strict=True)},
        "start": vocab.states[machine.start],
    }


def does(token: Token) -> str:
    """Say what a token does, its slots one after the other and its parts beside each other."""
    parts = len(token[0])
    said = [_part_does([slot[part] for slot in token]) for part in range(parts)]
    return "; ".join(f"part {part + 1}: {one}" if parts > 1 else one for part, one in enumerate(said))


def _part_does(steps: list[SwapStep]) -> str:
    reset = ["back to the start"] if any(step.reset for step in steps) else []
    erased = [f"coordinate {step.erased} to 0" for step in steps if step.erased is not None]
    swaps = "".join(f"({step.swap[0]} {step.swap[1]})" for step in steps if step.swap is not None)
    return ", ".join([*reset, *erased, *([swaps] if swaps else [])]) or "nothing"
