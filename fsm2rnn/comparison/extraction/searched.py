"""The states that words lead a network to, where they are finitely many: the network's own machine, exactly."""

from __future__ import annotations

from typing import Final

import numpy as np

from fsm2rnn.cells.auditable import Auditable
from fsm2rnn.comparison.extraction.read_machine import FoundPlaces, machine_read
from fsm2rnn.comparison.search.exploration import Exploration, Progress
from fsm2rnn.comparison.search.module_steps import ModuleSteps
from fsm2rnn.errors import LimitError
from fsm2rnn.machine.state_machine import StateMachine

READ_AT_ONCE: Final = 1 << 14  # states whose outputs are read at once


def searched_machine(network: Auditable, limit: int, progress: Progress | None = None) -> tuple[StateMachine, int]:
    """Return the minimal machine of a network whose states close, and how many there are.

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
    letters = range(len(network.machine.symbols))
    table = np.stack([found.successors(letter) for letter in letters], axis=1) - 1
    # Node 0 is the start, which no letter leads to: a node of the same state that one leads to is another.
    places = FoundPlaces(table[1:].tolist(), shown[1:].tolist(), table[0].tolist(), max(0, int(shown[0])))
    return machine_read(places, network.machine), found.count


def _shown(steps: ModuleSteps, found: Exploration) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    states = found.states
    parts = [steps.shown(states[first : first + READ_AT_ONCE]) for first in range(0, len(states), READ_AT_ONCE)]
    return np.concatenate(parts)


def _one_state(machine: StateMachine) -> StateMachine:
    """Return the machine of one state over the same symbols: beside it a network's states are nodes by themselves."""
    return StateMachine(("any",), machine.symbols, ((0,) * len(machine.symbols),), 0, ("any",))
