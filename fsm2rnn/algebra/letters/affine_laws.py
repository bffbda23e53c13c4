r"""x v x = v x: the laws that an affine diagonal network of finite orbit obeys, and that suffice for one.

On each coordinate of such a network every letter is the identity, a reset or, with real slopes, the reflection about
one common point (proved in `fsm2rnn.algebra.diagonal.affine_diagonal`). Hence for letters x, y and words v, w, the
empty one included,

| network | laws, for all states q |
|---|---|
| nonnegative slopes | q x v x = q v x |
| real slopes | q x x v x = q v x and q x y v x w y = q y x v x w y |

If the x that comes last is a reset, what came before does not matter; otherwise x is 1, or x x = 1 and +-1 commute. A
machine that the network simulates, with one code per state or several, obeys the same laws.

The laws suffice for a network with several codes per state. By the first, earlier occurrences of a letter can be
deleted, and the state is given by the order of last occurrences; the coordinates on which two letters x, y reset to
different values, or one, and all others are the identity, show that order. By the second pair, occurrences that are not
the last of their letter commute between two last ones and cancel in pairs, so the state is given by the order of the
last occurrences and the parity of each letter y in between; this is shown by the same coordinates and those on which x
resets to 1, or no letter resets, and y reflects. (So T(M) is a right regular band in the first case.)

Each law is decided for all words: the pairs (q x v, q v) of all v generate the least right congruence that joins q x
with q, at most |Q| - 1 of them generate it already as an equivalence, and x must map the two states of each to one.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias, final

from fsm2rnn.machine.state_machine import StateMachine

Word: TypeAlias = tuple[int, ...]
"""Symbol indices, read left to right."""

_Trail: TypeAlias = "tuple[_Trail, int] | None"


class _Pair(NamedTuple):
    """Two states that one word, the trail, has led to from the two sides of a law at `state`."""

    left: int
    right: int
    state: int
    trail: _Trail


@final
@dataclass(frozen=True)
class LawViolation:
    """q left != q right, where `law` says that the two words act alike in every such network."""

    law: str
    left: Word
    right: Word
    state: int


def right_regular_violation(machine: StateMachine) -> tuple[Word, Word, int] | None:
    """Return words u, v and a state q with q u v u != q v u, u one letter; None where the law holds for all words.

    A violation refutes every affine diagonal network with nonnegative slopes and finite orbit. None says that there is
    one with possibly several codes per state, of at most d + d (d - 1) / 2 coordinates for d distinct letter maps,
    if all states are reachable. |Q| d^2 steps but for the inverse Ackermann function.
    """
    letters = distinct_letters(machine)
    for letter in letters:
        seeds = (_Pair(row[letter], state, state, None) for state, row in enumerate(machine.table))
        pair = _torn(machine, _congruence(machine, letters, seeds), letter)
        if pair is not None:
            return (letter,), _word(pair.trail), pair.state
    return None


def real_affine_violation(machine: StateMachine) -> LawViolation | None:
    """Return a law of the real affine diagonal networks that the machine breaks; None where both hold for all words.

    A violation refutes every affine diagonal network with real slopes and finite orbit. None says that there is one
    with possibly several codes per state, if all states are reachable. |Q| d^3 steps for d distinct letter maps.
    """
    return _square_violation(machine, distinct_letters(machine)) or order_violation(machine)


def _square_violation(machine: StateMachine, letters: Sequence[int]) -> LawViolation | None:
    """Return x and v with q x x v x != q v x."""
    for letter in letters:
        seeds = (_Pair(machine.table[row[letter]][letter], q, q, None) for q, row in enumerate(machine.table))
        pair = _torn(machine, _congruence(machine, letters, seeds), letter)
        if pair is not None:
            rest = (*_word(pair.trail), letter)
            return LawViolation("x x v x = v x", (letter, letter, *rest), rest, pair.state)
    return None


def order_violation(machine: StateMachine, *, behind: bool = False) -> LawViolation | None:
    """Return x, y, v and w with q x y v x w y != q y x v x w y, which refutes complex slopes too; None if none are.

    With `behind` x or y leads to q.
    """
    table, letters = machine.table, distinct_letters(machine)
    for x, y in itertools.permutations(letters, 2):
        states = {row[one] for row in table for one in (x, y)} if behind else range(len(table))
        seeds = (_Pair(table[table[q][x]][y], table[table[q][y]][x], q, None) for q in states)
        pair = _torn_after(machine, letters, seeds, x, y)
        if pair is not None:
            rest = (*_word(pair.trail), y)
            return LawViolation("x y v x w y = y x v x w y", (x, y, *rest), (y, x, *rest), pair.state)
    return None


def idempotent_violation(machine: StateMachine, *, behind: bool = False) -> LawViolation | None:
    """Return x with xx = x, v and q with q x v x != q v x, which refutes complex slopes too; None if none are.

    For some m the map x^m is a constant or the identity on each coordinate, and on states x^m is x. With `behind` a
    letter of v leads to q.
    """
    table, letters = machine.table, distinct_letters(machine)
    for x in (x for x in letters if all(table[row[x]][x] == row[x] for row in table)):
        for last in letters if behind else letters[:1]:
            states = {row[last] for row in table} if behind else range(len(table))
            seeds = (_Pair(table[q][x], q, q, None) for q in states)
            if behind:
                pair = _torn_after(machine, letters, seeds, last, x)
            else:
                pair = _torn(machine, _congruence(machine, letters, seeds), x)
            if pair is not None:
                rest = (*_word(pair.trail), x, x)
                return LawViolation("x v x x = v x x", (x, *rest), rest, pair.state)
    return None


def equal_length_violation(machine: StateMachine) -> LawViolation | None:
    """Return x, y, v and w with q x v y w x != q y v y w x, None where this holds of all letters x and y.

    It holds in networks of finite orbit whose slopes are f_x t, f_x >= 0 and t a complex number for all letters: each
    letter is a constant or the one turn. With words of one length in place of x and y it follows.
    """
    table, letters = machine.table, distinct_letters(machine)
    for x, y in itertools.permutations(letters, 2):
        seeds = (_Pair(row[x], row[y], state, None) for state, row in enumerate(table))
        pair = _torn_after(machine, letters, seeds, y, x)
        if pair is not None:
            rest = (*_word(pair.trail), x)
            return LawViolation("x v y w x = y v y w x", (x, *rest), (y, *rest), pair.state)
    return None


def length_violation(machine: StateMachine) -> LawViolation | None:
    """Return letters x and y and a word v, not empty, with q x v != q y v; None where last letter and length are all.

    With words of one length in place of x and y it follows.
    """
    table, letters = machine.table, distinct_letters(machine)
    seeds = (_Pair(row[letters[0]], row[y], q, (None, y)) for q, row in enumerate(table) for y in letters[1:])
    found = [*_congruence(machine, letters, seeds)]
    for z in letters:
        pair = _torn(machine, found, z)
        if pair is not None:
            y, *rest = *_word(pair.trail), z
            return LawViolation("x v = y v", (letters[0], *rest), (y, *rest), pair.state)
    return None


def distinct_letters(machine: StateMachine) -> list[int]:
    """Return the first symbol of each distinct letter map."""
    first: dict[tuple[int, ...], int] = {}
    for symbol, column in enumerate(zip(*machine.table, strict=True)):
        first.setdefault(column, symbol)
    return list(first.values())


def _congruence(machine: StateMachine, letters: Sequence[int], seeds: Iterable[_Pair]) -> Iterator[_Pair]:
    """Yield pairs of the seeds and of what words make of them, that generate all of these as an equivalence.

    A pair that joins two classes is yielded and followed on; any other follows from the earlier ones, and so does what
    words make of it (Hopcroft and Karp, 1971).
    """
    parent = list(range(len(machine.states)))
    waiting = deque(seeds)
    while waiting:
        pair = waiting.popleft()
        left, right = _root(parent, pair.left), _root(parent, pair.right)
        if left != right:
            parent[left] = right
            yield pair
            ahead, behind = machine.table[pair.left], machine.table[pair.right]
            waiting.extend(_Pair(ahead[x], behind[x], pair.state, (pair.trail, x)) for x in letters)


def _torn_after(
    machine: StateMachine, letters: Sequence[int], seeds: Iterable[_Pair], first: int, last: int
) -> _Pair | None:
    """Return a pair of the seeds after a word, the first letter and a word that the last letter maps to two states."""
    table = machine.table
    read = (
        _Pair(table[pair.left][first], table[pair.right][first], pair.state, (pair.trail, first))
        for pair in _congruence(machine, letters, seeds)
    )
    return _torn(machine, _congruence(machine, letters, read), last)


def _torn(machine: StateMachine, pairs: Iterable[_Pair], letter: int) -> _Pair | None:
    """Return the first pair that the letter does not map to one state."""
    table = machine.table
    return next((pair for pair in pairs if table[pair.left][letter] != table[pair.right][letter]), None)


def _word(trail: _Trail) -> Word:
    letters = []
    while trail is not None:
        trail, letter = trail
        letters.append(letter)
    return tuple(reversed(letters))


def _root(parent: list[int], state: int) -> int:
    """Return the root of a state, halving the way for the next one."""
    while parent[state] != state:
        parent[state] = parent[parent[state]]
        state = parent[state]
    return state
