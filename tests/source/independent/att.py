"""Tables of arcs at random as OpenFst, HFST and foma write them, and a plain reader that walks sets of states."""

from __future__ import annotations

STATES = ("0", "1", "2", "start", "s-3")
NUMBERED, NAMED = ("1", "2", "17"), ("a", "b", "+N", "é", "0", "1", "a:b")
SILENT = ("<eps>", "<epsilon>", "@0@", "@_EPSILON_SYMBOL_@", "")


def drawn(draw):
    """Return the text of one to three machines, and the part to read or None."""
    count = draw.choice((1, 1, 1, 2, 3))
    texts = ["".join(lines(draw)) for _ in range(count)]
    return "--\n".join(texts), draw.choice((None, draw.randint(1, count)))


def lines(draw):
    states = draw.sample(STATES, draw.randint(1, 4))
    numeric = draw.random() < 0.25
    letters = draw.sample(NUMBERED if numeric else NAMED, draw.randint(1, 3))
    if draw.random() < 0.2:
        return shuffled(
            draw, [row(draw, p, draw.choice(states), x, draw.choice("xyz")) for p in states for x in letters]
        )
    found = []
    for _ in range(draw.randint(1, 3 * len(states))):
        label = draw.choice(letters)
        if draw.random() < 0.2:
            label = "0" if numeric else draw.choice(SILENT)
        other = draw.choice(letters) if draw.random() < 0.01 else label
        found.append(row(draw, draw.choice(states), draw.choice(states), label, other))
    found += [f"{state}{draw.choice(('', ' 0', chr(9) + '0.0'))}\n" for state in states if draw.random() < 0.5]
    return found if draw.random() < 0.7 else shuffled(draw, found)


def shuffled(draw, rows):
    return draw.sample(rows, len(rows))


def row(draw, source, target, given, written):
    fields = [source, target, given, written]
    if given and written and draw.random() < 0.3:
        if given == written and draw.random() < 0.3:
            fields.pop()
        return " ".join(fields) + draw.choice(("\n", "\r\n", "  \n"))
    if draw.random() < 0.2:
        fields.append("0")
    return "\t".join(fields) + draw.choice(("\n", "\n\n"))


class Machine:
    """The part of a text that is meant: arcs, finals, and what kind of machine they make, or why none."""

    def __init__(self, text, part):
        self.states, self.arcs, self.final, self.fault = [], [], set(), None
        sections = [section.split("\n") for section in text.split("--\n")]
        if len(sections) > 1 and part is None:
            self.fault = "--part"
            return
        for line in sections[(part or 1) - 1]:
            self.take(line.rstrip("\r"))
        labels = {label for _, _, x, y in self.arcs for label in (x, y)}
        zero = {"0"} if labels and all(label.isdigit() for label in labels) else set()
        self.silent = {*SILENT, *zero}
        same = all(x == y for _, _, x, y in self.arcs)
        self.kind = "acceptor" if same else "mealy"
        if not same and not labels.isdisjoint(self.silent):
            self.fault = "reads one symbol and writes one"
        self.letters = {x for _, _, x, _ in self.arcs} - self.silent

    def take(self, line):
        fields = line.split("\t") if line.count("\t") > 1 else line.split()
        fields = [field.strip(" ") for field in fields]
        if not line.strip():
            return
        for state in fields[: 1 if len(fields) < 3 else 2]:
            if state not in self.states:
                self.states.append(state)
        if len(fields) < 3:
            self.final.add(fields[0])
        else:
            self.arcs.append((fields[0], fields[1], fields[2], fields[3] if len(fields) > 3 else fields[2]))

    def accepts(self, word):
        reached = self.closed({self.states[0]})
        for letter in word:
            reached = self.closed({q for p, q, x, _ in self.arcs if p in reached and x == letter})
        return not reached.isdisjoint(self.final)

    def closed(self, states):
        while more := {q for p, q, x, _ in self.arcs if p in states and x in self.silent} - states:
            states = states | more
        return states

    def branches(self):
        return len({(p, x) for p, _, x, _ in self.arcs}) < len(set(self.arcs))

    def outputs(self, word):
        state, found = self.states[0], []
        for letter in word:
            state, output = next(((q, y) for p, q, x, y in self.arcs if p == state and x == letter), (None, None))
            found.append(output)
        return found
