r"""A machine as DOT in AALpy's dialect: double circles, labels `{ state | output }`, or edges `symbol/output`.

The graph attribute `machine` says which of the three, so that symbols with slashes mislead no reader. A name stands
without quotes where Graphviz allows it, since AALpy's loader reads no other. In a node's name only a quote is
escaped; in labels also backslashes, and in records the characters { } | < >.
"""

from __future__ import annotations

import re
from typing import Final

from fsm2rnn.errors import InputError
from fsm2rnn.machine.reachable import canonical
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.source.dot.graph import KEYWORDS
from fsm2rnn.source.dot.marks import START
from fsm2rnn.source.dot.tokens import Source, TokenKind, identifier, tokenise
from fsm2rnn.source.draft.holding import require_names

_SPECIAL: Final = re.compile(r'[\\"{}|<>]')
_BARE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|[0-9]+")
_MARGIN: Final = re.compile(r"\A\s+|\s+\Z")


def machine_to_dot(machine: StateMachine) -> str:
    """Return the text that `read_dot` reads back as the machine in canonical numbering.

    Raises InputError for labels that are no strings, symbols that are blank at an end or have several
    lines, and states named as a start mark or with a backslash that a quoted name cannot hold.
    """
    ordered = canonical(machine)
    kind = "mealy" if ordered.is_mealy else "acceptor" if ordered.is_acceptor else "moore"
    states = [_quoted(name) for name in require_names("state", ordered.states, ".dot", _unwritable_state)]
    require_names("symbol", ordered.symbols, ".dot", _unwritable_symbol)
    if ordered.is_mealy:
        require_names("output", ordered.output_labels, ".dot", _unwritable_symbol)
    lines = ["digraph fsm {", f"machine={kind};"]
    if kind == "moore":
        outputs = require_names("output", ordered.outputs, ".dot", _unwritable_output)
        for name, plain, output in zip(states, ordered.states, outputs, strict=True):
            lines.append(f'{name} [label="{{ {_field(str(plain))} | {_field(output)} }}", shape=record];')
    else:
        shapes = ["doublecircle" if output is True else "circle" for output in ordered.outputs]
        for name, plain, shape in zip(states, ordered.states, shapes, strict=True):
            lines.append(f"{name} [label={_label(str(plain))}, shape={shape}];")
    for state, row in enumerate(ordered.table):
        labels = _edge_labels(ordered, state)
        lines += [f"{states[state]} -> {states[to]} [label={label}];" for label, to in zip(labels, row, strict=True)]
    lines += ['__start0 [label="", shape=none];', f"__start0 -> {states[0]};", "}"]
    return "".join(f"{line}\n" for line in lines)


def _edge_labels(machine: StateMachine, state: int) -> list[str]:
    """Return the symbols, in a Mealy machine each with what it gives in `state`."""
    if not machine.is_mealy:
        return [_label(str(symbol)) for symbol in machine.symbols]
    pairs = zip(machine.symbols, machine.outputs[state], strict=True)
    return [_label(f"{symbol}/{output}") for symbol, output in pairs]


def _quoted(name: str) -> str:
    if _BARE.fullmatch(name) and name.lower() not in KEYWORDS:
        return name
    escaped = name.replace('"', '\\"')
    return f'"{escaped}"'


def _label(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _field(text: str) -> str:
    r"""Return one field of a record label: special characters and blanks at the ends escaped, \n for line breaks."""
    escaped = _SPECIAL.sub(r"\\\g<0>", text)
    return _MARGIN.sub(lambda blanks: "".join(f"\\{blank}" for blank in blanks[0]), escaped).replace("\n", "\\n")


def _unwritable_state(name: str) -> str | None:
    if START.fullmatch(name):
        return "such a name marks the start"
    try:
        tokens = list(tokenise(Source.of(_quoted(name), None)))
    except InputError:
        tokens = []
    alone = len(tokens) == 2 and tokens[0].kind in {TokenKind.QUOTED, TokenKind.NAME}
    return None if alone and identifier(tokens[0]) == name else "a quoted name cannot hold that backslash"


def _unwritable_symbol(name: str) -> str | None:
    if "\n" in name:
        return "a label of several lines is several symbols"
    return None if name and name == name.strip() else "labels are read without blanks at their ends"


def _unwritable_output(name: str) -> str | None:
    return "a line break at an end is lost" if name != name.strip("\n") else None
