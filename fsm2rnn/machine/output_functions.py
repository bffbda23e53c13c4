"""The functions Q -> {0, 1} that a linear head must give: acceptance, or an indicator of each output, by symbol too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fsm2rnn.machine.labels import Label, typed
from fsm2rnn.machine.state_machine import StateMachine


def output_functions(machine: StateMachine) -> tuple[tuple[int, ...], ...]:
    """Return one row of 0 and 1 per function, each over all states.

    An acceptor has the one function [q accepts]; any other machine has [lambda(q) = o] for every distinct
    output o, in the order of the states that first show it. A Mealy machine has [lambda(q, x) = o] for every
    symbol x, in order, and every output o that some state gives under x.
    """
    if machine.is_acceptor:
        return (tuple(int(output is True) for output in machine.outputs),)
    columns = list(zip(*machine.outputs, strict=True)) if machine.is_mealy else [machine.outputs]
    return tuple(function for column in columns for function in _indicators(column))


def _indicators(column: Sequence[Label]) -> Iterator[tuple[int, ...]]:
    """Yield for every distinct output of a column which states show it."""
    shown = [typed(output) for output in column]
    for output in dict.fromkeys(shown):
        yield tuple(int(other == output) for other in shown)
