"""Machines with groups that are not solvable, beside resets, merges, and what switches and asks them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from itertools import product
from typing import Final

from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.source.read import read


def with_reset(group: str) -> StateMachine:
    """Return a group's machine with one letter more, which leads to its start."""
    machine = read(group)
    table = tuple((*row, machine.start) for row in machine.table)
    return StateMachine(machine.states, (*machine.symbols, "reset"), table, machine.start, machine.outputs)


def switched() -> StateMachine:
    """Return five points that c and t move while a bit is on, and a bit that the last ask was at the first of them."""
    moves = {"c": (1, 2, 3, 4, 0), "t": (1, 2, 0, 3, 4), "reset": (0, 0, 0, 0, 0)}
    states = list(product((0, 1), range(5), (0, 1)))

    def after(bit: int, point: int, asked: int, letter: str) -> tuple[int, int, int]:
        if letter == "ask":
            return bit, point, int(point == 0)
        if letter in ("off", "on"):
            return int(letter == "on"), point, asked
        return bit, moves[letter][point] if bit or letter == "reset" else point, asked

    symbols = ("on", "off", *moves, "ask")
    number = {state: place for place, state in enumerate(states)}
    table = tuple(tuple(number[after(*state, letter)] for letter in symbols) for state in states)
    return StateMachine(tuple(map(str, states)), symbols, table, 0, tuple(asked for _, _, asked in states))


MADE: Final[Mapping[str, Callable[[], StateMachine]]] = {
    **{f"{name}, reset": partial(with_reset, name) for name in ("A5@gens", "S5@gens", "PSL(2,7)@gens", "A6@gens")},
    "all maps of 5 points, reset": partial(read, "maps:1,2,3,4,0;1,0,2,3,4;0,0,2,3,4;0,0,0,0,0"),
    "A5 behind a bit, asked": switched,
}
