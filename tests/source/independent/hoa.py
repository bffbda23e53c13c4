"""Automata in Hanoi's format drawn at random, and their runs over finite words: labels are evaluated by Python."""

from __future__ import annotations

import itertools
import re


def condition(draw, propositions, depth, aliases=()):
    """Return a condition with needless brackets now and then."""
    kind = draw.random()
    if depth == 0 or kind < 0.3:
        return draw.choice((*map(str, range(propositions)), "t", "f", *aliases))
    if kind < 0.5:
        return "!" + bracketed(draw, condition(draw, propositions, depth - 1, aliases), always=True)
    left, right = (condition(draw, propositions, depth - 1, aliases) for _ in range(2))
    return f"{bracketed(draw, left)}{draw.choice((' & ', '&', ' | ', '|'))}{bracketed(draw, right)}"


def bracketed(draw, text, *, always=False):
    return f"({text})" if always or draw.random() < 0.4 else text


def drawn(draw):
    """Return the text of an automaton; some are deterministic, some have labels on states or none at all."""
    propositions, states = draw.randint(1, 3), draw.randint(1, 5)
    style = draw.choice(("edges", "edges", "states", "implicit", "split"))
    aliases = {f"@{name}": condition(draw, propositions, 1) for name in draw.sample("pqr", draw.randint(0, 2))}
    names = " ".join(f'"{name}"' for name in draw.sample(("a", "b c", 'say \\"x\\"', "/* d"), propositions))
    head = [f"States: {states}", f"AP: {propositions} {names}", "Acceptance: 1 Inf(0)", "acc-name: Buchi", 'tool: "x"']
    head += [f"Start: {draw.randrange(states)}" for _ in range(draw.choice((1, 1, 1, 2)))]
    head.append("/* a comment, with */ properties: trans-labels state-acc")
    draw.shuffle(head)
    # An alias can be read once the propositions are known.
    head += [f"Alias: {name} {text}" for name, text in aliases.items()]
    lines = ["HOA: v1", *head, "--BODY--"]
    for state in range(states):
        shared = f"[{condition(draw, propositions, 2, aliases)}] " if style == "states" else ""
        mark = draw.choice(("", " {0}", " {}"))
        named = draw.choice(("", ' "name"'))
        lines.append(f"State: {shared}{state}{named}{mark}")
        lines += edges(draw, style, propositions, states, aliases)
    return "\n".join([*lines, "--END--", ""])


def edges(draw, style, propositions, states, aliases):
    if style == "implicit":
        return [str(draw.randrange(states)) for _ in range(2**propositions)]
    if style == "split":
        cut = condition(draw, propositions, 2, aliases)
        return [f"[{cut}] {draw.randrange(states)}", f"[!({cut})] {draw.randrange(states)}"]
    labels = [condition(draw, propositions, 2, aliases) for _ in range(draw.randint(0, 3))]
    return [(f"[{label}] " if style == "edges" else "") + str(draw.randrange(states)) for label in labels]


class Automaton:
    """What a text says, as a list of (source, condition, target) with conditions in Python."""

    def __init__(self, text):
        head, _, body = text.partition("--BODY--\n")
        self.propositions = int(re.search(r"AP: ([0-9]+)", head)[1])
        self.starts = {int(number) for number in re.findall(r"^Start: ([0-9]+)", head, re.MULTILINE)}
        self.aliases = dict(re.findall(r"^Alias: (@\w) (.*)", head, re.MULTILINE))
        self.marked, self.arcs = set(), []
        state, shared, place = None, None, 0
        for line in body.partition("--END--")[0].splitlines():
            label = re.search(r"\[(.*)\]", line)
            rest = re.sub(r"\[.*\]", "", line)
            if line.startswith("State:"):
                state, shared, place = int(re.search("[0-9]+", rest)[0]), label and label[1], 0
                if "{0}" in line:
                    self.marked.add(state)
            else:
                written = label[1] if label else shared
                if written is None:
                    digits = [f"{place >> bit & 1}" for bit in range(self.propositions)]
                    written = " & ".join(f"{'' if d == '1' else '!'}{bit}" for bit, d in enumerate(digits))
                    place += 1
                self.arcs.append((state, self.python(written), int(rest)))

    def python(self, text):
        for name, meaning in self.aliases.items():
            text = text.replace(name, f"({meaning})")
        text = re.sub(r"[0-9]+", lambda found: f"v[{found[0]}]", text)
        names = {"t": "True", "f": "False", "!": " not ", "&": " and ", "|": " or "}
        return re.sub(r"[tf!&|]", lambda found: names[found[0]], text)

    def letters(self):
        return ["".join(word) for word in itertools.product("01", repeat=self.propositions)]

    def targets(self, state, letter):
        values = [bit == "1" for bit in letter]
        return {to for source, text, to in self.arcs if source == state and eval(text.strip(), {"v": values})}  # noqa: S307

    def is_deterministic(self):
        states = {source for source, _, _ in self.arcs} | {to for _, _, to in self.arcs}
        return len(self.starts) == 1 and all(len(self.targets(q, x)) <= 1 for q in states for x in self.letters())

    def accepts(self, word):
        reached = self.starts
        for letter in word:
            reached = set().union(*(self.targets(state, letter) for state in reached))
        return not reached.isdisjoint(self.marked)
