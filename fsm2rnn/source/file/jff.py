"""JFLAP's XML format: finite automata (fa), Mealy and Moore machines.

States are named by their `name`, or q and their `id` where they have none. A label is kept as it stands;
a blank one is epsilon in an automaton, and an output left out is the empty string.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, NoReturn, final

from fsm2rnn.choice import nearest_hint
from fsm2rnn.errors import InputError
from fsm2rnn.machine.reachable import canonical
from fsm2rnn.source.draft.acceptor import AcceptorDraft, acceptor
from fsm2rnn.source.draft.draft import Arc, Draft, assemble
from fsm2rnn.source.draft.reading import Reading, ReadOptions
from fsm2rnn.source.file.jff_elements import Element, JffFile, parse_jff

_TYPES: Final = ("fa", "mealy", "moore")


@final
@dataclass
class _Drawing:
    """States by id, in file order; transitions by those numbers."""

    file: str | None
    numbers: dict[str, int] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=dict)
    states: list[Element] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    moves: list[tuple[int, str, int, Element]] = field(default_factory=list)

    def fail(self, message: str, line: int, hint: str | None = None) -> NoReturn:
        raise InputError(message, file=self.file, line=line, hint=hint)


def read_jff(text: str, file: str | None, options: ReadOptions) -> Reading:
    """Return the machine of a JFLAP file, symbols by first appearance, numbered breadth first.

    A non-deterministic automaton is determinised; a Mealy or Moore machine must be deterministic. Raises
    InputError with the line, LimitError past `options.max_states` subsets.
    """
    found = parse_jff(text, file)
    drawing = _drawing(found, file)
    if found.kind == "fa":
        return _automaton(drawing, options)
    return _transducer(drawing, options, mealy=found.kind == "mealy")


def _drawing(found: JffFile, file: str | None) -> _Drawing:
    drawing = _Drawing(file)
    if found.kind not in _TYPES:
        said = "no <type>" if found.kind is None else f"the type {found.kind!r:.60}"
        hint = "read are fa, mealy and moore; " + nearest_hint((found.kind or "")[:60], _TYPES)
        drawing.fail(f"{said} in <structure>", found.kind_line, hint)
    for element in found.elements:
        if element.kind == "state":
            _add_state(drawing, element)
    for element in found.elements:
        if element.kind == "transition":
            source, target = _end(drawing, element, "from"), _end(drawing, element, "to")
            drawing.moves.append((source, element.children.get("read", ""), target, element))
    return drawing


def _add_state(drawing: _Drawing, element: Element) -> None:
    number = element.attributes.get("id", "").strip()
    name = element.attributes.get("name", f"q{number}")
    if not number or number in drawing.numbers:
        drawing.fail(f"the state {name!r:.60} has no id of its own: {number!r:.60}", element.line)
    if name in drawing.names:
        drawing.fail(f"the state {name!r:.60} is named twice", element.line)
    drawing.numbers[number] = drawing.names[name] = len(drawing.states)
    if "initial" in element.children:
        drawing.starts.append(len(drawing.states))
    drawing.states.append(element)


def _end(drawing: _Drawing, element: Element, side: str) -> int:
    if side not in element.children:
        drawing.fail(f"a transition without <{side}>", element.line)
    number = element.children[side].strip()
    if number not in drawing.numbers:
        hint = nearest_hint(number[:60], list(drawing.numbers)[:1000])
        drawing.fail(f"<{side}> names no state: the id {number!r:.60}", element.line, hint)
    return drawing.numbers[number]


def _automaton(drawing: _Drawing, options: ReadOptions) -> Reading:
    draft = AcceptorDraft(drawing.file, states=drawing.names, starts=drawing.starts)
    draft.accepting = {number for number, state in enumerate(drawing.states) if "final" in state.children}
    for source, label, target, element in drawing.moves:
        letter = draft.symbol(label) if label.strip() else None
        draft.arcs.append((source, letter, target, element.line))
    return acceptor(draft, options)


def _transducer(drawing: _Drawing, options: ReadOptions, *, mealy: bool) -> Reading:
    if len(drawing.starts) > 1:
        second = drawing.states[drawing.starts[1]]
        drawing.fail("a second initial state", second.line, "only a type fa may have several")
    symbols: dict[str, int] = {}
    arcs = []
    for source, label, target, element in drawing.moves:
        if not label.strip():
            drawing.fail("a transition that reads nothing", element.line, "only a type fa may have epsilon moves")
        output = element.children.get("transout", "") if mealy else None
        arcs.append(Arc(source, symbols.setdefault(label, len(symbols)), target, element.line, output))
    outputs = None if mealy else tuple(state.children.get("output", "") for state in drawing.states)
    start = drawing.starts[0] if drawing.starts else None
    draft = Draft(tuple(drawing.names), tuple(symbols), tuple(arcs), start, outputs, drawing.file)
    return Reading(canonical(assemble(draft, options.complete)))
