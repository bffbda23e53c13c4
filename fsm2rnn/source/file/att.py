"""OpenFst's text format for acceptors: one arc or one final state per line, the first state is the start."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Final

from fsm2rnn.errors import InputError
from fsm2rnn.machine.reachable import canonical, reachable_states
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.source.draft.acceptor import AcceptorDraft, acceptor
from fsm2rnn.source.draft.holding import acceptance, require_names
from fsm2rnn.source.draft.reading import Reading, ReadOptions

EPSILON: Final = ("<eps>", "<epsilon>")

# An arc is "source target in out [weight]" or, as compiled for acceptors, "source target symbol".
_ARC_FIELDS: Final = (3, 4, 5)
_WEIGHTED_ARC: Final = 5
_FINAL_FIELDS: Final = (1, 2)
_FIELD: Final = re.compile(r"[^ \t\r\n]+")
# The weight of a state that is not final, as OpenFst writes it.
_NEVER: Final = "Infinity"


def read_att(text: str, file: str | None, options: ReadOptions) -> Reading:
    """Return the acceptor of an OpenFst text; outputs True and False, symbols by first appearance.

    A non-deterministic acceptor, or one with epsilon moves, is determinised; its states are named by
    tuples of the file's names, and being total it has nothing to complete. A line `state Infinity` names
    a state that is not final. Raises InputError with the line, LimitError where determinising passes
    `options.max_states`.
    """
    found = AcceptorDraft(file)
    for number, fields in _rows(text):
        _read_row(found, number, fields)
    found.starts = [0] if found.states else []
    return acceptor(found, options)


def machine_to_att(machine: StateMachine) -> str:
    """Return the text that `read_att` reads back as the acceptor in canonical numbering.

    States that no word reaches are named before their arcs, so that they keep their order. Raises
    InputError for a machine with other outputs, and for names that are empty or hold blanks.
    """
    ordered = canonical(machine)
    accepting = acceptance(ordered, ".att")
    states = require_names("state", ordered.states, ".att", _unwritable)
    symbols = require_names("symbol", ordered.symbols, ".att", _unwritable_symbol)
    reached = len(reachable_states(ordered))
    lines = []
    for number, (name, row) in enumerate(zip(states, ordered.table, strict=True)):
        if number == reached:
            rest = zip(states[reached:], accepting[reached:], strict=True)
            lines += [state if final else f"{state}\t{_NEVER}" for state, final in rest]
        lines += [f"{name}\t{states[to]}\t{symbol}\t{symbol}" for symbol, to in zip(symbols, row, strict=True)]
    lines += [name for name, final in zip(states[:reached], accepting[:reached], strict=True) if final]
    return "".join(f"{line}\n" for line in lines)


def _unwritable(name: str) -> str | None:
    return None if _FIELD.fullmatch(name) else "fields are separated by blanks and lines"


def _unwritable_symbol(name: str) -> str | None:
    return "it means no symbol" if name in EPSILON else _unwritable(name)


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    # Only tab and space separate fields and only newlines lines: a symbol may be any other character.
    for number, line in enumerate(io.StringIO(text, newline="\n"), start=1):
        fields = _FIELD.findall(line)
        if fields:
            yield number, fields


def _read_row(found: AcceptorDraft, number: int, fields: list[str]) -> None:
    if len(fields) in _FINAL_FIELDS:
        state = found.state(fields[0])
        if fields[1:] != [_NEVER]:
            _require_no_weight(found, number, fields[1:])
            found.accepting.add(state)
    elif len(fields) in _ARC_FIELDS:
        _require_no_weight(found, number, fields[_WEIGHTED_ARC - 1 :])
        _read_arc(found, number, fields)
    else:
        message = f"{len(fields)} fields; expected an arc 'source target in out' or a final 'state'"
        raise InputError(message, file=found.file, line=number)


def _read_arc(found: AcceptorDraft, number: int, fields: list[str]) -> None:
    source, target = found.state(fields[0]), found.state(fields[1])
    symbol, output = fields[2], fields[min(3, len(fields) - 1)]
    if symbol != output:
        message = f"the arc reads {symbol!r:.60} and writes {output!r:.60}: a transducer, not an acceptor"
        raise InputError(message, file=found.file, line=number, hint="input and output label must be equal")
    letter = None if symbol in EPSILON else found.symbol(symbol)
    found.arcs.append((source, letter, target, number))


def _require_no_weight(found: AcceptorDraft, number: int, weights: list[str]) -> None:
    for weight in weights:
        try:
            zero = float(weight) == 0
        except ValueError:
            zero = False
        if not zero:
            message = f"the weight {weight!r:.60} is not 0; weighted machines are not read"
            raise InputError(message, file=found.file, line=number)
