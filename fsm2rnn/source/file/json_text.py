"""JSON read strictly: no key twice, integers only; and errors at the line of a key or of an entry of its list."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Final, NoReturn, final

from fsm2rnn.errors import InputError
from fsm2rnn.machine.labels import Json

_BLANK: Final = re.compile(r"[ \t\r\n]*")


@final
@dataclass(frozen=True)
class JsonText:
    """A JSON text and the name of its file."""

    text: str
    file: str | None

    def value(self) -> Json:
        """Return the value; InputError, with the line where it is known, for anything that is not strict JSON."""
        try:
            found: Json = json.loads(
                self.text,
                object_pairs_hook=self._unique,
                parse_constant=self._no_number,
                parse_float=self._no_number,
                parse_int=self._integer,
            )
        except json.JSONDecodeError as error:
            message = f"not JSON: {error.msg}"
            raise InputError(message, file=self.file, line=error.lineno, column=error.colno) from None
        except RecursionError:
            message = "nested too deeply"
            raise InputError(message, file=self.file) from None
        return found

    def fail(self, message: str, key: str | None = None, entry: int | None = None, hint: str | None = None) -> NoReturn:
        """Raise InputError at the line of `key`, or of entry number `entry` of its list."""
        place = None if key is None else self._after(key)
        if place is not None and entry is not None:
            place = self._entry(place, entry)
        line = None if place is None else self.text.count("\n", 0, place) + 1
        raise InputError(message, file=self.file, line=line, hint=hint)

    def _after(self, key: str, occurrence: int = 0) -> int | None:
        """Return where the value of a key begins, if the key is written as Python would write it."""
        # Inside a string the quotes would stand behind backslashes.
        pattern = re.compile(rf"{re.escape(json.dumps(key))}[ \t\r\n]*:[ \t\r\n]*")
        ends = [found.end() for found in pattern.finditer(self.text)]
        return ends[occurrence] if occurrence < len(ends) else None

    def _entry(self, start: int, entry: int) -> int:
        """Return where an entry of the list that begins at `start` begins, or `start` where no such list does."""
        decoder = json.JSONDecoder()
        place = self._skip(start + 1)
        try:
            for _ in range(entry):
                place = self._skip(decoder.raw_decode(self.text, place)[1])
                place = self._skip(place + 1)
        except json.JSONDecodeError:  # a key of that name stands elsewhere too
            return start
        return place

    def _skip(self, place: int) -> int:
        found = _BLANK.match(self.text, place)
        return found.end() if found else place

    def _unique(self, pairs: list[tuple[str, Json]]) -> dict[str, Json]:
        found: dict[str, Json] = {}
        for key, value in pairs:
            if key in found:
                place = self._after(key, 1)
                line = None if place is None else self.text.count("\n", 0, place) + 1
                message = f"the key {key!r:.60} stands twice"
                raise InputError(message, file=self.file, line=line)
            found[key] = value
        return found

    def _no_number(self, text: str) -> NoReturn:
        message = f"the number {text:.60} is no index; only integers are read"
        raise InputError(message, file=self.file, line=self._line_of(text))

    def _integer(self, text: str) -> int:
        # int() refuses more than 4,300 digits with a ValueError; no index has more than 18.
        if len(text) > 18:
            message = f"the number {text:.20}... is no index"
            raise InputError(message, file=self.file, line=self._line_of(text))
        return int(text)

    def _line_of(self, number: str) -> int | None:
        """Return the line of a number where the text holds its spelling once."""
        return None if self.text.count(number) > 1 else self.text.count("\n", 0, self.text.find(number)) + 1
