"""JFLAP's XML format: finite automata (fa), Mealy and Moore machines, regular expressions (re).

States are named by their `name`, or q and their `id` where they have none; where names repeat, by both. Labels of an
automaton are consumed symbol by symbol (see `jff_labels`), through states of their own; a blank one is epsilon, and
an output left out is the empty string. An element `labels` with the text `whole`, which the writer sets, says that
each label is one letter.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Final, NoReturn, final

from fsm2rnn.choice import nearest_hint
from fsm2rnn.errors import InputError
from fsm2rnn.machine.reachable import canonical
from fsm2rnn.source.draft.acceptor import AcceptorDraft, acceptor
from fsm2rnn.source.draft.draft import Arc, Draft, assemble, fresh
from fsm2rnn.source.draft.label_lists import twofold
from fsm2rnn.source.draft.reading import Labels, Notes, Reading, ReadOptions
from fsm2rnn.source.file.jff_elements import Element, JffFile, parse_jff
from fsm2rnn.source.file.jff_expression import read_expression
from fsm2rnn.source.file.jff_labels import LabelReader, require_one_way, whole_letters

_TYPES: Final = ("fa", "mealy", "moore", "re")


@final
@dataclass
class _Drawing:
    """States by id, in file order; transitions by those numbers."""

    file: str | None
    notes: Notes = field(default_factory=Notes)
    numbers: dict[str, int] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    states: list[Element] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    moves: list[tuple[int, str, int, Element]] = field(default_factory=list)

    def fail(self, message: str, line: int | None, hint: str | None = None) -> NoReturn:
        raise InputError(message, file=self.file, line=line, hint=hint)


def read_jff(text: str, file: str | None, options: ReadOptions) -> Reading:
    """Return the machine of a JFLAP file, symbols by first appearance, numbered breadth first.

    A non-deterministic automaton is determinised; a Mealy or Moore machine must be deterministic. Raises
    InputError with the line, LimitError past `options.max_states` subsets.
    """
    found = parse_jff(text, file)
    if found.texts.get("labels") == Labels.WHOLE.value:
        chosen = frozenset[str]() if options.epsilon is None else options.epsilon
        options = replace(options, labels=options.labels or Labels.WHOLE, epsilon=chosen)
    if found.kind == "re":
        return read_expression(found.texts.get("expression", ""), file, found.kind_line, options)
    drawing = _drawing(found, file, options.start)
    reader = LabelReader(file, options, drawing.notes)
    if found.kind == "fa":
        return _automaton(drawing, reader)
    return _transducer(drawing, reader, None if found.kind == "mealy" else _moore_outputs(drawing))


def _drawing(found: JffFile, file: str | None, start: str | None) -> _Drawing:
    drawing = _Drawing(file)
    if found.kind not in _TYPES:
        said = "no <type>" if found.kind is None else f"the type {found.kind!r:.60}"
        hint = "read are fa, mealy, moore and re; " + nearest_hint((found.kind or "")[:60], _TYPES)
        drawing.fail(f"{said} in <structure>", found.kind_line, hint)
    for element in found.elements:
        if element.kind == "state":
            _add_state(drawing, element)
    _tell_apart(drawing)
    if start is not None:
        drawing.starts = [_named(drawing, start)]
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
    drawing.numbers[number] = len(drawing.states)
    drawing.names.append(name)
    if "initial" in element.children:
        drawing.starts.append(len(drawing.states))
    drawing.states.append(element)


def _tell_apart(drawing: _Drawing) -> None:
    """Give states of one name their ids as well: JFLAP knows states by id alone."""
    count = Counter(drawing.names)
    twice = {name for name, times in count.items() if times > 1}
    if not twice:
        return
    taken = dict.fromkeys(name for name in drawing.names if name not in twice)
    for number, (identity, name) in enumerate(zip(drawing.numbers, drawing.names, strict=True)):
        if name in twice:
            drawing.names[number] = _fresh(f"{name} (id {identity})", taken)
            taken[drawing.names[number]] = None
    name = next(name for name in count if name in twice)
    drawing.notes.add(f"{count[name]} states are named {name!r:.60}; their ids tell states of one name apart")


def _fresh(name: str, taken: dict[str, None]) -> str:
    return name if name not in taken else fresh(name, list(taken))


def _named(drawing: _Drawing, start: str) -> int:
    """Return the state of that name, or else of that id."""
    if start in drawing.names:
        return drawing.names.index(start)
    if start in drawing.numbers:
        return drawing.numbers[start]
    return drawing.fail(f"no state is named {start!r:.60}", None, nearest_hint(start[:60], drawing.names[:1000]))


def _end(drawing: _Drawing, element: Element, side: str) -> int:
    if side not in element.children:
        drawing.fail(f"a transition without <{side}>", element.line)
    number = element.children[side].strip()
    if number not in drawing.numbers:
        hint = nearest_hint(number[:60], list(drawing.numbers)[:1000])
        drawing.fail(f"<{side}> names no state: the id {number!r:.60}", element.line, hint)
    return drawing.numbers[number]


def _automaton(drawing: _Drawing, reader: LabelReader) -> Reading:
    states = {name: number for number, name in enumerate(drawing.names)}
    draft = AcceptorDraft(drawing.file, states=states, starts=drawing.starts, notes=drawing.notes)
    draft.accepting = {number for number, state in enumerate(drawing.states) if "final" in state.children}
    for source, label, target, element in drawing.moves:
        for word in reader.words(label, element.line):
            _add_word(draft, (source, drawing.names[source]), word, target, element.line)
    pair = twofold(list(draft.symbols)) if reader.options.labels is not None else None
    if pair is not None and len({arc[:2] for arc in draft.arcs}) < len(draft.states) * len(draft.symbols):
        message = f"{pair[0]!r:.60} and {pair[1]!r:.60} are both letters, and transitions are missing"
        drawing.fail(message, None, "--labels list reads the second as the letters it lists")
    return acceptor(draft, reader.options)


def _add_word(draft: AcceptorDraft, leaving: tuple[int, str], word: list[str], target: int, line: int) -> None:
    """Add a way that reads a word, through a new state after each of its letters but the last."""
    source, name = leaving
    if not word:
        draft.arcs.append((source, None, target, line))
    for place, letter in enumerate(word, start=1):
        reached = target if place == len(word) else draft.between(name)
        draft.arcs.append((source, draft.symbol(letter), reached, line))
        source = reached


def _moore_outputs(drawing: _Drawing) -> tuple[str, ...]:
    return tuple(state.children.get("output", "") for state in drawing.states)


def _transducer(drawing: _Drawing, reader: LabelReader, outputs: tuple[str, ...] | None) -> Reading:
    if len(drawing.starts) > 1:
        second = drawing.states[drawing.starts[1]]
        drawing.fail("a second initial state", second.line, "only a type fa may have several")
    symbols: dict[str, int] = {}
    arcs = []
    for source, label, target, element in drawing.moves:
        output = element.children.get("transout", "") if outputs is None else None
        arcs += [
            Arc(source, symbols.setdefault(letter, len(symbols)), target, element.line, output)
            for letter in whole_letters(label, element.line, reader)
        ]
    require_one_way(list(symbols), reader)
    start = drawing.starts[0] if drawing.starts else None
    draft = Draft(tuple(drawing.names), tuple(symbols), tuple(arcs), start, outputs, drawing.file)
    return drawing.notes.of(canonical(assemble(draft, reader.options.complete)))
