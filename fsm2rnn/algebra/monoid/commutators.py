"""A certificate that a permutation group is not solvable: elements that are products of their own commutators.

Let S be permutations with each s in S a product of commutators of members of S, some s not the identity. Then the
group <S> equals its derived subgroup, so the series <S>, <S>', ... never becomes trivial, and no group that holds S
is solvable. Such S exist in every group that is not solvable: its last derived subgroup P is perfect, and all of P
will do. Here a few short words of P are tried; where the group is large, words that move few points come first.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, final

import numpy as np

from fsm2rnn.algebra.letters.letter_maps import Numbers
from fsm2rnn.algebra.letters.words_between import Word
from fsm2rnn.algebra.monoid.permutation_group import (
    PermutationGroup,
    group_of_permutations,
    inverse_rows,
    perfect_residuum,
)
from fsm2rnn.algebra.monoid.row_orbit import row_orbit
from fsm2rnn.errors import LimitError

WORD_LIMIT: Final = 5_000
"""Most symbols in one word of a witness: it is replayed, and read."""
ORDER_LIMIT: Final = 50_000
"""Largest perfect group in which products of commutators are looked for: all of it is listed."""

_POOL: Final = 600
"""Words tried, at most: pairs of them are compared."""
_LEAST: Final = 5  # points: the permutations of four are solvable
_NARROW: Final = 8  # points that a pair of small support may move: such groups have at most 8! elements
_WIDE: Final = 128  # points up to which small support is looked for: it is rare among more
_PAIRS: Final = 60  # words of small support that are paired
_SIZES: Final = (3, 3, 4, 5)  # of the sets S tried
_DRAWS: Final = 100  # sets drawn for each size
_TRIALS: Final = 20  # of these, the sets with the shortest words that are tried


@final
@dataclass(frozen=True)
class CommutatorWitness:
    """Words that permute `points`, none trivially, each a product of commutators of them.

    On the points, words[i] acts as the product over (j, k) in commutators[i], left to right, of
    words[j]^-1 words[k]^-1 words[j] words[k].
    """

    points: tuple[int, ...]
    words: tuple[Word, ...]
    commutators: tuple[tuple[tuple[int, int], ...], ...]


@final
@dataclass(frozen=True, eq=False)
class Permuting:
    """Words that permute `points`: row i lists the positions in `points` that words[i] takes them to."""

    points: tuple[int, ...]
    permutations: Numbers  # (m, k)
    words: tuple[Word, ...]


def commutator_witness(generators: Permuting) -> CommutatorWitness | None:
    """Return a witness from the group that the words generate, or None where it is solvable or the search fails."""
    group = _group(generators)
    pool = _pool(generators, group)
    if _NARROW < len(generators.points) <= _WIDE:
        for narrow in _narrow_pairs(pool):
            smaller = _group(narrow)
            found = _in_core(smaller, _pool(narrow, smaller))
            if found is not None:
                return found
    return _in_core(group, pool)


def _group(generators: Permuting) -> PermutationGroup | None:
    """Return the group of the words, None where it is too large."""
    try:
        return group_of_permutations(generators.permutations)
    except LimitError:
        return None


def _in_core(group: PermutationGroup | None, pool: Permuting) -> CommutatorWitness | None:
    """Return a witness from the shortest words of the pool that lie in the group's last derived subgroup."""
    if group is None:
        return None
    try:
        core = perfect_residuum(group)
    except LimitError:
        return None
    if not 1 < core.order <= ORDER_LIMIT:
        return None
    inside = np.flatnonzero(core.contains(pool.permutations))
    lengths = np.array([len(word) for word in pool.words])
    generator = np.random.default_rng(0)
    for size in _SIZES:
        if len(inside) < size:
            break
        # Squares of uniform numbers favour the front of the pool, where the words are short.
        draws = (generator.random((_DRAWS, size)) ** 2 * len(inside)).astype(np.intp)
        choices = [choice for choice in inside[draws] if len(set(choice.tolist())) == size]
        for choice in sorted(choices, key=lambda choice: int(lengths[choice].sum()))[:_TRIALS]:
            found = _closed(pool, choice.tolist())
            if found is not None:
                return found
    return None


def _closed(pool: Permuting, choice: list[int]) -> CommutatorWitness | None:
    """Return the witness on the chosen words, or None unless they lie in the group of their commutators."""
    chosen = pool.permutations[choice]
    inverses = inverse_rows(chosen)
    pairs = list(itertools.permutations(range(len(choice)), 2))
    # The row of a^-1 b^-1 a b.
    commutators = np.array([chosen[k][chosen[j][inverses[k][inverses[j]]]] for j, k in pairs])
    group = group_of_permutations(commutators)
    if group.order == 1 or not group.contains(chosen).all():
        return None
    products = _products(group, commutators, chosen)
    return CommutatorWitness(
        pool.points,
        tuple(pool.words[index] for index in choice),
        tuple(tuple(pairs[letter] for letter in product) for product in products),
    )


def _products(group: PermutationGroup, letters: Numbers, elements: Numbers) -> list[Word]:
    """Return each element (m, n) of the group as a shortest product of the letters, known by the images of a base."""
    orbit = row_orbit(letters, group.base, limit=group.order)
    place = {row.tobytes(): index for index, row in enumerate(orbit.rows)}
    wanted = elements[:, group.base].astype(orbit.rows.dtype)
    return [orbit.path(place[row.tobytes()]) for row in wanted]


# Breadth first through the group that the generators make, up to a number of rows. A product is kept with the first
# word that gives it, short ones first, and none is looked for when the whole group is there.
def _pool(generators: Permuting, group: PermutationGroup | None) -> Permuting:
    """Return the distinct products, without the identity, of few generators, short words first."""
    identity = np.arange(len(generators.points), dtype=np.intp)
    words: dict[bytes, Word] = {identity.tobytes(): ()}
    rows = [identity]
    for row in rows:
        word = words[row.tobytes()]
        for letter, symbols in zip(generators.permutations, generators.words, strict=True):
            product = letter[row]
            key = product.tobytes()
            if key not in words and len(word) + len(symbols) <= WORD_LIMIT and len(rows) <= _POOL:
                words[key] = word + symbols
                rows.append(product)
        if len(rows) > _POOL or (group is not None and len(rows) == group.order):
            break
    ranked = sorted(rows[1:], key=lambda row: len(words[row.tobytes()]))
    permutations = np.array(ranked, dtype=np.intp).reshape(-1, len(identity))
    return Permuting(generators.points, permutations, tuple(words[row.tobytes()] for row in ranked))


def _narrow_pairs(pool: Permuting) -> Iterator[Permuting]:
    """Yield pairs of powers of the pool's words that together move few points, restricted to these points."""
    powers = sorted(_narrow_powers(pool), key=lambda power: (len(power[1]), len(power[2])))[:_PAIRS]
    pairs = [
        (first, second, first[1] | second[1])
        for first, second in itertools.combinations(powers, 2)
        if first[1] & second[1] and _LEAST <= len(first[1] | second[1]) <= _NARROW
    ]
    for first, second, support in sorted(pairs, key=lambda pair: len(pair[0][2]) + len(pair[1][2]))[:_PAIRS]:
        positions = np.array(sorted(support), dtype=np.intp)
        rows = np.stack([np.searchsorted(positions, row[positions]) for row in (first[0], second[0])])
        points = tuple(pool.points[position] for position in positions.tolist())
        yield Permuting(points, rows, (first[2], second[2]))


def _narrow_powers(pool: Permuting) -> Iterator[tuple[Numbers, frozenset[int], Word]]:
    """Yield (row, points moved, word) for powers of prime order of the pool's words that move few points."""
    seen: set[bytes] = set()
    for row, word in zip(pool.permutations, pool.words, strict=True):
        lengths = _cycle_lengths(row)
        order = int(np.lcm.reduce(lengths))
        for prime in (2, 3, 5, 7):
            exponent = order // prime
            moved = np.flatnonzero(exponent % lengths) if order % prime == 0 else lengths[:0]
            if not 0 < len(moved) <= _NARROW or exponent * len(word) > WORD_LIMIT:
                continue
            power = _power(row, exponent)
            if power.tobytes() not in seen:
                seen.add(power.tobytes())
                yield power, frozenset(moved.tolist()), word * exponent


def _cycle_lengths(row: Numbers) -> Numbers:
    """Return for each point the length of its cycle."""
    lengths = np.zeros(len(row), dtype=np.int64)
    images = row.tolist()
    for point in range(len(images)):
        if not lengths[point]:
            cycle = [point]
            while images[cycle[-1]] != point:
                cycle.append(images[cycle[-1]])
            lengths[cycle] = len(cycle)
    return lengths


def _power(row: Numbers, exponent: int) -> Numbers:
    result: Numbers = np.arange(len(row))
    square = row
    while exponent:
        if exponent & 1:
            result = square[result]
        square = square[square]
        exponent >>= 1
    return result
