"""A machine as a JFLAP file: a finite automaton where it is an acceptor, else a Moore or a Mealy machine."""

from __future__ import annotations

import re
from typing import Final

from fsm2rnn.machine.mealy import mealy_form
from fsm2rnn.machine.reachable import canonical
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.source.draft.epsilon import GREEK
from fsm2rnn.source.draft.holding import require_names

# JFLAP asks for coordinates: ten states in a row.
_ROW: Final = 10
_STEP: Final = 120

_NO_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TEXT: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
# Line breaks and tabs in an attribute would be read as blanks.
_ATTRIBUTE: Final = _TEXT | str.maketrans({'"': "&quot;", "\n": "&#10;", "\t": "&#9;"})


def machine_to_jff(machine: StateMachine) -> str:
    """Return the text that `read_jff` reads back as the machine in canonical numbering.

    Raises InputError for labels that are no strings or hold characters outside XML, and for blank symbols.
    """
    ordered = canonical(machine)
    kind = "mealy" if ordered.is_mealy else "fa" if ordered.is_acceptor else "moore"
    states = require_names("state", ordered.states, ".jff", _unwritable)
    letters = require_names("symbol", ordered.symbols, ".jff", _unwritable_symbol)
    symbols = [_text(name) for name in letters]
    if kind != "fa":
        require_names("output", ordered.output_labels, ".jff", _unwritable)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<structure>", f"<type>{kind}</type>"]
    if any(len(letter) != 1 or letter in GREEK for letter in letters):
        # JFLAP has no other letters than single signs: it consumes these labels as strings.
        lines.append("<labels>whole</labels>")
    lines.append("<automaton>")
    for number, name in enumerate(states):
        marks = "<initial/>" if number == 0 else ""
        if kind == "moore":
            marks += f"<output>{_text(ordered.outputs[number])}</output>"
        elif ordered.outputs[number] is True:
            marks += "<final/>"
        lines.append(f'<state id="{number}" name={_attribute(name)}>{_place(number)}{marks}</state>')
    answers = mealy_form(ordered).outputs
    for number, row in enumerate(ordered.table):
        for symbol, target, output in zip(symbols, row, answers[number], strict=True):
            out = "" if kind == "fa" else f"<transout>{_text(output)}</transout>"
            ends = f"<from>{number}</from><to>{target}</to>"
            lines.append(f"<transition>{ends}<read>{symbol}</read>{out}</transition>")
    lines += ["</automaton>", "</structure>"]
    return "".join(f"{line}\n" for line in lines)


def _place(number: int) -> str:
    return f"<x>{_STEP * (number % _ROW)}.0</x><y>{_STEP * (number // _ROW)}.0</y>"


def _text(name: str) -> str:
    return name.translate(_TEXT)


def _attribute(name: str) -> str:
    return f'"{name.translate(_ATTRIBUTE)}"'


def _unwritable(name: str) -> str | None:
    found = _NO_XML.search(name)
    return f"XML has no character {found[0]!a}" if found else None


def _unwritable_symbol(name: str) -> str | None:
    return _unwritable(name) if name.strip() else "a blank label means no symbol"
