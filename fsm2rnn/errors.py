"""The errors a user can meet: one root, four kinds, each saying where, what was found and what helps.

An impossibility is a verdict, never an error.
"""

from __future__ import annotations

from typing import final


class FsmError(Exception):
    """Root of every error that data can cause; the command line prints it and exits with status 2."""


@final
class InputError(FsmError):
    """Bad input, with its place (file, line, column) and a hint where one is known."""

    def __init__(
        self,
        message: str,
        *,
        file: str | None = None,
        line: int | None = None,
        column: int | None = None,
        hint: str | None = None,
    ) -> None:
        """Keep `message` and its place; lines and columns count from 1."""
        if file is None:
            named = (("line", line), ("column", column))
            place = ", ".join(f"{name} {number}" for name, number in named if number is not None)
        else:
            place = ":".join(str(part) for part in (file, line, column) if part is not None)
        text = f"{place}: {message}" if place else message
        super().__init__(f"{text} (hint: {hint})" if hint else text)
        self.message = message
        self.file = file
        self.line = line
        self.column = column
        self.hint = hint


@final
class LimitError(FsmError):
    """A stated limit would be exceeded; raised before the memory is spent."""

    def __init__(self, what: str, *, limit: int, needed: int | None = None, hint: str | None = None) -> None:
        """Say `what` is limited, the `limit`, and what was `needed` (None: more than the limit)."""
        found = "more" if needed is None else f"{needed:,}"
        text = f"{what}: {found} needed, the limit is {limit:,}"
        super().__init__(f"{text} (hint: {hint})" if hint else text)
        self.what = what
        self.limit = limit
        self.needed = needed
        self.hint = hint


@final
class CertificateError(FsmError):
    """A proof or a network file does not hold; `field` names the part that fails."""

    def __init__(self, field: str, message: str) -> None:
        """Name the failing `field` and say what was found and expected."""
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


@final
class NumericError(FsmError):
    """A number that arithmetic cannot carry: not finite, or outside the range of a float format."""
