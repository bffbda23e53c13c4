r"""A level that turns by a group that is not solvable, as registers side by side, each turned by the whole group.

No series of abelian factors holds such a group G, so the level stays one layer. Its values are the cosets H g, if they
are one orbit. A register for K, H <= K < G, holds the coset K g: a letter of element x leads it from K g to K g x, a
permutation matrix of |G : K| channels, and a reset writes it. Registers for K_1, ..., K_r tell the value exactly where
the K_i meet in H, so the level is the block-diagonal permutation representation of the K_i, of the code with a one in
each block; none of the registers reads another, so they share a layer. K = H alone is the permutation of the values.
The narrowest sum of |G : K_i| is a weighted set cover: which values lie with the first one in K. Values of several
orbits have registers for each, in which one more place stands for all other orbits.

Two registers have seven places at least, since a group on fewer than five is solvable: up to seven values are one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np

from fsm2rnn.algebra.cascade.event_cascade import Cascade, CascadeLevel, Prefix
from fsm2rnn.algebra.cascade.expanded_levels import Split, expanded
from fsm2rnn.algebra.cascade.solvable_levels import abelian_split
from fsm2rnn.algebra.cover_sets.weighted_cover import least_cover
from fsm2rnn.algebra.group.group_action import GroupAction, group_action
from fsm2rnn.algebra.group.subgroup_classes import Mask, right_cosets, subgroup_classes
from fsm2rnn.algebra.letters.letter_maps import Numbers
from fsm2rnn.algebra.monoid.image_sets import strong_components
from fsm2rnn.algebra.monoid.permutation_group import group_of_permutations, perfect_residuum
from fsm2rnn.errors import LimitError
from fsm2rnn.machine.permutations import Permutation
from fsm2rnn.machine.state_machine import StateMachine

BLOCK_LIMIT: Final = 64
"""Most channels of all blocks of one level: each value of a register is one, and a letter has a matrix on them."""
FEW_VALUES: Final = 7

Register: TypeAlias = tuple[int, ...]  # per value of the level that of the register, 0 for value 0


@final
@dataclass(frozen=True, eq=False)
class BlockSplit:
    """One level as registers that are turned at once, and what each turn of the level is on each of them."""

    registers: tuple[Register, ...]
    turns: Mapping[Permutation, tuple[Permutation, ...]]
    values: Mapping[Prefix, int]

    @property
    def sizes(self) -> list[int]:
        """The values of each register."""
        return [max(register) + 1 for register in self.registers]

    def coordinates(self, value: int) -> list[int]:
        """Return what the registers hold where the level has a value."""
        return [register[value] for register in self.registers]

    def value(self, values: Prefix) -> int:
        """Return the value of the level."""
        return self.values[values]

    def turned(self, _: Prefix, element: Permutation) -> tuple[Permutation, ...]:
        """Return how the registers are turned, whatever they hold."""
        return self.turns[element]


def with_block_levels(cascade: Cascade) -> Cascade:
    """Return the cascade with abelian levels for solvable groups, and registers that turn as blocks for the others.

    LimitError for blocks of more than BLOCK_LIMIT channels, or more than CONTEXT_LIMIT tuples.
    """
    return expanded(cascade, [_split(level) if level.turns else None for level in cascade.levels])


def _split(level: CascadeLevel) -> Split:
    elements = list(dict.fromkeys(level.turns.values()))
    group = group_of_permutations(np.array(elements, dtype=np.intp))
    return abelian_split(level) if perfect_residuum(group).order == 1 else block_split(elements)


def block_split(elements: Sequence[Permutation]) -> BlockSplit:
    """Return the narrowest registers found for permutations of values; LimitError for more than BLOCK_LIMIT channels.

    Subgroups are searched in groups of at most `group_action.ORDER_LIMIT` elements, others permute the values.
    """
    registers = _registers(elements)
    width = sum(max(register) + 1 for register in registers)
    if width > BLOCK_LIMIT:
        what = "channels of the blocks, as narrow as found, of a level whose group is not solvable"
        raise LimitError(what, limit=BLOCK_LIMIT, needed=width)
    turns = {element: tuple(_on(register, element) for register in registers) for element in elements}
    values = {held: value for value, held in enumerate(zip(*registers, strict=True))}
    return BlockSplit(tuple(registers), turns, values)


def _on(register: Register, element: Permutation) -> Permutation:
    """Return how an element that permutes the values of a level permutes those of a register."""
    found = dict(zip(register, (register[image] for image in element), strict=True))
    return tuple(found[value] for value in range(len(found)))


def _registers(elements: Sequence[Permutation]) -> list[Register]:
    values = range(len(elements[0]))
    whole = [tuple(values)]
    if len(values) <= FEW_VALUES:
        return whole
    orbits = [sorted(orbit) for orbit in strong_components(list(zip(*elements, strict=True)))]
    found: list[Register] = []
    for orbit in orbits:
        place = {value: number for number, value in enumerate(orbit)}
        moves = list(dict.fromkeys(tuple(place[element[value]] for value in orbit) for element in elements))
        for labels in _orbit_registers(moves):
            # -1 stands for all values of other orbits.
            told = (labels[place[value]] if value in place else -1 for value in values)
            found.append(_numbered(told))
    return found if sum(max(register) + 1 for register in found) < len(values) else whole


def _numbered(labels: Iterator[int]) -> Register:
    """Return labels as numbers in the order in which they first occur."""
    numbers: dict[int, int] = {}
    return tuple(numbers.setdefault(label, len(numbers)) for label in labels)


def _orbit_registers(moves: Sequence[Permutation]) -> list[Sequence[int]]:
    """Return labels of values that permutations move as one orbit, which together tell all values apart."""
    count = len(moves[0])
    everything = tuple(range(count))
    if count <= FEW_VALUES:
        return [everything]
    table = tuple(zip(*moves, strict=True))
    try:
        action = group_action(StateMachine(everything, tuple(range(len(moves))), table, 0, everything))
    except LimitError:
        return [everything]
    parts: list[Numbers] = []
    kept: dict[bytes, Numbers] = {}
    bound, together = count, np.ones(count, dtype=np.bool_)
    for width, labels in _quotients(action):
        if width >= bound:
            break
        alike: Mask = labels == labels[0]
        if alike.tobytes() not in kept:
            kept[alike.tobytes()] = labels
            together &= alike
            if bound == count and together.sum() == 1:
                parts = _cover(list(kept.values()))
                bound = min(bound, sum(int(part.max()) + 1 for part in parts))
    if bound == count:
        return [everything]
    return [labels.tolist() for labels in _cover(list(kept.values()))]


def _quotients(action: GroupAction) -> Iterator[tuple[int, Numbers]]:
    """Yield |G : K| and the coset K g of every value H g, for the K above H that are found, the widest last."""
    columns, members = action.group.columns, np.flatnonzero(action.stabiliser)
    _, elements = np.unique(action.states, return_index=True)
    for one in sorted(subgroup_classes(action.group, lambda _: True).found, key=lambda one: -len(one.members)):
        representatives, coset = right_cosets(action.group, one.members)
        for first in representatives.tolist() if 1 < len(representatives) < len(elements) else ():
            # Cosets of the conjugate by `first`, which holds H where K first H = K first.
            if (coset[columns[members, first]] == coset[first]).all():
                yield len(representatives), coset[columns[elements, first]]


def _cover(parts: Sequence[Numbers]) -> list[Numbers]:
    """Return parts of least total width that tell the first value from all others, as all of them do."""
    apart = np.array([labels[1:] != labels[0] for labels in parts])
    weights = np.array([int(labels.max()) + 1 for labels in parts])
    loads = np.zeros((len(parts), 0), dtype=np.int64)
    found = least_cover(apart, weights, loads, fewest=1, most=len(parts))
    return list(parts) if found is None else [parts[member] for member in found.members]
