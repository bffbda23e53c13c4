"""Labels that list letters, `a, b`, `a | b`, `'a', 'b'`, told from labels that hold a comma of their own, `f(x, y)`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, TypeAlias

Split: TypeAlias = Callable[[str], tuple[str, ...]]
"""The letters that a label stands for, at least one."""

_SEPARATORS: Final = ",|"
_BRACKETS: Final = {"(": ")", "[": "]", "{": "}"}
# Quotes and angle brackets open only where a piece begins: an apostrophe or an order sign inside is neither.
_OPENING: Final = {"'": "'", '"': '"', "`": "`", "<": ">"}
_QUOTED: Final = re.compile(r"(?P<quote>['\"`])(?P<letter>.+)(?P=quote)", re.DOTALL)


def unsplit(label: str) -> tuple[str, ...]:
    """Return the label as its one letter."""
    return (label,)


def listed(label: str) -> tuple[str, ...]:
    """Return the letters between the commas and bars of a label that stand in no brackets and no quotes.

    A label in which a letter would be empty is one letter, but for a separator at its end. `(,)` and `<,>` list two
    brackets.
    """
    plain = tuple(piece.strip() for piece in re.split("[,|]", label))
    pieces = plain if all(len(piece) == 1 for piece in plain) else tuple(_pieces(label))
    if len(pieces) > 2 and not pieces[-1]:  # two letters and the separator after them
        pieces = pieces[:-1]
    return pieces if len(pieces) > 1 and all(pieces) else (label,)


def spaced(label: str) -> tuple[str, ...]:
    """Return the letters between the blanks of a label."""
    return tuple(label.split()) or (label,)


def _pieces(label: str) -> Iterator[str]:
    closing: list[str] = []
    begin = 0
    for place, character in enumerate(label):
        if closing and character == closing[-1]:
            closing.pop()
        elif closing and closing[-1] in "'\"`":
            continue
        elif character in _BRACKETS and _BRACKETS[character] in label[place + 1 :]:
            closing.append(_BRACKETS[character])
        elif character in _OPENING and not label[begin:place].strip() and _OPENING[character] in label[place + 1 :]:
            closing.append(_OPENING[character])
        elif not closing and character in _SEPARATORS:
            yield label[begin:place].strip()
            begin = place + 1
    yield label[begin:].strip()


def unquoted(letters: Iterable[str]) -> dict[str, str]:
    """Return each letter without its quotes, where every letter has quotes and no two become one; else as it is."""
    names = list(dict.fromkeys(letters))
    found = [_QUOTED.fullmatch(name) for name in names]
    bare = [match["letter"] for match in found if match is not None]
    if not names or len(bare) < len(names) or len(set(bare)) < len(names):
        return {name: name for name in names}
    return dict(zip(names, bare, strict=True))


def twofold(letters: Sequence[str]) -> tuple[str, str] | None:
    """Return a letter and another that lists it, such as `a` and `a,b`, or None.

    Blanks list letters only where each of them is a letter, or is listed by blanks elsewhere too: `coin` and
    `insert coin` are two letters.
    """
    known = set(letters)
    for letter in letters:
        inside = [piece for piece in listed(letter) if piece in known and piece != letter]
        if inside:
            return inside[0], letter
    count: dict[str, int] = {}
    for letter in letters:
        for piece in dict.fromkeys(spaced(letter)):
            count[piece] = count.get(piece, 0) + 1
    for letter in letters:
        pieces = [piece for piece in spaced(letter) if piece != letter]
        inside = [piece for piece in pieces if piece in known]
        if inside and all(count[piece] > 1 for piece in pieces):
            return inside[0], letter
    return None
