"""Drawings at random in the layouts that tools and people use, and a plain reader of them that walks sets of states."""

from __future__ import annotations

import itertools
import re

LETTERS = ("a", "b", "0", "1", "f(a,b)", "go", "-")
EMPTY = ("ε", "&epsilon;", "<Epsilon>", "", "eps", "@epsilon")
NAMES = ("q0", "q1", "s 2", "3", "LR_4", "é", "node_", "-5")
STARTS = ("__start0", "point", "none", "plaintext", "invis", "labelled", "named", "first")
MEALY = 0.25


def quoted(text):
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def named(draw, name):
    return name if re.fullmatch(r"[A-Za-z_]\w*|\d+", name, re.ASCII) and draw.random() < 0.7 else quoted(name)


def drawn(draw):
    """Return the text of a drawing of an acceptor, non-deterministic more often than not, or of a Mealy machine."""
    names = draw.sample(NAMES, draw.randint(1, 5))
    letters = draw.sample(LETTERS, draw.randint(1, 3))
    mealy = draw.random() < MEALY
    labelled = mealy_edges(draw, names, letters) if mealy else acceptor_edges(draw, names, letters)
    lines = [f"{named(draw, p)} -> {named(draw, q)} [label={quoted(label)}]" for p, label, q in labelled]
    if draw.random() < 0.2 and not mealy:
        p, q, r = (named(draw, draw.choice(names)) for _ in range(3))
        lines.append(draw.choice((f"{p} -> {q} -> {r}", f"{p} -> {{{q} {r}}}")) + f" [label={quoted(letters[0])}]")
    before = [] if mealy else shapes(draw, names)
    before += start(draw, draw.choice(names))
    if draw.random() < 0.3:
        before.append("{rank=same; " + " ".join(named(draw, name) for name in names[:2]) + "}")
    if draw.random() < 0.3:
        lines[:2] = ["subgraph cluster_0 {\nnode [color=red]; label=box;\n" + ";\n".join(lines[:2]) + "\n}"]
    if draw.random() < 0.2:
        before, lines = lines, before
    head = draw.choice(("digraph {", "digraph g {", 'strict digraph "the graph"\n{ // drawn\n'))
    layout = draw.sample(("rankdir=LR;", 'size="8,5"', "/* a -> b [label=c] */", "edge [arrowhead=vee];", "# line"), 2)
    return "\n".join([head, *layout, *(f"{line}{draw.choice((';', ''))}" for line in [*before, *lines]), "}\n"])


def mealy_edges(draw, names, letters):
    found = []
    for name in names:
        rest = draw.sample(letters, len(letters))
        while rest:
            taken = [rest.pop() for _ in range(draw.randint(1, len(rest)))]
            target, output = draw.choice(names), draw.choice(("0", "1", "x,y", ""))
            pairs = draw.random() < 0.3 and "," not in output
            listed = (
                ", ".join(f"{x}/{output}" for x in taken)
                if pairs
                else f"{draw.choice((',', ' | ')).join(taken)} / {output}"
            )
            found.append((name, listed, target))
    return found


def acceptor_edges(draw, names, letters):
    found = []
    for _ in range(draw.randint(1, 3 * len(names))):
        taken = draw.sample(letters, draw.randint(1, len(letters)))
        if draw.random() < 0.15:
            taken = [draw.choice(EMPTY)]
        label = draw.choice((",", ", ", " | ", "|", "\n")).join(taken)
        found.append((draw.choice(names), label, draw.choice(names)))
    return found


def shapes(draw, names):
    accepting = [name for name in names if draw.random() < 0.5] or names[:1]
    match draw.randrange(4):
        case 0:
            return [f"{named(draw, name)} [shape=doublecircle, label={quoted('state ' + name)}]" for name in accepting]
        case 1:
            listed = " ".join(named(draw, name) for name in accepting)
            return [f"node [shape = doublecircle]; {listed}", "node [shape=circle]"]
        case 2:
            return [f"{named(draw, name)} [peripheries=2]" for name in accepting]
        case _:
            return [
                line
                for number, name in enumerate(accepting)
                for line in (f"F{number} [shape=point]", f"{named(draw, name)} -> F{number}")
            ]


def start(draw, name):
    edge = f"-> {named(draw, name)}"
    return {
        "__start0": ['__start0 [label="", shape=none]', f"__start0 {edge}"],
        "point": ["i [shape=point]", f"i {edge}"],
        "none": ['"" [shape=none]', f'"" {edge}'],
        "plaintext": ['initial [shape="plaintext", label="DFA"]', f'initial {edge} [label=""]'],
        "invis": ["fake [style=invisible]", f"fake {edge} [style=bold]"],
        "labelled": ["begin_ [shape=point]", f"begin_ {edge} [label=start]"],
        "named": [f"start {edge}"],
        "first": [],
    }[draw.choice(STARTS)]


class Drawing:
    """The edges of a drawing, its starts and its accepting states, or the reason why a reader must ask."""

    def __init__(self, text):
        text = re.sub(r"/\*.*?\*/|//.*|^#.*", "", text, flags=re.MULTILINE)
        self.words = re.findall(r'"(?:[^"\\]|\\.)*"|->|[\[\]{};,=]|[^\s\[\]{};,="]+', text)
        self.nodes, self.edges, self.listed = {}, [], set()
        while self.words.pop(0) != "{":
            pass
        self.block({})
        self.mark()

    def block(self, defaults):
        """Read statements up to the closing brace; return the nodes in them."""
        inside = []
        while (word := self.words.pop(0)) != "}":
            if word in {";", ","}:
                continue
            if word in {"node", "edge"}:
                given = self.attributes()
                defaults = {**defaults, **given} if word == "node" else defaults
            elif self.words[0] == "=":
                del self.words[:2]
            else:
                inside += self.statement(word, defaults)
        return inside

    def statement(self, word, defaults):
        before = set(self.nodes)
        groups = [self.group(word, defaults)]
        while self.words[0] == "->":
            self.words.pop(0)
            groups.append(self.group(self.words.pop(0), defaults))
        given = self.attributes()
        for left, right in itertools.pairwise(groups):
            self.edges += [(p, given.get("label"), q) for p in left for q in right]
        if len(groups) == 1 and word not in {"{", "subgraph"}:
            name = groups[0][0]
            if name not in before and not given and "shape" in defaults:
                self.listed.add(name)
            self.nodes[name].update(given)
        return [name for group in groups for name in group]

    def group(self, word, defaults):
        if word == "subgraph":
            while word != "{":
                word = self.words.pop(0)
        if word == "{":
            return self.block(defaults)
        self.nodes.setdefault(plain(word), {key: value for key, value in defaults.items() if key != "label"})
        return [plain(word)]

    def attributes(self):
        given = {}
        while self.words[0] == "[":
            self.words.pop(0)
            while (key := self.words.pop(0)) != "]":
                if key not in {",", ";"}:
                    self.words.pop(0)
                    given[key] = plain(self.words.pop(0))
        return given

    def mark(self):
        """Take marks away; find starts and accepting states."""
        shown = {
            n: given.get("shape") in {"point", "none", "plaintext"} or "style" in given
            for n, given in self.nodes.items()
        }
        into = {q for _, _, q in self.edges}
        marks = {n for n in self.nodes if n not in into and (shown[n] or n == "start")}
        ends = {n for n in self.nodes if shown[n] and n in into}
        self.accepting = {
            n for n, given in self.nodes.items() if given.get("shape") == "doublecircle" or given.get("peripheries")
        }
        self.accepting |= {p for p, _, q in self.edges if q in ends}
        self.starts = [q for p, _, q in self.edges if p in marks]
        self.edges = [(p, label, q) for p, label, q in self.edges if p not in marks and q not in ends]
        self.states = [n for n in self.nodes if n not in marks | ends]
        self.asks = None
        if not self.starts:
            self.starts = self.states[:1]
            if self.states[0] in self.listed and self.edges[0][0] != self.states[0]:
                self.asks = "--start"

    def read(self):
        """Turn labels into moves (state, letter or None, output, state); say whether the reader must ask."""
        self.mealy = all("/" in label for _, label, _ in self.edges)
        lists = [(p, way, q) for p, label, q in self.edges for way in ways(label, self.mealy)]
        wholes = [(p, line, q) for p, label, q in self.edges for line in label.split("\n")]
        self.moves = [(p, None if x in EMPTY_LOWER else x, out, q) for p, (x, out), q in lists]
        alone = {x for _, line, _ in wholes for x in pieces(line) if len(pieces(line)) == 1}
        inside = {x for _, line, _ in wholes for x in pieces(line) if len(pieces(line)) > 1}
        if not self.mealy and inside and branching(self.moves) and not inside & alone:
            empty_as_none = [(p, None if line in EMPTY_LOWER else line, None, q) for p, line, q in wholes]
            if not branching(empty_as_none):
                self.asks = self.asks or "--labels"
        return self

    def accepts(self, word):
        reached = self.closed(set(self.starts))
        for letter in word:
            reached = self.closed({q for p, x, _, q in self.moves if p in reached and x == letter})
        return not reached.isdisjoint(self.accepting)

    def closed(self, states):
        while more := {q for p, x, _, q in self.moves if p in states and x is None} - states:
            states = states | more
        return states

    def outputs(self, word):
        state, found = self.starts[0], []
        for letter in word:
            output, state = next((out, q) for p, x, out, q in self.moves if p == state and x == letter)
            found.append(output)
        return found


EMPTY_LOWER = {name.replace("&epsilon;", "ε").lower() for name in EMPTY} | {"&epsilon;", "<Epsilon>"}


def plain(word):
    if not word.startswith('"'):
        return word
    return re.sub(r"\\(.)", lambda found: {"n": "\n"}.get(found[1], found[1]), word[1:-1])


def pieces(text):
    """Return what stands between commas and bars outside parentheses."""
    return [piece.strip() for piece in re.split(r"[,|](?![^()]*\))", text)]


def ways(label, mealy):
    if not mealy:
        return [(x, None) for line in label.split("\n") for x in pieces(line)]
    parts = pieces(label)
    if len(parts) > 1 and all("/" in part for part in parts):
        return [tuple(side.strip() for side in part.split("/")) for part in parts]
    given, output = (side.strip() for side in label.split("/"))
    return [(x, output) for x in pieces(given)]


def branching(moves):
    found = {}
    return any(found.setdefault((p, x), (out, q)) != (out, q) for p, x, out, q in moves)
