"""Which of several machines of one file is meant."""

from __future__ import annotations

from fsm2rnn.errors import InputError
from fsm2rnn.source.draft.reading import ReadOptions


def chosen_part(count: int, what: str, file: str, options: ReadOptions) -> int:
    """Return the place, from 0, of the part that `options` names among `count` parts, called `what`.

    Raises InputError where there are several and none is named, or fewer than the one named.
    """
    if options.part is None and count > 1:
        message = f"{count} {what} in one file"
        raise InputError(message, file=file, hint="--part K reads the K-th")
    part = options.part or 1
    if part > count:
        message = f"part {part} of a file of {count}"
        raise InputError(message, file=file)
    return part - 1
