"""An acceptor as AT&T text, and the symbol table that must stand beside it where labels could be numbers."""

from __future__ import annotations

import re
from typing import Final

from fsm2rnn.machine.reachable import canonical, reachable_states
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.source.draft.epsilon import TABLED, is_epsilon
from fsm2rnn.source.draft.holding import acceptance, require_names
from fsm2rnn.source.file.att import NEVER, SEPARATOR

_NUMBER: Final = re.compile(r"[0-9]+")
_NAME: Final = re.compile(r"[^ \t\r\n]+")


def machine_to_att(machine: StateMachine) -> str:
    """Return the text that `read_att` reads back as the acceptor in canonical numbering.

    States that no word reaches are named before their arcs, so that they keep their order. Raises
    InputError for a machine with other outputs, and for names that are empty or hold blanks.
    """
    ordered = canonical(machine)
    accepting = acceptance(ordered, ".att")
    states = require_names("state", ordered.states, ".att", _unwritable_state)
    symbols = require_names("symbol", ordered.symbols, ".att", _unwritable_symbol)
    reached = len(reachable_states(ordered))
    lines = []
    for number, (name, row) in enumerate(zip(states, ordered.table, strict=True)):
        if number == reached:
            rest = zip(states[reached:], accepting[reached:], strict=True)
            lines += [state if final else f"{state}\t{NEVER}" for state, final in rest]
        lines += [f"{name}\t{states[to]}\t{symbol}\t{symbol}" for symbol, to in zip(symbols, row, strict=True)]
    lines += [name for name, final in zip(states[:reached], accepting[:reached], strict=True) if final]
    return "".join(f"{line}\n" for line in lines)


def needs_symbol_table(machine: StateMachine) -> bool:
    """Whether every label is a number and one of them is 0, so that without a table it would mean no symbol."""
    labels = [str(symbol) for symbol in machine.symbols]
    return all(_NUMBER.fullmatch(label) for label in labels) and not all(int(label) for label in labels)


def symbol_table(machine: StateMachine) -> str:
    """Return the table of the machine's symbols, numbered from 1 in their order; 0 is no symbol."""
    rows = ["<eps>\t0", *(f"{symbol}\t{number}" for number, symbol in enumerate(machine.symbols, start=1))]
    return "".join(f"{row}\n" for row in rows)


def _unwritable(name: str) -> str | None:
    return None if _NAME.fullmatch(name) else "fields are separated by blanks and lines"


def _unwritable_state(name: str) -> str | None:
    return "such a line stands between machines" if name == SEPARATOR else _unwritable(name)


def _unwritable_symbol(name: str) -> str | None:
    return "it means no symbol" if name and is_epsilon(name, TABLED, None) else _unwritable(name)
