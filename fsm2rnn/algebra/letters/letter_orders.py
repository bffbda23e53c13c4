r"""q x y = q y x, x^{i+p} = x^i: what a diagonal network needs of the letters, each decided on the letters alone.

A diagonal network h <- A_x h has commuting matrices, and on a finite orbit every entry is 0 or a root of unity, so
A_x^{1+p} = A_x. Equations pass to the machine that the network simulates, with one code per state or with several:

| network, one layer, no additive term, finite orbit | letters commute, index at most 1, and | refuted by |
|---|---|---|
| complex diagonal (2x2 rotations with zeros) | nothing more | `noncommuting`, `transient` |
| real diagonal | period at most 2 | ..., `long_cycle(machine, 2)` |
| nonnegative diagonal | period 1 | ..., `long_cycle(machine, 1)` |

These are sufficient as well: `fsm2rnn.algebra.diagonal.semicharacters` builds the networks. Letters that commute make
T(M) a quotient of the product of the monoids that single letters generate, so nothing but the letters need be looked
at.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from fsm2rnn.machine.state_machine import StateMachine


@final
@dataclass(frozen=True)
class LetterOrder:
    """x^{index + period} = x^index as maps of the states, with the least index >= 0 and period >= 1."""

    index: int
    period: int


def letter_orders(machine: StateMachine) -> tuple[LetterOrder, ...]:
    """Return the index and the period of every letter, in |Q| |Sigma| steps.

    The index is the longest way to a cycle, the period the least common multiple of the cycles.
    """
    known: dict[tuple[int, ...], LetterOrder] = {}
    columns = list(zip(*machine.table, strict=True))
    for column in columns:
        if column not in known:
            lengths, leaving = _cycles(column)
            known[column] = LetterOrder(_longest_way(column, leaving), math.lcm(*set(lengths) - {0}))
    return tuple(known[column] for column in columns)


def noncommuting(machine: StateMachine) -> tuple[int, int, int] | None:
    """Return the least q and then the least letters x, y with q x y != q y x, or None; |Q| |Sigma'|^2 steps.

    Sigma' are the letters with distinct maps.
    """
    first: dict[tuple[int, ...], int] = {}
    for symbol, column in enumerate(zip(*machine.table, strict=True)):
        first.setdefault(column, symbol)
    symbols = list(first.values())
    maps = np.array(list(first), dtype=np.intp)  # (D', Q)
    found: tuple[int, int, int] | None = None
    for position, letter in enumerate(maps):
        # maps[:, letter] is q x y for all y, letter[maps] is q y x for all y.
        differs = maps.take(letter, axis=1) != letter.take(maps)
        if differs.any():
            state = int(differs.any(axis=0).argmax())
            witness = state, symbols[position], symbols[int(differs[:, state].argmax())]
            found = witness if found is None else min(found, witness)
            if state == 0:
                break
    return found


def transient(machine: StateMachine) -> tuple[int, int] | None:
    """Return a state q and a letter x of index > 1: q x x^n != q x for every n >= 1; None where all are <= 1.

    The state is the least one for the least letter. A finite power x^{1+p} = x would bring q x back.
    """
    for symbol, column in enumerate(zip(*machine.table, strict=True)):
        image = set(column)
        if len({column[state] for state in image}) < len(image):  # x is not injective on its image
            lengths, _ = _cycles(column)
            return next(state for state, reached in enumerate(column) if not lengths[reached]), symbol
    return None


def long_cycle(machine: StateMachine, longest: int) -> tuple[int, int, int] | None:
    """Return the least (q, x) with q on an x-cycle of more than `longest` states, and its length; or None."""
    return cycle_of(machine, lambda length: length > longest)


def cycle_of(machine: StateMachine, asked: Callable[[int], bool]) -> tuple[int, int, int] | None:
    """Return the least (q, x) with q on an x-cycle of a length that is asked for, and the length; or None."""
    found: tuple[int, int, int] | None = None
    for symbol, column in enumerate(zip(*machine.table, strict=True)):
        for state, length in enumerate(_cycles(column)[0]):
            if asked(length):
                found = min(found or (state, symbol, length), (state, symbol, length))
                break
        if found is not None and found[0] == 0:  # no later letter has a lesser pair
            break
    return found


def cycle_lengths(column: Sequence[int]) -> list[int]:
    """Return the length of each state's cycle under a letter, 0 off the cycles."""
    return _cycles(column)[0]


def _cycles(column: Sequence[int]) -> tuple[list[int], list[int]]:
    """Return the length of each state's cycle (0 off the cycles), and the states off them, preimages first."""
    leaving = _leaving(column)
    lengths = [0] * len(column)
    unseen = set(range(len(column))).difference(leaving)
    while unseen:
        cycle = [unseen.pop()]
        while (reached := column[cycle[-1]]) != cycle[0]:
            cycle.append(reached)
        unseen.difference_update(cycle)
        for member in cycle:
            lengths[member] = len(cycle)
    return lengths, leaving


def _leaving(column: Sequence[int]) -> list[int]:
    """Return the states off the cycles, preimages first."""
    if len(set(column)) == len(column):
        return []
    entering = [0] * len(column)
    for reached in column:
        entering[reached] += 1
    leaving = [state for state, count in enumerate(entering) if not count]
    for state in leaving:
        reached = column[state]
        entering[reached] -= 1
        if not entering[reached]:
            leaving.append(reached)
    return leaving


def _longest_way(column: Sequence[int], leaving: Sequence[int]) -> int:
    """Return the most steps from a state to a cycle."""
    way = [0] * len(column)
    for state in reversed(leaving):
        way[state] = way[column[state]] + 1
    return max(way)
