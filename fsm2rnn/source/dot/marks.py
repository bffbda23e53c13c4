"""What in a drawing is no state: marks of starts and ends, and legends; and which state starts.

A mark of a start is a node that only points at states: `__start0`, or one that is drawn as a point, as bare text or
not at all, with edges that have no label or the label `start`; nothing leads into it. A mark of an end is a point with
unlabelled edges into it and none out of it, as Vcsn draws final states. A legend is such a node without edges.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final, final

from fsm2rnn.errors import InputError
from fsm2rnn.source.dot.arrows import unseen
from fsm2rnn.source.dot.graph import Edge, Graph, Node
from fsm2rnn.source.draft.reading import Notes

START: Final = re.compile(r"__start\d*")
"""The names of the node that marks the start."""

_UNDRAWN: Final = {"point", "none", "plaintext", "plain", "invis", "invisible"}
_DOUBLE: Final = {"doublecircle", "doubleoctagon", "tripleoctagon"}
_SEVERAL: Final = re.compile(r"0*([2-9]|[1-9][0-9]+)")
_NAMES: Final = {"", "start", "init", "initial", "begin", "entry"}
_LABELS: Final = {"", "start", "init", "initial"}


@final
@dataclass
class Marks:
    """Names of nodes that are no states, the edges from start marks, and the states that end marks accept."""

    file: str | None
    starts: list[Edge] = field(default_factory=list)
    accepting: set[str] = field(default_factory=set)
    nodes: set[str] = field(default_factory=set)


def find_marks(graph: Graph, file: str | None, notes: Notes) -> Marks:
    """Return the marks of a drawing; InputError for an edge into a start mark or from one to an end mark."""
    found = Marks(file)
    entered, left, sources = _incidence(graph)
    ends: set[str] = set()
    for name, node in graph.nodes.items():
        into, out = entered.get(name, []), left.get(name, [])
        if START.fullmatch(name) or (not into and out and _points(node, out, sources, notes)):
            found.nodes.add(name)
            found.starts += out
        elif _undrawn(node) and not out and all(not (edge.label or "").strip() for edge in into):
            _accept(found, name, into, notes)
            ends.add(name)
    for edge in graph.edges:
        if edge.target in found.nodes or (edge.target in ends and edge.source in found.nodes):
            what = f"an edge leads into the start mark {edge.target!r:.60}"
            message = what if edge.target in found.nodes else f"the start mark {edge.source!r:.60} points at no state"
            raise InputError(message, file=file, line=edge.line)
    found.nodes |= ends
    return found


def _incidence(graph: Graph) -> tuple[dict[str, list[Edge]], dict[str, list[Edge]], dict[str, set[str]]]:
    """Return the edges into and out of each node, and the nodes that edges of each label leave."""
    entered: dict[str, list[Edge]] = {}
    left: dict[str, list[Edge]] = {}
    sources: dict[str, set[str]] = {}
    for edge in graph.edges:
        entered.setdefault(edge.target, []).append(edge)
        left.setdefault(edge.source, []).append(edge)
        sources.setdefault((edge.label or "").strip().lower(), set()).add(edge.source)
    return entered, left, sources


def _accept(found: Marks, name: str, into: list[Edge], notes: Notes) -> None:
    found.accepting |= {edge.source for edge in into}
    if into:
        notes.add(f"{name!r:.60} is no state: states with an edge into such a mark accept")
    else:
        notes.add(f"{name!r:.60} is no state: it is drawn as text or not at all and has no edges")


def _undrawn(node: Node) -> bool:
    return node.shape.lower() in _UNDRAWN or unseen(node.style)


def _points(node: Node, out: list[Edge], sources: dict[str, set[str]], notes: Notes) -> bool:
    """Whether a node that nothing leads into marks the start; `sources` says which nodes edges of a label leave."""
    labels = {(edge.label or "").strip().lower() for edge in out}
    if not labels <= _LABELS or any(label and sources[label] != {node.name} for label in labels):
        return False
    if _undrawn(node):
        return True
    if is_accepting(node):
        return False
    named = node.name.lower() in _NAMES or (node.label is not None and node.label.strip().lower() in _NAMES)
    if named:
        notes.add(f"{node.name!r:.60} is no state: its edge marks the start")
    return named


def choose_starts(graph: Graph, states: list[Node], marks: Marks, asked: str | None, notes: Notes) -> list[int]:
    """Return the indices of the start states: asked for, marked, drawn as such, or else the first mentioned.

    Raises InputError for a name asked for that no state or several have, and where only the first mention is left and
    it stands in a list of states of one shape, not where the drawing begins.
    """
    if asked is not None:
        return [_named(states, asked)]
    number = {node.name: index for index, node in enumerate(states)}
    marked = list(dict.fromkeys(number[edge.target] for edge in marks.starts))
    if marked or not states:
        return marked
    for told, chosen in (
        ("has the attribute that says so", [index for index, node in enumerate(states) if node.root]),
        ("alone is drawn bold", [index for index, node in enumerate(states) if "bold" in node.style.lower()]),
    ):
        if len(chosen) == 1:
            notes.add(f"the start is {states[chosen[0]].name!r:.60}, which {told}")
            return chosen
    first = states[0]
    leaving = next((edge.source for edge in graph.edges if edge.source in number), first.name)
    if first.listed and leaving != first.name:
        message = (
            f"no start is marked: the first state mentioned, {first.name!r:.60}, stands in a list of states of the "
            f"shape {first.shape!r:.20}, and the first edge leaves {leaving!r:.60}"
        )
        raise InputError(message, file=marks.file, line=first.line, hint="--start STATE names the start")
    notes.add(f"no start is marked; taken is {first.name!r:.60}, the first state mentioned (--start names another)")
    return [0]


def _named(states: list[Node], asked: str) -> int:
    """Return the index of the state of that name, else of the one state of that label."""
    found = [index for index, node in enumerate(states) if node.name == asked]
    found = found or [index for index, node in enumerate(states) if node.label is not None and node.label == asked]
    if len(found) == 1:
        return found[0]
    from_names = ", ".join(repr(node.name) for node in states[:10])
    message = f"{'several states are' if found else 'no state is'} named {asked!r:.60}"
    raise InputError(message, hint=f"the states are {from_names}{', ...' if len(states) > 10 else ''}")


def is_accepting(node: Node) -> bool:
    """Whether a state is drawn with two lines around it, or more."""
    return node.shape.lower() in _DOUBLE or _SEVERAL.fullmatch(node.peripheries) is not None
