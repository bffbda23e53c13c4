"""Letters that may have been meant as several: ranges, classes, sets, alternatives, complements, pairs with an output.

People draw a range, a union or "any other letter" on an arrow, and no reader of such files takes them apart. Each such
label is kept as one letter: with a note where the machine is total, and in a drawing refused where transitions are
missing, since a sink would then hide that the letter is several.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from fsm2rnn.source.draft.label_lists import Split, unsplit
from fsm2rnn.source.draft.reading import Notes

LIST: Final = "a list"
PAIR: Final = "an input with its output"

_SHAPES: Final = {
    "a range": re.compile(
        r"\[?\^?(?:(?:[a-z]-[a-z]|[A-Z]-[A-Z]|[0-9]-[0-9])[\w, ]*)+\]?|\w\s*(?:\.{2,3}|\u2026)\s*\w|\\[dDwWsS]"
    ),
    "a class": re.compile(r"\[\^?[^\[\],]+\]"),
    "a set": re.compile(r"\{[^{}]+[,;|][^{}]+\}"),
    "alternatives": re.compile(r"\w(?:\s*[+;\u222a\u2228]\s*\w)+|\w+(?:\s+or\s+\w+)+"),
    LIST: re.compile(r"\S(?:\s+\S)+"),
    "any letter": re.compile(r"\u03a3.*|others?|otherwise|else|any|anything|default", re.IGNORECASE | re.DOTALL),
    "a condition": re.compile(r"(?s:.*)\w\s*&&?\s*[!~(\w](?s:.*)|(?s:.*)[!~]\s*\((?s:.*)"),
    "a complement": re.compile(r"\u00ac.+|not\s+\S.*", re.DOTALL | re.IGNORECASE),
}
_PAIR: Final = re.compile(r"(?P<input>[^:;\s]+)\s*(?::|;|->|=>|\u2192)\s*(?P<output>[^:;\s]+)")
_NEGATED: Final = re.compile(r"[!~^]\s*(?P<letter>.+)", re.DOTALL)
_WORD: Final = re.compile(r"\w+")


class Doubt(NamedTuple):
    """A letter and what it looks like."""

    letter: str
    what: str


def doubt(letters: Sequence[str], split: Split) -> Doubt | None:
    """Return the first letter that looks like several, or None.

    By its own shape, or since `split` takes it apart; since it negates another letter, or is made of others and signs
    between them; or since every letter is a pair, some with one input and two outputs.
    """
    known = set(letters)
    for letter in letters:
        what = next((what for what, shape in _SHAPES.items() if shape.fullmatch(letter)), None) or _made(letter, known)
        what = LIST if len(split(letter)) > 1 else what
        if what is not None:
            return Doubt(letter, what)
    pairs = [_PAIR.fullmatch(letter) for letter in letters]
    inputs = {pair["input"] for pair in pairs if pair is not None}
    if None not in pairs and len(inputs) < len(letters):
        return Doubt(letters[0], PAIR)
    return None


def weigh(
    letters: Sequence[str], notes: Notes, refuse: Callable[[str, str], None] | None, split: Split = unsplit
) -> None:
    """Note a letter that looks like several; where transitions are missing, `refuse` takes message and kind.

    Blanks list letters in few files, so that a list of blanks is noted only.
    """
    found = doubt(letters, split)
    if found is None:
        return
    looks = f"the letter {found.letter!r:.60} looks like {found.what}"
    if refuse is None or found.what == LIST:
        notes.add(f"{looks}; it is read as one letter")
    else:
        refuse(f"{looks}, and transitions are missing", found.what)


def _made(letter: str, known: set[str]) -> str | None:
    """Return how a letter is made of others."""
    negated = _NEGATED.fullmatch(letter)
    if negated is not None and negated["letter"].strip() in known:
        return "a complement"
    words = _WORD.findall(letter)
    return "alternatives" if len(words) > 1 and all(word in known for word in words) else None
