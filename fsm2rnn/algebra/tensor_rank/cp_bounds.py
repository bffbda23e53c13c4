"""max(flattening rank, pencil rank) <= rank of the letter tensor <= R: five ways to cut it, and the least R.

The letters form the tensor T[i, j, x] = (A_x)_ij of shape (H, H, D), equal letters counted once. A slice of rank r is
a sum of r rank-one matrices, so every way to cut T into slices bounds its rank from above:

| construction | R | for a machine |
|---|---|---|
| letters | sum_x rank A_x | images of the letters |
| columns | sum_j rank {A_x e_j}_x | distinct successors of the states |
| rows | sum_i rank {e_i^T A_x}_x | sum_q' rank of [delta(q, x) = q'] |
| identity | H + sum_x rank(A_x - I) | states minus components of the graph q - delta(q, x) |
| differences | rank A_a + sum_x rank(A_x - A_a), the best of 12 letters a | likewise, delta(q, a) - delta(q, x) |

If every column of a slice is c e_a or c (e_a - e_b), these are edges of a graph, to a ground vertex or between a and
b, and the rank is the number of edges of a spanning forest. All slices of a machine but those by rows are such.

From below: T becomes a matrix in three ways, H x HD, H x HD and D x HH, and a sum of R rank-one tensors becomes a
sum of R matrices of rank at most one, so the rank is at least each flattening's. The pencil bound is in `pencil`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple, final

import flint

from fsm2rnn.algebra.linear.sparse_rank import sparse_rank
from fsm2rnn.algebra.tensor_rank.pencil import (
    Column,
    IntegerTensor,
    Letter,
    Map,
    Slice,
    integer_tensor,
    state_map,
    transpose,
)
from fsm2rnn.algebra.tensor_rank.unit_terms import unit_terms
from fsm2rnn.exact.sparse import SparseMatrix

CENTRE_LIMIT: Final = 12
"""Letters around which the others are taken, D each: the first ones, so that D^2 cuts are not made."""


class Construction(StrEnum):
    """How the tensor is cut into slices."""

    LETTERS = "letters"
    COLUMNS = "columns"
    ROWS = "rows"
    IDENTITY = "identity"
    DIFFERENCES = "differences"
    SEARCHED = "searched"  # fewer than all cuts take, by `searched_parts`


class Block(NamedTuple):
    """A slice, and the vector that its terms have along the axis (output, gates, input) on which it lies."""

    part: Slice
    fixed: Column
    axis: int


@final
@dataclass(frozen=True)
class Cut:
    """T as a sum of blocks; `rank` is the sum of their ranks over Q."""

    construction: Construction
    rank: int
    blocks: tuple[Block, ...]


def flattening_rank(matrices: Sequence[SparseMatrix]) -> int:
    """Return the largest of the three ranks over Q; InputError unless the matrices are integer, square and of one size.

    A flattening that passes the limits of `sparse_rank` gives a lower bound.
    """
    tensor = integer_tensor(matrices)
    columns = itertools.chain.from_iterable(tensor.letters)
    rows = (row for letter in tensor.letters for row in transpose(_nonzero(letter)).values())
    whole = (
        tuple((state * tensor.size + row, entry) for state, column in enumerate(letter) for row, entry in column)
        for letter in tensor.letters
    )
    most, best = max(tensor.size, len(tensor.letters)), 0
    for vectors in (columns, rows, whole):
        best = max(best, sparse_rank(vectors))
        if best == most:  # the other flattenings have no greater rank
            break
    return best


def smallest_cut(tensor: IntegerTensor) -> Cut:
    """Return the construction with the least R, the first in the order of `Construction` on ties."""
    cuts = (Cut(name, sum(slice_rank(block.part) for block in blocks), blocks) for name, blocks in _cuts(tensor))
    best = min(cuts, key=lambda cut: cut.rank)
    centred = _best_centre(tensor, best.rank)
    if centred is None:
        return best
    centre, rank = centred
    return Cut(Construction.DIFFERENCES, rank, _around(tensor, tensor.letters[centre]))


def slice_rank(part: Slice) -> int:
    """Return the rank of M over Q: edges of a spanning forest, or terms taken off, and python-flint's exact rank."""
    forest = spanning_forest(part.values()) or spanning_forest(transpose(part).values())
    if forest:
        return sum(parent != vertex for vertex, parent in forest.items())
    terms, rest = unit_terms(part)
    return len(terms) + (dense(dict(enumerate(set(rest.values())))).rank() if rest else 0)


def dense(part: Slice) -> flint.fmpz_mat:
    """Return the matrix without its zero rows and columns, both in rising order."""
    columns = [dict(part[number]) for number in sorted(part)]
    return flint.fmpz_mat([[column.get(row, 0) for column in columns] for row in sorted(set().union(*columns))])


GROUND: Final = -1
"""The vertex that a column of a single entry joins to that entry's row."""


def spanning_forest(columns: Iterable[Column]) -> dict[int, int] | None:
    """Return each vertex's parent in a forest that spans the graph of the columns, None where one is no edge.

    The root of a component is its least vertex, and its own parent.
    """
    parents = {GROUND: GROUND}
    for column in columns:
        last = forest_root(parents, column[-1][0])
        if len(column) == 1:
            first = GROUND
        elif len(column) == 2 and column[0][1] == -column[1][1]:  # an edge has two ends
            first = forest_root(parents, column[0][0])
        else:
            return None
        if first > last:
            first, last = last, first
        parents[last] = first
    return parents


def forest_root(parents: dict[int, int], vertex: int) -> int:
    """Return the root of a vertex, which becomes a vertex of its own if it is none yet."""
    parent = parents.setdefault(vertex, vertex)
    while parent != vertex:
        parents[vertex] = parents[parent]  # halving the path keeps it short
        vertex, parent = parent, parents[parent]
    return vertex


def _cuts(tensor: IntegerTensor) -> Iterator[tuple[Construction, tuple[Block, ...]]]:
    letters = [_nonzero(letter) for letter in tensor.letters]
    yield Construction.LETTERS, tuple(Block(part, _unit(number), 1) for number, part in enumerate(letters))
    columns = enumerate(zip(*tensor.letters, strict=True))
    yield Construction.COLUMNS, tuple(Block(_nonzero(part), _unit(number), 2) for number, part in columns)
    by_row = [transpose(part) for part in letters]
    rows = ((number, _nonzero(rows.get(number, ()) for rows in by_row)) for number in range(tensor.size))
    yield Construction.ROWS, tuple(Block(transpose(part), _unit(number), 0) for number, part in rows)
    yield Construction.IDENTITY, _around(tensor, tuple(_unit(state) for state in range(tensor.size)))


def _around(tensor: IntegerTensor, centre: Letter) -> tuple[Block, ...]:
    """Return the centre, which every letter uses, and then what each letter adds to it."""
    everywhere = tuple((number, 1) for number in range(len(tensor.letters)))
    added = (Block(_difference(letter, centre), _unit(number), 1) for number, letter in enumerate(tensor.letters))
    return Block(_nonzero(centre), everywhere, 1), *added


def _best_centre(tensor: IntegerTensor, limit: int) -> tuple[int, int] | None:
    """Return the letter a with the least rank A_a + sum_x rank(A_x - A_a) below the limit, and that rank.

    Of more than CENTRE_LIMIT letters the first ones are tried.
    """
    best = None
    maps = [state_map(letter) for letter in tensor.letters]
    ranks: dict[tuple[int, int], int] = {}
    for number, centre in enumerate(tensor.letters[:CENTRE_LIMIT]):
        total = slice_rank(_nonzero(centre))
        for other, letter in enumerate(tensor.letters):
            if total >= limit:
                break
            pair = min(number, other), max(number, other)
            if pair not in ranks:
                left, right = maps[number], maps[other]
                ranks[pair] = _joins(left, right) if left and right else slice_rank(_difference(letter, centre))
            total += ranks[pair]
        if total < limit:
            best, limit = (number, total), total
    return best


def _joins(left: Map, right: Map) -> int:
    """Return the rank of the difference of two maps: `spanning_forest`, without the columns."""
    parents = list(range(len(left)))
    joins = 0
    for first, second in zip(left, right, strict=True):
        low, high = first, second
        while low != parents[low]:
            parents[low] = low = parents[parents[low]]
        while high != parents[high]:
            parents[high] = high = parents[parents[high]]
        if low != high:
            parents[high] = low
            joins += 1
    return joins


def _difference(letter: Letter, centre: Letter) -> Slice:
    pairs = enumerate(zip(letter, centre, strict=True))
    return {state: _minus(left, right) for state, (left, right) in pairs if left != right}


def _minus(left: Column, right: Column) -> Column:
    total = dict(left)
    for row, entry in right:
        total[row] = total.get(row, 0) - entry
    return tuple(sorted((row, entry) for row, entry in total.items() if entry))


def _nonzero(columns: Iterable[Column]) -> Slice:
    return {number: column for number, column in enumerate(columns) if column}


def _unit(index: int) -> Column:
    return ((index, 1),)
