"""Places with successors and outputs -> the smallest machine that answers alike after every word but the empty one.

A place is whatever a network was found in: a state of a closed search, or a class of states. Before the first symbol
nothing is asked of a network, and its reading there was never trained: the start is taken for a place that every symbol
leads on alike, where there is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, final

from fsm2rnn.machine.labels import Label, typed
from fsm2rnn.machine.minimise import minimise
from fsm2rnn.machine.reachable import reachable
from fsm2rnn.machine.state_machine import StateMachine

_START: Final = ("start",)  # a state's name and output that no place has


@final
@dataclass(frozen=True)
class FoundPlaces:
    """Place i shows output shown[i] after the letter that led there, and letter x leads it to place table[i][x].

    The start is no place: letter x leads from it to place first[x], and `read` is the output that is read there.
    """

    table: Sequence[Sequence[int]]
    shown: Sequence[int]
    first: Sequence[int]
    read: int


def machine_read(places: FoundPlaces, of: StateMachine) -> StateMachine:
    """Return the minimal machine of what was found, of the kind, the symbols and the outputs of a machine.

    States are q0, q1, ... breadth first from the start.
    """
    labels = of.output_labels
    rows = (*(tuple(row) for row in places.table), tuple(places.first))
    start = len(places.table)
    names: tuple[Label, ...] = (*range(start), _START)
    if of.is_mealy:
        outputs = tuple(tuple(labels[places.shown[to]] for to in row) for row in rows)
        return _named(minimise(StateMachine(names, of.symbols, rows, start, outputs, is_mealy=True)).target)
    told = (*(labels[number] for number in places.shown), _START)
    smallest = minimise(StateMachine(names, of.symbols, rows, start, told)).target
    return _named(_without_start(smallest, labels[places.read]))


def _without_start(machine: StateMachine, read: Label) -> StateMachine:
    """Return the machine with its start taken for a state of equal successors: one that shows `read` before others."""
    row = machine.table[machine.start]
    alike = [state for state in range(len(machine.states)) if machine.table[state] == row and state != machine.start]
    alike.sort(key=lambda state: typed(machine.outputs[state]) != typed(read))
    start = alike[0] if alike else machine.start
    outputs = tuple(read if output == _START else output for output in machine.outputs)
    return reachable(StateMachine(machine.states, machine.symbols, machine.table, start, outputs))


def _named(machine: StateMachine) -> StateMachine:
    names = tuple(f"q{state}" for state in range(len(machine.states)))
    return StateMachine(names, machine.symbols, machine.table, machine.start, machine.outputs, machine.is_mealy)
