"""The states that words lead a network to, where they are finitely many: the network's own machine, exactly."""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np

from fsm2rnn.cells.auditable import Auditable
from fsm2rnn.comparison.extraction.read_machine import FoundPlaces, machine_read
from fsm2rnn.comparison.search.exploration import Exploration, Progress
from fsm2rnn.comparison.search.module_steps import ModuleSteps
from fsm2rnn.errors import LimitError
from fsm2rnn.machine.state_machine import StateMachine

READ_AT_ONCE: Final = 1 << 14  # states whose outputs are read at once
ALONE: Final = 20_000  # steps that are also taken one at a time, in a second or two

Numbers: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.int64]]


def searched_machine(
    network: Auditable, limit: int, progress: Progress | None = None
) -> tuple[StateMachine, int, bool]:
    """Return the minimal machine of a network whose states close, their number, and whether each step was taken alone.

    By induction on words it gives the output that the network's greatest logit names after every word but the empty
    one. LimitError where more than `limit` states are found, or where a state reads no output for certain.
    """
    steps = ModuleSteps(network)
    found = Exploration(_one_state(network.machine), steps, limit)
    while not (found.closed or found.full):
        found.advance()
        if progress is not None:
            progress(found.count)
    if found.full:
        what = "states that words lead the network to"
        raise LimitError(what, limit=limit)
    shown = _shown(steps, found)
    if (shown[1:] < 0).any():
        what = "states that read no output for certain"
        raise LimitError(what, limit=0, needed=int((shown[1:] < 0).sum()))
    table = _successors(steps, found, range(len(network.machine.symbols))) - 1
    # Node 0 is the start, which no letter leads to: a node of the same state that one leads to is another.
    places = FoundPlaces(table[1:].tolist(), shown[1:].tolist(), table[0].tolist(), max(0, int(shown[0])))
    return machine_read(places, network.machine), found.count, _few(found)


def _successors(steps: ModuleSteps, found: Exploration, letters: range) -> Numbers:
    """Return the node that each letter leads each node to, (N, D); LimitError where that hangs on the batch.

    Sums may be taken in another order in another batch, and a state that lies between two roundings then goes to
    another. Few enough steps are taken one at a time, as a word is read; more in other batches than the search took.
    """
    count, rows = found.count, found.states
    table = np.stack([found.successors(letter) for letter in letters], axis=1)
    same = not _few(found) or all(
        (steps.after(rows[node : node + 1], letter)[1][0] == rows[table[node, letter]]).all()
        for node in range(count)
        for letter in letters
    )
    if found.count > count or not same:
        what = "states that one step leads to, whatever is read beside it"
        raise LimitError(what, limit=1, needed=2, hint="a coarser state format rounds what differs away")
    return table


def _few(found: Exploration) -> bool:
    """Whether the steps are few enough to be taken one at a time."""
    return found.count * len(found.machine.symbols) <= ALONE


def _shown(steps: ModuleSteps, found: Exploration) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    states = found.states
    parts = [steps.shown(states[first : first + READ_AT_ONCE]) for first in range(0, len(states), READ_AT_ONCE)]
    return np.concatenate(parts)


def _one_state(machine: StateMachine) -> StateMachine:
    """Return the machine of one state over the same symbols: beside it a network's states are nodes by themselves."""
    return StateMachine(("any",), machine.symbols, ((0,) * len(machine.symbols),), 0, ("any",))
