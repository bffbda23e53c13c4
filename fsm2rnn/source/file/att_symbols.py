"""OpenFst's symbol tables, which stand beside a text of arcs: one symbol and its number per line, 0 for no symbol."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, final

from fsm2rnn.choice import nearest_hint
from fsm2rnn.errors import InputError
from fsm2rnn.source.draft.reading import Notes

SUFFIX: Final = ".syms"
"""What a table's name adds to the name of its file."""

_ROW: Final = re.compile(r"(?P<symbol>[^ \t\r\n]+)[ \t]+(?P<number>[0-9]{1,18})[ \t\r]*")


@final
@dataclass(frozen=True)
class SymbolTable:
    """Symbols and their numbers, in the order of the table."""

    numbers: dict[str, int]

    def is_epsilon(self, label: str) -> bool:
        """Whether a symbol means no symbol: its number is 0, or it is an empty field."""
        return not label or self.numbers.get(label) == 0

    def spelling(self, labels: Sequence[str], file: str | None, notes: Notes) -> Callable[[str], str]:
        """Return how a label of the file is spelled: as it stands where all are symbols, else by its number.

        Raises InputError for a label that is neither.
        """
        names = {str(number): symbol for symbol, number in self.numbers.items()}
        inside = dict.fromkeys(label for label in labels if label)
        if all(label in self.numbers for label in inside):
            return str
        if all(label in names for label in inside):
            notes.add("labels are numbers, and are spelled by the symbol table beside the file")
            return lambda label: names.get(label, label)
        missing = next(label for label in inside if label not in self.numbers)
        message = f"the label {missing!r:.60} is not in the symbol table {SUFFIX} beside the file"
        raise InputError(message, file=file, hint=nearest_hint(missing[:60], list(self.numbers)[:1000]))


def read_symbols(text: str, file: str | None) -> SymbolTable:
    """Return the table of a text; InputError with the line for a row that is none, or a symbol or number met before."""
    numbers: dict[str, int] = {}
    taken: set[int] = set()
    for line, row in enumerate(text.split("\n"), start=1):
        if not row.strip():
            continue
        found = _ROW.fullmatch(row)
        if found is None:
            message = f"{row.strip()!r:.60} is no row 'symbol number'"
            raise InputError(message, file=file, line=line)
        number = int(found["number"])
        if found["symbol"] in numbers or number in taken:
            message = f"the symbol {found['symbol']!r:.60} or its number {number} stands in the table before"
            raise InputError(message, file=file, line=line)
        numbers[found["symbol"]] = number
        taken.add(number)
    return SymbolTable(numbers)
