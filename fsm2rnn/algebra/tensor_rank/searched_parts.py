"""Fewer products than the five cuts take, found by search where the letters are few and small: block by block.

Coordinates that no letter mixes make blocks, and a tensor that is a direct sum has at most the sum of the ranks. In
each block the least of these is taken; all are sums of integer matrices with gates that are integers, or integers
divided by a power of two, which no binary float rounds, or rational ones where these are asked for:

- the cut around a centre Z + (A_x - Z), rank Z + sum_x rank(A_x - Z), where Z is 0 or takes its columns from letters;
- a pair of letters as n or n + 1 terms (`pencil_terms`, over Q `companion_terms`);
- terms of rank one that span the letters' span, or one dimension more (`span_terms`);
- convolution over Z2^m with signs (`signed_convolution`);
- matrices over a quadratic ring (`quadratic_terms`).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, final

import flint
import numpy as np

from fsm2rnn.algebra.letters.letter_maps import Numbers
from fsm2rnn.algebra.monoid.image_sets import strong_components
from fsm2rnn.algebra.tensor_rank.companion_terms import rational_parts
from fsm2rnn.algebra.tensor_rank.pencil import IntegerTensor
from fsm2rnn.algebra.tensor_rank.pencil_terms import GateRing, pencil_parts
from fsm2rnn.algebra.tensor_rank.quadratic_terms import quadratic_terms
from fsm2rnn.algebra.tensor_rank.signed_convolution import convolution_terms
from fsm2rnn.algebra.tensor_rank.span_terms import span_terms
from fsm2rnn.exact.sparse import Scalar

SIZE_LIMIT: Final = 24
"""Most coordinates of a tensor that is searched."""
LETTER_LIMIT: Final = 16
"""Most distinct letters of a tensor that is searched."""
CENTRE_WORK: Final = 1 << 12
"""Most ranks times entries by which a centre is looked for: some hundredths of a second."""
PENCILS: Final = {GateRing.BINARY: pencil_parts, GateRing.RATIONAL: rational_parts}


@final
@dataclass(frozen=True, eq=False)
class ScaledPart:
    """The summand w_x X of every letter A_x: rank X products."""

    gates: tuple[Scalar, ...]  # over the distinct letters
    matrix: Numbers  # (H, H)
    rank: int


def searched_parts(tensor: IntegerTensor, below: int, ring: GateRing = GateRing.BINARY) -> list[ScaledPart] | None:
    """Return parts that add up to the letters with fewer than `below` products; None where none were found."""
    size, count = tensor.size, len(tensor.letters)
    if size > SIZE_LIMIT or count > LETTER_LIMIT:
        return None
    letters = np.zeros((count, size, size), dtype=np.int64)
    for number, letter in enumerate(tensor.letters):
        for column, entries in enumerate(letter):
            for row, entry in entries:
                letters[number, row, column] = entry
    found = list[ScaledPart]()
    for block in _blocks(letters):
        found += _placed(letters, block, ring)
        if sum(part.rank for part in found) >= below:
            return None
    return found


def _blocks(letters: Numbers) -> list[list[int]]:
    """Return the sets of coordinates that no letter mixes."""
    joined = (letters != 0).any(axis=0)
    return strong_components([np.flatnonzero(row).tolist() for row in joined | joined.T])


def _placed(letters: Numbers, block: Sequence[int], ring: GateRing) -> Iterator[ScaledPart]:
    """Yield the parts of one block, in the coordinates of all."""
    place = np.ix_(block, block)
    size = letters.shape[1]
    alone = letters[:, place[0], place[1]].reshape(len(letters), -1)
    distinct, letter_of = np.unique(alone, axis=0, return_inverse=True)
    for part in _fewest(distinct.reshape(-1, len(block), len(block)), ring):
        whole = np.zeros((size, size), dtype=np.int64)
        whole[place] = part.matrix
        yield ScaledPart(tuple(part.gates[letter] for letter in letter_of.ravel().tolist()), whole, part.rank)


def _fewest(letters: Numbers, ring: GateRing) -> list[ScaledPart]:
    """Return the parts of one block with the fewest products."""
    best = min((_around(letters, centre) for centre in _centres(letters)), key=_total)
    if _total(best) == _flattening(letters):
        return best
    if len(letters) == 2:  # a pencil has two letters
        first, second = (flint.fmpz_mat(letter.tolist()) for letter in letters)
        pencil = PENCILS[ring](first, second, _total(best))
        if pencil is not None:
            best = [_part(gates, np.array(matrix.tolist(), dtype=np.int64)) for gates, matrix in pencil]
    spanning = span_terms(letters, _total(best))
    if spanning is not None:
        best = [_part(gates, matrix) for gates, matrix in zip(spanning[0].T.tolist(), spanning[1], strict=True)]
    for search in (convolution_terms, quadratic_terms):
        found = search(letters, _total(best))
        if found is not None:
            best = [_part(gates, matrix) for gates, matrix in found]
    return best


def _flattening(letters: Numbers) -> int:
    """Return the largest rank of the three flattenings, in floats: it says only where not to search."""
    axes = (np.moveaxis(letters, axis, 0).reshape(letters.shape[axis], -1) for axis in range(3))
    return max(int(np.linalg.matrix_rank(matrix)) for matrix in axes)


def _total(parts: Sequence[ScaledPart]) -> int:
    return sum(part.rank for part in parts)


def _part(gates: Sequence[Scalar], matrix: Numbers) -> ScaledPart:
    return ScaledPart(tuple(gates), matrix, _rank(matrix))


def _rank(matrix: Numbers) -> int:
    return flint.fmpz_mat(matrix.tolist()).rank()


def _around(letters: Numbers, centre: Numbers) -> list[ScaledPart]:
    """Return the centre, which every letter uses, and what each adds to it."""
    unit = np.eye(len(letters), dtype=np.int64).tolist()
    parts = [_part(np.ones(len(letters), dtype=np.int64).tolist(), centre)]
    parts += [_part(gates, letter - centre) for gates, letter in zip(unit, letters, strict=True)]
    return [part for part in parts if part.rank]


def _centres(letters: Numbers) -> Iterator[Numbers]:
    """Yield 0, and what is reached from each letter by taking over columns of others while the products get fewer."""
    yield np.zeros_like(letters[0])
    count, size = letters.shape[:2]
    if count**2 * size**2 > CENTRE_WORK:
        return
    for start in letters:
        centre, least = start.copy(), _total(_around(letters, start))
        for column, letter in itertools.product(range(size), letters):
            other = centre.copy()
            other[:, column] = letter[:, column]
            total = _total(_around(letters, other))
            if total < least:
                centre, least = other, total
        yield centre
