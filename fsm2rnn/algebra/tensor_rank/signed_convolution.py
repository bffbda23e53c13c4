"""e_j -> +- e_(t + j), t and j in Z2^m, as n = 2^m products and one for each sign that a product of signs misses.

Let letter x send e_j to s(x, j) e_(t_x + j). If s(x, j) = a(x) b(j) c(t_x + j), the letter is a convolution over Z2^m
with signs, which the Hadamard matrix H, H_rj = (-1)^(r . j), H H = n 1, turns into n products:

    A_x = a(x) diag(c) H diag(H_(t_x)) H diag(b) / n.

Where the signs differ from such a product at some (t, j), one more term +-2 e_(t + j) e_j^T mends the letters of that
shift. The product of signs that misses fewest is found by trying all. So quaternions by the eight units take 4 + 4
products. Everything is an integer but gates, multiples of 1 / n.

Source: the fast algorithms for hypercomplex products; T. D. Howell and J.-C. Lafon (1975) show that the quaternions
take 8 products.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction
from typing import Final, TypeAlias

import numpy as np

from fsm2rnn.algebra.letters.letter_maps import Numbers
from fsm2rnn.exact.sparse import Scalar, simplest

Term: TypeAlias = tuple[tuple[Scalar, ...], Numbers]
"""w_x of each letter, and an integer matrix of rank one."""

MOST: Final = 8
"""Most coordinates n: 2^(2 n - 2) products of signs are tried, 16,384 at 8."""


def convolution_terms(letters: Numbers, below: int) -> list[Term] | None:
    """Return the terms for letters (D, n, n), fewer than `below`; None where they are of another kind."""
    size = letters.shape[1]
    if not 1 < size <= MOST or size >= below or size & (size - 1):
        return None
    entries = (letters != 0).sum(axis=1)
    if (entries != 1).any() or (np.abs(letters).sum(axis=1) != 1).any():
        return None
    maps, signs = np.abs(letters).argmax(axis=1), letters.sum(axis=1)
    places = _coordinates(maps)
    if places is None:
        return None
    # In the order of Z2^m: letter x sends place j to place t_x ^ j.
    order = np.argsort(places)
    shifts, signs = places[maps[:, order[0]]], signs[:, order]
    found = _least(shifts, signs)
    if size + found[2] >= below:
        return None
    return [(gates, matrix[np.ix_(places, places)]) for gates, matrix in _terms(shifts, signs, *found[:2])]


def _coordinates(maps: Numbers) -> Numbers | None:
    """Return places (n,) in Z2^m of the points such that every letter (D, n) adds one of its elements, if there are."""
    size = maps.shape[1]
    element = {0: tuple(range(size))}  # by the point to which it sends 0
    place = {0: 0}
    for letter in map(tuple, maps.tolist()):
        if letter[0] in element:
            if element[letter[0]] != letter:
                return None
            continue
        bit = len(element)
        for first, other in list(element.items()):
            moved = tuple(letter[point] for point in other)
            element[moved[0]], place[moved[0]] = moved, place[first] | bit
    if len(element) != size or len(place) != size:
        return None
    places = np.array([place[point] for point in range(size)])
    return places if all((places[letter] == places[letter[0]] ^ places).all() for letter in maps) else None


def _least(shifts: Numbers, signs: Numbers) -> tuple[Numbers, Numbers, int]:
    """Return b (n,), c (n,) with the fewest (t, j) at which a letter's signs are no product, and how many these are."""
    size = signs.shape[1]
    reached = shifts[:, None] ^ np.arange(size)
    # b(0) = c(0) = 1: a(x) and one sign of both are free.
    choices = np.array([(1, *rest) for rest in itertools.product((1, -1), repeat=size - 1)])
    found = []
    for left in choices:
        products = signs[None] * left * choices[:, reached]  # (choices, D, n)
        missed = products != np.where(products.sum(axis=2, keepdims=True) < 0, -1, 1)
        cells = np.zeros((len(choices), size, size), dtype=np.bool_)
        for letter, shift in enumerate(shifts.tolist()):
            cells[:, shift] |= missed[:, letter]
        counts = cells.sum(axis=(1, 2))
        found.append((left, choices[counts.argmin()], int(counts.min())))
    return min(found, key=lambda one: one[2])


def _terms(shifts: Numbers, signs: Numbers, left: Numbers, right: Numbers) -> Iterator[Term]:
    """Yield the n products and the mended ones, points in the order of Z2^m."""
    size = len(left)
    numbers = np.arange(size)
    hadamard = 1 - 2 * (np.bitwise_count(numbers[:, None] & numbers) & 1).astype(np.int64)
    reached = shifts[:, None] ^ numbers
    products = signs * left * right[reached]
    own = np.where(products.sum(axis=1) < 0, -1, 1)
    for row in hadamard:
        gates = tuple(simplest(Fraction(int(sign * row[shift]), size)) for sign, shift in zip(own, shifts, strict=True))
        yield gates, np.outer(right * row, left * row)
    missed = products != own[:, None]
    for shift in dict.fromkeys(shifts.tolist()):
        for point in np.flatnonzero(missed[shifts == shift].any(axis=0)).tolist():
            concerned = missed[:, point] & (shifts == shift)
            matrix = np.zeros((size, size), dtype=np.int64)
            matrix[shift ^ point, point] = 1
            yield tuple((2 * signs[:, point] * concerned).tolist()), matrix
