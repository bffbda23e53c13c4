"""The directed graph that a DOT file states: nodes and edges with labels and shapes, in file order."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, final

from fsm2rnn.errors import LimitError
from fsm2rnn.source.dot.arrows import Heads, heads
from fsm2rnn.source.dot.tokens import Source, Token, TokenKind, identifier, label, record_output, tokenise

KEYWORDS: Final = ("node", "edge", "graph", "digraph", "subgraph", "strict")

ITEM_LIMIT: Final = 2**21
"""Most nodes and edges of a graph together, some 150 bytes each."""

DEPTH_LIMIT: Final = 16
"""Most subgraphs inside each other."""


@final
@dataclass(slots=True)
class Node:
    """A node with the attributes that matter; `label` is None where none is given, `record` where it has no bar.

    `listed` tells a node first mentioned alone, as in `node [shape=doublecircle] q2;`: with nothing of its own while
    a default shape holds. `root` tells a node with an attribute root, initial or start that is true.
    """

    name: str
    line: int
    label: str | None = None
    record: str | None = None
    shape: str = ""
    style: str = ""
    peripheries: str = ""
    listed: bool = False
    root: bool = False


@final
@dataclass(frozen=True, slots=True)
class Edge:
    """An edge from the node `source` to the node `target`; `label` is None where none is given."""

    source: str
    target: str
    label: str | None
    line: int


@final
@dataclass
class Graph:
    """Nodes by name in order of first mention, edges in file order, and the graph's own name and attributes.

    An edge that is drawn with its head at its tail stands here turned round. `hidden` is the first that is not drawn.
    """

    name: str = ""
    nodes: dict[str, Node] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)
    hidden: Edge | None = None
    attributes: dict[str, str] = field(default_factory=dict)


def parse_graph(source: Source, part: int | None = None) -> Graph:
    """Return the digraph of a DOT text, or the `part`-th of several, in linear time.

    A subgraph stands for its nodes, and its defaults hold inside it. Raises InputError with line and column for
    undirected graphs and, without `part`, for a second graph; LimitError past ITEM_LIMIT.
    """
    tokens = _Tokens(source)
    for number in itertools.count(1):
        graph = _Parser(tokens).parse()
        here = tokens.here
        if part is None and here.kind is not TokenKind.END:
            second = here.text.lower() in {"digraph", "graph", "strict"}
            message = "text after the graph's closing brace; expected one graph"
            source.fail(message, here.offset, "--part K reads the K-th graph of a file" if second else None)
        if part is None or number == part:
            return graph
        if here.kind is TokenKind.END:
            source.fail(f"no part {part}: the file ends after {number} graphs", here.offset)
    raise AssertionError  # unreachable: each round takes tokens


@final
class _Tokens:
    """The tokens still to come; `here` is the next, and END stays in place."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.rest: Iterator[Token] = tokenise(source)
        self.here: Token = next(self.rest)
        self.held: Token | None = None

    def after(self) -> Token:
        """Return the token after `here`."""
        if self.held is None:
            self.held = next(self.rest, self.here)
        return self.held

    def next(self) -> Token:
        token = self.here
        if token.kind is TokenKind.END:
            self.source.fail("the file ends inside the graph", token.offset, "is a closing brace missing?")
        if self.held is None:
            self.here = next(self.rest)
        else:
            self.here, self.held = self.held, None
        return token

    def accept(self, mark: str) -> bool:
        # Most tokens differ in their text already, which is quicker to compare.
        found = self.here.text == mark and self.here.kind is TokenKind.MARK
        if found:
            self.next()
        return found

    def expect(self, mark: str) -> None:
        if not self.accept(mark):
            token = self.here
            found = token.kind.value if token.kind is TokenKind.END else repr(token.text[:40])
            self.source.fail(f"expected {mark!r}, found {found}", token.offset)

    def accept_keyword(self, *words: str) -> str:
        token = self.here
        if token.kind is TokenKind.NAME and token.text.lower() in words:
            self.next()
            return token.text.lower()
        return ""

    def name(self) -> Token:
        token = self.next()
        if token.kind is TokenKind.MARK:
            self.source.fail(f"expected a name, found {token.text!r}", token.offset)
        if token.kind is not TokenKind.QUOTED:
            return token
        parts = [token.text]  # "a" + "b" is one string
        while self.here[:2] == (TokenKind.NAME, "+") and self.after().kind is TokenKind.QUOTED:
            self.next()
            parts.append(self.next().text)
        return token._replace(text="".join(parts))


@final
class _Parser:
    """One graph; defaults are those of the subgraph that is open."""

    def __init__(self, tokens: _Tokens) -> None:
        self.tokens = tokens
        self.source = tokens.source
        self.graph = Graph()
        self.depth = 0
        self.node_defaults: dict[str, Token] = {}
        self.edge_defaults: dict[str, Token] = {}

    def parse(self) -> Graph:
        self.header()
        while not self.tokens.accept("}"):
            self.statement()
        return self.graph

    def header(self) -> None:
        self.tokens.accept_keyword("strict")
        token = self.tokens.here
        word = self.tokens.accept_keyword("digraph", "graph")
        if word != "digraph":
            hint = "only directed graphs are read" if word else None
            self.source.fail("expected 'digraph'", token.offset, hint)
        if not self.tokens.accept("{"):
            self.graph.name = identifier(self.tokens.name())
            self.tokens.expect("{")

    def statement(self) -> list[str]:
        """Read one statement and return the nodes that it mentions."""
        tokens = self.tokens
        if tokens.accept(";") or tokens.accept(","):
            return []
        token = tokens.here
        word = tokens.accept_keyword("node", "edge", "graph", "digraph", "strict")
        if word in {"node", "edge", "graph"}:
            attributes = self.attributes()
            {"node": self.node_defaults, "edge": self.edge_defaults, "graph": {}}[word].update(attributes)
            return []
        if word:
            self.source.fail(f"{word!r} inside the graph", token.offset)
        return self.nodes_or_edges(token)

    def nodes_or_edges(self, first: Token) -> list[str]:
        tokens = self.tokens
        named = first.kind is not TokenKind.MARK and (first.kind, first.text.lower()) != (TokenKind.NAME, "subgraph")
        if named and tokens.after()[:2] == (TokenKind.MARK, "="):
            key, _, value = tokens.name(), tokens.next(), tokens.name()
            if self.depth == 0:
                self.graph.attributes[identifier(key)] = identifier(value)
            return []
        known = len(self.graph.nodes)
        chain = [self.operand()]
        while self.arrow():
            chain.append(self.operand())
        attributes = self.attributes()
        if len(chain) > 1:
            self.join(chain, self.edge_defaults | attributes, first)
        elif named:
            node = self.graph.nodes[chain[0][0]]
            node.listed = node.listed or (len(self.graph.nodes) > known and not attributes and bool(node.shape))
            _describe(node, attributes)
        return [name for names in chain for name in names]

    def join(self, chain: list[list[str]], attributes: dict[str, Token], first: Token) -> None:
        text = label(attributes["label"]) if "label" in attributes else None
        line = self.source.line(first.offset)
        drawn = heads(attributes, self.source)
        for left, right in itertools.pairwise(chain):
            for source, target in itertools.product(left, right):
                edge = Edge(source, target, text, line)
                if drawn is Heads.HIDDEN:
                    self.graph.hidden = self.graph.hidden or edge
                if drawn in {Heads.TARGET, Heads.BOTH}:
                    self.graph.edges.append(edge)
                if drawn in {Heads.SOURCE, Heads.BOTH}:
                    self.graph.edges.append(Edge(target, source, text, line))
                self.admit()

    def admit(self) -> None:
        if len(self.graph.edges) + len(self.graph.nodes) > ITEM_LIMIT:
            what = "nodes and edges of a DOT file"
            raise LimitError(what, limit=ITEM_LIMIT)

    def arrow(self) -> bool:
        token = self.tokens.here
        if self.tokens.accept("--"):
            self.source.fail("an undirected edge '--' in a directed graph", token.offset, "write '->'")
        return self.tokens.accept("->")

    def operand(self) -> list[str]:
        """Return the nodes of one end of an edge: a node, or all those of a subgraph."""
        tokens = self.tokens
        if tokens.accept_keyword("subgraph") and tokens.here[:2] != (TokenKind.MARK, "{"):
            tokens.name()
            if tokens.here[:2] != (TokenKind.MARK, "{"):
                tokens.expect("{")
        if not tokens.accept("{"):
            return [self.node(tokens.name()).name]
        if self.depth == DEPTH_LIMIT:
            self.source.fail(f"subgraphs nested deeper than {DEPTH_LIMIT}", tokens.here.offset)
        outer = dict(self.node_defaults), dict(self.edge_defaults)
        self.depth += 1
        found: dict[str, None] = {}
        while not tokens.accept("}"):
            found.update(dict.fromkeys(self.statement()))
        self.depth -= 1
        self.node_defaults, self.edge_defaults = outer
        return list(found)

    def node(self, token: Token) -> Node:
        """Return the node that a name stands for, created with the defaults of here where it is new."""
        for _ in range(2):  # a port and a compass point
            if self.tokens.accept(":"):
                self.tokens.name()
        name = identifier(token)
        if name not in self.graph.nodes:
            self.graph.nodes[name] = Node(name, self.source.line(token.offset))
            self.admit()
            defaults = {key: value for key, value in self.node_defaults.items() if key != "label"}
            _describe(self.graph.nodes[name], defaults)
        return self.graph.nodes[name]

    def attributes(self) -> dict[str, Token]:
        found: dict[str, Token] = {}
        while self.tokens.accept("["):
            while not self.tokens.accept("]"):
                if self.tokens.accept(",") or self.tokens.accept(";"):
                    continue
                key = identifier(self.tokens.name())
                self.tokens.expect("=")
                found[key] = self.tokens.name()
        return found


def _describe(node: Node, attributes: dict[str, Token]) -> None:
    for key, token in attributes.items():
        match key:
            case "label":
                node.label, node.record = label(token), record_output(token)
            case "shape":
                node.shape = identifier(token)
            case "style":
                node.style = identifier(token)
            case "peripheries":
                node.peripheries = identifier(token)
            case "root" | "initial" | "start":
                node.root = identifier(token).lower() in {"true", "1", "yes"}
            case _:
                pass
