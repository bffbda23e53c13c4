"""Levels follow the machine: each strategy, on drawn machines without groups, in lockstep on all tuples."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from fsm2rnn.algebra.cascade import contexts
from fsm2rnn.algebra.cascade.best_cascade import STRATEGIES, TURNING, best_cascade
from fsm2rnn.algebra.cascade.contexts import CONTEXT_LIMIT, work
from fsm2rnn.algebra.cascade.event_cascade import Cascade, canonical_level, event_cascade, partition_level
from fsm2rnn.algebra.cascade.live_machine import LiveMachine, elements, live_machine
from fsm2rnn.api import from_table
from fsm2rnn.compiler import minimal_facts
from fsm2rnn.errors import LimitError
from fsm2rnn.source.read import read
from tests.algebra.cascade.aperiodic_machines import aperiodic_machines

# Their largest contexts keep their size at some level, and yet the cascade ends.
STAYING = (("maps:0,2,3,3;2,0,3,3;3,0,1,3", 4), ("maps:1,1,2;0,2,2;2,1,1;1,2,2", 3))


def follows(cascade: Cascade) -> int:
    """Walk all live tuples from the start: each write and each kept value leads to a listed tuple of the right state.

    Returns how many were met.
    """
    machine = cascade.machine
    start = (0,) * len(cascade.levels)
    assert cascade.states[start] == 0
    seen, todo = {start}, [start]
    for values in todo:
        for letter, target in enumerate(machine.rows[cascade.states[values]]):
            if target in machine.absorbing:
                continue
            after = tuple(
                level.writes.get((values[:place], letter), values[place]) for place, level in enumerate(cascade.levels)
            )
            assert cascade.states[after] == target
            if after not in seen:
                seen.add(after)
                todo.append(after)
    return len(seen)


@pytest.mark.parametrize("strategy", STRATEGIES, ids=["canonical", "growth 1", "growth 3/2"])
def test_the_levels_follow_drawn_machines(strategy):
    for machine in aperiodic_machines(60):
        cascade = event_cascade(live_machine(machine), strategy, work(10**6))
        assert follows(cascade) == len(cascade.states)
        for place, level in enumerate(cascade.levels):
            assert all(
                len(prefix) == place and 0 <= value < level.values for (prefix, _), value in level.writes.items()
            )


@pytest.mark.parametrize(("name", "levels"), STAYING)
def test_a_size_that_stays_is_no_reason_to_stop(name, levels):
    machine = minimal_facts(read(name)).machine
    cascade = event_cascade(live_machine(machine), canonical_level, work(10**6))
    assert follows(cascade) == len(cascade.states)
    assert len(cascade.levels) + bool(cascade.machine.absorbing) == levels


def test_equal_letters_are_one_and_absorbing_states_come_last():
    live = live_machine(from_table([[1, 1, 0, 0], [1, 1, 2, 2], [2, 2, 2, 2]]))
    assert live.class_of == (0, 0, 1, 1)
    assert live.letters == 2
    assert live.absorbing == (2,)
    assert elements(live.live) == [0, 1]
    assert elements(live.image(0b11, 1)) == [0]
    # A start that absorbs is live: nothing else is.
    alone = live_machine(minimal_facts(read("maps:0")).machine)
    assert (alone.absorbing, elements(alone.live)) == ((), [0])


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_group_is_refused_by_its_levels(strategy):
    """The target answers before; here the search itself ends."""
    with pytest.raises(LimitError, match=r"levels of a cascade|steps|contexts|events"):
        event_cascade(live_machine(minimal_facts(read("S3")).machine), strategy, work(10**5))


def test_limits_are_named(monkeypatch):
    machine = minimal_facts(read("maps:0,2,3,3;2,0,3,3;3,0,1,3")).machine
    with pytest.raises(LimitError, match="steps of the search for a cascade"):
        event_cascade(live_machine(machine), partition_level(Fraction(1)), work(50))
    monkeypatch.setattr(contexts, "CONTEXT_LIMIT", 2)
    with pytest.raises(LimitError, match="contexts of a cascade"):
        event_cascade(live_machine(machine), canonical_level, work(10**6))
    with pytest.raises(LimitError, match="contexts of a cascade"):
        best_cascade(machine, [0] * len(machine.states))
    assert CONTEXT_LIMIT == 5_000


def test_images_of_many_states_are_counted_so_that_the_search_ends_in_time(monkeypatch):
    """A5 beside a map of no pattern has many sets of states, and a step is about as long as half a state's image."""
    group, drawn = read("A5@gens"), random.Random(5)
    rows = [[*row, drawn.randrange(60)] for row in group.table]
    live = live_machine(from_table(rows))
    asked, true = set(), LiveMachine.image
    monkeypatch.setattr(LiveMachine, "image", lambda self, *event: asked.add(event) or true(self, *event))
    few = work(500_000)
    with pytest.raises(LimitError, match="steps of the search for a cascade"):
        event_cascade(live, TURNING[0], few)
    assert sum(states.bit_count() // 2 for states, _ in asked) < few.limit
