"""Character tables beside GAP's (extra gap): python -m benchmarks.characters [--rounds N].

Both programs get the letters of one machine as permutations of its states, and make the group and its irreducible
characters anew in each round, in turn; both times are processor seconds, the medians of the rounds. GAP's are values in
cyclotomic fields, ours are residues modulo a prime with the proof that they are the characters.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Sequence
from typing import Final, NamedTuple, final

import fsm2rnn
from benchmarks.gap_program import ABSENT, answers, command
from fsm2rnn.algebra.group.group_action import group_action
from fsm2rnn.machine.state_machine import StateMachine

NAMES: Final = (
    *("S4@gens", "A5@gens", "S5@gens", "PSL(2,7)@gens", "A6@gens", "S6@gens", "PSL(2,13)@gens"),
    *("Dih(100)@gens", "A4xZ5@gens", "Z360@gens"),
)
MILLI: Final = 1000


@final
class Times(NamedTuple):
    """Elements and classes of a group, and the processor seconds of both programs, a round each."""

    machine: str
    elements: int
    classes: int
    ours: tuple[float, ...]
    theirs: tuple[float, ...]


def times(name: str, rounds: int) -> Times:
    """Return what both programs take; RuntimeError where they do not agree on the number of classes."""
    machine = fsm2rnn.read(name)
    found = [(_ours(machine), _gap(machine)) for _ in range(rounds)]
    ours, theirs = zip(*found, strict=True)
    counts = {(elements, classes) for elements, classes, _ in (*ours, *theirs)}
    if len(counts) > 1:
        message = f"{name}: elements and classes are {sorted(counts)}"
        raise RuntimeError(message)
    ((elements, classes),) = counts
    return Times(name, elements, classes, *(tuple(seconds for *_, seconds in one) for one in (ours, theirs)))


def _ours(machine: StateMachine) -> tuple[int, int, float]:
    began = time.process_time()
    table = group_action(machine).characters
    return len(table.group), len(table), time.process_time() - began


def _gap(machine: StateMachine) -> tuple[int, int, float]:
    letters = ",".join(str([state + 1 for state in column]) for column in zip(*machine.table, strict=True))
    statements = f"""
letters := List([{letters}], PermList);;
began := Runtime();;
group := Group(letters);;
table := Irr(group);;
line([Size(group), Length(table), Runtime() - began]);
"""
    ((elements, classes, milliseconds),) = answers(statements)
    return elements, classes, milliseconds / MILLI


def markdown(found: Sequence[Times]) -> str:
    """Return the table of a page: times, and how many times ours GAP's is."""
    lines = [
        "| machine | elements | classes | CPU s | GAP: CPU s | ratio |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for one in found:
        ours, theirs = statistics.median(one.ours), statistics.median(one.theirs)
        numbers = f"{one.elements:,} | {one.classes} | {ours:.3f} | {theirs:.3f} | {theirs / ours:.1f}"
        lines.append(f"| {one.machine} | {numbers} |")
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> int:
    """Print the table; 2 where GAP is not installed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.characters")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args(arguments)
    if command() is None:
        print(ABSENT, file=sys.stderr)
        return 2
    found = []
    for name in NAMES:
        found.append(times(name, options.rounds))
        print(found[-1], file=sys.stderr, flush=True)
    print(markdown(found))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
