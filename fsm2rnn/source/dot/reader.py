"""State machines in DOT, in the dialects of AALpy and of ordinary drawings: acceptor, Moore and Mealy.

Every edge label with a slash makes a Mealy machine, a bar in a node label a Moore machine, a double circle or an end
mark an acceptor; without any of these, node labels that repeat are Moore outputs, and so is what ends all of them
behind a slash or on a second line. Labels may list letters (see
`labels`), an acceptor may be non-deterministic with epsilon moves, and starts are marked as `marks` says. In a
drawing named MONA_DFA labels are conditions (see `guards`). A graph attribute `machine=acceptor`, `machine=moore` or
`machine=mealy`, which the writer sets, settles the kind beforehand, and that each label is one letter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final, NoReturn, final

from fsm2rnn.errors import InputError
from fsm2rnn.machine.labels import Label
from fsm2rnn.machine.reachable import canonical
from fsm2rnn.source.dot.graph import Edge, Graph, Node, parse_graph
from fsm2rnn.source.dot.guards import GRAPH, guarded_moves
from fsm2rnn.source.dot.labels import (
    Drawn,
    Move,
    PieceReader,
    acceptor_piece,
    conflicting,
    mealy_piece,
    moves_of,
    require_single,
)
from fsm2rnn.source.dot.marks import choose_starts, find_marks, is_accepting
from fsm2rnn.source.dot.openfst import GRAPH as OPENFST
from fsm2rnn.source.dot.openfst import plain_edges
from fsm2rnn.source.dot.tokens import Source
from fsm2rnn.source.dot.vcsn import CONTEXT, vcsn_split
from fsm2rnn.source.draft.acceptor import AcceptorDraft, acceptor
from fsm2rnn.source.draft.draft import Arc, Draft, assemble
from fsm2rnn.source.draft.label_lists import listed
from fsm2rnn.source.draft.reading import Labels, Notes, Reading, ReadOptions

ATTRIBUTE: Final = "machine"
"""The graph attribute that names the kind."""


_NAMED_OUTPUT: Final = re.compile(r"\s*(?P<name>[^/\n]*[^/\s])\s*[/\n]\s*(?P<output>[^/\n]*[^/\s])\s*")


@final
class Kind(Enum):
    """What a graph is a drawing of."""

    ACCEPTOR = "acceptor"
    MOORE = "moore"
    MEALY = "mealy"


@final
@dataclass(frozen=True)
class _Drawing:
    """A graph without its marks: states in order of first mention, start indices, and edges between states."""

    file: str | None
    states: tuple[Node, ...]
    starts: tuple[int, ...]
    edges: tuple[Edge, ...]
    accepting: frozenset[str]
    notes: Notes

    def fail(self, message: str, line: int | None, hint: str | None = None) -> NoReturn:
        raise InputError(message, file=self.file, line=line, hint=hint)

    def accepts(self, node: Node) -> bool:
        return is_accepting(node) or node.name in self.accepting


def read_dot(text: str, file: str | None, options: ReadOptions) -> Reading:
    """Return the machine of a DOT text: states named by node names, symbols in order of appearance.

    A non-deterministic acceptor is determinised. Raises InputError with line and column for text that is no such
    graph, and with both lines for conflicting transitions; LimitError past `options.max_states` subsets.
    """
    graph = parse_graph(Source.of(text, file), options.part)
    declared = graph.attributes.get(ATTRIBUTE, "")
    if declared in {kind.value for kind in Kind}:
        # The writer says so: each label is one letter, and none means no symbol.
        chosen = frozenset[str]() if options.epsilon is None else options.epsilon
        options = replace(options, labels=options.labels or Labels.WHOLE, epsilon=chosen)
        return _BUILDERS[Kind(declared)](_drawing(graph, file, options), graph, options)
    drawing = _drawing(graph, file, options)
    if graph.name == OPENFST and options.labels is None:
        plain = plain_edges(drawing.edges, drawing.states, file, drawing.notes, options)
        kind = Kind.MEALY if plain.writes else Kind.ACCEPTOR
        return _BUILDERS[kind](replace(drawing, edges=plain.edges), graph, plain.options)
    kind = Kind.ACCEPTOR if graph.name in {GRAPH, OPENFST} else _kind(drawing)
    return _BUILDERS[kind](drawing, graph, options)


def _drawing(graph: Graph, file: str | None, options: ReadOptions) -> _Drawing:
    notes = Notes()
    if graph.hidden is not None:
        hidden = f"the edge {graph.hidden.source!r:.60} -> {graph.hidden.target!r:.60}"
        notes.add(f"{hidden} is not drawn, only placed: such edges are left out")
    marks = find_marks(graph, file, notes)
    states = [node for name, node in graph.nodes.items() if name not in marks.nodes]
    starts = choose_starts(graph, states, marks, options.start, notes)
    edges = (edge for edge in graph.edges if edge.source not in marks.nodes and edge.target not in marks.nodes)
    return _Drawing(file, tuple(states), tuple(starts), tuple(edges), frozenset(marks.accepting), notes)


def _kind(drawing: _Drawing) -> Kind:
    slashes = [("/" in line, edge) for edge in drawing.edges for line in (edge.label or "").split("\n") if line.strip()]
    if slashes and all(slash for slash, _ in slashes):
        return Kind.MEALY
    if any(node.record is not None for node in drawing.states):
        return Kind.MOORE
    if any(drawing.accepts(node) for node in drawing.states):
        return Kind.ACCEPTOR
    if any(slash for slash, _ in slashes):
        edge = next(edge for slash, edge in slashes if not slash)
        drawing.fail(f"the edge label {edge.label!r} has no '/output', others have", edge.line)
    labels = [node.label for node in drawing.states if node.label is not None]
    if len(set(labels)) < len(labels):
        drawing.notes.add("labels of states repeat: they are read as outputs of a Moore machine")
        return Kind.MOORE
    if labels and all(output is not None for output in _outputs_behind(drawing)):
        drawing.notes.add(f"labels of states such as {labels[0]!r:.60} end in an output: a Moore machine")
        return Kind.MOORE
    if drawing.states:
        drawing.notes.add("no state is drawn as accepting: the acceptor accepts no word")
    return Kind.ACCEPTOR


def _acceptor(drawing: _Drawing, graph: Graph, options: ReadOptions) -> Reading:
    draft = AcceptorDraft(drawing.file, notes=drawing.notes, starts=list(drawing.starts))
    for node in drawing.states:
        draft.state(node.name)
    if graph.name == GRAPH and options.labels is None:
        valuations = guarded_moves(drawing.edges, drawing.file, drawing.notes)
        for valuation in valuations.letters:
            draft.symbol(valuation)
        moves = valuations.moves
    else:
        moves = _moves(drawing, graph, options, acceptor_piece)
    branch = conflicting(moves)
    if branch is not None:
        ways = f"{branch.source!r:.60} has two ways out under {branch.letter!r:.60}"
        drawing.notes.add(f"{ways}: the acceptor is not deterministic, and was made so")
    draft.accepting = {index for index, node in enumerate(drawing.states) if drawing.accepts(node)}
    for move in moves:
        letter = None if move.letter is None else draft.symbol(move.letter)
        draft.arcs.append((draft.states[move.source], letter, draft.states[move.target], move.line))
    return acceptor(draft, options)


def _moore(drawing: _Drawing, graph: Graph, options: ReadOptions) -> Reading:
    moves = _moves(drawing, graph, options, acceptor_piece)
    for move in moves:
        if move.letter is None:
            drawing.fail(f"the edge {move.source!r} -> {move.target!r} reads no symbol", move.line, _ACCEPTORS_ONLY)
    return _deterministic(drawing, moves, _moore_outputs(drawing), options)


def _mealy(drawing: _Drawing, graph: Graph, options: ReadOptions) -> Reading:
    if any(drawing.accepts(node) for node in drawing.states):
        drawing.notes.add("every label has a slash: a Mealy machine, in which double circles say nothing")
    return _deterministic(drawing, _moves(drawing, graph, options, mealy_piece), None, options)


_ACCEPTORS_ONLY: Final = "only an acceptor may have epsilon moves and several starts"
_BUILDERS: Final = {Kind.ACCEPTOR: _acceptor, Kind.MOORE: _moore, Kind.MEALY: _mealy}


def _moves(drawing: _Drawing, graph: Graph, options: ReadOptions, read: PieceReader) -> list[Move]:
    split = vcsn_split(graph.attributes[CONTEXT]) if CONTEXT in graph.attributes else listed
    drawn = Drawn(drawing.file, len(drawing.states), drawing.edges, read, split, options, drawing.notes)
    moves = moves_of(drawn)
    require_single(list(dict.fromkeys(move.letter for move in moves if move.letter is not None)), moves, drawn)
    return moves


def _deterministic(
    drawing: _Drawing, moves: list[Move], outputs: tuple[Label, ...] | None, options: ReadOptions
) -> Reading:
    if len(drawing.starts) > 1:
        first, second = (drawing.states[index].name for index in drawing.starts[:2])
        drawing.fail(f"a second start {second!r:.60}; the first is {first!r:.60}", None, _ACCEPTORS_ONLY)
    index = {node.name: position for position, node in enumerate(drawing.states)}
    symbols: dict[str, int] = {}
    arcs = []
    for move in moves:
        letter = symbols.setdefault(str(move.letter), len(symbols))
        arcs.append(Arc(index[move.source], letter, index[move.target], move.line, move.output))
    start = drawing.starts[0] if drawing.starts else None
    draft = Draft(tuple(index), tuple(symbols), tuple(arcs), start, outputs, drawing.file)
    return drawing.notes.of(canonical(assemble(draft, options.complete)))


def _outputs_behind(drawing: _Drawing) -> list[str | None]:
    """Return the output in the label of each state, `name/output` or the second of two lines; None without one.

    The names are those of no two states.
    """
    labels = [_NAMED_OUTPUT.fullmatch(node.label or "") for node in drawing.states]
    names = [found["name"] for found in labels if found is not None]
    if len(set(names)) < len(drawing.states):
        return [None] * len(drawing.states)
    return [None if found is None else found["output"] for found in labels]


def _moore_outputs(drawing: _Drawing) -> tuple[Label, ...]:
    records = [node.record for node in drawing.states]
    if all(record is None for record in records):
        records = _outputs_behind(drawing)
    if all(record is None for record in records):
        records = [None if node.label is None else node.label.strip() for node in drawing.states]
    for node, output in zip(drawing.states, records, strict=True):
        if output is None:
            hint = 'a Moore state is written name [label="name|output"]'
            drawing.fail(f"the state {node.name!r} has no output, others have", node.line, hint)
    return tuple(records)
