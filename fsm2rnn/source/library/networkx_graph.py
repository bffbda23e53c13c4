"""The one entrance of networkx: directed multigraphs with labelled edges as machines, and back."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import networkx as nx  # type: ignore[import-untyped]

from fsm2rnn.choice import choose_member, nearest_hint
from fsm2rnn.errors import InputError
from fsm2rnn.machine.labels import Label, label_text
from fsm2rnn.machine.reachable import canonical
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.source.draft.draft import Arc, Completion, Draft, assemble


def from_networkx(
    graph: nx.MultiDiGraph,
    *,
    start: Label,
    symbol: str = "label",
    output: str = "output",
    accepting: str = "accepting",
    complete: Completion | str = Completion.ERROR,
) -> StateMachine:
    """Return the machine of a directed graph whose nodes are states and whose edges carry one symbol each.

    Symbols stand in the order of the graph attribute `symbols`, then by first appearance. Nodes with the
    attribute `output` make a Moore machine, with `accepting` an acceptor (left out: False), else the machine
    outputs its state. Raises InputError for an undirected graph, a start that is no node, an edge without
    symbol, conflicting transitions, and missing ones under Completion.ERROR.
    """
    if not isinstance(graph, nx.DiGraph):
        message = f"a {type(graph).__name__} has no directed edges"
        raise InputError(message, hint="use networkx.MultiDiGraph")
    states = tuple(graph.nodes)
    number = {state: index for index, state in enumerate(states)}
    if start not in number:
        message = f"the start {start!r} is no node"
        raise InputError(message, hint=nearest_hint(str(start), [label_text(state) for state in states]))
    symbols = {name: index for index, name in enumerate(graph.graph.get("symbols", ()))}
    arcs = []
    for source, target, data in graph.edges(data=True):
        letter = _symbol(data, symbol, source, target)
        arcs.append(Arc(number[source], symbols.setdefault(letter, len(symbols)), number[target]))
    outputs = _outputs(dict(graph.nodes(data=True)), output, accepting)
    return canonical(
        assemble(
            Draft(states, tuple(symbols), tuple(arcs), number[start], outputs),
            choose_member("completion", complete, Completion),
        )
    )


def to_networkx(machine: StateMachine) -> nx.MultiDiGraph:
    """Return the graph from which `from_networkx` builds the machine again, numbered breadth first.

    Nodes carry `output`, and `accepting` in an acceptor, edges `label`, the graph itself `start` and `symbols`.
    Raises InputError for a state named None, which networkx does not take as a node.
    """
    if None in machine.states:
        message = "a graph of networkx cannot have the node None"
        raise InputError(message)
    graph = nx.MultiDiGraph(start=machine.states[machine.start], symbols=machine.symbols)
    for state, output in zip(machine.states, machine.outputs, strict=True):
        graph.add_node(state, output=output, **({"accepting": output} if machine.is_acceptor else {}))
    for state, row in zip(machine.states, machine.table, strict=True):
        for symbol, target in zip(machine.symbols, row, strict=True):
            graph.add_edge(state, machine.states[target], label=symbol)
    return graph


def _symbol(data: Mapping[str, Any], key: str, source: Hashable, target: Hashable) -> Hashable:
    letter = data.get(key)
    if key not in data or not isinstance(letter, Hashable):
        message = f"the edge {source!r} -> {target!r} has no attribute {key!r} to name its symbol"
        raise InputError(message, hint="one edge per symbol, in a MultiDiGraph")
    return letter


def _outputs(nodes: Mapping[Hashable, Mapping[str, Any]], output: str, accepting: str) -> tuple[Label, ...]:
    if any(output in data for data in nodes.values()):
        for state, data in nodes.items():
            if output not in data:
                message = f"the node {state!r} has no attribute {output!r}, others have"
                raise InputError(message)
        return tuple(data[output] for data in nodes.values())
    if any(accepting in data for data in nodes.values()):
        return tuple(bool(data.get(accepting)) for data in nodes.values())
    return tuple(nodes)
