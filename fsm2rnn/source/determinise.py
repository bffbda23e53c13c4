"""The subset construction: a non-deterministic acceptor becomes a deterministic one, under a stated limit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, final

from fsm2rnn.errors import LimitError
from fsm2rnn.source.draft import require_table

MEMBER_LIMIT = 10_000_000
"""Most states in all subsets and epsilon closures together: 80 MB."""

Subset: TypeAlias = tuple[int, ...]


@final
@dataclass(frozen=True)
class NondeterministicAcceptor:
    """An acceptor on states 0 .. n-1 and letters 0 .. k-1, with epsilon moves.

    `moves[q]` maps a letter to the states that q reaches by it, `epsilon[q]` are the states reached by
    no letter; a word is accepted when some run over it ends in `accepting`.
    """

    moves: tuple[Mapping[int, Sequence[int]], ...]
    epsilon: tuple[Sequence[int], ...]
    letters: int
    start: int
    accepting: frozenset[int]


@final
@dataclass(frozen=True)
class SubsetMachine:
    """The total deterministic machine on the reachable subsets, breadth first; subset 0 is the start.

    A word that no run survives leads to the empty subset, so nothing is missing.
    """

    subsets: tuple[Subset, ...]
    table: tuple[tuple[int, ...], ...]
    accepting: tuple[bool, ...]


def determinise(nfa: NondeterministicAcceptor, *, max_states: int) -> SubsetMachine:
    """Return delta(S, x) = closure of the union of delta(q, x) over q in S, for the subsets that words reach.

    Raises LimitError as soon as there are more than `max_states` subsets or MEMBER_LIMIT members.
    """
    spend = _budget()
    start = _closure(nfa, [nfa.start], spend)
    # One step from one state, closed under epsilon; filled when first needed.
    steps: dict[tuple[int, int], Subset] = {}
    subsets, number = [start], {start: 0}
    table: list[tuple[int, ...]] = []
    for subset in subsets:
        row = []
        for letter in range(nfa.letters):
            target = _image(nfa, subset, letter, steps, spend)
            if target not in number:
                _admit(len(subsets), max_states, nfa.letters)
                spend(len(target))
                number[target] = len(subsets)
                subsets.append(target)
            row.append(number[target])
        table.append(tuple(row))
    accepting = tuple(not nfa.accepting.isdisjoint(subset) for subset in subsets)
    return SubsetMachine(tuple(subsets), tuple(table), accepting)


def _image(
    nfa: NondeterministicAcceptor,
    subset: Subset,
    letter: int,
    steps: dict[tuple[int, int], Subset],
    spend: Callable[[int], None],
) -> Subset:
    union: set[int] = set()
    for state in subset:
        step = steps.get((state, letter))
        if step is None:
            step = steps[state, letter] = _closure(nfa, nfa.moves[state].get(letter, ()), spend)
        union.update(step)
    return tuple(sorted(union))


def _closure(nfa: NondeterministicAcceptor, states: Sequence[int], spend: Callable[[int], None]) -> Subset:
    """Return what `states` reach by epsilon moves alone, themselves included, in increasing order."""
    order = list(dict.fromkeys(states))
    seen = set(order)
    for state in order:
        for target in nfa.epsilon[state]:
            if target not in seen:
                seen.add(target)
                order.append(target)
    spend(len(order))
    return tuple(sorted(order))


def _admit(count: int, max_states: int, letters: int) -> None:
    if count >= max_states:
        what = "states of the determinised machine"
        raise LimitError(what, limit=max_states, hint="--max-states N raises the limit")
    require_table(count + 1, letters)


def _budget() -> Callable[[int], None]:
    """Return a function that counts members and raises LimitError once they pass MEMBER_LIMIT."""
    spent = 0

    def spend(members: int) -> None:
        nonlocal spent
        spent += members
        if spent > MEMBER_LIMIT:
            what = "members of the subsets of a non-deterministic machine"
            raise LimitError(what, limit=MEMBER_LIMIT)

    return spend
