"""What a file format can hold: a writer refuses a machine that its own reader could not give back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from fsm2rnn.errors import InputError
from fsm2rnn.machine.labels import Label
from fsm2rnn.machine.state_machine import StateMachine

ANY_FORMAT: Final = "the .json format holds every machine"


def acceptance(machine: StateMachine, suffix: str) -> tuple[bool, ...]:
    """Return which states accept; InputError unless every output is True or False."""
    if not machine.is_acceptor:
        message = f"the {suffix} format holds acceptors only; this machine has other outputs than True and False"
        raise InputError(message, hint=".dot, .jff and .json hold Moore and Mealy machines")
    return tuple(output is True for output in machine.outputs)


def require_names(
    kind: str, labels: Sequence[Label], suffix: str, fault: Callable[[str], str | None]
) -> tuple[str, ...]:
    """Return the labels as strings; InputError for other types, and for a name in which `fault` finds one."""
    names: list[str] = []
    for label in labels:
        if not isinstance(label, str):
            message = f"the {suffix} format holds strings only, not the {kind} {label!r:.60}"
            raise InputError(message, hint=ANY_FORMAT)
        found = _encoding_fault(label) or fault(label)
        if found is not None:
            message = f"the {suffix} format cannot hold the {kind} {label!r:.60}: {found}"
            raise InputError(message, hint=ANY_FORMAT)
        names.append(label)
    return tuple(names)


def _encoding_fault(name: str) -> str | None:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return "half a surrogate pair has no UTF-8 form"
    return None
