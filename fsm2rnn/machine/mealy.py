"""Mealy machines and their Moore form: lambda(q, x) becomes the output of the state that the step reaches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from fsm2rnn.errors import InputError
from fsm2rnn.machine.labels import Label, typed
from fsm2rnn.machine.state_machine import StateMachine


@final
@dataclass(frozen=True)
class MealyMachine:
    """A total deterministic Mealy machine: delta(q, x) = table[q][x], lambda(q, x) = outputs[q][x].

    Raises InputError where `StateMachine` would, or when a row of outputs has the wrong length.
    """

    states: tuple[Label, ...]
    symbols: tuple[Label, ...]
    table: tuple[tuple[int, ...], ...]
    start: int
    outputs: tuple[tuple[Label, ...], ...]

    def __post_init__(self) -> None:
        """Prove the invariants: those of a tracker, and one output per transition."""
        StateMachine(self.states, self.symbols, self.table, self.start, self.states)
        if [len(row) for row in self.outputs] != [len(row) for row in self.table]:
            message = "a Mealy machine needs one output per transition"
            raise InputError(message)


@final
@dataclass(frozen=True)
class MooreForm:
    """A Moore machine that answers as a Mealy machine does, and the map back.

    `origin[i]` is the Mealy state behind Moore state i. After every non-empty word the Moore output is
    the Mealy machine's last output; before the first symbol it is None.
    """

    machine: StateMachine
    origin: tuple[int, ...]


def moore_form(mealy: MealyMachine) -> MooreForm:
    """Return the Moore form on the pairs (q, last output) that words reach, numbered breadth first.

    A pair is named by the tuple (state, output), with the output's type where two outputs are equal to
    Python; the start is (q0, None).
    """
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
