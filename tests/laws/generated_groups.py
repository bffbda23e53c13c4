"""Groups of order below 128 made without a library of groups, each asked of every target.

    python -m tests.laws.generated_groups --least 64 --most 127 --out FILE

appends a row for each group that FILE does not have yet: order, generators, name, compiled, impossible and unsettled
verdicts, n_h, seconds. An exception ends the run. They are the groups of small_groups.tsv and of the catalogue, direct
and central products of two of them, maps x -> a x + b modulo n and over small vector spaces, subgroups of S7, and
semidirect products of Z_n and these spaces with cyclic groups; matrices and permutations are drawn at random, always
the same. Of those alike in how many elements have which order, class and roots, one is
kept: isomorphic groups come once, and a few others are left out.
"""

from __future__ import annotations

import argparse
import itertools
import math
import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np

from fsm2rnn.algebra.group.group_action import group_action
from fsm2rnn.algebra.group.group_table import GroupTable, classes
from fsm2rnn.compiler import minimal_facts
from fsm2rnn.constructions.verdict import Compiled, Impossible, Unsettled
from fsm2rnn.explanation import explain
from fsm2rnn.operators.householder import Householder
from fsm2rnn.source.named.permutation_groups import cycles
from fsm2rnn.source.read import read
from fsm2rnn.testing.group_strategies import named_groups
from tests.algebra.group.small_groups import small_groups

MOST: Final = 127
DRAWS: Final = 400
PLANES: Final = ((2, 3), (2, 4), (3, 2), (5, 2), (3, 3), (7, 2))
Permutation: TypeAlias = tuple[int, ...]
Generators: TypeAlias = tuple[Permutation, ...]


def text_of(generators: Generators) -> str:
    """Return the machine's text."""
    return "perm:" + ";".join(map(cycles, generators))


def table_of(text: str) -> GroupTable:
    """Return the table of a group given by permutations."""
    return group_action(minimal_facts(read(text)).machine).group


def fingerprint(table: GroupTable) -> tuple[object, ...]:
    """Return what isomorphic groups have in common: of each class size, order, and roots of members."""
    everything = np.arange(len(table))
    powers = [table.power(everything, exponent) for exponent in (2, 3, 4, 5)]
    roots = [np.bincount(power, minlength=len(table)) for power in powers]
    orders = np.ones(len(table), dtype=np.int64)
    power = everything.copy()
    while power.any():
        orders += power != 0
        power = np.where(power != 0, table.columns[everything, power], 0)
    kinds = Counter((len(one), int(orders[one[0]]), *(int(root[one[0]]) for root in roots)) for one in classes(table))
    pairs = table.product(everything[:, None], everything)
    return len(table), tuple(sorted(kinds.items())), tuple(sorted(Counter(orders[pairs].ravel().tolist()).items()))


def shifted(generators: Generators, by: int, points: int) -> Generators:
    """Return the permutations on `points` points that move those from `by` on."""
    return tuple((*range(by), *(by + image for image in row), *range(by + len(row), points)) for row in generators)


def direct_product(left: Generators, right: Generators) -> Generators:
    """Return the generators side by side."""
    points = len(left[0]) + len(right[0])
    return shifted(left, 0, points) + shifted(right, len(left[0]), points)


def central_products(left: GroupTable, right: GroupTable) -> Iterator[Generators]:
    """Yield (A x B) / <(a, b)> for central a, b of order 2, on its own elements; one a and all b."""
    first, second = _central_involutions(left), _central_involutions(right)
    for a, b in itertools.product(first[:1], second):
        pairs = list(itertools.product(range(len(left)), range(len(right))))
        other = {pair: (int(left.columns[a, pair[0]]), int(right.columns[b, pair[1]])) for pair in pairs}
        cosets = [pair for pair in pairs if pair <= other[pair]]
        number = {pair: place for place, coset in enumerate(cosets) for pair in (coset, other[coset])}
        moves = [(x, 0) for x in range(1, len(left))] + [(0, y) for y in range(1, len(right))]
        rows = (tuple(number[int(left.columns[x, g]), int(right.columns[y, h])] for g, h in cosets) for x, y in moves)
        yield fewer(tuple(rows), len(cosets))


def _central_involutions(table: GroupTable) -> list[int]:
    columns = table.columns
    return [x for x in range(1, len(table)) if columns[x, x] == 0 and (columns[x] == columns[:, x]).all()]


def fewer(rows: Generators, order: int) -> Generators:
    """Return some of the rows that generate as many elements as all, each outside the group of the earlier ones."""
    chosen: list[Permutation] = []
    elements = {tuple(range(len(rows[0])))}
    for row in rows:
        if row not in elements:
            chosen.append(row)
            elements = spanned(chosen, order) or elements
    return tuple(chosen)


def spanned(rows: list[Permutation], most: int) -> set[Permutation] | None:
    """Return the group of the rows, None where it has more than `most` elements."""
    found = [tuple(range(len(rows[0])))]
    known = set(found)
    for element in found:
        for row in rows:
            product = tuple(row[image] for image in element)
            if product not in known:
                if len(found) == most:
                    return None
                known.add(product)
                found.append(product)
    return known


def affine_lines(most: int) -> Iterator[Generators]:
    """Yield x -> x + 1 and x -> a x modulo n < `most`."""
    for modulus in range(3, most):
        units = [unit for unit in range(2, modulus) if np.gcd(unit, modulus) == 1]
        shift = tuple((x + 1) % modulus for x in range(modulus))
        for factor in units:
            yield shift, tuple(factor * x % modulus for x in range(modulus))


def affine_spaces(draw: random.Random) -> Iterator[Generators]:
    """Yield maps v -> M v + w over the vectors of n numbers modulo p, two or three drawn at random."""
    for prime, size in PLANES:
        for _ in range(DRAWS):
            rows = tuple(_affine(prime, _entries(draw, prime, size)) for _ in range(draw.choice((2, 3))))
            if all(len(set(row)) == len(row) for row in rows):
                yield rows


def _entries(draw: random.Random, prime: int, size: int) -> list[list[int]]:
    """Return n rows of M, then w."""
    return [[draw.randrange(prime) for _ in range(size)] for _ in range(size + 1)]


def _affine(prime: int, entries: list[list[int]]) -> Permutation:
    """Return how v -> M v + w, given by the rows of M and w, moves the vectors: a permutation if M has an inverse."""
    *matrix, moved = np.array(entries)
    points = list(itertools.product(range(prime), repeat=len(matrix)))
    number = {point: place for place, point in enumerate(points)}
    return tuple(number[tuple(((np.array(matrix) @ point + moved) % prime).tolist())] for point in points)


def semidirect_products(most: int) -> Iterator[Generators]:
    """Yield N : Z_k for N cyclic or a small vector space, some of Z_k fixing all of N, of `most` elements at most."""
    draw = random.Random(0)
    for shift, turn in affine_lines(most // 2):
        yield from _beside_cycles((shift,), turn, most)
    for prime, size in PLANES:
        unit, nothing = np.eye(size, dtype=np.int64).tolist(), [0] * size
        shifts = tuple(_affine(prime, [*unit, moved]) for moved in unit)
        for _ in range(DRAWS // 4):
            turn = _affine(prime, [*_entries(draw, prime, size)[:-1], nothing])
            if len(set(turn)) == len(turn):
                yield from _beside_cycles(shifts, turn, most)


def _beside_cycles(shifts: Generators, turn: Permutation, most: int) -> Iterator[Generators]:
    """Yield the group that acts beside a cycle of k points, which the turn moves on, k = 2, 3, ... times its period."""
    points, period = len(turn), math.lcm(*map(len, orbits(turn)))
    for count in range(2 * period, most // points + 1, period):
        cycle = (points + (place + 1) % count for place in range(count))
        yield (*shifted(shifts, 0, points + count), (*turn, *cycle))


def small_subgroups(draw: random.Random) -> Iterator[Generators]:
    """Yield two or three permutations of seven points."""
    for _ in range(DRAWS * 4):
        yield tuple(tuple(draw.sample(range(7), 7)) for _ in range(draw.choice((2, 3))))


def permutations_of(text: str) -> Generators:
    """Return the generators as the machine's letters move its states."""
    machine = minimal_facts(read(text)).machine
    return tuple(zip(*machine.table, strict=True))


def generated(least: int, most: int) -> Iterator[tuple[int, str]]:
    """Yield orders and texts of groups from `least` to `most` elements, each kind once."""
    known = set()
    listed = {f"perm:{group.generators}": group.order for group in small_groups() if group.order > 1}
    named = {f"{name}@gens": order for name, order in named_groups(most) if order > 1 and "x" not in name}
    whole = set(listed.values())  # all groups of these orders are listed
    factors = {text: order for text, order in listed.items() if order <= most} | {
        text: order for text, order in named.items() if order not in whole
    }
    for order, text in _candidates(factors, most):
        if least <= order <= most:
            kind = fingerprint(table_of(text))
            if kind not in known:
                known.add(kind)
                yield order, text


def _candidates(factors: dict[str, int], most: int) -> Iterator[tuple[int, str]]:
    yield from ((order, text) for text, order in factors.items())
    halves = [(text, order, permutations_of(text)) for text, order in factors.items() if order <= most // 2]
    for (_, order, left), (_, more, right) in itertools.combinations_with_replacement(halves, 2):
        if order * more <= most:
            yield order * more, text_of(direct_product(left, right))
    even = [(order, table_of(text)) for text, order, _ in halves if order % 2 == 0]
    for (order, first), (more, second) in itertools.combinations_with_replacement(even, 2):
        if order * more // 2 <= most and min(order, more) > 2:
            yield from ((order * more // 2, text_of(rows)) for rows in central_products(first, second))
    draw, met = random.Random(0), set()
    drawn = affine_lines(most), affine_spaces(draw), small_subgroups(draw), semidirect_products(most)
    for rows in itertools.chain.from_iterable(drawn):
        elements = spanned(list(rows), most)
        if elements is None or len(elements) == 1:
            continue
        # Most draws come again: those of one degree with equally many elements of each kind of cycles are asked once.
        shapes = Counter(tuple(sorted(Counter(map(len, orbits(row))).items())) for row in elements)
        kind = len(rows[0]), tuple(sorted(shapes.items()))
        if kind not in met:
            met.add(kind)
            yield len(elements), text_of(rows)


def orbits(row: Permutation) -> Iterator[list[int]]:
    """Yield the cycles of a permutation."""
    left = set(range(len(row)))
    while left:
        cycle = [left.pop()]
        while row[cycle[-1]] in left:
            cycle.append(row[cycle[-1]])
            left.discard(cycle[-1])
        yield cycle


def asked(order: int, text: str) -> str:
    """Return the row of a group."""
    started = time.process_time()
    told = explain(read(text))
    verdicts = [answer.verdict for answer in told.answers]
    counts = [sum(isinstance(one, kind) for one in verdicts) for kind in (Compiled, Impossible, Unsettled)]
    steps = next(
        (one.operator.steps for one in verdicts if isinstance(one, Compiled) and isinstance(one.operator, Householder)),
        None,
    )
    seconds = time.process_time() - started
    return "\t".join(map(str, (order, text, told.facts["group"], *counts, steps, f"{seconds:.1f}")))


def main() -> None:
    """Ask of each group what the file does not have."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--least", type=int, default=1)
    parser.add_argument("--most", type=int, default=MOST)
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    done = set()
    if chosen.out.exists():
        done = {line.split("\t")[1] for line in chosen.out.read_text(encoding="utf-8").splitlines()}
    for order, text in generated(chosen.least, chosen.most):
        if text not in done:
            row = asked(order, text)
            with chosen.out.open("a", encoding="utf-8") as file:
                file.write(f"{row}\n")


if __name__ == "__main__":
    main()
