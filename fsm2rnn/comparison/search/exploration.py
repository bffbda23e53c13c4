"""Breadth first over pairs (network state, machine state): closed, a shortest failing word, or how far it is right.

A node is a rounded state of the network with the state that the machine is in, and the output that is due there. The
frontier is stepped by whole letters; a letter leads from each node to one state, or to several where a step may round
to several. Nodes keep the node they came from, so that the word to each is at hand; being found breadth first, it is a
shortest one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, Protocol, final

import numpy as np
import numpy.typing as npt

from fsm2rnn.comparison.search.seen_states import Places, Rows, SeenStates
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.outputs import next_outputs

# Nodes stepped at once: enough for vectors, and some tens of megabytes at most.
CHUNK: Final = 1 << 14
# Failing moves of one depth that are handed out to be replayed: one almost always does.
CANDIDATES: Final = 64
EXTRA: Final = 2  # columns of a row beside the state: machine state and output
Progress = Callable[[int], None]


class StateSteps(Protocol):
    """What is explored: states are rows of int32."""

    def first(self) -> Rows:
        """Return the rows (1, W) of the state before any symbol."""
        ...

    def after(self, rows: Rows, letter: int) -> tuple[Places, Rows]:
        """Return the rows that the letter may lead to, each with the number of the row that it comes from."""
        ...

    def shown(self, rows: Rows) -> npt.NDArray[np.int64]:
        """Return the number of the output that each state shows for certain, -1 for none."""
        ...


@final
@dataclass(frozen=True)
class FailingMove:
    """A letter read in a node after which the output is not the machine's."""

    node: int
    letter: int
    expected: int
    found: int  # -1: no output leads for certain


@final
@dataclass
class Exploration:
    """The nodes found so far, breadth first from the start; `advance` goes one letter deeper."""

    machine: StateMachine
    steps: StateSteps
    limit: int
    depth: int = 0  # every word up to this length is right, but for the moves that were handed out
    closed: bool = False
    full: bool = False
    _seen: SeenStates = field(init=False)
    _parents: list[Places] = field(init=False)
    _letters: list[Places] = field(init=False)
    _frontier: Places = field(init=False)

    def __post_init__(self) -> None:
        """Begin with the start, which shows nothing that is asked for."""
        start = self.steps.first()
        self._seen = SeenStates(start.shape[1] + EXTRA)
        self._seen.add(_nodes(start, self.machine.start, -1))
        self._parents, self._letters = [np.array([-1])], [np.array([-1])]
        self._frontier = np.array([0])
        table = np.array(self.machine.table, dtype=np.int32)
        self._table, self._due = table, np.array(next_outputs(self.machine), dtype=np.int32)

    @property
    def count(self) -> int:
        """How many nodes were found."""
        return self._seen.count

    @property
    def states(self) -> Rows:
        """The network states of all nodes."""
        return self._seen.rows[:, :-EXTRA]

    @property
    def reads(self) -> list[int]:
        """The machine state of each node."""
        found: list[int] = self._seen.rows[:, -EXTRA].tolist()
        return found

    @property
    def outputs(self) -> list[int | None]:
        """The output of each node, None for the start."""
        return [None if output < 0 else output for output in self._seen.rows[:, -1].tolist()]

    def word_to(self, node: int) -> list[int]:
        """Return a shortest word that leads to the node, as letter numbers."""
        parents, letters = np.concatenate(self._parents), np.concatenate(self._letters)
        word = []
        while parents[node] >= 0:
            word.append(int(letters[node]))
            node = int(parents[node])
        return word[::-1]

    def successors(self, letter: int) -> Places:
        """Return the node that the letter leads each node to, of a closed search whose steps lead to one state each."""
        found = []
        for part in _parts(np.arange(self.count)):
            rows = self._seen.rows[part]
            _, states = self.steps.after(rows[:, :-EXTRA], letter)
            state = rows[:, -EXTRA]
            children = [states, self._table[state, letter][:, None], self._due[state, letter][:, None]]
            found.append(self._seen.add(np.concatenate(children, axis=1))[0])
        return np.concatenate(found)

    def advance(self) -> list[FailingMove]:
        """Step the whole frontier by every letter; return moves that fail, the first of them at least if any does."""
        failing: list[FailingMove] = []
        fresh: list[Places] = []
        for letter in range(len(self.machine.symbols)):
            for part in _parts(self._frontier):
                failing += self._step(part, letter, fresh, CANDIDATES - len(failing))
                if self.count > self.limit:
                    self.full = True
                    return failing
        self.depth += not failing
        self._frontier = np.concatenate(fresh) if fresh else np.empty(0, dtype=np.int64)
        self.closed = not len(self._frontier)
        return failing

    def _step(self, nodes: Places, letter: int, fresh: list[Places], room: int) -> Iterator[FailingMove]:
        rows = self._seen.rows[nodes]
        origin, found = self.steps.after(rows[:, :-EXTRA], letter)
        state = rows[origin, -EXTRA]
        reached, due = self._table[state, letter], self._due[state, letter]
        children = np.concatenate([found, reached[:, None], due[:, None]], axis=1)
        places, new = self._seen.add(children)
        first = places[new]
        self._parents.append(nodes[origin[new]])
        self._letters.append(np.full(len(first), letter))
        shown = self.steps.shown(found[new])
        wrong = np.flatnonzero(shown != due[new])[: max(0, room)]
        fresh.append(first)
        parents = nodes[origin[new]]
        return (FailingMove(int(parents[place]), letter, int(due[new][place]), int(shown[place])) for place in wrong)


def _parts(frontier: Places) -> list[Places]:
    return [frontier[start : start + CHUNK] for start in range(0, len(frontier), CHUNK)]


def _nodes(rows: Rows, state: int, output: int) -> Rows:
    extra = np.tile(np.array([state, output], dtype=np.int32), (len(rows), 1))
    return np.concatenate([rows, extra], axis=1)
