"""The event cascade of an aperiodic machine: levels that remember the last event, until each context has one state.

A context is what the levels built so far hold before a step. The canonical level remembers the last event whose image
is a proper part of the states possible in the context that it leads to. Let m be the most states of a context. Letters
that are no events are bijections between contexts of m states; in a strong component of these that no other leads to,
all ways between two contexts are one bijection where the machine is aperiodic, so every value that is born inside stays
proper there, and the component falls apart. Hence (m, the longest chain of components) falls lexicographically, and the
levels end. m itself need not fall at each level.

A partition level looks at the events of a few letters only, and is taken where the states of all contexts together
grow by at most a factor: growth 1 asks that its value be a function of the machine's state. Such levels are the bits of
letters seen, the counters and the chains of subsequences that locally or piecewise testable languages are made of.

Sources: cascades by remembered sets go back to Zeiger, "Cascade synthesis of finite-state machines", 1967; that the
aperiodic machines are the cascades of resets is Krohn and Rhodes, 1965.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations
from typing import Final, TypeAlias, final

from fsm2rnn.algebra.cascade.contexts import Contexts, Event, Work, first_contexts
from fsm2rnn.algebra.cascade.event_level import EventLevel, event_level, shrinking
from fsm2rnn.algebra.cascade.live_machine import LiveMachine
from fsm2rnn.algebra.cascade.quotient_level import quotient_level
from fsm2rnn.algebra.cascade.turning_level import turning_level
from fsm2rnn.errors import LimitError
from fsm2rnn.machine.permutations import Permutation

LEVEL_LIMIT: Final = 64
"""Most levels before the absorbing states: aperiodic machines of some hundred states need about twenty."""
FEW_LETTERS: Final = 4
"""Up to so many classes of letters all subsets are tried; of more, single ones, all but one, and all."""

Prefix: TypeAlias = tuple[int, ...]
Strategy: TypeAlias = Callable[[Contexts, LiveMachine, Work], EventLevel]


@final
@dataclass(frozen=True, eq=False)
class CascadeLevel:
    """A register of `values` values that starts at 0: what is written after which values of earlier levels and letter.

    `turns` permute its values, and where nothing is written or turned it keeps its own.
    """

    values: int
    writes: Mapping[tuple[Prefix, int], int]
    turns: Mapping[tuple[Prefix, int], Permutation] = field(default_factory=dict)


@final
@dataclass(frozen=True, eq=False)
class Cascade:
    """Levels whose values, before a step, decide the next ones with the letter; and the live state of each tuple."""

    machine: LiveMachine
    levels: tuple[CascadeLevel, ...]
    states: Mapping[Prefix, int]


def event_cascade(machine: LiveMachine, strategy: Strategy, spent: Work) -> Cascade:
    """Return the cascade that a strategy builds level by level.

    LimitError for more than LEVEL_LIMIT levels, which a machine with groups needs of a strategy that never turns, and
    for too many contexts, labels, footprints or steps.
    """
    contexts = first_contexts(machine)
    levels: list[CascadeLevel] = []
    while not contexts.settled:
        if len(levels) == LEVEL_LIMIT:
            what = "levels of a cascade"
            raise LimitError(what, limit=LEVEL_LIMIT, needed=LEVEL_LIMIT + 1)
        found = strategy(contexts, machine, spent)
        values = contexts.values
        writes = {(values[context], letter): value for (context, letter), value in found.writes.items()}
        turns = {(values[context], letter): turn for (context, letter), turn in found.turns.items()}
        levels.append(CascadeLevel(found.values, writes, turns))
        contexts = found.contexts
    states = {
        prefix: possible.bit_length() - 1 for prefix, possible in zip(contexts.values, contexts.states, strict=True)
    }
    return Cascade(machine, tuple(levels), states)


def canonical_level(contexts: Contexts, machine: LiveMachine, spent: Work) -> EventLevel:
    """Return the level that remembers the last shrinking event."""
    return event_level(contexts, machine, shrinking(contexts, machine), spent)


def turning_first(contexts: Contexts, machine: LiveMachine, spent: Work) -> EventLevel:
    """Return the level that turns where there is a group to be turned by, else the canonical one."""
    return turning_level(contexts, machine, spent) or canonical_level(contexts, machine, spent)


def quotient_first(fallback: Strategy) -> Strategy:
    """Return the strategy that looks for a quotient which words turn first, and falls back on another."""

    def level(contexts: Contexts, machine: LiveMachine, spent: Work) -> EventLevel:
        return quotient_level(contexts, machine, spent) or fallback(contexts, machine, spent)

    return level


def partition_level(growth: Fraction, fallback: Strategy = canonical_level) -> Strategy:
    """Return the strategy that looks for events of few letters first, see above, and falls back on another."""

    def level(contexts: Contexts, machine: LiveMachine, spent: Work) -> EventLevel:
        most = growth * contexts.total
        best: tuple[tuple[Fraction, int, int], EventLevel] | None = None
        for chosen in _choices(contexts, machine):
            found = _tried(contexts, machine, chosen, spent)
            if found is None or found.values == 1 or len(found.contexts.states) <= len(contexts.states):
                continue
            total = found.contexts.total
            score = Fraction(total, len(found.contexts.states)), found.values, len(found.writes)
            if total <= most and (best is None or score < best[0]):
                best = score, found
        return fallback(contexts, machine, spent) if best is None else best[1]

    return level


def _choices(contexts: Contexts, machine: LiveMachine) -> Iterator[list[Event]]:
    """Yield for some sets of letters their shrinking events, and all their events into contexts of several states."""
    proper = shrinking(contexts, machine)
    several = [
        (context, letter)
        for context, row in enumerate(contexts.after)
        for letter, target in enumerate(row)
        if target is not None and contexts.states[target].bit_count() > 1
    ]
    for letters in _letter_sets(machine.letters):
        for events in (proper, several):
            yield [event for event in events if event[1] in letters]


def _letter_sets(letters: int) -> Iterator[frozenset[int]]:
    everything = frozenset(range(letters))
    if letters <= FEW_LETTERS:
        for size in range(1, letters + 1):
            yield from map(frozenset, combinations(range(letters), size))
        return
    for letter in range(letters):
        yield frozenset({letter})
    for letter in range(letters):
        yield everything - {letter}
    yield everything


def _tried(contexts: Contexts, machine: LiveMachine, chosen: list[Event], spent: Work) -> EventLevel | None:
    """Return the level of a choice, None where it alone is too large; LimitError when the search has to end."""
    try:
        return event_level(contexts, machine, chosen, spent)
    except LimitError:
        if spent.left < 0:
            raise
        return None
