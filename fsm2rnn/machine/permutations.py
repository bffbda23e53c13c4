"""Permutations as image tuples: (p * q)(i) = q(p(i)), left to right, as words are read."""

from __future__ import annotations

from typing import TypeAlias

from fsm2rnn.machine.state_machine import StateMachine

Permutation: TypeAlias = tuple[int, ...]


def letters_permute(machine: StateMachine) -> bool:
    """Return whether every symbol permutes the states."""
    return all(len(set(column)) == len(column) for column in zip(*machine.table, strict=True))


def compose(left: Permutation, right: Permutation) -> Permutation:
    """Return left * right: first `left`, then `right`, as words are read."""
    return tuple([right[image] for image in left])
