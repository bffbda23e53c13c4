"""Modules that tell states apart, each on the lattice and from the start with the shortest codes, and their sum."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, final

import numpy as np

from fsm2rnn.algebra.cover_sets.weighted_cover import CoveringSet, Mask, least_cover
from fsm2rnn.algebra.distinct import rows_differ
from fsm2rnn.algebra.integral.permutation_module import dual, lattice_bases, letter_matrices, module, short_start
from fsm2rnn.algebra.letters.letter_maps import Numbers
from fsm2rnn.algebra.linear.word_span import Integers
from fsm2rnn.errors import LimitError
from fsm2rnn.exact.sparse import SparseMatrix, Vector, unit, vector

PATH_LIMIT: Final = 1 << 24
"""Most entries in the products of matrices along paths to all states: 128 MB."""


@final
@dataclass(frozen=True)
class IntegerRepresentation:
    """A_x code_q = code_delta(q, x) over Z, codes distinct; not proved here, the kernel does that."""

    matrices: tuple[SparseMatrix, ...]  # (k, k), one per symbol
    codes: tuple[Vector, ...]  # Q columns of height k
    least: bool  # whether no rational matrices of smaller width do it with one code per state
    reason: str

    @property
    def size(self) -> int:
        """The width k."""
        return self.matrices[0].height


@final
@dataclass(frozen=True, eq=False)
class ModulePart:
    """A module, as the functions that `functions` (m, P) span, on points that the letters permute by `maps` (D, P)."""

    block: Mask  # (Q,), the states that it does not tell from the start
    functions: Numbers
    maps: Numbers


def separating_modules(blocks: Mask, weights: Numbers, start: int) -> CoveringSet:
    """Return blocks (rows) of least total weight that meet in the start alone, as all of them do."""
    loads = np.zeros((len(weights), 0), dtype=np.int64)
    found = least_cover(np.delete(~blocks, start, axis=1), weights, loads, fewest=1, most=len(weights))
    return CoveringSet(tuple(range(len(weights))), minimal=False) if found is None else found


def realised(parts: Sequence[ModulePart], maps: Numbers, start: int, *, least: bool) -> IntegerRepresentation | None:
    """Return the sum of the parts, each with its shortest start vector; None where one has none."""
    found = []
    for part in parts:
        shortest = _shortest(part, maps, start)
        if shortest is None:
            return None
        found.append(shortest)
    return module_sum(found, least=least)


def module_sum(found: Sequence[tuple[Integers, Integers]], *, least: bool) -> IntegerRepresentation | None:
    """Return the sum of modules, each matrices (D, k, k) and codes (Q, k); None where two states have one code."""
    matrices = [_block_diagonal([acting[letter] for acting, _ in found]) for letter in range(len(found[0][0]))]
    codes = np.concatenate([code for _, code in found], axis=1)
    widths = f"modules of widths {', '.join(str(len(code[0])) for _, code in found)}"
    reason = f"{widths}: rational ones that separate the states are not narrower" if least else widths
    if not rows_differ(codes):
        return None
    columns = tuple(vector(enumerate(code)) for code in codes.tolist())
    return IntegerRepresentation(tuple(matrices), columns, least, reason)


def _shortest(part: ModulePart, maps: Numbers, start: int) -> tuple[Integers, Integers] | None:
    """Return matrices (D, k, k) and codes (Q, k) of one module, on the lattice with the shortest codes."""
    states = maps.shape[1]
    best, below = None, math.inf
    for basis in lattice_bases(part.functions):
        if len(basis) ** 2 * states > PATH_LIMIT:
            what = "entries of matrices along paths"
            raise LimitError(what, limit=PATH_LIMIT, needed=len(basis) ** 2 * states)
        matrices = letter_matrices(basis, part.maps)
        for acting in (dual(matrices), matrices):
            made = module(acting, maps.T, start)
            # Short codes count, and so do small entries.
            largest = int(np.abs(acting).max())
            chosen = short_start(made, states // int(part.block.sum()), below / largest)
            if chosen is not None:
                best, below = (acting, made.codes(chosen.vector)), chosen.norm * largest
    # Floats found the codes; integers say whether they are right.
    if best is not None and not all(
        np.array_equal(best[1] @ matrix.T, best[1][letter]) for matrix, letter in zip(best[0], maps, strict=True)
    ):
        return None
    return best


def _block_diagonal(blocks: Sequence[Integers]) -> SparseMatrix:
    size = sum(map(len, blocks))
    columns: list[Vector] = []
    for block in blocks:
        offset = len(columns)
        columns += [vector(enumerate(column, offset)) for column in block.T.tolist()]
    return SparseMatrix(size, tuple(columns))


def differences(maps: Numbers) -> IntegerRepresentation:
    """Return Q^Q modulo the constants, in |Q| - 1 coordinates: the last state is minus the sum of the others."""
    last = maps.shape[1] - 1
    codes = (*map(unit, range(last)), tuple((place, -1) for place in range(last)))
    matrices = tuple(SparseMatrix(last, tuple(codes[target] for target in letter[:last])) for letter in maps.tolist())
    return IntegerRepresentation(matrices, codes, least=False, reason="the permutations of the states")
