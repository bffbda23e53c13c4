"""What the network should say: the machine's own table, and how its states compare with the network's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from fsm2rnn.machine.labels import Label, typed
from fsm2rnn.machine.mealy import mealy_form
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.running.walk.walk import Indices, smallest_type, symbol_major
from fsm2rnn.tracing.compare import distinguishing_word, matched_columns, matched_outputs, matched_states


@final
@dataclass(frozen=True)
class Reference:
    """The table to walk, and a class number per state of either side: equal classes agree.

    Where the machines are equivalent and each machine state meets one network state, classes are network
    states; otherwise outputs are compared.
    """

    table: Indices  # (D, Q), symbols in the network's order
    start: int
    expected: Indices  # (Q,) class of each state of the machine
    found: Indices  # (Q',) class of each state of the network's machine
    word: tuple[Label, ...] | None  # a shortest word that tells the two machines apart


def reference(machine: StateMachine, network_machine: StateMachine) -> Reference:
    """Return the reference for comparing a network of `network_machine` with `machine`.

    Where one of the two is of Mealy's kind, rows of outputs are compared. Raises InputError when the alphabets
    differ, LimitError when the comparison of states grows too large.
    """
    word = distinguishing_word(machine, network_machine)
    matched = None if word is not None else matched_states(machine, network_machine)
    position = {typed(symbol): column for column, symbol in enumerate(machine.symbols)}
    table = symbol_major(machine.table)[[position[typed(symbol)] for symbol in network_machine.symbols]]
    if matched is None:
        expected, found = _output_classes(machine, network_machine)
    else:
        expected, found = matched, list(range(len(network_machine.states)))
    kind = smallest_type(1 + max(*expected, *found))
    return Reference(
        np.ascontiguousarray(table),
        machine.start,
        np.array(expected, dtype=kind),
        np.array(found, dtype=kind),
        word,
    )


def _output_classes(machine: StateMachine, network_machine: StateMachine) -> tuple[list[int], list[int]]:
    if machine.is_mealy or network_machine.is_mealy:
        machine, network_machine = mealy_form(machine), mealy_form(network_machine)
    shown, found = matched_outputs(machine, network_machine, matched_columns(machine, network_machine))
    number: dict[Label, int] = {}
    return (
        [number.setdefault(output, len(number)) for output in shown],
        [number.setdefault(output, len(number)) for output in found],
    )
