"""Levels of groups that are not solvable: registers that the group turns, and what they tell apart."""

from __future__ import annotations

import pytest

from benchmarks.cascades.made_machines import MADE
from fsm2rnn.algebra.cascade import block_levels
from fsm2rnn.algebra.cascade.best_cascade import TURNING, best_cascade
from fsm2rnn.algebra.cascade.block_levels import block_split, with_block_levels
from fsm2rnn.algebra.cascade.contexts import work
from fsm2rnn.algebra.cascade.event_cascade import event_cascade
from fsm2rnn.algebra.cascade.live_machine import live_machine
from fsm2rnn.algebra.cascade.solvable_levels import with_abelian_levels
from fsm2rnn.compiler import minimal_facts
from fsm2rnn.errors import LimitError
from fsm2rnn.source.read import read
from tests.algebra.cascade.test_turning_level import follows
from tests.proof.stack_networks import ICOSAHEDRAL


def letters(name):
    return list(zip(*read(name).table, strict=True))


def two_orbits(name):
    """The letters of a machine on two copies of its states."""
    return [(*letter, *(len(letter) + image for image in letter)) for letter in letters(name)]


@pytest.mark.parametrize(
    ("elements", "sizes"),
    [
        (letters("A5@gens"), [5, 5, 5]),
        (letters("S5@gens"), [5, 5, 6]),
        (letters("PSL(2,7)@gens"), [7, 7, 7]),
        (letters("act:(1,2,3,4,5);(1,2)"), [5]),
        (two_orbits("act:(1,2,3,4,5);(1,2)"), [10]),
        (two_orbits("A5@gens"), [6] * 6),
    ],
)
def test_registers_are_turned_as_the_level_is_and_tell_its_values_apart(elements, sizes):
    split = block_split(elements)
    assert sorted(split.sizes) == sizes
    held = [tuple(split.coordinates(value)) for value in range(len(elements[0]))]
    assert held[0] == (0,) * len(sizes)
    assert [split.value(own) for own in held] == list(range(len(held)))
    for element in elements:
        turns = split.turned(held[0], element)
        for value, image in enumerate(element):
            assert tuple(turn[own] for turn, own in zip(turns, held[value], strict=True)) == held[image]


@pytest.mark.parametrize(
    ("machine", "layers", "sizes"),
    [
        (ICOSAHEDRAL, 1, [5, 5, 5]),
        (read("S5@gens"), 1, [5, 5, 6]),
        pytest.param(MADE["all maps of 5 points, reset"](), 7, [5, 2, 3, 4, 2, 3, 2], marks=pytest.mark.slow),
    ],
    ids=["A5", "S5", "T5"],
)
def test_a_group_that_is_not_solvable_is_one_layer_of_blocks(machine, layers, sizes):
    minimal = minimal_facts(machine).machine
    units = best_cascade(minimal, list(range(len(minimal.states))), TURNING, with_block_levels)
    assert follows(units.cascade) == len(units.cascade.states)
    assert units.score[0] == layers
    assert [level.values for level in units.cascade.levels] == sizes


@pytest.mark.parametrize("name", ["S4@gens", "Q8@gens", "maps:1,2,3,0;1,0,2,3;0,0,2,3"])
def test_solvable_groups_keep_their_abelian_levels(name):
    built = event_cascade(live_machine(minimal_facts(read(name)).machine), TURNING[0], work(10**6))
    abelian, blocks = with_abelian_levels(built), with_block_levels(built)
    assert [(level.values, level.writes, level.turns) for level in abelian.levels] == [
        (level.values, level.writes, level.turns) for level in blocks.levels
    ]


def test_blocks_that_are_too_wide_are_refused_by_their_channels(monkeypatch):
    monkeypatch.setattr(block_levels, "BLOCK_LIMIT", 14)
    with pytest.raises(LimitError, match=r"channels of the blocks, as narrow as found.*: 15 needed, the limit is 14"):
        block_split(letters("A5@gens"))


def test_a_group_that_is_too_large_to_be_searched_permutes_the_values(monkeypatch):
    monkeypatch.setattr("fsm2rnn.algebra.group.group_action.ORDER_LIMIT", 59)
    assert block_split(letters("A5@gens")).sizes == [60]
