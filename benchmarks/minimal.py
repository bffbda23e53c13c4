"""A2: the least linear realisation with its two proofs, by simulation in the kernel and by a regular minor."""

from __future__ import annotations

import time

import numpy as np

from benchmarks.row import Row, Spread, at_most
from benchmarks.timing import Scale
from fsm2rnn.algebra.facts import Facts
from fsm2rnn.constructions.verdict import Compiled
from fsm2rnn.machine.minimise import minimise
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.targets.minimal import MINIMAL

GOAL = "A2"
LIMITS = ((50, 50.0), (200, 5000.0))  # states, milliseconds


def minimal_rows(scale: Scale) -> list[Row]:
    """Return a row for both sizes of each kind of machine."""
    sizes = LIMITS if scale.rounds > 2 else LIMITS[:1]
    return [_row(states, limit, scale, sink=sink) for states, limit in sizes for sink in (False, True)]


def acceptor(states: int, seed: int, *, sink: bool) -> StateMachine:
    """Return a minimal acceptor: one letter a cycle, the other a random map; with a sink, one way into it.

    The functions of a machine with a sink vanish there: its rank is less than its states, and its codes are no units.
    """
    generator = np.random.default_rng(seed)
    count = states - sink
    other = generator.integers(count, size=count)
    table = [[(state + 1) % count, int(reached)] for state, reached in enumerate(other)]
    accepts = generator.integers(2, size=count).astype(bool).tolist()
    if sink:
        table[0][1] = count
        table.append([count, count])
        accepts.append(False)
    machine = StateMachine(tuple(range(states)), (0, 1), tuple(map(tuple, table)), 0, tuple(accepts))
    return minimise(machine).target


def _row(states: int, limit: float, scale: Scale, *, sink: bool) -> Row:
    milliseconds, ranks = [], set()
    for seed in range(scale.rounds + 1):
        machine = acceptor(states, seed, sink=sink)
        before = time.thread_time()
        verdict = MINIMAL.compile(Facts(machine), Contract.LINEAR)
        milliseconds.append(1e3 * (time.thread_time() - before))
        if len(machine.states) != states or not isinstance(verdict, Compiled) or verdict.minimal is None:
            message = f"a machine of {len(machine.states)} states instead of {states}, or no proof: {verdict}"
            raise ValueError(message)
        ranks.add(verdict.operator.size)
    what = f"minimal, random acceptor{' with a sink' if sink else ''}, {states} states, with both proofs"
    found = str(min(ranks)) if len(ranks) == 1 else f"{min(ranks)} to {max(ranks)}"
    # The first machine warms up what a process loads once.
    row = Row(GOAL, what, Spread.of(milliseconds[1:]), "ms", note=f"rank {found}; {scale.rounds} fresh machines")
    return at_most(row, limit)
