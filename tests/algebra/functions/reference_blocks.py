"""Blocks of small machines, the plain way: kernels of sums of words on all states, pair by pair, over Q."""

from __future__ import annotations

import itertools

import flint
import numpy as np

from fsm2rnn.algebra.monoid.transition_monoid import short_elements

SUMS = 12
DRAWN = 8  # functions tried in each kernel, beside its basis


def span(maps, rows):
    """Return a basis over Q of the images of functions under all words."""
    kept = []
    waiting = [list(map(int, row)) for row in rows]
    for row in waiting:
        if flint.fmpz_mat([*kept, row]).rank() > len(kept):
            kept.append(row)
            waiting += [[row[target] for target in ends] for ends in maps]
    return kept


def reference(machine, seed=0):
    """Return what the largest block needs at least, and the largest of the best spaces found.

    Let a be a sum of words and p a factor of its characteristic polynomial, of exponent e. A space that separates two
    states has a function in the kernel of some p(a)^e that does: all of its space where e = 1, of dimension deg p else.
    """
    maps = list(zip(*machine.table, strict=True))
    states = len(machine.states)
    pairs = list(itertools.combinations(range(states), 2))
    needed, found = dict.fromkeys(pairs, 1), dict.fromkeys(pairs, states)
    generator = np.random.default_rng(seed)
    elements = short_elements(machine, limit=200).elements.tolist()
    for number in range(SUMS):
        matrix = flint.fmpz_mat(states, states)
        for _ in range(2 + number % 4):
            weight = int(generator.integers(-3, 4))
            for state, target in enumerate(elements[generator.integers(min(len(elements), 6 * (1 + number)))]):
                matrix[state, target] += weight
        bounds = dict.fromkeys(pairs, states)
        for factor, exponent in matrix.charpoly().factor()[1]:
            rows = kernel(evaluated(factor, matrix) ** exponent)
            drawn = [list(generator.integers(-2, 3, size=len(rows)) @ np.array(rows)) for _ in range(DRAWN)]
            seeds = [rows] if exponent == 1 else [[row] for row in rows + drawn if any(row)]
            spaces = [span(maps, rows) for rows in seeds]
            bound = len(spaces[0]) if exponent == 1 else factor.degree()
            for pair in pairs:
                if apart(rows, *pair):
                    bounds[pair] = min(bounds[pair], bound)
                found[pair] = min([found[pair], *(len(space) for space in spaces if apart(space, *pair))])
        needed = {pair: max(needed[pair], bounds[pair]) for pair in pairs}
    return max(needed.values(), default=1), max(found.values(), default=1)


def apart(rows, left, right):
    return any(row[left] != row[right] for row in rows)


def kernel(matrix):
    """Return a basis of the rows y with matrix y = 0."""
    columns, nullity = matrix.nullspace()
    return [[int(entry) for entry in row] for row in columns.transpose().tolist()[: int(nullity)]]


def evaluated(factor, matrix):
    value = 0 * matrix
    for coefficient in reversed(factor.coeffs()):
        value = value * matrix + coefficient * matrix**0
    return value
