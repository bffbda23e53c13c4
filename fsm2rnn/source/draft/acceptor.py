"""What an acceptor's file states, deterministic or not, and the one way from there to a machine."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import final

from fsm2rnn.machine.reachable import canonical
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.source.draft.determinise import NondeterministicAcceptor, determinise
from fsm2rnn.source.draft.draft import Arc, Draft, assemble
from fsm2rnn.source.draft.reading import Notes, Reading, ReadOptions


@final
@dataclass
class AcceptorDraft:
    """Names numbered by first mention; an arc is (source, letter, target, line), letter None is epsilon."""

    file: str | None
    states: dict[str, int] = field(default_factory=dict)
    symbols: dict[str, int] = field(default_factory=dict)
    arcs: list[tuple[int, int | None, int, int]] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    accepting: set[int] = field(default_factory=set)
    notes: Notes = field(default_factory=Notes)

    def state(self, name: str) -> int:
        """Return the number of a state, new where it is first mentioned."""
        return self.states.setdefault(name, len(self.states))

    def between(self, name: str) -> int:
        """Return the number of a new state inside a way out of the state of that name."""
        new = f"{name}:{len(self.states)}"
        while new in self.states:
            new += "'"
        return self.state(new)

    def symbol(self, name: str) -> int:
        """Return the number of a symbol, new where it is first mentioned."""
        return self.symbols.setdefault(name, len(self.symbols))


def acceptor(found: AcceptorDraft, options: ReadOptions) -> Reading:
    """Return the acceptor and its notes, numbered breadth first, with outputs True and False.

    A deterministic one is made total as `options.complete` says. With epsilon moves, several starts or several
    targets of one letter it is determinised: states are named by tuples of names, and nothing is missing.
    Raises InputError for a machine without states, symbols or start, LimitError past `options.max_states` subsets.
    """
    _note_start(found)
    if found.symbols and found.starts and _is_nondeterministic(found):
        return found.notes.of(_determinised(found, options.max_states))
    draft = Draft(
        tuple(found.states),
        tuple(found.symbols),
        tuple(Arc(source, letter, target, line) for source, letter, target, line in found.arcs if letter is not None),
        found.starts[0] if found.starts else None,
        tuple(state in found.accepting for state in range(len(found.states))),
        found.file,
    )
    return found.notes.of(canonical(assemble(draft, options.complete)))


def _note_start(found: AcceptorDraft) -> None:
    """Note a start that no arc leaves while others leave other states: its name may be a slip."""
    leaving = {arc[0] for arc in found.arcs}
    if leaving and found.starts and leaving.isdisjoint(found.starts):
        name = next(name for name, number in found.states.items() if number == found.starts[0])
        found.notes.add(f"no transition leaves the start {name!r:.60}")


def _is_nondeterministic(found: AcceptorDraft) -> bool:
    targets: dict[tuple[int, int | None], int] = {}
    return len(set(found.starts)) > 1 or any(
        letter is None or targets.setdefault((source, letter), target) != target
        for source, letter, target, _ in found.arcs
    )


def _determinised(found: AcceptorDraft, max_states: int) -> StateMachine:
    moves: list[dict[int, list[int]]] = [{} for _ in found.states]
    epsilon: list[list[int]] = [[] for _ in found.states]
    for source, letter, target, _ in found.arcs:
        (epsilon[source] if letter is None else moves[source].setdefault(letter, [])).append(target)
    nfa = NondeterministicAcceptor(
        tuple(moves), tuple(epsilon), len(found.symbols), tuple(found.starts), frozenset(found.accepting)
    )
    subsets = determinise(nfa, max_states=max_states)
    names = list(found.states)
    states = tuple(tuple(names[state] for state in subset) for subset in subsets.subsets)
    return StateMachine(states, tuple(found.symbols), subsets.table, 0, subsets.accepting)
