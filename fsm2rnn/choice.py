"""Named choices: at the border a name or the value itself, inside always the value."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import TypeVar

from fsm2rnn.errors import InputError

Choice = TypeVar("Choice")
Member = TypeVar("Member", bound=Enum)

SHOWN = 10  # most choices that a hint lists


def choose(what: str, asked: object, choices: Mapping[str, Choice]) -> Choice:
    """Return the choice that `asked` names, or `asked` where it is one of the choices itself.

    Raises InputError for anything else: "unknown {what} ...", with the nearest name as its hint.
    """
    for name, choice in choices.items():
        if asked is choice or (isinstance(asked, str) and asked == name):
            return choice
    message = f"unknown {what} {asked!r:.60}"
    raise InputError(message, hint=nearest_hint(str(asked)[:60], list(choices)))


def choose_member(what: str, asked: object, kind: type[Member]) -> Member:
    """Return the member of an enum of names that `asked` is or names; InputError as `choose` says."""
    return choose(what, asked, {str(member.value): member for member in kind})


def nearest_hint(text: str, names: Sequence[str]) -> str:
    """Return the name nearest to `text` as a hint, or the first few names when none is near.

    A name that only looks the same (composed or decomposed accents, wide letters) is named by its code points.
    """
    folded = unicodedata.normalize("NFKC", text)
    for name in names:
        if name != text and unicodedata.normalize("NFKC", name) == folded:
            points = " ".join(f"U+{ord(character):04X}" for character in name)
            return f"it looks like {name!r}, which has other code points: {points}"
    near = difflib.get_close_matches(text, names, n=1)
    if near:
        return f"did you mean {near[0]!r}?"
    return "known: " + ", ".join(names[:SHOWN]) + (", ..." if len(names) > SHOWN else "")
