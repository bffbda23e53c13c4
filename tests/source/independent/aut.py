"""Labelled transition systems drawn at random, and whether they have a path along a word, by sets of states."""

from __future__ import annotations

LABELS = ("a", "b", "PUT !1", "x, y", "f(1,2)", "tau", "i")


def drawn(draw):
    """Return the text of a system; labels with commas, brackets or blanks, with and without quotes."""
    states, first = draw.randint(1, 6), 0
    if draw.random() < 0.3:
        first = draw.randrange(states)
    labels = draw.sample(LABELS, draw.randint(1, 4))
    arcs = [
        (draw.randrange(states), draw.choice(labels), draw.randrange(states))
        for _ in range(draw.randint(0, 3 * states))
    ]
    lines = [
        f"des ({first},{len(arcs)},{states})" if draw.random() < 0.7 else f" des( {first} , {len(arcs)},{states} )"
    ]
    for source, label, target in arcs:
        written = f'"{label}"' if draw.random() < 0.6 else label
        lines.append(f"({source}, {written}, {target})" if draw.random() < 0.5 else f"({source},{written},{target})")
    return draw.choice(("\n", "\r\n", "\n\n")).join(lines) + draw.choice(("", "\n"))


class System:
    """The arcs of a text, the silent labels apart."""

    def __init__(self, text):
        lines = [line.strip() for line in text.split("\n") if line.strip()]
        self.first = lines[0][lines[0].index("(") + 1 :].split(",")[0].strip()
        self.arcs = []
        for line in lines[1:]:
            inside = line[1:-1]
            left, right = inside.index(","), inside.rindex(",")
            label = inside[left + 1 : right].strip()
            self.arcs.append(
                (inside[:left].strip(), label.removeprefix('"').removesuffix('"'), inside[right + 1 :].strip())
            )
        self.letters = {label for _, label, _ in self.arcs} - {"tau", "i"}

    def accepts(self, word):
        """Whether some path from the first state reads the word."""
        reached = self.closed({self.first})
        for letter in word:
            reached = self.closed({to for source, label, to in self.arcs if source in reached and label == letter})
        return bool(reached)

    def closed(self, states):
        while True:
            more = {to for source, label, to in self.arcs if source in states and label in {"tau", "i"}}
            if more <= states:
                return states
            states = states | more
