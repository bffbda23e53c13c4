"""A stack of gated layers before it is stored: its units, its logits, and the tuples of its proof."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import combinations
from typing import final

from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.file.stack_network import StackNodes


@final
@dataclass(frozen=True)
class GateUnit:
    """u = max(0, sum_j weights_j h_j + [x in letters] + bias): 1 where all its conditions hold, else 0.

    Channels are numbered through all layers. Where it fires, the channels `erases` become 0, `writes` become 1, and
    target becomes what source was for each (source, target) of `turn`.
    """

    weights: Mapping[int, int]
    letters: frozenset[int]
    bias: int
    erases: tuple[int, ...]
    writes: tuple[int, ...]
    turn: tuple[tuple[int, int], ...] = ()


class LayerKind(Enum):
    """What a layer does to its channels beside writing them."""

    GATES = "gates"  # keeps them or not
    TURNS = "turns"  # moves them as well, by maps that commute
    BLOCKS = "blocks"  # by maps that do not


@final
@dataclass(frozen=True)
class StackLayer:
    """Units of one layer, which read channels below `first`, and its channels first .. first + channels - 1."""

    first: int
    channels: int
    units: tuple[GateUnit, ...]

    @property
    def turns(self) -> tuple[tuple[tuple[int, int], ...], ...]:
        """The different turns of its units; none in a layer whose gates alone keep and write."""
        return tuple(dict.fromkeys(unit.turn for unit in self.units if unit.turn))

    @property
    def kind(self) -> LayerKind:
        """Whether it turns, and whether its turns commute where they move the same channels."""
        turns = [dict(turn) for turn in self.turns]
        pairs = ((left, right) for left, right in combinations(turns, 2) if left.keys() & right.keys())
        # A turn moves all channels of its register, so two move the same ones or none in common.
        if any(left[right[channel]] != right[left[channel]] for left, right in pairs for channel in left):
            return LayerKind.BLOCKS
        return LayerKind.TURNS if turns else LayerKind.GATES


@final
@dataclass(frozen=True)
class ShownUnit:
    """v = max(0, sum_j weights_j h_j + bias) of the state after a step: 1 where output `output` is shown, else 0."""

    weights: Mapping[int, int]
    bias: int
    output: int


@final
@dataclass(frozen=True)
class StackRecipe:
    """The layers of a stack from the lowest up, and what its logits are: 2 per unit of an output, 1 for the usual one.

    `nodes` are the states that words reach, for the proof; `tuples` says how many of them are of a live machine, and
    `start` lists the channels that are 1 at first.
    """

    machine: StateMachine
    layers: tuple[StackLayer, ...]
    shown: tuple[ShownUnit, ...]
    usual: int
    nodes: StackNodes
    tuples: int
    start: tuple[int, ...] = ()

    @property
    def size(self) -> int:
        """The channels of all layers: the width of the state."""
        return sum(layer.channels for layer in self.layers)

    @property
    def units(self) -> int:
        """The units of all layers, and those of the outputs."""
        return sum(len(layer.units) for layer in self.layers) + len(self.shown)

    @property
    def parameters(self) -> int:
        """How many numbers the layers store: weights of letters and lower channels, biases, two gates a unit."""
        symbols = len(self.machine.symbols)
        return sum(len(one.units) * (symbols + one.first + 1 + 2 * one.channels) for one in self.layers)

    @property
    def products(self) -> int:
        """How many units a proof looks at, over tuples and symbols."""
        return len(self.nodes.on) * len(self.machine.symbols) * self.units
