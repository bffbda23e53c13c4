"""State machines in DOT, in the dialects of AALpy and of ordinary drawings: acceptor, Moore and Mealy.

The start is the target of the edge from `__start0` (or `__start`, or an unlabelled point), else the first
state. Every edge label with a slash makes a Mealy machine, a bar in a node label a Moore machine,
a double circle an acceptor; without any of these, node labels that repeat are Moore outputs. A graph attribute
`machine=acceptor`, `machine=moore` or `machine=mealy` settles the question beforehand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, NoReturn, final

from fsm2rnn.errors import InputError
from fsm2rnn.machine.labels import Label
from fsm2rnn.machine.reachable import canonical
from fsm2rnn.source.draft.draft import Arc, Draft, assemble
from fsm2rnn.source.draft.reading import Reading, ReadOptions
from fsm2rnn.source.file.dot_graph import Edge, Graph, Node, parse_graph
from fsm2rnn.source.file.dot_tokens import Source

START: Final = re.compile(r"__start\d*")
"""The names of the node that marks the start."""

_POINTS: Final = ("point", "none")


@final
class Kind(Enum):
    """What a graph is a drawing of."""

    ACCEPTOR = "acceptor"
    MOORE = "moore"
    MEALY = "mealy"


@final
@dataclass
class _Drawing:
    """A graph without its start marks: states in order of first mention, edges with their labels split."""

    file: str | None
    states: list[Node]
    start: int | None
    edges: list[tuple[Edge, list[str]]] = field(default_factory=list)

    def fail(self, message: str, line: int, hint: str | None = None) -> NoReturn:
        raise InputError(message, file=self.file, line=line, hint=hint)


def read_dot(text: str, file: str | None, options: ReadOptions) -> Reading:
    """Return the machine of a DOT text: states named by node names, symbols in order of appearance.

    An edge label of several lines is one symbol per line. Raises InputError with line and column for
    text that is no such graph, and with both lines for conflicting transitions.
    """
    source = Source.of(text, file)
    graph = parse_graph(source)
    drawing = _drawing(graph, file)
    declared = graph.attributes.get("machine", "")
    kind = Kind(declared) if declared in {known.value for known in Kind} else _kind(drawing)
    outputs = _OUTPUTS[kind](drawing)
    index = {node.name: position for position, node in enumerate(drawing.states)}
    symbols: dict[str, int] = {}
    arcs = []
    for edge, pieces in drawing.edges:
        for piece in pieces:
            symbol, output = _split(drawing, edge, piece) if kind is Kind.MEALY else (piece, None)
            letter = symbols.setdefault(symbol, len(symbols))
            arcs.append(Arc(index[edge.source], letter, index[edge.target], edge.line, output))
    names = tuple(node.name for node in drawing.states)
    draft = Draft(names, tuple(symbols), tuple(arcs), drawing.start, outputs, file)
    return Reading(canonical(assemble(draft, options.complete)))


def _drawing(graph: Graph, file: str | None) -> _Drawing:
    marks = _start_marks(graph)
    states = [node for name, node in graph.nodes.items() if name not in marks]
    drawing = _Drawing(file, states, 0 if states else None)
    starts = [edge for edge in graph.edges if edge.source in marks]
    for edge in starts:
        if edge.target in marks or edge.target != starts[0].target:
            drawing.fail(f"a second start {edge.target!r}; the first is {starts[0].target!r}", edge.line)
    if starts:
        drawing.start = next(index for index, node in enumerate(states) if node.name == starts[0].target)
    for edge in graph.edges:
        if edge.source not in marks:
            if edge.target in marks:
                drawing.fail(f"an edge leads into the start mark {edge.target!r}", edge.line)
            drawing.edges.append((edge, _pieces(drawing, edge)))
    return drawing


def _start_marks(graph: Graph) -> set[str]:
    """Return the nodes that only point at the start: __start0, or a bare point with one unlabelled edge out."""
    entered = {edge.target for edge in graph.edges}
    labels: dict[str, list[str | None]] = {}
    for edge in graph.edges:
        labels.setdefault(edge.source, []).append(edge.label)
    return {
        name
        for name, node in graph.nodes.items()
        if START.fullmatch(name)
        or (node.shape in _POINTS and name not in entered and labels.get(name) in ([None], [""]))
    }


def _pieces(drawing: _Drawing, edge: Edge) -> list[str]:
    pieces = [piece.strip() for piece in (edge.label or "").split("\n")]
    found = [piece for piece in pieces if piece]
    if not found:
        message = f"the edge {edge.source!r} -> {edge.target!r} has no label"
        drawing.fail(message, edge.line, "only the edge from __start0 has none; empty words are not read")
    return found


def _kind(drawing: _Drawing) -> Kind:
    slashes = [("/" in piece, edge) for edge, pieces in drawing.edges for piece in pieces]
    if slashes and all(slash for slash, _ in slashes):
        return Kind.MEALY
    if any(node.record is not None for node in drawing.states):
        return Kind.MOORE
    if any(_is_accepting(node) for node in drawing.states):
        return Kind.ACCEPTOR
    if any(slash for slash, _ in slashes):
        edge = next(edge for slash, edge in slashes if not slash)
        drawing.fail(f"the edge label {edge.label!r} has no '/output', others have", edge.line)
    labels = [node.label for node in drawing.states if node.label is not None]
    return Kind.MOORE if len(set(labels)) < len(labels) else Kind.ACCEPTOR


def _is_accepting(node: Node) -> bool:
    return node.shape == "doublecircle" or node.peripheries == "2"


def _acceptor_outputs(drawing: _Drawing) -> tuple[Label, ...] | None:
    return tuple(_is_accepting(node) for node in drawing.states)


def _moore_outputs(drawing: _Drawing) -> tuple[Label, ...] | None:
    records = [node.record for node in drawing.states]
    if all(record is None for record in records):
        records = [None if node.label is None else node.label.strip() for node in drawing.states]
    for node, output in zip(drawing.states, records, strict=True):
        if output is None:
            hint = 'a Moore state is written name [label="name|output"]'
            drawing.fail(f"the state {node.name!r} has no output, others have", node.line, hint)
    return tuple(records)


def _mealy_outputs(_: _Drawing) -> tuple[Label, ...] | None:
    return None


_OUTPUTS: Final = {Kind.ACCEPTOR: _acceptor_outputs, Kind.MOORE: _moore_outputs, Kind.MEALY: _mealy_outputs}


def _split(drawing: _Drawing, edge: Edge, piece: str) -> tuple[str, str]:
    """Return input and output of "in / out", split at the first slash as AALpy does."""
    symbol, _, output = piece.partition("/")
    if not symbol.strip():
        drawing.fail(f"the edge label {piece!r} has no input before '/'", edge.line)
    return symbol.strip(), output.strip()
