"""A cascade as units: covers of its levels, of what dies, and of its outputs, with the layer in which each level lies.

After the levels of the cascade come one that says whether the machine is absorbed (1) or not (0), written where the one
live state of a tuple moves into an absorbing state, and, of several absorbing states, one that says which. Neither is
written once the machine is absorbed: what other levels hold then is of no interest, and their covers may do anything.

A level lies one layer above the highest level that a condition of its units reads; levels of one layer read no other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import final

from fsm2rnn.algebra.cascade.event_cascade import Cascade, CascadeLevel, Prefix
from fsm2rnn.algebra.cascade.literal_cover import KEEP, Cube, cover
from fsm2rnn.machine.permutations import Permutation


@final
@dataclass(frozen=True, eq=False)
class LevelUnits:
    """A register of `values` values that starts at 0, and the cubes that write it: action v writes v.

    Action values + m turns it by turns[m]. A level that turns, and one that does not, differ in their channels.
    Argument j of a cube is level j of those before, and the argument after the last level is the class of the letter.
    """

    values: int
    cubes: tuple[Cube, ...]
    letter: int  # the argument that is the letter
    layer: int
    turns: tuple[Permutation, ...] = ()

    @property
    def reads(self) -> set[int]:
        """The levels that its cubes read."""
        return {place for cube in self.cubes for place in cube.allowed} - {self.letter}


@final
@dataclass(frozen=True, eq=False)
class CascadeUnits:
    """All levels with their units. `absorbed` is the level of the absorbing states, None where there are none.

    `outputs` are cubes on the live levels after a step, whose action is the output shown; where none holds, `usual`
    is. Units of the level after `absorbed` and of the outputs are to be silent once the machine is absorbed.
    """

    cascade: Cascade
    levels: tuple[LevelUnits, ...]
    absorbed: int | None
    outputs: tuple[Cube, ...]
    usual: int

    @property
    def score(self) -> tuple[int, int]:
        """Layers and units: what is made small."""
        layers = max((level.layer for level in self.levels), default=0)
        return layers, sum(len(level.cubes) for level in self.levels) + len(self.outputs)


def cascade_units(cascade: Cascade, outputs: Sequence[int]) -> CascadeUnits:
    """Return the units of a cascade, outputs[q] being shown in state q; LimitError for too many comparisons."""
    machine, count = cascade.machine, len(cascade.levels)
    dying = set(machine.absorbing)
    sizes = [level.values for level in cascade.levels]
    levels: list[LevelUnits] = []
    for place, level in enumerate(cascade.levels):
        living = _living(cascade, place)
        turns = tuple(dict.fromkeys(level.turns.values()))
        actions = [_action(level, turns, point) for point in living]
        cubes = cover([(*prefix, letter) for prefix, letter in living], actions, [*sizes[:place], machine.letters])
        levels.append(replace(_placed(levels, level.values, cubes, place), turns=turns))
    everywhere = [(prefix, letter) for prefix in cascade.states for letter in range(machine.letters)]
    points = [(*prefix, letter) for prefix, letter in everywhere]
    targets = [machine.rows[cascade.states[prefix]][letter] for prefix, letter in everywhere]
    if dying:
        absorbed = [1 if target in dying else KEEP for target in targets]
        levels.append(_placed(levels, 2, cover(points, absorbed, [*sizes, machine.letters]), count))
    if len(dying) > 1:
        number = {state: place for place, state in enumerate(machine.absorbing)}
        which = [number.get(target, 0) or KEEP for target in targets]
        cubes = cover(points, which, [*sizes, machine.letters])
        levels.append(_placed(levels, len(dying), cubes, count, least=levels[count].layer + 1))
    shown = [outputs[state] for state in cascade.states.values()]
    usual = Counter(shown).most_common(1)[0][0]
    told = cover(
        [(*prefix, 0) for prefix in cascade.states],
        [KEEP if output == usual else output for output in shown],
        [*sizes, 1],
    )
    return CascadeUnits(cascade, tuple(levels), count if dying else None, tuple(told), usual)


def _action(level: CascadeLevel, turns: tuple[Permutation, ...], point: tuple[Prefix, int]) -> int:
    """Return what a level does at a point: a value, a turn behind the values, or KEEP."""
    turn = level.turns.get(point)
    return level.writes.get(point, KEEP) if turn is None else level.values + turns.index(turn)


def _living(cascade: Cascade, place: int) -> list[tuple[Prefix, int]]:
    """Return what a level may read before a step on which the machine stays alive, each once."""
    machine, dying = cascade.machine, set(cascade.machine.absorbing)
    return list(
        dict.fromkeys(
            (prefix[:place], letter)
            for prefix, state in cascade.states.items()
            for letter in range(machine.letters)
            if machine.rows[state][letter] not in dying
        )
    )


def _placed(
    levels: Sequence[LevelUnits], values: int, cubes: Iterable[Cube], letter: int, least: int = 1
) -> LevelUnits:
    """Return a level in the lowest layer that it may lie in."""
    listed = tuple(cubes)
    below = {place for cube in listed for place in cube.allowed} - {letter}
    return LevelUnits(values, listed, letter, max([least, *(levels[place].layer + 1 for place in below)]))
