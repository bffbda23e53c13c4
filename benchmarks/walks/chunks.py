"""P2: one long word on a group or small monoid, in chunks walked in lock step, beside the walk of one chain."""

from __future__ import annotations

import numpy as np

import fsm2rnn
from benchmarks.row import Row, Spread, at_least
from benchmarks.timing import Scale, cpu_rounds, quotients, rates
from fsm2rnn.running.walk.chunked_walk import chunked_final, chunked_walk, table_monoid
from fsm2rnn.running.walk.walk import all_states, final_states, symbol_major, walk_block

GOAL, UNIT = "P2", "Msym/s"
MACHINES = (
    ("C60", "C60"),
    ("S5, 2 generators", "S5@gens"),
    ("S5, 120 inputs", "S5"),
    ("(a|b)*abb, 7 maps", "re:(a|b)*abb"),
)
CHAIN, WALK = "one chain", "trajectory of one chain"


def chunked_rows(scale: Scale) -> list[Row]:
    """Return per machine the final state, which has the goal, and the trajectory, which is walked twice."""
    return [row for name, text in MACHINES for row in _machine_rows(name, text, scale)]


def _machine_rows(name: str, text: str, scale: Scale) -> list[Row]:
    machine = fsm2rnn.read(text)
    table = symbol_major(machine.table)
    monoid, reads = table_monoid(table), all_states(table)
    if monoid is None:
        message = f"the monoid of {name} is not small"
        raise ValueError(message)
    word = np.random.default_rng(0).integers(len(machine.symbols), size=(1, scale.symbols), dtype=np.uint8)
    start = np.full(1, machine.start, dtype=table.dtype)
    final, trajectory = f"{name}: chunks from the identity, final state", f"{name}: the same, then the trajectory"
    calls = {
        CHAIN: lambda: final_states(table, word, start)[0],
        final: lambda: chunked_final(monoid, word, machine.start),
        WALK: lambda: walk_block(table, reads, word, start.copy()),
        trajectory: lambda: chunked_walk(table, reads, monoid, word, start.copy()),
    }
    if calls[CHAIN]() != calls[final]() or not np.array_equal(calls[WALK](), calls[trajectory]()):
        message = f"the chunks of {name} disagree with one chain"
        raise ValueError(message)
    found = {method: rates(word.size, spent) for method, spent in cpu_rounds(calls, scale.rounds).items()}
    row = Row(GOAL, final, Spread.of(found[final]), UNIT, CHAIN, note=f"{CHAIN} {Spread.of(found[CHAIN])}")
    note = f"{Spread.of(quotients(found[trajectory], found[WALK]))}x the {WALK}: two passes, the second writes"
    return [
        at_least(row, quotients(found[final], found[CHAIN]), 2),
        Row(GOAL, trajectory, Spread.of(found[trajectory]), UNIT, note=note),
    ]
