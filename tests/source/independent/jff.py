"""JFLAP files at random, and a plain reader that runs them as JFLAP does: labels are consumed from a word's front."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

LABELS = ("a", "b", "0", "ab", "abb", "b0", "[a-c]", "[0-1]", "", "λ", "ε", "a b", "a,b", "&")
SINGLE = ("a", "b", "0", "coin", "[a-b]", "x,y", "&")
NAMES = ("q0", "q1", "odd", "odd", "a state", "q0:1", "é")
SIGNS = ("a", "b", "0", "!", "[", ".")


def drawn(draw):
    """Return the text of a file: an automaton mostly, or a Mealy machine, a Moore machine, an expression."""
    kind = draw.choice(("fa", "fa", "fa", "mealy", "moore", "re"))
    written = f"<expression>{escape(expression(draw, 4))}</expression>"
    inside = written if kind == "re" else automaton(draw, kind)
    head = draw.choice(('<?xml version="1.0" encoding="UTF-8" standalone="no"?><!--Created with JFLAP 6.4.-->', ""))
    return f"{head}<structure>&#13;\n\t<type>{kind}</type>&#13;\n{inside}</structure>"


def automaton(draw, kind):
    ids = draw.sample(range(9), draw.randint(1, 4))
    first, lines = draw.choice(ids), []
    for number, name in zip(ids, draw.sample(NAMES, len(ids)), strict=True):
        marks = "<initial/>" * (number == first or (kind == "fa" and draw.random() < 0.1))
        marks += "<final/>" * (draw.random() < 0.4)
        marks += f"<output>{draw.choice('xyz')}</output>" * (kind == "moore")
        lines.append(f"<state id='{number}' name={quoteattr(name)}><x>1.0</x><y>2.0</y>{marks}</state>")
    letters = draw.sample(SINGLE, draw.randint(1, 3))
    if kind == "fa":
        moves = [
            (draw.choice(ids), draw.choice(LABELS), draw.choice(ids)) for _ in range(draw.randint(1, 3 * len(ids)))
        ]
    else:
        moves = [(source, letter, draw.choice(ids)) for source in ids for letter in letters]
    for source, label, target in moves:
        read = f"<read>{escape(label)}</read>" if label or draw.random() < 0.5 else "<read/>"
        read += f"<transout>{draw.choice(('0', '1', 'o k'))}</transout>" * (kind == "mealy")
        lines.append(f"<transition><from>{source}</from><to>{target}</to>{read}</transition>")
    lines = "&#13;\n".join(lines)
    return f"<automaton>{lines}</automaton>" if draw.random() < 0.7 else lines


def expression(draw, depth):
    if depth == 0 or draw.random() < 0.3:
        return draw.choice(SIGNS)
    left, right = expression(draw, depth - 1), expression(draw, depth - 1)
    return draw.choice((left + right, f"({left}+{right})", f"{left}+{right}", f"({left})*"))


class File:
    """The states, by id, and the transitions of a file, or the pattern of its expression."""

    def __init__(self, text):
        root = ET.fromstring(text)  # noqa: S314  written above
        self.kind = root.findtext("type")
        if self.kind == "re":
            signs = root.findtext("expression")
            self.letters = set(signs) - set("!+*()")
            self.pattern = "".join({"+": "|", "!": "()"}.get(s, s if s in "()*" else re.escape(s)) for s in signs)
            return
        states = list(root.iter("state"))
        self.start = {state.get("id") for state in states if state.find("initial") is not None}
        self.final = {state.get("id") for state in states if state.find("final") is not None}
        self.shown = {state.get("id"): state.findtext("output") for state in states}
        self.moves = [
            (*(move.findtext(side) for side in ("from", "read", "to")), move.findtext("transout"))
            for move in root.iter("transition")
        ]
        self.letters = {letter for _, label, _, _ in self.moves for letter in self.inside(label or "")}

    def inside(self, label):
        if self.kind != "fa":
            return [label]
        if re.fullmatch(r"\[.-.\]", label):
            return [chr(point) for point in range(ord(label[1]), ord(label[3]) + 1)]
        return [] if label in {"λ", "ε"} else list(label)

    def accepts(self, word):
        """Whether some run consumes the word and ends in a final state."""
        if self.kind == "re":
            return re.fullmatch(self.pattern, word) is not None
        found = [(state, 0) for state in self.start]
        for state, place in found:
            for source, label, target, _ in self.moves:
                if source == state:
                    for step in self.steps(label or "", word[place:]):
                        if (target, place + step) not in found:
                            found.append((target, place + step))
        return any(place == len(word) and state in self.final for state, place in found)

    def steps(self, label, rest):
        if re.fullmatch(r"\[.-.\]", label):
            return [1] * (rest[:1] in self.inside(label))
        label = "" if label in {"λ", "ε"} else label
        return [len(label)] * rest.startswith(label)

    def outputs(self, word):
        state, found = next(iter(self.start)), []
        for letter in word:
            state, output = next(
                (to, out) for source, label, to, out in self.moves if (source, label) == (state, letter)
            )
            found.append(self.shown[state] if self.kind == "moore" else output)
        return found
