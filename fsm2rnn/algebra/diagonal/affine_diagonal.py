r"""f(q x) = a_x f(q) + b_x: the coordinates of a diagonal network with an additive term, on a finite orbit.

Let h_j <- a_x h_j + b_x take finitely many real values S. Every letter maps S into S. Where S has two values or more, a
letter with a = 0 resets the coordinate, and any other is one-to-one, so permutes S and with it the two ends of the
interval that S spans: it is the identity or the reflection about the midpoint. The midpoint is common to all letters,
so put it at 0. A letter thus acts as

    identity (a, b) = (1, 0),    reset (0, b),    and, where a may be negative, reflection (-1, 0).

For each way to give the letters these roles, the functions with one code per state are the solutions of f(q x) = f(q),
f constant on Im x, f(q x) = -f(q). These join states into classes up to sign; a class that meets its own negative is
0, and all other classes are free. So the solution with distinct positive integers on the free classes tells apart
whatever any solution does. The network exists iff these finest functions, over all roles, separate the states.

Letters are given roles one after another, and equal partial classes are kept once, so that the ways need not be counted
one by one. The laws of `fsm2rnn.algebra.letters.affine_laws` are asked first: they are quick, and a machine that breaks
them has no such network. A machine that obeys them has one with several codes per state, even where it has none with
one code per state; and it can be smaller.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, final

from fsm2rnn.algebra.cover_sets.separating_set import separating_set
from fsm2rnn.algebra.letters.affine_laws import real_affine_violation, right_regular_violation
from fsm2rnn.algebra.letters.product import merge_letters
from fsm2rnn.errors import LimitError
from fsm2rnn.machine.state_machine import StateMachine

WORK_LIMIT: Final = 1 << 22
"""Most steps, one for each state that the enumeration of roles looks at in Python's loop."""

# Classes up to sign: 0, or the signed number of a class, per state, numbered in order of their first states.
_Classes: TypeAlias = tuple[int, ...]
_Roles: TypeAlias = tuple[int, ...]


@final
@dataclass(frozen=True)
class AffineCoordinates:
    """codes[delta(q, x)] = slopes[x] * codes[q] + offsets[x] coordinate by coordinate, and codes are distinct.

    The machine with one state has no coordinates.
    """

    slopes: tuple[tuple[int, ...], ...]  # per symbol, per coordinate, in {0, 1} or {-1, 0, 1}
    offsets: tuple[tuple[int, ...], ...]  # per symbol, per coordinate
    codes: tuple[tuple[int, ...], ...]  # per state, per coordinate
    minimal: bool  # whether no network with one code per state has fewer coordinates
    reason: str


def affine_nonnegative_coordinates(machine: StateMachine) -> AffineCoordinates | None:
    """Return few coordinates with slopes 0 and 1; None where no network with one code per state exists.

    Every state must be reachable. Raises LimitError when the roles of the letters take more than WORK_LIMIT steps.
    """
    return _coordinates(machine, (1, 0)) if right_regular_violation(machine) is None else None


def affine_real_coordinates(machine: StateMachine) -> AffineCoordinates | None:
    """Return few coordinates with slopes -1, 0 and 1; None where no network with one code per state exists.

    Every state must be reachable. Raises LimitError when the roles of the letters take more than WORK_LIMIT steps.
    """
    return _coordinates(machine, (1, 0, -1)) if real_affine_violation(machine) is None else None


# A function that the letters keep, reset or reflect is coarser than the finest one of the same roles, so only finest
# ones are looked at. Few of them that separate the states are coordinates; a letter's offset is the value to which it
# resets.
def _coordinates(machine: StateMachine, slopes: Sequence[int]) -> AffineCoordinates | None:
    count = len(machine.states)
    merged = merge_letters(machine)
    letters = list(zip(*merged.machine.table, strict=True))
    found = [] if count == 1 else list(_finest(letters, count, slopes).items())
    best = separating_set([classes for classes, _ in found], count)
    if best is None:
        return None
    chosen = [found[position] for position in best.members]
    codes = [_shifted(classes, roles) for classes, roles in chosen]
    roles = [tuple(role[letter] for _, role in chosen) for letter in range(len(letters))]
    resets = [tuple(code[letter[0]] for code in codes) for letter in letters]
    offsets = [tuple(0 if a else b for a, b in zip(*pair, strict=True)) for pair in zip(roles, resets, strict=True)]
    return AffineCoordinates(
        tuple(roles[letter] for letter in merged.letter_of),
        tuple(offsets[letter] for letter in merged.letter_of),
        tuple(zip(*codes, strict=True)) if codes else ((),),
        best.minimal,
        f"one code per state: {best.reason}",
    )


def _shifted(classes: _Classes, roles: _Roles) -> tuple[int, ...]:
    """Return the codes from 0 where no letter reflects: the midpoint is then free."""
    return classes if -1 in roles else tuple(number - 1 for number in classes)


# Letter by letter: each function found so far is joined by what a role of the next letter makes equal. Ways that come
# to the same function are one from then on, and those that leave one value are dropped.
def _finest(letters: Sequence[Sequence[int]], count: int, slopes: Sequence[int]) -> dict[_Classes, _Roles]:
    """Return the finest function of every way to give roles, with one such way; those of one value are left out."""
    found: dict[_Classes, _Roles] = {tuple(range(1, count + 1)): ()}
    work = 0
    for letter in letters:
        finer: dict[_Classes, _Roles] = {}
        for classes, roles in found.items():
            for slope in slopes:
                joined = _joined(classes, letter, slope)
                if joined is not None:
                    finer.setdefault(joined, (*roles, slope))
            work += count * len(slopes)
            if work > WORK_LIMIT:
                what = "steps to give the letters their roles"
                raise LimitError(what, limit=WORK_LIMIT)
        found = finer
    return found


def _joined(classes: _Classes, letter: Sequence[int], slope: int) -> _Classes | None:
    """Return the finest coarser classes on which the letter acts by `slope`; None where one value is left.

    Values v and -v are two nodes of one forest, so a class is 0 where they meet; 0 is a node of its own.
    """
    largest = max(classes)
    parent = {value: value for value in range(-largest, largest + 1)}
    first = classes[letter[0]]
    for state, reached in enumerate(letter):
        left, right = classes[reached], slope * classes[state] if slope else first
        if left != right:
            parent[_root(parent, left)] = _root(parent, right)
            parent[_root(parent, -left)] = _root(parent, -right)
    numbers = {_root(parent, 0): 0}
    found = []
    for value in classes:
        root, opposite = _root(parent, value), _root(parent, -value)
        if root not in numbers:
            numbers[root] = 0 if root == opposite else 1 + max(numbers.values())
            numbers[opposite] = -numbers[root]
        found.append(numbers[root])
    return tuple(found) if len(set(found)) > 1 else None


def _root(parent: dict[int, int], value: int) -> int:
    """Return the root of a value, halving the way for the next one."""
    while parent[value] != value:
        parent[value] = parent[parent[value]]
        value = parent[value]
    return value
