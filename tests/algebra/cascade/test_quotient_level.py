"""Levels that are quotients: classes that letters permute or reset, told apart before the rest of the machine."""

from __future__ import annotations

import random

import pytest

from benchmarks.cascades.made_machines import switched
from fsm2rnn import from_table
from fsm2rnn.algebra.cascade.best_cascade import QUOTIENTS, best_cascade
from fsm2rnn.algebra.cascade.block_levels import with_block_levels
from fsm2rnn.algebra.cascade.contexts import first_contexts, work
from fsm2rnn.algebra.cascade.event_cascade import event_cascade
from fsm2rnn.algebra.cascade.live_machine import live_machine
from fsm2rnn.algebra.cascade.quotient_level import quotient_level
from fsm2rnn.algebra.cascade.turning_level import closed_group
from fsm2rnn.compiler import minimal_facts
from fsm2rnn.errors import LimitError
from fsm2rnn.source.read import read
from tests.algebra.cascade.test_turning_level import follows


def live_of(machine):
    return live_machine(minimal_facts(machine).machine)


def test_a_bit_that_gates_a_group_which_feeds_another_bit_are_three_levels():
    live = live_of(switched())
    cascade = event_cascade(live, QUOTIENTS[0], work(10**7))
    assert [level.values for level in cascade.levels] == [2, 5, 2]
    assert [len(closed_group(level.turns.values())) for level in cascade.levels] == [1, 60, 1]
    assert follows(cascade) == len(cascade.states) == 20
    machine = minimal_facts(switched()).machine
    units = best_cascade(machine, list(map(int, machine.outputs)), QUOTIENTS, with_block_levels)
    assert units.score == (3, 8)


def test_the_fewest_classes_are_told_first():
    live = live_of(switched())
    contexts = first_contexts(live)
    first = quotient_level(contexts, live, work(10**6))
    assert (first.values, len(first.writes), first.turns) == (2, 2, {})
    second = quotient_level(first.contexts, live, work(10**6))
    assert (second.values, len(second.writes), len(second.turns)) == (5, 2, 2)
    assert second.contexts.total == contexts.total == 20


def test_a_machine_without_such_classes_has_no_such_level():
    live = live_of(read("maps:1,2,0,3;0,1,3,3"))
    assert quotient_level(first_contexts(live), live, work(10**6)) is None


def over(draw, values, above, letters):
    """Draw a machine that letters permute or reset, and maps of one above it that depend on its state."""
    below = [draw.sample(range(values), values) if draw.random() < 0.7 else [0] * values for _ in range(letters)]
    table = [
        [moved[low] * above + draw.randrange(above) for moved in below] for low in range(values) for _ in range(above)
    ]
    return from_table(table)


def test_drawn_machines_over_a_quotient_are_followed():
    draw, found = random.Random(9), 0
    for _ in range(30):
        live = live_of(over(draw, draw.randint(2, 3), draw.randint(2, 3), 2))
        cascade = with_block_levels(event_cascade(live, QUOTIENTS[0], work(10**7)))
        assert follows(cascade) == len(cascade.states)
        found += quotient_level(first_contexts(live), live, work(10**7)) is not None
    assert found > 10


def test_a_search_ends_by_its_steps():
    live = live_of(switched())
    with pytest.raises(LimitError, match="steps of the search for a cascade"):
        quotient_level(first_contexts(live), live, work(100))
