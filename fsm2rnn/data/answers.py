"""A machine as arrays: where a letter leads, and the number of the output that is read when it has led there."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from fsm2rnn.machine.labels import typed
from fsm2rnn.machine.state_machine import StateMachine

Indices: TypeAlias = npt.NDArray[np.int64]


def target_numbers(machine: StateMachine) -> Indices:
    """Return the place of each output among `machine.output_labels`: (Q,), of Mealy's kind (Q, D)."""
    number = {typed(output): position for position, output in enumerate(machine.output_labels)}
    rows = machine.outputs if machine.is_mealy else [(output,) for output in machine.outputs]
    numbers = np.array([[number[typed(output)] for output in row] for row in rows], dtype=np.int64)
    return numbers if machine.is_mealy else numbers[:, 0]


def next_states(machine: StateMachine) -> Indices:
    """Return delta as an array (Q, D) of state indices."""
    return np.array(machine.table, dtype=np.int64)


def answers(machine: StateMachine) -> Indices:
    """Return (Q, D): the number of the output that follows letter x read in state q.

    lambda(delta(q, x)) of Moore's kind, lambda(q, x) of Mealy's, counted as in `machine.output_labels`.
    """
    numbers = target_numbers(machine)
    return numbers if machine.is_mealy else numbers[next_states(machine)]
