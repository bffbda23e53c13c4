"""h <- A h + b_x with one A for all letters: two words of one length that the machine tells apart for ever refute it.

Let u and v have one length and lead to p and q, p != q, and let a non-empty w keep both. On a finite orbit the part of
the state on which A is no unit forgets within a few w. On the rest A^(m |u|) is the identity for some m, so u^m moves
the state by a constant, which is zero, since the orbit is finite; u^(m-1) v moves it by the difference of what u and v
write, which is zero for the same reason. So the states after u w^j and v w^j are one, and the machine's are not. The
kernel has no such witness: what is found here is named as searched.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from itertools import product
from typing import Final, TypeAlias

from fsm2rnn.algebra.facts import Facts
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.refutation.replay import Word, word_text

STATES: Final = 64  # above which the pairs of states are too many for a search beside other targets
LETTERS: Final = 16
Pair: TypeAlias = tuple[int, int]


def words_of_one_length(facts: Facts) -> str | None:
    """Return in words what `told_apart` finds, or None."""
    found = told_apart(facts.machine)
    if found is None:
        return None
    first, second, kept = (word_text(facts.machine, word) for word in found)
    return (
        f"{first} and {second} have one length and end apart, and {kept} keeps both ends: one transition for all "
        "letters cannot (searched, no witness of the kernel)"
    )


def told_apart(machine: StateMachine) -> tuple[Word, Word, Word] | None:
    """Return u and v of one length that end in two states, both kept by a third word; None where none were found."""
    if len(machine.states) > STATES or len(machine.symbols) > LETTERS:
        return None
    for pair, letters in _reached(machine).items():
        kept = _kept(machine, pair) if pair[0] != pair[1] else None
        if kept is not None:
            return tuple(left for left, _ in letters), tuple(right for _, right in letters), kept
    return None


def _reached(machine: StateMachine) -> dict[Pair, tuple[Pair, ...]]:
    """Return the pairs of states that words of one length reach, each with the pairs of letters of shortest ones."""
    start = (machine.start, machine.start)
    found: dict[Pair, tuple[Pair, ...]] = {start: ()}
    queue, symbols = deque([start]), range(len(machine.symbols))
    while queue:
        left, right = pair = queue.popleft()
        for letters in product(symbols, symbols):
            ends = machine.table[left][letters[0]], machine.table[right][letters[1]]
            if ends not in found:
                found[ends] = (*found[pair], letters)
                queue.append(ends)
    return found


def _kept(machine: StateMachine, pair: Pair) -> Word | None:
    """Return a shortest non-empty word that leads from both states of a pair back to them, or None."""
    queue: deque[tuple[Pair, Word]] = deque([(pair, ())])
    met: set[Pair] = set()
    while queue:
        (left, right), word = queue.popleft()
        for symbol, ends in _steps(machine, left, right):
            if ends == pair:
                return (*word, symbol)
            if ends not in met:
                met.add(ends)
                queue.append((ends, (*word, symbol)))
    return None


def _steps(machine: StateMachine, left: int, right: int) -> Iterator[tuple[int, Pair]]:
    for symbol in range(len(machine.symbols)):
        yield symbol, (machine.table[left][symbol], machine.table[right][symbol])
