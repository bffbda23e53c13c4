"""OpenFst's text format for acceptors: one arc or one final state per line, the first state is the start."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, final

from fsm2rnn.errors import InputError
from fsm2rnn.machine.reachable import canonical
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.source.determinise import NondeterministicAcceptor, determinise
from fsm2rnn.source.draft import Arc, Completion, Draft, assemble

EPSILON: Final = ("<eps>", "<epsilon>")

# An arc is "source target in out [weight]" or, as compiled for acceptors, "source target symbol".
_ARC_FIELDS: Final = (3, 4, 5)
_WEIGHTED_ARC: Final = 5
_FINAL_FIELDS: Final = (1, 2)


@final
@dataclass
class _Lines:
    """What has been read: names numbered by first appearance; letter None is epsilon."""

    file: str | None
    states: dict[str, int] = field(default_factory=dict)
    symbols: dict[str, int] = field(default_factory=dict)
    arcs: list[tuple[int, int | None, int, int]] = field(default_factory=list)
    accepting: set[int] = field(default_factory=set)

    def state(self, name: str) -> int:
        return self.states.setdefault(name, len(self.states))


def read_att(text: str, *, file: str | None, complete: Completion, max_states: int) -> StateMachine:
    """Return the acceptor of an OpenFst text; outputs True and False, symbols by first appearance.

    A non-deterministic acceptor, or one with epsilon moves, is determinised; its states are named by
    tuples of the file's names, and being total it has nothing to complete. Raises InputError with the
    line, LimitError where determinising passes `max_states`.
    """
    lines = _Lines(file)
    for number, fields in _rows(text):
        _read_row(lines, number, fields)
    draft = Draft(
        tuple(lines.states),
        tuple(lines.symbols),
        tuple(Arc(source, letter, target, line) for source, letter, target, line in lines.arcs if letter is not None),
        0 if lines.states else None,
        tuple(state in lines.accepting for state in range(len(lines.states))),
        file,
    )
    if draft.symbols and _is_nondeterministic(lines):
        return _determinised(lines, max_states)
    return canonical(assemble(draft, complete))


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    # Only tab and space separate fields and only newlines lines: a symbol may be any other character.
    for number, line in enumerate(io.StringIO(text, newline="\n"), start=1):
        fields = re.findall(r"[^ \t\r\n]+", line)
        if fields:
            yield number, fields


def _read_row(lines: _Lines, number: int, fields: list[str]) -> None:
    if len(fields) in _FINAL_FIELDS:
        _require_no_weight(lines, number, fields[1:])
        lines.accepting.add(lines.state(fields[0]))
    elif len(fields) in _ARC_FIELDS:
        _require_no_weight(lines, number, fields[_WEIGHTED_ARC - 1 :])
        _read_arc(lines, number, fields)
    else:
        message = f"{len(fields)} fields; expected an arc 'source target in out' or a final 'state'"
        raise InputError(message, file=lines.file, line=number)


def _read_arc(lines: _Lines, number: int, fields: list[str]) -> None:
    source, target = lines.state(fields[0]), lines.state(fields[1])
    symbol, output = fields[2], fields[min(3, len(fields) - 1)]
    if symbol != output:
        message = f"the arc reads {symbol!r} and writes {output!r}: a transducer, not an acceptor"
        raise InputError(message, file=lines.file, line=number, hint="input and output label must be equal")
    letter = None if symbol in EPSILON else lines.symbols.setdefault(symbol, len(lines.symbols))
    lines.arcs.append((source, letter, target, number))


def _require_no_weight(lines: _Lines, number: int, weights: list[str]) -> None:
    for weight in weights:
        try:
            zero = float(weight) == 0
        except ValueError:
            zero = False
        if not zero:
            message = f"the weight {weight!r} is not 0; weighted machines are not read"
            raise InputError(message, file=lines.file, line=number)


def _is_nondeterministic(lines: _Lines) -> bool:
    targets: dict[tuple[int, int | None], int] = {}
    return any(
        letter is None or targets.setdefault((source, letter), target) != target
        for source, letter, target, _ in lines.arcs
    )


def _determinised(lines: _Lines, max_states: int) -> StateMachine:
    moves: list[dict[int, list[int]]] = [{} for _ in lines.states]
    epsilon: list[list[int]] = [[] for _ in lines.states]
    for source, letter, target, _ in lines.arcs:
        (epsilon[source] if letter is None else moves[source].setdefault(letter, [])).append(target)
    nfa = NondeterministicAcceptor(tuple(moves), tuple(epsilon), len(lines.symbols), 0, frozenset(lines.accepting))
    found = determinise(nfa, max_states=max_states)
    names = list(lines.states)
    states = tuple(tuple(names[state] for state in subset) for subset in found.subsets)
    return StateMachine(states, tuple(lines.symbols), found.table, 0, found.accepting)
