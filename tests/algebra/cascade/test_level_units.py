"""Units follow the machine while it lives, and absorb it; layers read lower ones alone."""

from __future__ import annotations

from itertools import product

from fsm2rnn.algebra.cascade.best_cascade import best_cascade
from fsm2rnn.algebra.cascade.level_units import CascadeUnits
from fsm2rnn.compiler import minimal_facts
from fsm2rnn.source.read import read
from tests.algebra.cascade.aperiodic_machines import aperiodic_machines


def written(level, arguments, letter):
    """Return the values that units write; the argument after the last level that a unit may read is the letter."""
    found = set()
    for cube in level.cubes:
        values = {place: letter if place == level.letter else arguments[place] for place in cube.allowed}
        if all(values[place] in allowed for place, allowed in cube.allowed.items()):
            found.add(cube.action)
    return found


def follow(units: CascadeUnits, outputs) -> None:
    """Step every live tuple by its units alone."""
    cascade, absorbed = units.cascade, units.absorbed
    machine = cascade.machine
    for (values, state), letter in product(cascade.states.items(), range(machine.letters)):
        target = machine.rows[state][letter]
        dies = target in machine.absorbing
        if absorbed is not None:
            assert written(units.levels[absorbed], values, letter) == ({1} if dies else set())
        if dies:
            number = machine.absorbing.index(target)
            which = written(units.levels[-1], values, letter) if len(machine.absorbing) > 1 else set()
            assert which == ({number} if number else set())
            continue
        after = []
        for place in range(len(cascade.levels)):
            found = written(units.levels[place], values, letter)
            assert len(found) <= 1
            after += found or {values[place]}
        assert cascade.states[tuple(after)] == target
    for values, state in cascade.states.items():
        shown = {
            cube.action
            for cube in units.outputs
            if all(values[at] in one for at, one in cube.allowed.items() if at < len(values))
        }
        assert shown == ({outputs[state]} if outputs[state] != units.usual else set())


def test_units_follow_drawn_machines():
    for machine in aperiodic_machines(40, seed=3):
        outputs = [machine.output_labels.index(output) for output in machine.outputs]
        units = best_cascade(machine, outputs)
        follow(units, outputs)
        for level in units.levels:
            assert all(units.levels[place].layer < level.layer for place in level.reads)
            assert (
                level.layer == 1
                or level.layer - 1 in {units.levels[place].layer for place in level.reads}
                or units.absorbed is not None
            )


def test_independent_bits_share_a_layer():
    """Two registers of one bit, each set by two letters."""
    machine = minimal_facts(read("maps:0,0,2,2;1,1,3,3;0,1,0,1;2,3,2,3")).machine
    units = best_cascade(machine, list(range(len(machine.states))))
    assert [level.values for level in units.levels] == [2, 2]
    assert units.score[0] == 1
