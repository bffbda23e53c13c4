"""Numbers, vectors and lists as terms of Gallina, the language of the proof assistant.

Nothing but digits, brackets and fixed names is ever written: no label of a machine and no name of a file could be read
as a command. A number that stands in a term is a name, defined once, since reading a numeral costs the assistant more
than twice as much as reading a name: nK is the natural number K, pK and mK are the integers K and -K.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, final

from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.exact.sparse import Scalar, Vector

LINE = 20  # items of a list on one line
CHARACTERS: Final = "characters of text for the proof assistant"


@final
class Terms:
    """The terms of one text, and the numbers that stand in them."""

    def __init__(self) -> None:
        """Begin without any number."""
        self._naturals: set[int] = set()
        self._integers: set[int] = set()

    def natural(self, number: int) -> str:
        """Return the name of a natural number."""
        self._naturals.add(number)
        return f"n{number}"

    def integer(self, number: Scalar) -> str:
        """Return the name of an integer; InputError for a fraction."""
        if number.denominator != 1:
            message = f"{number} is no integer, and the checker computes with integers"
            raise InputError(message)
        whole = int(number)
        self._integers.add(whole)
        return f"p{whole}" if whole >= 0 else f"m{-whole}"

    def naturals(self, numbers: Iterable[int]) -> str:
        """Return a list of natural numbers."""
        return list_term(map(self.natural, numbers))

    def integers(self, numbers: Iterable[Scalar]) -> str:
        """Return a list of integers."""
        return list_term(map(self.integer, numbers))

    def vector(self, entries: Vector) -> str:
        """Return a stored vector: its places and what stands there."""
        return list_term(f"At {self.natural(place)} {self.integer(value)}" for place, value in entries)

    def vectors(self, vectors: Sequence[Vector]) -> str:
        """Return a list of stored vectors, unit vectors by their places alone."""
        places = [vector[0][0] for vector in vectors if len(vector) == 1 and vector[0][1] == 1]
        if vectors and len(places) == len(vectors):
            return f"units {self.naturals(places)}"
        return list_term(map(self.vector, vectors))

    def definitions(self) -> Iterator[str]:
        """Yield the definitions of all numbers that were named."""
        for number in sorted(self._naturals):
            yield f"Definition n{number} : N := {number}."
        for number in sorted(self._integers):
            name = f"p{number}" if number >= 0 else f"m{-number}"
            yield f"Definition {name} : Z := {number}."


def list_term(items: Iterable[str]) -> str:
    """Return a list of terms, a few on a line."""
    parts = list(items)
    lines = ["; ".join(parts[start : start + LINE]) for start in range(0, len(parts), LINE)]
    return "[" + ";\n".join(lines) + "]"


def joined(lines: Iterable[str], limit: int) -> str:
    """Return the text of these lines; LimitError as soon as it has more than `limit` characters."""
    kept: list[str] = []
    length = 0
    for line in lines:
        length += len(line) + 1
        if length > limit:
            raise LimitError(CHARACTERS, limit=limit, hint="--max-text raises it")
        kept.append(line)
    return "\n".join([*kept, ""])
