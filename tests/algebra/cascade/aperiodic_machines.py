"""Drawn machines without groups, minimal as targets take them."""

from __future__ import annotations

import random
from collections.abc import Iterator

from fsm2rnn.algebra.monoid.aperiodicity import aperiodicity
from fsm2rnn.compiler import minimal_facts
from fsm2rnn.machine.state_machine import StateMachine


def drawn_table(draw: random.Random, states: int, symbols: int, outputs: int) -> StateMachine:
    """Return a random machine, with a state that absorbs in every second one."""
    table = [[draw.randrange(states) for _ in range(symbols)] for _ in range(states)]
    for absorbing in range(states - draw.randrange(3), states):
        table[absorbing] = [absorbing] * symbols
    shown = tuple(draw.randrange(outputs) for _ in range(states))
    return StateMachine(tuple(range(states)), tuple(range(symbols)), tuple(map(tuple, table)), 0, shown)


def aperiodic_machines(count: int, *, seed: int = 0, most: int = 7) -> Iterator[StateMachine]:
    """Yield so many minimal machines whose words have no cycle."""
    draw = random.Random(seed)
    while count:
        asked = draw.randint(2, most), draw.randint(1, 4), draw.randint(2, 3)
        machine = minimal_facts(drawn_table(draw, *asked)).machine
        if aperiodicity(machine).aperiodic:
            count -= 1
            yield machine
