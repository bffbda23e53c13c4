"""Quotients of a machine whose letters permute or reset the states, which together tell all states apart.

A congruence merges states so that letters still act. Above every congruence that keeps two states apart there is a
largest one that does, and a quotient of one whose letters permute or reset is such a one again; so it is enough to look
at largest ones. One is found by joining congruences of single pairs as long as the two states stay apart; which one
depends on the order, and two orders are tried, so that a machine may have such quotients and none is found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final, TypeAlias, final

STATE_LIMIT: Final = 48
"""Most states of a machine whose quotients are looked for: each pair of states is merged once."""

Table: TypeAlias = Sequence[Sequence[int]]
Partition: TypeAlias = tuple[int, ...]
"""The least state of each state's class."""


@final
@dataclass(frozen=True)
class SwapQuotient:
    """A table on classes, and the class of every state."""

    table: tuple[tuple[int, ...], ...]
    image: tuple[int, ...]


def permutes_or_resets(table: Table) -> bool:
    """Tell whether each letter permutes the states or sends all of them to one."""
    return all(len(set(column)) in {1, len(table)} for column in zip(*table, strict=True))


def swap_quotients(table: Table) -> tuple[SwapQuotient, ...] | None:
    """Return quotients that together tell all states apart, None where none were found or there are too many states."""
    if len(table) > STATE_LIMIT:
        return None
    states = range(len(table))
    merges = sorted({_merged(table, [pair]) for pair in combinations(states, 2)}, key=lambda one: (len(set(one)), one))
    found = list[SwapQuotient]()
    for left, right in combinations(states, 2):
        if all(one.image[left] == one.image[right] for one in found):
            tried = (_largest(table, order, left, right) for order in (merges, merges[::-1]))
            best = next((one for one in tried if permutes_or_resets(one.table)), None)
            if best is None:
                return None
            found.append(best)
    return _needed(found)


def _needed(found: Sequence[SwapQuotient]) -> tuple[SwapQuotient, ...]:
    """Return quotients that still tell all states apart, each one needed."""
    kept = list(found)
    for one in found:
        others = [other for other in kept if other is not one]
        if len({*zip(*(other.image for other in others), strict=True)}) == len(one.image):
            kept = others
    return tuple(kept)


def _largest(table: Table, merges: Sequence[Partition], left: int, right: int) -> SwapQuotient:
    """Return the quotient by all merges, in their order, that leave two states apart."""
    classes: Partition = tuple(range(len(table)))
    for merge in merges:
        # The join of two congruences is the least equivalence above both.
        joined = _merged(table, [*enumerate(classes), *enumerate(merge)])
        classes = joined if joined[left] != joined[right] else classes
    names = {state: number for number, state in enumerate(sorted(set(classes)))}
    rows = tuple(tuple(names[classes[target]] for target in table[state]) for state in names)
    return SwapQuotient(rows, tuple(names[state] for state in classes))


def _merged(table: Table, pairs: Sequence[tuple[int, int]]) -> Partition:
    """Return the least congruence that merges the pairs."""
    parent = list(range(len(table)))

    def root(state: int) -> int:
        while parent[state] != state:
            parent[state] = parent[parent[state]]
            state = parent[state]
        return state

    open_ = list(pairs)
    while open_:
        left, right = sorted(map(root, open_.pop()))
        if left != right:
            parent[right] = left
            open_ += zip(table[left], table[right], strict=True)
    return tuple(map(root, parent))
