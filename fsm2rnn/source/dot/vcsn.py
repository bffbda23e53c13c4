r"""Labels as Vcsn draws them: `a, b` lists letters, `[a-d]` and `[^a]` are classes, and `\` stands before a letter.

The attribute `vcsn_context` names the letters, as in `letterset<char_letters(abcd)>, b`; weights are not read.
"""

from __future__ import annotations

import re
from typing import Final

from fsm2rnn.errors import InputError
from fsm2rnn.source.draft.label_lists import Split, listed

CONTEXT: Final = "vcsn_context"

_LETTERS: Final = re.compile(r"char(?:_letters)?\((?P<letters>[^)]*)\)")
_CLASS: Final = re.compile(r"\[(?P<all>\^?)(?P<inside>(?:\\.|[^\]\\])*)\]", re.DOTALL)
_MEMBER: Final = re.compile(r"\\?(?P<first>.)(?:-\\?(?P<last>.))?", re.DOTALL)


def vcsn_split(context: str) -> Split:
    """Return the split of labels under a context; it raises InputError for a weight and for letters left open."""
    found = _LETTERS.search(context)
    letters = [] if found is None else _members(found["letters"])

    def split(label: str) -> tuple[str, ...]:
        return tuple(letter for piece in listed(label) for letter in _letters(piece, letters))

    return split


def _letters(piece: str, letters: list[str]) -> list[str]:
    if piece.startswith("<"):
        message = f"the weighted label {piece!r:.60}; weights are not read"
        raise InputError(message)
    found = _CLASS.fullmatch(piece)
    if found is None:
        return [piece]
    inside = _members(found["inside"])
    if not found["all"]:
        return inside
    if not letters:
        message = f"the class {piece!r:.60}: the context names no letters"
        raise InputError(message)
    return [letter for letter in letters if letter not in inside]


def _members(text: str) -> list[str]:
    """Return the letters of a class in order: `a-d` stands for all from a to d."""
    found = []
    for member in _MEMBER.finditer(text):
        last = member["last"] or member["first"]
        found += [chr(point) for point in range(ord(member["first"]), ord(last) + 1)]
    return found
