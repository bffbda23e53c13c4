"""The units of a cascade as rows of weights, and the tuples that words reach as sets of channels.

A level of k values is k - 1 channels, one for each value but the start's, which is all of them at 0; so a stack that
does not turn starts at zero. A level that turns has a channel for the start's value too. A condition "the value lies in
S" is a sum of channels that is 1 or 0: of those in S, or 1 minus those outside, as channels allow and as is shorter. A
unit adds up its n conditions and subtracts n - 1. What is to be silent once the machine is absorbed weighs the absorbed
channel by minus all that its other terms can add up to, whatever they are then.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, final

from fsm2rnn.algebra.cascade.followed import FollowedMachine
from fsm2rnn.algebra.cascade.level_units import CascadeUnits
from fsm2rnn.algebra.cascade.literal_cover import Cube
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.operators.stack_recipe import GateUnit, ShownUnit, StackLayer, StackRecipe
from fsm2rnn.proof.file.stack_network import StackNodes

SILENT: Final = GateUnit({}, frozenset(), 0, (), ())
"""A unit that never fires, where there is none."""


@final
@dataclass(frozen=True)
class _Row:
    """sum weights_j h_j + [x in letters] + bias, at least 1 where all conditions hold, else at most 0."""

    weights: Mapping[int, int]
    letters: frozenset[int]
    bias: int

    @property
    def most(self) -> int:
        """The greatest value, whatever the channels."""
        return self.bias + bool(self.letters) + sum(max(weight, 0) for weight in self.weights.values())

    def silenced(self, channel: int | None) -> Mapping[int, int]:
        """Return the weights with which it is at most 0 where the channel, which it does not read, is 1."""
        return self.weights if channel is None else {**self.weights, channel: -max(1, self.most)}


@final
class StackRows:
    """Numbers channels through the layers, and turns cubes into rows."""

    def __init__(self, units: CascadeUnits, symbols: tuple[int, ...]) -> None:
        """Take units, and the class of each symbol."""
        self.units = units
        self.class_of = symbols
        levels = enumerate(units.levels)
        self.order = [place for place, _ in sorted(levels, key=lambda item: item[1].layer)]
        self.first: dict[int, int] = {}
        count = 0
        for place in self.order:
            self.first[place] = count
            count += self.width(place)
        self.channels = count

    @property
    def absorbed(self) -> int | None:
        """The channel that is 1 once the machine is absorbed."""
        return None if self.units.absorbed is None else self.first[self.units.absorbed]

    def width(self, place: int) -> int:
        """Return how many channels a level has."""
        level = self.units.levels[place]
        return level.values - (not level.turns)

    def channels_of(self, place: int) -> dict[int, int]:
        """Return the channels of a level by their values."""
        level = self.units.levels[place]
        return dict(zip(range(not level.turns, level.values), itertools.count(self.first[place]), strict=False))

    def row(self, cube: Cube, letter: int) -> _Row:
        """Return the row of a cube whose argument `letter` is the class of the letter."""
        weights: dict[int, int] = {}
        letters: frozenset[int] = frozenset()
        bias = 1
        for place, allowed in cube.allowed.items():
            if place == letter:
                letters = frozenset(symbol for symbol, number in enumerate(self.class_of) if number in allowed)
                bias -= 1
                continue
            channels = self.channels_of(place)
            outside = set(range(self.units.levels[place].values)) - allowed
            if allowed <= set(channels) and (not outside <= set(channels) or len(allowed) <= len(outside)):
                weights |= {channels[value]: 1 for value in allowed}
                bias -= 1
            else:
                weights |= {channels[value]: -1 for value in outside}
        return _Row(weights, letters, bias)

    def layer_units(self, place: int) -> Iterable[GateUnit]:
        """Yield the units of a level."""
        level, absorbed, channel_of = self.units.levels[place], self.units.absorbed, self.channels_of(place)
        channels = tuple(channel_of.values())
        silencer = self.absorbed if absorbed is not None and place > absorbed else None
        for cube in level.cubes:
            row = self.row(cube, level.letter)
            writes = tuple(channel for value, channel in channel_of.items() if value == cube.action)
            turn = level.turns[cube.action - level.values] if cube.action >= level.values else ()
            carried = tuple((channel_of[value], channel_of[image]) for value, image in enumerate(turn))
            yield GateUnit(row.silenced(silencer), row.letters, row.bias, channels, writes, carried)

    def layers(self) -> tuple[StackLayer, ...]:
        """Return the layers; one that does nothing where there is none."""
        found, first = [], 0
        for number in sorted({level.layer for level in self.units.levels}):
            places = [place for place in self.order if self.units.levels[place].layer == number]
            channels = sum(map(self.width, places))
            listed = tuple(unit for place in places for unit in self.layer_units(place))
            found.append(StackLayer(first, channels, listed))
            first += channels
        return tuple(found) or (StackLayer(0, 1, (SILENT,)),)

    def shown(self, outputs: tuple[int | None, ...]) -> tuple[ShownUnit, ...]:
        """Return the units of outputs other than the usual one."""
        found = []
        for cube in self.units.outputs:
            row = self.row(cube, len(self.units.cascade.levels))
            found.append(ShownUnit(row.silenced(self.absorbed), row.bias, cube.action))
        absorbing = self.units.cascade.machine.absorbing
        for number, state in enumerate(absorbing):
            output = outputs[state]
            if output is not None and output != self.units.usual:
                found.append(self._absorbed_unit(number, output))
        return tuple(found) or (ShownUnit({}, 0, self.units.usual),)

    def _absorbed_unit(self, number: int, output: int) -> ShownUnit:
        """Return the unit of one absorbing state: absorbed, and the level after says which."""
        absorbed = self.units.absorbed
        dead = {} if self.absorbed is None else {self.absorbed: 1}
        which = {} if absorbed is None or absorbed + 1 == len(self.units.levels) else self.channels_of(absorbed + 1)
        if number:
            return ShownUnit({**dead, which[number]: 1}, -1, output)
        return ShownUnit({**dead, **dict.fromkeys(which.values(), -1)}, 0, output)

    def on(self, values: tuple[int, ...]) -> tuple[int, ...]:
        """Return the channels that are 1 where the first levels have these values, and the others 0."""
        found = (self.channels_of(place).get(value) for place, value in enumerate(values))
        return tuple(sorted(channel for channel in found if channel is not None))


def stack_recipe(machine: StateMachine, followed: FollowedMachine, units: CascadeUnits) -> StackRecipe:
    """Return the stack of a cascade's units for a machine and what is followed of it."""
    rows, cascade = StackRows(units, units.cascade.machine.class_of), units.cascade
    shown = rows.shown(followed.outputs)
    on = [rows.on(values) for values in cascade.states]
    free: list[tuple[int, ...]] = [()] * len(on)
    states = list(cascade.states.values())
    if units.absorbed is not None:
        live = len(cascade.levels)
        loose = tuple(sorted(channel for place in range(live) for channel in rows.channels_of(place).values()))
        for number, state in enumerate(cascade.machine.absorbing):
            ended = (*(0,) * live, 1, number)[: len(units.levels)]
            on.append(tuple(channel for channel in rows.on(ended) if channel not in loose))
            free.append(loose)
            states.append(state)
    nodes = StackNodes(
        tuple(on),
        tuple(free),
        tuple(followed.origin[state] for state in states),
        tuple(followed.outputs[state] for state in states),
    )
    start = rows.on((0,) * len(units.levels))
    return StackRecipe(machine, rows.layers(), shown, units.usual, nodes, len(cascade.states), start)
