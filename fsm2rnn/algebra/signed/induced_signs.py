r"""Ind(K, lambda), lambda: K -> {1, -1}, with a start vector that a subgroup H fixes: candidates, covers, small codes.

Coordinate j of the code of the state H g is u(g r_j^-1) for cosets K r_j, where u(h y k) = u(y) lambda(k). With kernel
L of lambda, u is given on the double cosets H y L, and 0 on those that hold y k for a k with lambda(k) = -1. A state is
told from the start by some u iff it is by the u with a number of its own for each pair H y L, H y k L. `monomial` says
why that is all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from fsm2rnn.algebra.cover_sets.weighted_cover import CoveringSet, least_cover
from fsm2rnn.algebra.group.group_action import GroupAction
from fsm2rnn.algebra.group.group_table import GroupTable
from fsm2rnn.algebra.group.subgroup_classes import Mask, SubgroupClass, SubgroupClasses, right_cosets, subgroup_classes
from fsm2rnn.algebra.letters.letter_maps import Numbers


@final
@dataclass(frozen=True, eq=False)
class Induced:
    """An induced representation of width n = |G : K| with the numbers of the double cosets for u."""

    kernel: Numbers
    subgroup: Numbers
    numbers: Numbers  # (Q, n), from 1, with a sign; 0 where u must be 0
    blind: Mask  # (Q,), the states that have the code of the start for every u

    @property
    def width(self) -> int:
        """|G : K|."""
        return int(self.numbers.shape[1])


@final
@dataclass(frozen=True, eq=False)
class InducedSum:
    """Parts whose generic codes tell all states apart; `least` where no other sum of induced ones is narrower."""

    parts: tuple[Induced, ...]
    least: bool


def least_sum(action: GroupAction) -> InducedSum:
    """Return the least sum found; the permutations of the states are one of the candidates."""
    classes = subgroup_classes(action.group, lambda _: True)
    whole = induced(action, np.flatnonzero(action.stabiliser), 0)
    bound, blind = whole.width, np.ones_like(whole.blind)
    # Of candidates that tell the same states apart the first is the narrowest.
    kept: dict[bytes, Induced] = {}
    for width, found, swap in _pairs(action, classes):
        if width >= bound:
            break
        part = induced(action, found.members, swap)
        if part.blind.tobytes() not in kept:
            kept[part.blind.tobytes()] = part
            blind = blind & part.blind
            if bound == whole.width and blind.sum() == 1:
                parts = list(kept.values())
                bound = min(bound, sum(parts[member].width for member in _cover(parts).members))
    parts = [*kept.values(), whole]
    cover = _cover(parts)
    return InducedSum(tuple(parts[member] for member in cover.members), classes.complete and cover.minimal)


def fewest_reflections_sum(action: GroupAction, widest: int) -> tuple[Numbers, InducedSum] | None:
    """Return ranks of I - A_x, and the sum of parts up to that width whose largest rank is least, then its width.

    `least` says so of all such sums; None where no such parts tell all states apart.
    """
    classes = subgroup_classes(action.group, lambda _: True)
    found: dict[tuple[bytes, bytes], tuple[Induced, Numbers]] = {}
    for one in classes.found:
        index = len(action.group) // len(one.members)
        swaps = _swaps(action.group, one) if index <= 2 * widest and index % 2 == 0 else []
        for swap in ([0] if index <= widest else []) + swaps:
            part = induced(action, one.members, swap)
            ranks = reflection_ranks(*letter_signs(action, part))
            known = found.setdefault((part.blind.tobytes(), ranks.tobytes()), (part, ranks))
            if part.width < known[0].width:
                found[part.blind.tobytes(), ranks.tobytes()] = part, ranks
    parts = [part for part, _ in found.values()]
    if not parts or np.array([part.blind for part in parts]).all(axis=0).sum() != 1:
        return None
    ranks = np.array([rank for _, rank in found.values()])
    cover = _cover(parts, ranks)
    chosen = tuple(parts[member] for member in cover.members)
    return ranks[list(cover.members)].sum(axis=0), InducedSum(chosen, classes.complete and cover.minimal)


def reflection_ranks(maps: Numbers, signs: Numbers) -> Numbers:
    """Return rank(I - A_x) for signed permutations (D, n): n less the number of cycles with an even number of signs."""
    points = np.arange(maps.shape[1])
    targets, turned, waiting = maps, signs, np.ones_like(maps, dtype=np.bool_)
    ranks: Numbers = np.full(len(maps), len(points))
    length = 1
    while waiting.any():
        closed = waiting & (targets == points)
        ranks -= np.count_nonzero(closed & (turned > 0), axis=1) // length
        waiting &= ~closed
        turned = turned * np.take_along_axis(signs, targets, axis=1)
        targets = np.take_along_axis(maps, targets, axis=1)
        length += 1
    return ranks


def _pairs(action: GroupAction, classes: SubgroupClasses) -> Iterator[tuple[int, SubgroupClass, int]]:
    """Yield |G : K|, the class of L, and g with K = L + L g, by rising |G : K|; g = 0 for K = L.

    Where H = 1 the states with the code of the start make the core of L, and one pair for each core is enough.
    """
    table = action.group
    regular = np.count_nonzero(action.stabiliser) == 1
    waiting = [(len(table) // len(found.members), place, 0) for place, found in enumerate(classes.found)]
    waiting += [(width // 2, place, -1) for width, place, _ in waiting if width % 2 == 0]
    cores = set[bytes]()
    for width, place, kind in sorted(waiting):
        found = classes.found[place]
        if found.core.tobytes() not in cores:
            for swap in _swaps(table, found) if kind else [0]:
                yield width, found, swap
                if regular:
                    cores.add(found.core.tobytes())
                    break


def _swaps(table: GroupTable, found: SubgroupClass) -> list[int]:
    """Return one g of each L g in the normaliser of L, but L, with g^2 in L."""
    inside = np.zeros(len(table), dtype=np.bool_)
    inside[found.members] = True
    squares = found.normaliser[inside[table.power(found.normaliser, 2)] & ~inside[found.normaliser]]
    least: list[int] = sorted(set(table.columns[squares][:, found.members].min(axis=1).tolist()))
    return least


def induced(action: GroupAction, kernel: Numbers, swap: int) -> Induced:
    """Return Ind(K, lambda), L the kernel and K = L + L swap; lambda = 1 for swap = 0."""
    columns = action.group.columns
    members = np.flatnonzero(action.stabiliser)
    double = columns[kernel].min(axis=0)[columns[:, members]].min(axis=1)  # the least of H y L, for every y
    subgroup, u = kernel, double + 1
    if swap:
        subgroup, other = np.sort(np.append(kernel, columns[swap, kernel])), double[columns[swap]]
        u = np.where(double == other, 0, np.where(double < other, double + 1, -1 - other))
    representatives, _ = right_cosets(action.group, subgroup)
    _, elements = np.unique(action.states, return_index=True)
    inverses = np.argmin(columns[:, representatives], axis=0)
    numbers = u[columns[inverses[:, None], elements]].T
    return Induced(kernel, subgroup, numbers, (numbers == numbers[action.states[0]]).all(axis=1))


def letter_signs(action: GroupAction, part: Induced) -> tuple[Numbers, Numbers]:
    """Return maps and signs (D, n): r_j x = k r_i, then A_x e_j = lambda(k) e_i."""
    columns = action.group.columns
    representatives, coset = right_cosets(action.group, part.subgroup)
    inside = np.zeros(len(columns), dtype=np.bool_)
    inside[part.kernel] = True
    moved = columns[action.letters][:, representatives]
    targets = coset[moved]
    inverses = np.argmin(columns[:, representatives], axis=0)
    return targets, np.where(inside[columns[inverses[targets], moved]], 1, -1)


def _cover(parts: Sequence[Induced], loads: Numbers | None = None) -> CoveringSet:
    """Return parts of least total width, or load, that tell all states from the start, as all of them do."""
    blind = np.array([part.blind for part in parts])
    weights = np.array([part.width for part in parts])
    loads = np.zeros((len(parts), 0), dtype=np.int64) if loads is None else loads
    found = least_cover(~blind[:, ~blind.all(axis=0)], weights, loads, fewest=1, most=len(parts))
    return CoveringSet(tuple(range(len(parts))), minimal=False) if found is None else found


def small_codes(parts: Sequence[Induced], start: int) -> Numbers:
    """Return distinct codes (Q, n): u as 0 on as many double cosets as go, then small numbers, one after another."""
    offsets = np.cumsum([0, *(np.abs(part.numbers).max() for part in parts)])
    apart = [part.numbers + offset * np.sign(part.numbers) for part, offset in zip(parts, offsets, strict=False)]
    joined = np.concatenate(apart, axis=1)
    signs = np.sign(joined)
    found, places, counts = np.unique(np.abs(joined), return_inverse=True, return_counts=True)
    places = places.reshape(joined.shape)
    values = len(found) + 1 + np.arange(len(found))  # generic until they are made small
    small = sorted(range(-len(found), len(found) + 1), key=lambda value: (abs(value), -value))
    waiting = [np.argsort(-counts, kind="stable")]
    while waiting:
        chunk = waiting.pop()
        for value in small if len(chunk) == 1 else small[:1]:
            trial = values.copy()
            trial[chunk] = value
            codes = signs * trial[places]
            if np.count_nonzero((codes == codes[start]).all(axis=1)) == 1:
                values = trial
                break
        else:
            waiting += [chunk[len(chunk) // 2 :], chunk[: len(chunk) // 2]]
    return np.asarray(signs * values[places])
