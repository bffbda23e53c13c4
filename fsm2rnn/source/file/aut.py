"""Aldebaran's format for labelled transition systems (CADP, mCRL2): `des (first, transitions, states)`, then arcs.

An arc is `(source, label, target)`; a label may stand in quotes. The words are those of the paths from the first
state, all of which are accepted; `tau` and `i` are silent.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from fsm2rnn.errors import InputError
from fsm2rnn.source.draft.acceptor import AcceptorDraft, acceptor
from fsm2rnn.source.draft.draft import Completion
from fsm2rnn.source.draft.reading import Reading, ReadOptions

SILENT: Final = frozenset({"tau", "i"})

_NUMBER: Final = r"\s*([0-9]{1,18})\s*"
_HEADER: Final = re.compile(rf"\s*des\s*\({_NUMBER},{_NUMBER},{_NUMBER}\)\s*")
_ARC: Final = re.compile(rf"\s*\({_NUMBER},(.*),{_NUMBER}\)\s*")
_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)"')
_HINT: Final = "a line is (source, label, target); a label with quotes inside stands in quotes"


def read_aut(text: str, file: str, options: ReadOptions) -> Reading:
    r"""Return the acceptor of the words along paths, and notes: all states accept, and a sink takes the other words.

    A non-deterministic system, or one with silent labels, is determinised. In quotes \" and \\ stand for " and \.
    Raises InputError with the line, LimitError where determinising passes `options.max_states`.
    """
    found = AcceptorDraft(file)
    lines = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    header = _HEADER.fullmatch(lines[0][1]) if lines else None
    if header is None:
        message = "expected des (first, transitions, states)"
        raise InputError(message, file=file, line=lines[0][0] if lines else 1)
    first, arcs, states = map(int, header.groups())
    if len(lines) - 1 != arcs:
        message = f"the first line states {arcs:,} transitions, the file has {len(lines) - 1:,}"
        raise InputError(message, file=file, line=lines[0][0])
    found.starts = [_state(found, first, states, lines[0][0])]
    silent = SILENT if options.epsilon is None else options.epsilon
    for number, line in lines[1:]:
        _read_arc(found, number, line, states, silent)
    found.accepting = set(found.states.values())
    _restart(found, options)
    machine = acceptor(found, replace(options, complete=Completion.SINK)).machine
    off = "every word is along one" if all(machine.outputs) else "a sink takes the words along none, and rejects them"
    found.notes.add(f"the words along paths are accepted; {off}")
    return found.notes.of(machine)


def _read_arc(found: AcceptorDraft, number: int, line: str, states: int, silent: frozenset[str]) -> None:
    arc = _ARC.fullmatch(line)
    if arc is None:
        message = f"not a transition: {line.strip()[:60]!r}"
        raise InputError(message, file=found.file, line=number, hint=_HINT)
    label = arc[2].strip()
    quoted = _QUOTED.fullmatch(label)
    if quoted is not None:
        label = re.sub(r"\\([\"\\])", r"\1", quoted[1])
    elif not label or '"' in label:
        message = f"the label {label!r:.60} is empty or has a quote too many"
        raise InputError(message, file=found.file, line=number, hint=_HINT)
    source, target = (_state(found, int(arc[place]), states, number) for place in (1, 3))
    if label in silent:
        found.notes.add(f"the label {label!r} is silent: it is no symbol of a word")
    found.arcs.append((source, None if label in silent else found.symbol(label), target, number))


def _state(found: AcceptorDraft, number: int, states: int, line: int) -> int:
    if number >= states:
        message = f"the state {number} is outside 0..{states - 1}" if states else f"the state {number} of no states"
        raise InputError(message, file=found.file, line=line)
    return found.state(str(number))


def _restart(found: AcceptorDraft, options: ReadOptions) -> None:
    if options.start is not None:
        if options.start not in found.states:
            message = f"the start {options.start!r:.60} stands in no transition"
            raise InputError(message, file=found.file)
        found.starts = [found.states[options.start]]
