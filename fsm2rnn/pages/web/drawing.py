"""A machine as a page holds it: texts for labels, and places for what is small enough to be drawn whole."""

from __future__ import annotations

from typing import Final

from fsm2rnn.errors import LimitError
from fsm2rnn.escapes import escaped
from fsm2rnn.machine.labels import Label, label_text
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.pages.web.layout import layout
from fsm2rnn.pages.web.page_data import DrawnMachine

WHOLE: Final = 200
"""Most states of a graph that is drawn whole; beyond, a page shows the states next to the present one."""
STATES: Final = 10_000
"""Most states of a machine on a page: some hundred kilobytes of labels."""
TRANSITIONS: Final = 200_000
"""Most transitions of a machine on a page: a megabyte of table."""
LONGEST: Final = 200  # letters of a label that are written out
HINT: Final = "a page holds the whole table; convert and explain take larger machines"


def require_page_room(machine: StateMachine) -> None:
    """Raise LimitError where the machine is larger than a page holds."""
    states, symbols = len(machine.states), len(machine.symbols)
    if states > STATES:
        what = "states of a machine on a page"
        raise LimitError(what, limit=STATES, needed=states, hint=HINT)
    if states * symbols > TRANSITIONS:
        what = "transitions of a machine on a page"
        raise LimitError(what, limit=TRANSITIONS, needed=states * symbols, hint=HINT)


def drawn_machine(machine: StateMachine) -> DrawnMachine:
    """Return the machine as a page holds it; LimitError where it is too large."""
    require_page_room(machine)
    if machine.is_mealy:
        outputs = tuple(tuple(map(visible_text, row)) for row in machine.outputs)
    else:
        outputs = tuple((visible_text(output),) for output in machine.outputs)
    return DrawnMachine(
        tuple(map(visible_text, machine.states)),
        tuple(map(visible_text, machine.symbols)),
        machine.table,
        machine.start,
        machine.is_mealy,
        outputs,
        tuple(map(bool, machine.outputs)) if machine.is_acceptor else None,
        layout(machine.table) if len(machine.states) <= WHOLE else None,
    )


def visible_text(label: Label) -> str:
    """Return a label's text without what a screen would obey, cut where it is endless."""
    text = escaped(label_text(label))
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
