"""Pairs of states that words of one length reach: what a transition that reads no letter cannot keep apart."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Sequence
from itertools import product
from typing import Final, TypeAlias

from fsm2rnn.algebra.letters.affine_laws import Word, distinct_letters
from fsm2rnn.algebra.letters.letter_orders import cycle_lengths
from fsm2rnn.machine.state_machine import StateMachine

STATES: Final = 64  # above which the pairs of states are too many for a search beside other targets
FEW_STATES: Final = 512  # above which letters are not led back
PAIRS: Final = 1 << 20  # of states that are reached, for all sets of letters together
LETTERS: Final = 16  # of different maps, of which the first are read
Pair: TypeAlias = tuple[int, int]
Letters: TypeAlias = tuple[Pair, ...]
"""Two words of one length, letter by letter."""


def told_apart(machine: StateMachine) -> tuple[Word, Word, Word] | None:
    """Return u and v of one length that end in two states, both kept by a third word; None where none were found.

    A machine of more than STATES states is not searched.
    """
    if len(machine.states) > STATES:
        return None
    letters = distinct_letters(machine)[:LETTERS]
    words = reached_pairs(machine, [*product(letters, letters)])
    found = _around(_onward(machine, letters, words))
    return None if found is None else (*_apart(words[found[0]]), found[1])


def led_back(machine: StateMachine) -> tuple[Word, Word] | None:
    """Return u and v of one length that end in two states, each on a cycle of every letter in which u and v differ.

    None where none were found: a machine of more than FEW_STATES states is not searched, and no more than some PAIRS
    pairs of states are reached.
    """
    if len(machine.states) > FEW_STATES:
        return None
    letters = distinct_letters(machine)
    columns = [*zip(*machine.table, strict=True)]
    around = {letter: {q for q, length in enumerate(cycle_lengths(columns[letter])) if length} for letter in letters}
    pairs: dict[frozenset[int], list[Pair]] = {}
    for left, right in product(range(len(machine.states)), repeat=2):
        if left != right:
            both = frozenset(letter for letter, states in around.items() if {left, right} <= states)
            pairs.setdefault(both, []).append((left, right))
    spent = 0
    for free, wanted in pairs.items():
        if len(free) < 2 or spent > PAIRS:
            continue
        reached = reached_pairs(
            machine, list(dict.fromkeys([*zip(letters, letters, strict=True), *product(free, free)]))
        )
        spent += len(reached)
        found = next((pair for pair in wanted if pair in reached), None)
        if found is not None:
            return _apart(reached[found])
    return None


def _apart(words: Letters) -> tuple[Word, Word]:
    return tuple(left for left, _ in words), tuple(right for _, right in words)


def reached_pairs(machine: StateMachine, steps: Sequence[Pair]) -> dict[Pair, Letters]:
    """Return the pairs of states that words of one length reach, letter by letter of `steps`, with shortest ones."""
    start = (machine.start, machine.start)
    found: dict[Pair, Letters] = {start: ()}
    queue = deque([start])
    while queue:
        left, right = pair = queue.popleft()
        for step in steps:
            ends = machine.table[left][step[0]], machine.table[right][step[1]]
            if ends not in found:
                found[ends] = (*found[pair], step)
                queue.append(ends)
    return found


def _onward(machine: StateMachine, letters: Collection[int], pairs: Collection[Pair]) -> dict[Pair, tuple[int, Pair]]:
    """Return the pairs from which some word never leads into one state, each with a letter to another such pair."""
    table = machine.table
    onward = {(left, right): (-1, (left, right)) for left, right in pairs if left != right}
    while True:
        steps = ((pair, x, (table[pair[0]][x], table[pair[1]][x])) for pair in onward for x in letters)
        kept = {pair: (letter, ends) for pair, letter, ends in steps if ends in onward}
        if len(kept) == len(onward):
            return kept
        onward = kept


def _around(onward: dict[Pair, tuple[int, Pair]]) -> tuple[Pair, Word] | None:
    """Return a pair, and the word along which one comes back to it; None where there is no pair."""
    path: dict[Pair, int] = {}
    pair = min(onward, default=None)
    while pair is not None and pair not in path:
        path[pair], pair = onward[pair]
    return None if pair is None else (pair, tuple(path.values())[[*path].index(pair) :])
