"""A machine with another start."""

from __future__ import annotations

from dataclasses import replace

from fsm2rnn.choice import nearest_hint
from fsm2rnn.errors import InputError
from fsm2rnn.machine.labels import label_text
from fsm2rnn.machine.reachable import canonical
from fsm2rnn.source.draft.reading import Reading


def restarted(found: Reading, start: str | None) -> Reading:
    """Return the machine with the state of that name as its start, None for its own; InputError where none has it."""
    if start is None:
        return found
    names = [label_text(state) for state in found.machine.states]
    if names.count(start) != 1:
        message = f"{names.count(start) or 'no'} states are named {start!r:.60}"
        raise InputError(message, hint=nearest_hint(start, names[:1000]))
    return Reading(canonical(replace(found.machine, start=names.index(start))), found.notes)
