"""State tables drawn at random, and a reader of them in the plainest way: each row is asked for each valuation."""

from __future__ import annotations

import itertools

NAMES = ("idle", "s1", "busy", "*x", "st-2", "0")


def drawn(draw):
    """Return the text of a state table; some overlap, contradict themselves, lack rows or leave outputs open."""
    inputs, outputs = draw.randint(1, 4), draw.randint(1, 3)
    names = draw.sample(NAMES, draw.randint(1, 4))
    goes = {(name, word): (draw.choice(names), bits(draw, outputs)) for name in names for word in words(inputs)}
    rows = []
    for name in names:
        if draw.random() < 0.5:  # rows that split the valuations by a decision on each input
            cubes = split("", inputs, draw)
            rows += [(cube, name, *goes[name, cube.replace("-", "0")]) for cube in cubes]
        else:
            rows += [(word, name, *goes[name, word]) for word in words(inputs)]
    if draw.random() < 0.3:
        rows.append(("".join(draw.choice("01-") for _ in range(inputs)), *rows[-1][1:]))
    if draw.random() < 0.2 and len(rows) > 1:
        rows.pop(draw.randrange(len(rows)))
    if draw.random() < 0.3:
        cube, name, target, output = rows.pop()
        rows.append((cube, name, target, "-" + output[1:]))
    if draw.random() < 0.3:
        draw.shuffle(rows)
    return written(draw, rows, inputs, outputs)


def written(draw, rows, inputs, outputs):
    """Return the rows as a file, some of them as part of a BLIF file."""
    head = [f".i {inputs}", f".o {outputs}", *[f".p {len(rows)}"] * draw.randint(0, 1)]
    if rows and draw.random() < 0.6:
        head.append(f".r {draw.choice(rows)[1]}")
    draw.shuffle(head)
    body = [draw.choice((" ", "\t", "  ")).join(row) + draw.choice(("", "  # why", "\r")) for row in rows]
    ending = draw.choice(("", ".e\n", ".e"))
    text = "\n".join([*head, "", *body, ending])
    if draw.random() < 0.3:
        text = f".model m\n.inputs a\\\n b\n.start_kiss\n{text.removesuffix('.e')}\n.end_kiss\n.end\n"
    return text


def bits(draw, count):
    return "".join(draw.choice("01") for _ in range(count))


def words(length):
    return ["".join(word) for word in itertools.product("01", repeat=length)]


def split(cube, missing, draw):
    if not missing:
        return [cube]
    if draw.random() < 0.4:
        return split(cube + "-", missing - 1, draw)
    return split(cube + "0", missing - 1, draw) + split(cube + "1", missing - 1, draw)


class Table:
    """What a text says; `answer` gives next state and output, None where no row matches."""

    def __init__(self, text, open_bit):
        self.rows, self.start = [], None
        inside = ".start_kiss" not in text
        for line in text.replace("\r", "").split("\n"):
            words = line.split("#")[0].split()
            if not words:
                continue
            if words[0] in {".start_kiss", ".end_kiss"}:
                inside = words[0] == ".start_kiss"
            elif inside and words[0] == ".r":
                self.start = words[1]
            elif inside and words[0][0] != ".":
                self.rows.append(words)
        self.start = self.start or self.rows[0][1]
        self.open = open_bit
        self.inputs = len(self.rows[0][0])
        self.states = {row[1] for row in self.rows} | {row[2] for row in self.rows}

    def fault(self):
        """Return "open", "conflict", "missing" or None, in that order."""
        if self.open is None and any("-" in row[3] for row in self.rows):
            return "open"
        found = {len(self.answers(state, word)) for state in self.states for word in words(self.inputs)}
        return "conflict" if max(found) > 1 else "missing" if min(found) == 0 else None

    def answers(self, state, word):
        matching = [row for row in self.rows if row[1] == state and all(c in {"-", w} for c, w in zip(row[0], word))]  # noqa: B905
        return {(row[2], row[3].replace("-", self.open or "-")) for row in matching}

    def outputs(self, letters):
        """Return the outputs along a word; None from the first missing row on."""
        state, said = self.start, []
        for letter in letters:
            found = self.answers(state, letter) if state is not None else set()
            state, output = next(iter(found)) if found else (None, None)
            said.append(output)
        return said
