"""The functions Q -> {0, 1} that a linear head must give: acceptance, or an indicator of each output, by symbol too."""

from __future__ import annotations

from fsm2rnn.machine.labels import typed
from fsm2rnn.machine.state_machine import StateMachine


def functions_shown(machine: StateMachine) -> tuple[int, tuple[tuple[int, ...], ...]]:
    """Return how many functions there are, and for each state the numbers of those that are 1 there, rising.

    An acceptor has the one function [q accepts]; any other machine has [lambda(q) = o] for every distinct
    output o, in the order of the states that first show it. A Mealy machine has [lambda(q, x) = o] for every
    symbol x, in order, and every output o that some state gives under x.
    """
    if machine.is_acceptor:
        return 1, tuple((0,) if output is True else () for output in machine.outputs)
    columns = zip(*machine.outputs, strict=True) if machine.is_mealy else [machine.outputs]
    keys = [[(place, typed(output)) for output in column] for place, column in enumerate(columns)]
    number = {key: number for number, key in enumerate(dict.fromkeys(key for column in keys for key in column))}
    return len(number), tuple(tuple(number[key] for key in row) for row in zip(*keys, strict=True))


def output_functions(machine: StateMachine) -> tuple[tuple[int, ...], ...]:
    """Return one row of 0 and 1 per function, each over all states."""
    count, shown = functions_shown(machine)
    rows = [[0] * len(shown) for _ in range(count)]
    for state, functions in enumerate(shown):
        for function in functions:
            rows[function][state] = 1
    return tuple(map(tuple, rows))
