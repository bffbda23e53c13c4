"""A4: the conditions of the diagonal rungs on fresh machines of 50 states and 10 letters."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from benchmarks.row import Row, Spread, at_most
from benchmarks.timing import Scale
from fsm2rnn.algebra.letters.letter_orders import letter_orders, long_cycle, noncommuting, transient
from fsm2rnn.machine.state_machine import StateMachine

GOAL = "A4"
STATES, LETTERS = 50, 10
LIMIT = 1.0  # milliseconds
MACHINES = 20  # of each kind and round

Kind = Callable[[np.random.Generator], StateMachine]


def decider_rows(scale: Scale) -> list[Row]:
    """Return one row per kind of machine: orders, commutation, index and cycles of all letters together."""
    return [_row(name, build, scale) for name, build in KINDS]


def random_maps(generator: np.random.Generator) -> StateMachine:
    """Return a machine of random letters: two of them hardly ever commute."""
    return _tracker(generator.integers(STATES, size=(STATES, LETTERS)))


def additions(generator: np.random.Generator) -> StateMachine:
    """Return the cycle of 50 under ten distinct additions: commuting permutations, so every pair is looked at."""
    steps = generator.permutation(STATES)[:LETTERS]
    return _tracker((np.arange(STATES)[:, None] + steps) % STATES)


def saturating_additions(generator: np.random.Generator) -> StateMachine:
    """Return the counter to 49 under ten distinct additions: they commute, and long ways lead to the last state."""
    steps = generator.permutation(STATES)[:LETTERS]
    return _tracker(np.minimum(np.arange(STATES)[:, None] + steps, STATES - 1))


KINDS: tuple[tuple[str, Kind], ...] = (
    ("random letters", random_maps),
    ("additions modulo 50", additions),
    ("additions that saturate", saturating_additions),
)


def decide(machine: StateMachine) -> tuple[object, ...]:
    """Return all that the conditions of the diagonal rungs look at."""
    cycles = (long_cycle(machine, 1), long_cycle(machine, 2))
    return letter_orders(machine), noncommuting(machine), transient(machine), *cycles


def _row(name: str, build: Kind, scale: Scale) -> Row:
    generator = np.random.default_rng(0)
    decide(build(generator))
    milliseconds = []
    for _ in range(MACHINES * scale.rounds):
        machine = build(generator)
        before = time.thread_time()
        decide(machine)
        milliseconds.append(1e3 * (time.thread_time() - before))
    what = f"diagonal rungs decided, {name}, {STATES} states, {LETTERS} letters"
    note = f"{len(milliseconds)} fresh machines"
    return at_most(Row(GOAL, what, Spread.of(milliseconds), "ms", note=note), LIMIT)


def _tracker(table: np.ndarray) -> StateMachine:
    return StateMachine.tracker(range(len(table)), range(table.shape[1]), map(tuple, table.tolist()))
