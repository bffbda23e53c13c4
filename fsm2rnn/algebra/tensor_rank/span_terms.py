"""A_x = sum_r w_xr u_r v_r^T with as many integer terms as the letters' span L has dimensions k, or one more.

R terms hold L in their span S; if R = k, S = L is spanned by matrices of rank one, and if R = k + 1, S = L + <X> for
any X of rank one in S outside L. So the matrices of rank one with small entries are sorted by their residues modulo L:
those in L, and those that are one line modulo L, are the ones that S may hold. Of them R are chosen with which all
letters have integer coordinates. What floats propose is accepted where sum_r w_xr u_r v_r^T = A_x in integers.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

import numpy as np

from fsm2rnn.algebra.letters.letter_maps import Numbers
from fsm2rnn.algebra.tensor_rank.pencil_terms import Floats, small_vectors

Terms: TypeAlias = tuple[Numbers, Numbers]
"""w (D, R), and the integer matrices u_r v_r^T (R, n, n)."""

SPAN_LIMIT: Final = 4
"""Largest n: there are 1,600 matrices of rank one with entries 0, 1 and -1 at n = 4, 14,641 at n = 5."""
LINES: Final = 24
"""Most lines modulo L that are tried, those with the most matrices first."""
SUBSETS: Final = 512
"""Most sets of R matrices that are tried, all or drawn at random; a set is a determinant of R rows."""

_SMALL: Final = 1e-7
"""Residues of small integers that are not zero are larger, and what passes is decided in integers."""
_DIGITS: Final = 6


def span_terms(letters: Numbers, below: int) -> Terms | None:
    """Return the terms for letters (D, n, n), fewer than `below`; None where none were found."""
    count, size = letters.shape[:2]
    if size > SPAN_LIMIT or not size:
        return None
    flat = letters.reshape(count, -1).astype(np.float64)
    _, values, right = np.linalg.svd(flat, full_matrices=False)
    rank = int(np.count_nonzero(values > _SMALL))
    if not 0 < rank < below:
        return None
    vectors = small_vectors(size, 1 if size == SPAN_LIMIT else 2)
    terms = np.einsum("ai,bj->abij", vectors, vectors).reshape(-1, size * size)
    for width, places in _sets(terms, right[:rank]):
        if width < below:
            found = _chosen(flat, terms[places], width)
            if found is not None:
                return found[0], found[1].reshape(-1, size, size)
    return None


def _sets(terms: Floats, basis: Floats) -> Iterator[tuple[int, Numbers]]:
    """Yield R and the terms that span a space of R dimensions that holds L, at first L itself."""
    rank = len(basis)
    residues = terms - (terms @ basis.T) @ basis
    lengths = np.linalg.norm(residues, axis=1)
    inside, outside = np.flatnonzero(lengths < _SMALL), np.flatnonzero(lengths >= _SMALL)
    if np.linalg.matrix_rank(terms[inside]) == rank:
        yield rank, inside
        return
    lines = residues[outside] / lengths[outside, None]
    leading = np.abs(lines) > _SMALL
    signs = np.sign(np.take_along_axis(lines, leading.argmax(axis=1)[:, None], axis=1))
    _, number, members = np.unique(np.round(lines * signs, _DIGITS), axis=0, return_inverse=True, return_counts=True)
    for line in np.argsort(-members, kind="stable")[:LINES].tolist():
        places = np.concatenate([inside, outside[number.ravel() == line]])
        if len(places) > rank and np.linalg.matrix_rank(terms[places]) == rank + 1:
            yield rank + 1, places


def _chosen(letters: Floats, terms: Floats, width: int) -> Terms | None:
    """Return the terms of the set with integer coordinates whose magnitudes are least together."""
    _, _, basis = np.linalg.svd(terms, full_matrices=False)
    coordinates, wanted = terms @ basis[:width].T, letters @ basis[:width].T
    subsets = np.array(list(_subsets(len(terms), width)))
    chosen = coordinates[subsets]  # (s, R, R)
    regular = np.abs(np.linalg.det(chosen)) > _SMALL
    subsets, chosen = subsets[regular], chosen[regular]
    if not len(subsets):
        return None
    gates = wanted @ np.linalg.inv(chosen)  # (s, D, R)
    whole = np.rint(gates)
    integer = (np.abs(gates - whole) < _SMALL).all(axis=(1, 2))
    sums = np.abs(terms).sum(axis=1)[subsets]
    weights = np.where(integer, np.einsum("sdr,sr->s", np.abs(whole), sums), math.inf)
    best = int(weights.argmin())
    products = whole[best] @ terms[subsets[best]]
    if not integer[best] or not np.array_equal(products, letters):
        return None
    return whole[best].astype(np.int64), terms[subsets[best]].astype(np.int64)


def _subsets(count: int, width: int) -> Iterator[Sequence[int]]:
    if math.comb(count, width) <= SUBSETS:
        yield from itertools.combinations(range(count), width)
        return
    generator = np.random.default_rng(0)
    yield from (generator.choice(count, width, replace=False).tolist() for _ in range(SUBSETS))
