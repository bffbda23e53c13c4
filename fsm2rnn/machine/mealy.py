"""Mealy's kind and Moore's kind of one behaviour: outputs on transitions, or on the states that they reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from fsm2rnn.errors import InputError
from fsm2rnn.machine.labels import Label, typed
from fsm2rnn.machine.state_machine import StateMachine


@final
@dataclass(frozen=True)
class MooreForm:
    """A Moore machine that answers as a Mealy machine does, and the map back.

    `origin[i]` is the Mealy state behind Moore state i. After every non-empty word the Moore output is
    the Mealy machine's last output; before the first symbol it is None.
    """

    machine: StateMachine
    origin: tuple[int, ...]


def moore_form(mealy: StateMachine) -> MooreForm:
    """Return the Moore form on the pairs (q, last output) that words reach, numbered breadth first.

    A pair is named by the tuple (state, output), with the output's type where two outputs are equal to
    Python; the start is (q0, None). InputError for a machine that is not of Mealy's kind.
    """
    _require_mealy(mealy)
    pairs: list[tuple[int, Label]] = [(mealy.start, None)]
    number = {(mealy.start, typed(None)): 0}
    table: list[tuple[int, ...]] = []
    for state, _ in pairs:
        row = []
        for target, output in zip(mealy.table[state], mealy.outputs[state], strict=True):
            key = (target, typed(output))
            if key not in number:
                number[key] = len(pairs)
                pairs.append((target, output))
            row.append(number[key])
        table.append(tuple(row))
    names: list[Label] = [(mealy.states[state], output) for state, output in pairs]
    if len(set(names)) < len(names):
        # Two outputs that == takes for one, such as 0 and False, are told apart by their type.
        names = [(mealy.states[state], output, type(output).__name__) for state, output in pairs]
    outputs = tuple(output for _, output in pairs)
    machine = StateMachine(tuple(names), mealy.symbols, tuple(table), 0, outputs)
    return MooreForm(machine, tuple(state for state, _ in pairs))


def mealy_form(machine: StateMachine) -> StateMachine:
    """Return the machine of Mealy's kind that answers alike, lambda(q, x) = lambda(delta(q, x)), on the same states.

    A Mealy machine is returned as it is. What a Moore machine says of the empty word is lost.
    """
    if machine.is_mealy:
        return machine
    rows = tuple(tuple(machine.outputs[target] for target in row) for row in machine.table)
    return StateMachine(machine.states, machine.symbols, machine.table, machine.start, rows, is_mealy=True)


def _require_mealy(machine: StateMachine) -> None:
    if not machine.is_mealy:
        message = "a Moore form is that of a Mealy machine, and this machine's outputs belong to its states"
        raise InputError(message)
