"""A draft: the partial, possibly conflicting machine that a file states, and the one way to a StateMachine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias, final

from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.machine.labels import Label, label_text
from fsm2rnn.machine.state_machine import StateMachine

TABLE_LIMIT = 2**25
"""Most transitions of one machine: 256 MiB of table."""

SINK = "sink"


@final
class Completion(Enum):
    """What a missing transition means."""

    ERROR = "error"
    SINK = "sink"


@final
@dataclass(frozen=True)
class Arc:
    """delta(source, symbol) = target by index, with the output of a Mealy machine and the line that says so."""

    source: int
    symbol: int
    target: int
    line: int | None = None
    output: Label = None


Arcs: TypeAlias = "dict[tuple[int, int], Arc]"


@final
@dataclass(frozen=True)
class Draft:
    """What a file says: states and symbols in declared order, arcs in file order, one output per state.

    `outputs` is None for a Mealy machine, whose arcs carry the outputs; `start` is None where the file
    names none. Nothing is checked here: `assemble` does.
    """

    states: tuple[Label, ...]
    symbols: tuple[Label, ...]
    arcs: tuple[Arc, ...]
    start: int | None
    outputs: tuple[Label, ...] | None
    file: str | None = None


def assemble(draft: Draft, complete: Completion) -> StateMachine:
    """Return delta as the arcs say, made total as `complete` says, states in declared order and the sink last.

    A sink rejects in an acceptor and outputs None in a Moore machine; a missing transition of a Mealy machine outputs
    None. A Mealy machine stays one, outputs on its transitions. Raises InputError for conflicting or missing
    transitions and for a machine without states, symbols or start; LimitError where the table would pass TABLE_LIMIT.
    """
    start, arcs = _checked(draft, complete)
    states, table = _total(draft, arcs)
    if draft.outputs is None:
        return StateMachine(states, draft.symbols, table, start, _answers(draft, arcs, len(states)), is_mealy=True)
    acceptor = all(type(output) is bool for output in draft.outputs)
    sink_output = (False if acceptor else None,) * (len(states) - len(draft.states))
    return StateMachine(states, draft.symbols, table, start, draft.outputs + sink_output)


def _answers(draft: Draft, arcs: Arcs, states: int) -> tuple[tuple[Label, ...], ...]:
    """Return one output per transition, None where an arc is missing."""
    letters = range(len(draft.symbols))
    return tuple(
        tuple(arcs[state, letter].output if (state, letter) in arcs else None for letter in letters)
        for state in range(states)
    )


def require_table(states: int, symbols: int) -> None:
    """Raise LimitError where a table of `states` rows and `symbols` columns passes TABLE_LIMIT."""
    if states * symbols > TABLE_LIMIT:
        what = f"transitions of {states:,} states and {symbols:,} symbols"
        raise LimitError(what, limit=TABLE_LIMIT, needed=states * symbols)


def fresh(name: str, taken: Sequence[Label]) -> str:
    """Return `name`, or the first of name1, name2, ... that is not taken."""
    used = set(taken)
    candidate, number = name, 0
    while candidate in used:
        number += 1
        candidate = f"{name}{number}"
    return candidate


def _checked(draft: Draft, complete: Completion) -> tuple[int, Arcs]:
    """Return the start and the arcs by (state, letter), each pair once."""
    start = _require_parts(draft)
    require_table(len(draft.states), len(draft.symbols))
    arcs = _deterministic(draft)
    if complete is Completion.ERROR and len(arcs) < len(draft.states) * len(draft.symbols):
        raise _missing(draft, arcs)
    return start, arcs


def _require_parts(draft: Draft) -> int:
    if not draft.states:
        message = "no states"
        raise InputError(message, file=draft.file)
    if not draft.symbols:
        message = "no transitions, so the alphabet is empty"
        raise InputError(message, file=draft.file, hint="a machine needs at least one symbol")
    if draft.start is None:
        message = "no start state"
        raise InputError(message, file=draft.file)
    return draft.start


def _deterministic(draft: Draft) -> Arcs:
    found: Arcs = {}
    for arc in draft.arcs:
        known = found.setdefault((arc.source, arc.symbol), arc)
        # The type is compared too: 1 == True would hide a conflict.
        same = (known.target, type(known.output), known.output) == (arc.target, type(arc.output), arc.output)
        if not same:
            raise _conflict(draft, known, arc)
    return found


def _conflict(draft: Draft, first: Arc, second: Arc) -> InputError:
    source, symbol = label_text(draft.states[first.source]), label_text(draft.symbols[first.symbol])
    elsewhere = "" if first.line is None else f" on line {first.line}"
    ways = [
        f"{label_text(draft.states[arc.target])!r}" + (f" with output {label_text(arc.output)!r}" if mealy else "")
        for mealy in [draft.outputs is None]
        for arc in (first, second)
    ]
    message = f"state {source!r} goes under {symbol!r} to {ways[1]}, but{elsewhere} to {ways[0]}"
    return InputError(message, file=draft.file, line=second.line, hint="the machine must be deterministic")


def _missing(draft: Draft, arcs: Arcs) -> InputError:
    letters = range(len(draft.symbols))
    state, letter = next((q, x) for q in range(len(draft.states)) for x in letters if (q, x) not in arcs)
    count = len(draft.states) * len(draft.symbols) - len(arcs)
    more = f" ({count - 1:,} more missing)" if count > 1 else ""
    message = (
        f"state {label_text(draft.states[state])!r} has no transition under {label_text(draft.symbols[letter])!r}{more}"
    )
    return InputError(message, file=draft.file, hint="--complete sink adds a sink state for missing transitions")


def _total(draft: Draft, arcs: Arcs) -> tuple[tuple[Label, ...], tuple[tuple[int, ...], ...]]:
    """Return the states and the total table; a sink is appended where an arc is missing."""
    sink = len(draft.states)
    letters = range(len(draft.symbols))
    table = [
        tuple([arcs[state, letter].target if (state, letter) in arcs else sink for letter in letters])
        for state in range(sink)
    ]
    if len(arcs) == sink * len(letters):
        return draft.states, tuple(table)
    return (*draft.states, fresh(SINK, draft.states)), (*table, (sink,) * len(letters))
