"""The subset construction: a non-deterministic acceptor becomes a deterministic one, under a stated limit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, final

from fsm2rnn.errors import LimitError
from fsm2rnn.source.draft.draft import require_table

MEMBER_LIMIT = 10_000_000
"""Most states in all subsets and epsilon closures together: 80 MB."""

STEP_LIMIT = 2**25
"""Most states visited while subsets are joined, with _STEP_COST for each join: seconds."""

_STEP_COST = 4

Subset: TypeAlias = tuple[int, ...]


@final
@dataclass(frozen=True)
class NondeterministicAcceptor:
    """An acceptor on states 0 .. n-1 and letters 0 .. k-1, with epsilon moves.

    `moves[q]` maps a letter to the states that q reaches by it, `epsilon[q]` are the states reached by
    no letter; a word is accepted when some run over it from one of `starts` ends in `accepting`.
    """

    moves: tuple[Mapping[int, Sequence[int]], ...]
    epsilon: tuple[Sequence[int], ...]
    letters: int
    starts: tuple[int, ...]
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

    Raises LimitError as soon as there are more than `max_states` subsets, MEMBER_LIMIT members or STEP_LIMIT steps.
    """
    members, steps = _budget("members of the subsets", MEMBER_LIMIT), _budget("steps through the subsets", STEP_LIMIT)
    start = _closure(nfa, nfa.starts, members)
    # The steps from one state, closed under epsilon; filled when first needed.
    closed: dict[int, list[tuple[int, Subset]]] = {}
    subsets, number = [start], {start: 0}
    table: list[tuple[int, ...]] = []
    for subset in subsets:
        unions: list[set[int]] = [set() for _ in range(nfa.letters)]
        cost = 0
        for state in subset:
            if state not in closed:
                closed[state] = [(x, _closure(nfa, reached, members)) for x, reached in nfa.moves[state].items()]
            for letter, step in closed[state]:
                cost += _STEP_COST + len(step)
                unions[letter].update(step)
        steps(cost)
        row = []
        for union in unions:
            target = tuple(sorted(union))
            if target not in number:
                _admit(len(subsets), max_states, nfa.letters)
                members(len(target))
                number[target] = len(subsets)
                subsets.append(target)
            row.append(number[target])
        table.append(tuple(row))
    accepting = tuple(not nfa.accepting.isdisjoint(subset) for subset in subsets)
    return SubsetMachine(tuple(subsets), tuple(table), accepting)


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


def _budget(what: str, limit: int) -> Callable[[int], None]:
    """Return a function that adds up what is spent and raises LimitError once it passes `limit`."""
    spent = 0

    def spend(amount: int) -> None:
        nonlocal spent
        spent += amount
        if spent > limit:
            full = f"{what} of a non-deterministic machine"
            raise LimitError(full, limit=limit)

    return spend
