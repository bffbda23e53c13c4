"""Textbook objects and transition tables drawn at random, and what they accept, kept beside the text."""

from __future__ import annotations

import csv
import io
import json

STYLES = ("nested", "triples", "objects")
KEYS = {
    "states": ("states", "Q", "States"),
    "alphabet": ("alphabet", "input_symbols", "Sigma"),
    "transitions": ("transitions", "delta", "transition_function"),
    "start": ("start", "start_state", "initial", "initialState", "q0"),
    "accept": ("accept", "accept_states", "final_states", "F", "acceptStates"),
}
OBJECTS = (("from", "symbol", "to"), ("source", "label", "target"), ("state", "input", "next_state"))


class Acceptor:
    """Arcs (source, letter, target) with letter "" for none, starts and accepting states."""

    def __init__(self, letters, arcs, starts, accepting):
        self.letters, self.arcs, self.starts, self.accepting = letters, arcs, starts, accepting

    def closed(self, states):
        while True:
            more = {to for source, letter, to in self.arcs if source in states and letter == ""}
            if more <= states:
                return states
            states = states | more

    def accepts(self, word):
        reached = self.closed(set(self.starts))
        for letter in word:
            reached = self.closed({to for source, x, to in self.arcs if source in reached and x == letter})
        return not reached.isdisjoint(self.accepting)

    def missing(self, states):
        """Whether some state has no arc under some letter, in an acceptor that is deterministic."""
        pairs = [(source, letter) for source, letter, _ in self.arcs]
        if "" in {letter for _, letter in pairs} or len(set(pairs)) < len(set(self.arcs)) or len(set(self.starts)) > 1:
            return False
        return len(set(pairs)) < len(states) * len(self.letters)


def drawn_object(draw):
    """Return the text of an object, the acceptor it means, and its states."""
    integers = draw.random() < 0.3
    states = [number if integers else f"q{number}" for number in range(draw.randint(1, 5))]
    letters = draw.sample(["0", "1", "a", "left turn"], draw.randint(1, 3))
    style, silent = draw.choice(STYLES), draw.choice(("", "ε", "epsilon")) if draw.random() < 0.3 else None
    arcs = set()
    for state in states:
        for letter in [*letters, *([""] if silent is not None else [])]:
            count = draw.choice((1, 1, 1, 1, 0, 2))
            arcs |= {(state, letter, draw.choice(states)) for _ in range(count)}
    arcs = sorted(arcs, key=str)
    starts = [draw.choice(states) for _ in range(draw.choice((1, 1, 2)))]
    accepting = [state for state in states if draw.random() < 0.5]
    value = transitions(draw, style, arcs, states, silent)
    parts = {"states": states, "alphabet": letters, "transitions": value, "start": starts, "accept": accepting}
    if len(starts) == 1:
        parts["start"] = starts[0]
    document = {draw.choice(KEYS[part]): parts[part] for part in draw.sample(list(parts), len(parts))}
    text = json.dumps(document, ensure_ascii=draw.random() < 0.5, indent=draw.choice((None, 1)))
    return text, Acceptor(letters, arcs, starts, accepting), states


def transitions(draw, style, arcs, states, silent):
    written = [(source, silent if letter == "" else letter, to) for source, letter, to in arcs]
    if style == "triples":
        return [list(arc) for arc in written]
    if style == "objects":
        names = draw.choice(OBJECTS)
        return [dict(zip(names, arc, strict=True)) for arc in written]
    rows = {str(state): {} for state in states}
    for source, letter, to in written:
        rows[str(source)].setdefault(letter, []).append(to)
    return {q: {x: to[0] if len(to) == 1 else to for x, to in row.items()} for q, row in rows.items()}


def drawn_table(draw):
    """Return the text of a transition table, its letters, {(state, letter): target}, and {state: output}."""
    states = draw.sample(["q0", "q1", "start", "a b", "7", 'say "x", then'], draw.randint(1, 5))
    letters = draw.sample(["a", "b", "left, right", "0"], draw.randint(1, 3))
    table = {(state, letter): draw.choice(states) for state in states for letter in letters}
    kind = draw.choice((None, "accept", "output"))
    values = {None: {state: state for state in states}, "output": {state: draw.choice("xyz") for state in states}}
    truth = {state: draw.choice(("1", "0", "true", "False", "yes", "no")) for state in states}
    values["accept"] = {state: said.lower() in {"1", "true", "yes"} for state, said in truth.items()}
    if draw.random() < 0.25:
        del table[draw.choice(list(table))]
    place = draw.randint(0, len(letters))
    head = [*letters[:place], *([kind] if kind else []), *letters[place:]]
    rows = [[draw.choice(("", "state", "δ")), *head]]
    for state in states:
        cells = {letter: table.get((state, letter), "") for letter in letters}
        cells |= {"accept": truth[state], "output": values["output"][state]}
        rows.append([state, *(cells[name] for name in head)])
    stream = io.StringIO(newline="")
    csv.writer(stream, lineterminator=draw.choice(("\n", "\r\n"))).writerows(rows)
    return stream.getvalue(), states, letters, table, values[kind]
