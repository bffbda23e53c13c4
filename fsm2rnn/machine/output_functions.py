"""The functions Q -> {0, 1} that a linear head must give: acceptance, or one indicator per distinct output."""

from __future__ import annotations

from fsm2rnn.machine.labels import typed
from fsm2rnn.machine.state_machine import StateMachine


def output_functions(machine: StateMachine) -> tuple[tuple[int, ...], ...]:
    """Return one row of 0 and 1 per function, each over all states.

    An acceptor has the one function [q accepts]; any other machine has [lambda(q) = o] for every distinct
    output o, in the order of the states that first show it.
    """
    if machine.is_acceptor:
        return (tuple(int(output is True) for output in machine.outputs),)
    shown = [typed(output) for output in machine.outputs]
    return tuple(tuple(int(other == output) for other in shown) for output in dict.fromkeys(shown))
