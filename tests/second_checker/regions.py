"""Regions: inclusions in integers. A turn is counted in parts of one common denominator, an interval's ends likewise.

A plane is None for zero, otherwise the number of parts of a full turn.
"""

from __future__ import annotations

import math
import re
from fractions import Fraction
from itertools import chain
from typing import Any, NamedTuple

from tests.second_checker import rounding, scan
from tests.second_checker.exact import connected
from tests.second_checker.machine import Machine, listed, number
from tests.second_checker.structures import Stored
from tests.second_checker.wire import demand

RATIONAL = re.compile(r"(0|-?[1-9][0-9]*)(?:/([1-9][0-9]*))?")


class Letter(NamedTuple):
    """The factors of the lines, and the turns of the planes."""

    factors: list[Fraction]
    turns: list[Fraction | None]


class Region(NamedTuple):
    """The ends of the lines, low and high in turn, and the turns of the planes."""

    ends: list[Fraction]
    turns: list[Fraction | None]


def prove(certificate: dict[str, Any], stored: Stored, machine: Machine, reads: list[int]) -> dict[str, Any]:
    """Refuse unless the regions carry the claim; return the fields that they determine."""
    letters, regions = read_trace(certificate)
    demand(len(letters) == len(machine.table[0]), "letters: one per symbol")
    demand(len(regions) == len(reads), "reads: one per region")
    shapes = {(len(letter.factors), len(letter.turns)) for letter in letters}
    shapes |= {(len(region.ends) // 2, len(region.turns)) for region in regions}
    demand(len(shapes) == 1 and shapes != {(0, 0)}, "letters: lines and planes differ")
    contract = certificate["claim"]["contract"]
    demand(contract in ("injective", "cover", "robust"), "claim: contract")
    points = all(region.ends[::2] == region.ends[1::2] for region in regions)
    demand(contract == "robust" or points, "claim: a region holds more than one state")
    demand(contract != "injective" or len(set(reads)) == len(reads), "reads: two regions of one state")
    induction(letters, regions, reads, machine.table)
    return measured(stored, letters, regions, reads)


def measured(stored: Stored, letters: list[Letter], regions: list[Region], reads: list[int]) -> dict[str, Any]:
    """Return the fields that weights, letters and regions determine, in both orders."""
    found = rounding.measured(stored, letters, regions, reads)
    eta, mu = found.pop("bounds")
    found["float"]["scan"] = scan.of_turns(stored, letters, eta, mu)
    if stored.snap is None:
        return found
    away = max(
        (gap(region, stored.snap[1][read]) for region, read in zip(regions, reads, strict=True)), default=Fraction(0)
    )
    return rounding.put_back(found, stored, eta, (Fraction(1), mu, away))


def gap(region: Region, kept: dict[int, Any]) -> Fraction:
    """Return how far a prototype is from the one point of a region; refuse one elsewhere on a line or at zero."""
    lines = len(region.ends) // 2
    demand(region.ends[::2] == region.ends[1::2] == [kept.get(line, 0) for line in range(lines)], "snap: another line")
    worst = Fraction(0)
    for plane, turn in enumerate(region.turns):
        pair = (kept.get(lines + 2 * plane, 0), kept.get(lines + 2 * plane + 1, 0))
        demand(turn is not None or pair == (0, 0), "snap: a plane at zero is put back elsewhere")
        worst = max(worst, rounding.distance(turn, *pair))
    return worst


def read_trace(certificate: dict[str, Any]) -> tuple[list[Letter], list[Region]]:
    """Return letters and regions, every number canonical and every turn in [0, 1)."""
    letters = [
        Letter([rational(factor) for factor in part["lines"]], turns(part["planes"]))
        for part in parts("letters", certificate["letters"])
    ]
    regions = []
    for part in parts("cells", certificate["cells"]):
        for pair in part["lines"]:
            demand(isinstance(pair, list) and len(pair) == 2, "cells: an interval has two ends")
        ends = [rational(end) for pair in part["lines"] for end in pair]
        demand(all(low <= high for low, high in zip(ends[::2], ends[1::2], strict=True)), "cells: an empty interval")
        regions.append(Region(ends, turns(part["planes"])))
    return letters, regions


def parts(field: str, value: Any) -> list[dict[str, Any]]:
    """Return a list of objects of lines and planes."""
    for part in listed(field, value):
        demand(isinstance(part, dict) and sorted(part) == ["lines", "planes"], field + ": lines and planes")
        demand(isinstance(part["lines"], list) and isinstance(part["planes"], list), field + ": not lists")
    return value


def turns(values: list[Any]) -> list[Fraction | None]:
    """Return turns in [0, 1), None for null."""
    found = [None if value is None else rational(value) for value in values]
    demand(all(turn is None or 0 <= turn < 1 for turn in found), "turns: outside [0, 1)")
    return found


def rational(text: Any) -> Fraction:
    """Return the number that a text writes in lowest terms."""
    demand(type(text) is str, "number: not a text")
    match = RATIONAL.fullmatch(text)
    demand(match, "number: not canonical")
    above, below = number(match[1]), 1 if match[2] is None else number(match[2])
    demand(math.gcd(above, below) == 1 and (match[2] is None or below > 1), "number: not in lowest terms")
    return Fraction(above, below)


def induction(letters: list[Letter], regions: list[Region], reads: list[int], table: list[list[int]]) -> None:
    """Refuse unless every image lies in a region of the right reading, and every region is met on the way.

    An image is looked for as it is; then in the order of the regions.
    """
    parts = math.lcm(*(turn.denominator for one in chain(letters, regions) for turn in one.turns if turn is not None))
    unit = math.lcm(*(end.denominator for region in regions for end in region.ends))
    grid = [(tuple(int(end * unit) for end in region.ends), counted(region.turns, parts)) for region in regions]
    demand(len(set(grid)) == len(grid), "cells: a repeat")
    by_turns: dict[tuple[int | None, ...], list[int]] = {}
    for place, (_, planes) in enumerate(grid):
        by_turns.setdefault(planes, []).append(place)
    actions = [(letter.factors, counted(letter.turns, parts)) for letter in letters]
    steps, right = [], []
    for (ends, planes), state in zip(grid, reads, strict=True):
        reached = []
        for factors, turned in actions:
            image = moved_ends(ends, factors)
            there = by_turns.get(moved_planes(planes, turned, parts), [])
            same = [place for place in there if all(a == b for a, b in zip(grid[place][0], image, strict=True))]
            inside = (place for place in there if holds(grid[place][0], image))
            reached.append(same[0] if same else next(inside, None))
        demand(None not in reached, "induction: a step leaves the regions")
        steps.append(set(reached))
        right.append([reads[place] for place in reached] == table[state])
    met = connected(steps)
    demand(all(right), "induction: a step reads as the wrong state")
    demand(len(met) == len(regions), "cells: no word leads to one of them")


def counted(values: list[Fraction | None], parts: int) -> tuple[int | None, ...]:
    """Return turns in parts of a full one."""
    return tuple(None if turn is None else int(turn * parts) for turn in values)


def moved_planes(planes: tuple[int | None, ...], turned: tuple[int | None, ...], parts: int) -> tuple[int | None, ...]:
    """Return the planes after a letter; zero stays zero."""
    pairs = zip(planes, turned, strict=True)
    return tuple(None if point is None or turn is None else (point + turn) % parts for point, turn in pairs)


def moved_ends(ends: tuple[int, ...], factors: list[Fraction]) -> list[Fraction]:
    """Return the ends after a letter, low and high in turn."""
    moved: list[Fraction] = []
    for line, factor in enumerate(factors):
        moved += sorted(end * factor for end in ends[2 * line : 2 * line + 2])
    return moved


def holds(ends: tuple[int, ...], image: list[Fraction]) -> bool:
    """Tell whether the image's intervals lie inside."""
    lows = all(low <= first for low, first in zip(ends[::2], image[::2], strict=True))
    return lows and all(last <= high for high, last in zip(ends[1::2], image[1::2], strict=True))
