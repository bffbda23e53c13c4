"""The directed graph that a DOT file states: nodes and edges with labels and shapes, in file order."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Final, final

from fsm2rnn.source.file.dot_tokens import Source, Token, TokenKind, identifier, label, record_output, tokenise

KEYWORDS: Final = ("node", "edge", "graph", "digraph", "subgraph", "strict")
_NO_SUBGRAPHS: Final = "subgraphs are not read"


@final
@dataclass
class Node:
    """A node with the attributes that matter; `label` is None where none is given, `record` where it has no bar."""

    name: str
    line: int
    label: str | None = None
    record: str | None = None
    shape: str = ""
    peripheries: str = ""


@final
@dataclass(frozen=True)
class Edge:
    """An edge from the node `source` to the node `target`; `label` is None where none is given."""

    source: str
    target: str
    label: str | None
    line: int


@final
@dataclass
class Graph:
    """Nodes by name in order of first mention, edges in file order, and the graph's own attributes."""

    nodes: dict[str, Node] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)


def parse_graph(source: Source) -> Graph:
    """Return the digraph of a DOT text, in linear time and without recursion.

    Raises InputError with line and column for text outside the subset: undirected graphs, subgraphs,
    more than one graph.
    """
    parser = _Parser(source)
    parser.header()
    while not parser.accept("}"):
        parser.statement()
    token = parser.here
    if token.kind is not TokenKind.END:
        source.fail("text after the graph's closing brace; expected one graph", token.offset)
    return parser.graph


@final
class _Parser:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.tokens = tokenise(source)
        self.position = 0
        self.graph = Graph()
        self.node_defaults: dict[str, Token] = {}

    @property
    def here(self) -> Token:
        return self.tokens[self.position]

    def next(self) -> Token:
        token = self.here
        if token.kind is TokenKind.END:
            self.source.fail("the file ends inside the graph", token.offset, "is a closing brace missing?")
        self.position += 1
        return token

    def accept(self, mark: str) -> bool:
        found = self.here.kind is TokenKind.MARK and self.here.text == mark
        self.position += found
        return found

    def expect(self, mark: str) -> None:
        if not self.accept(mark):
            token = self.here
            found = token.kind.value if token.kind is TokenKind.END else repr(token.text[:40])
            self.source.fail(f"expected {mark!r}, found {found}", token.offset)

    def accept_keyword(self, *words: str) -> str:
        token = self.here
        if token.kind is TokenKind.NAME and token.text.lower() in words:
            self.position += 1
            return token.text.lower()
        return ""

    def name(self) -> Token:
        token = self.next()
        if token.kind is TokenKind.MARK:
            hint = _NO_SUBGRAPHS if token.text == "{" else None
            self.source.fail(f"expected a name, found {token.text!r}", token.offset, hint)
        if token.kind is TokenKind.QUOTED:
            return self._concatenated(token)
        return token

    def _concatenated(self, token: Token) -> Token:
        """Return "a" + "b" as one string."""
        parts = [token.text]
        while self.here[:2] == (TokenKind.NAME, "+") and self.tokens[self.position + 1].kind is TokenKind.QUOTED:
            parts.append(self.tokens[self.position + 1].text)
            self.position += 2
        return token._replace(text="".join(parts))

    def header(self) -> None:
        self.accept_keyword("strict")
        token = self.here
        word = self.accept_keyword("digraph", "graph")
        if word != "digraph":
            hint = "only directed graphs are read" if word else None
            self.source.fail("expected 'digraph'", token.offset, hint)
        if not self.accept("{"):
            self.name()
            self.expect("{")

    def statement(self) -> None:
        if self.accept(";") or self.accept(","):
            return
        token = self.here
        word = self.accept_keyword(*KEYWORDS)
        if word in {"node", "edge", "graph"}:
            attributes = self.attributes()
            if word == "node":
                self.node_defaults.update(attributes)
        elif word:
            self.source.fail(f"{word!r} inside the graph", token.offset, _NO_SUBGRAPHS)
        else:
            self.node_or_edge()

    def node_or_edge(self) -> None:
        first = self.name()
        if self.accept("="):
            self.graph.attributes[identifier(first)] = identifier(self.name())
            return
        chain = [self.node(first)]
        while self.arrow():
            chain.append(self.node(self.name()))
        attributes = self.attributes()
        if len(chain) == 1:
            _describe(chain[0], attributes)
            return
        text = label(attributes["label"]) if "label" in attributes else None
        line = self.source.line(first.offset)
        for left, right in itertools.pairwise(chain):
            self.graph.edges.append(Edge(left.name, right.name, text, line))

    def arrow(self) -> bool:
        token = self.here
        if self.accept("--"):
            self.source.fail("an undirected edge '--' in a directed graph", token.offset, "write '->'")
        return self.accept("->")

    def node(self, token: Token) -> Node:
        """Return the node that a name stands for, created with the defaults of here where it is new."""
        for _ in range(2):  # a port and a compass point
            if self.accept(":"):
                self.name()
        name = identifier(token)
        if name not in self.graph.nodes:
            self.graph.nodes[name] = Node(name, self.source.line(token.offset))
            defaults = {key: value for key, value in self.node_defaults.items() if key != "label"}
            _describe(self.graph.nodes[name], defaults)
        return self.graph.nodes[name]

    def attributes(self) -> dict[str, Token]:
        found: dict[str, Token] = {}
        while self.accept("["):
            while not self.accept("]"):
                if self.accept(",") or self.accept(";"):
                    continue
                key = identifier(self.name())
                self.expect("=")
                found[key] = self.name()
        return found


def _describe(node: Node, attributes: dict[str, Token]) -> None:
    if "label" in attributes:
        node.label = label(attributes["label"])
        node.record = record_output(attributes["label"])
    if "shape" in attributes:
        node.shape = identifier(attributes["shape"])
    if "peripheries" in attributes:
        node.peripheries = identifier(attributes["peripheries"])
