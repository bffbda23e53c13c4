"""Functions on few points split by the orbits on pairs of them, for a group that is not listed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np

from fsm2rnn.algebra.integral.module_sums import (
    IntegerRepresentation,
    ModulePart,
    differences,
    module_sum,
    realised,
    separating_modules,
)
from fsm2rnn.algebra.integral.permutation_module import (
    commuting_parts,
    dual,
    integer_inverse,
    lattice_bases,
    letter_matrices,
)
from fsm2rnn.algebra.letters.letter_maps import Numbers
from fsm2rnn.algebra.linear.word_span import Integers
from fsm2rnn.algebra.monoid.few_points import FewPoints
from fsm2rnn.algebra.monoid.image_sets import strong_components

SPLIT_LIMIT: Final = 64
"""Most states of a machine whose group is not listed and whose functions are split: exact null spaces of |Q|^2
pairs."""
REACHES: Final = (1, 1, 2, 2, 3, 4, 6, 8, 16, 32)
"""Largest labels that are drawn where those of a base do not tell the states apart."""


def from_points(points: FewPoints, symbols: list[int], start: int) -> IntegerRepresentation | None:
    """Return a sum of parts of the functions on few points that separates the states of a regular group.

    Those of least total width by their kernels, where labels are found whose sums differ; else all of them, under which
    the labels of the points themselves do.
    """
    parts, spans, first = list[ModulePart](), list[slice](), 0
    for width in points.widths:
        span = slice(first, first + width)
        acting, moved = points.maps[:, span] - first, points.permutations[:, span] - first
        for functions in commuting_parts(orbitals_of(acting[list(points.generators)])[0])[0]:
            same = np.ones(len(moved), dtype=np.bool_)
            for function in functions:
                same &= (function[moved] == function).all(axis=1)
            parts.append(ModulePart(same, functions, acting[symbols]))
            spans.append(span)
        first += width
    widths = np.array([len(part.functions) for part in parts])
    least = separating_modules(np.array([part.block for part in parts]), widths, start).members
    forms = {place: _forms(parts[place]) for place in least}
    for labels in _labels(points):
        codes = points.moved(labels)
        found = module_sum([_shorter(forms[place], codes[:, spans[place]]) for place in least], least=False)
        if found is not None:
            return found
    telling = [(part, span) for part, span in zip(parts, spans, strict=True) if not part.block.all()]
    return module_sum([_shorter(_forms(part), points.codes[:, span]) for part, span in telling], least=False)


def _labels(points: FewPoints) -> Iterator[Numbers]:
    """Yield labels of the points: those of a base, and small ones at random."""
    yield points.labels
    generator = np.random.default_rng(0)
    for reach in REACHES:
        yield generator.integers(-reach, reach + 1, size=points.labels.shape)


def _forms(part: ModulePart) -> list[tuple[Integers, Integers]]:
    """Return matrices (D, k, k) and forms (k, P), by which codes are sums of labels c_q (P,).

    F c_q where F[:, p x] = X_x F[:, p]; or, under X_x^-T, the coordinates (F F^T)^-1 F c_q of what c_q has in the rows
    of F, times a number.
    """
    found = []
    for basis in lattice_bases(part.functions):
        matrices = letter_matrices(basis, part.maps)
        found += [(matrices, basis), (dual(matrices), integer_inverse(basis @ basis.T) @ basis)]
    return found


def _shorter(forms: list[tuple[Integers, Integers]], labels: Numbers) -> tuple[Integers, Integers]:
    """Return the matrices and codes (Q, k) of labels (Q, P) with the shorter codes and smaller entries."""
    found = []
    for acting, weights in forms:
        codes = labels @ weights.T
        found.append((acting, codes // max(1, int(np.gcd.reduce(codes, axis=None)))))
    return min(found, key=lambda pair: int((pair[1] ** 2).sum(axis=1).max() * np.abs(pair[0]).max()))


def from_pairs(maps: Numbers, start: int) -> IntegerRepresentation | None:
    """Return a sum of parts of Q^Q that separates the states, for a group that is not listed."""
    states = maps.shape[1]
    if states > SPLIT_LIMIT:
        return None
    orbitals, count = orbitals_of(maps)
    if count == 2:  # the equal pairs and all others
        return replace(differences(maps), least=True, reason="the group is transitive on pairs of states")
    parts = []
    split, irreducible = commuting_parts(orbitals)
    for functions in split:
        same = (functions == functions[:, [start]]).all(axis=0)
        parts.append(ModulePart(same, functions, maps))
    widths = np.array([len(part.functions) for part in parts])
    found = separating_modules(np.array([part.block for part in parts]), widths, start)
    return realised([parts[place] for place in found.members], maps, start, least=irreducible and found.minimal)


def orbitals_of(maps: Numbers) -> tuple[Numbers, int]:
    """Return the orbit (n, n) of every pair of points that letters (D, n) permute, by its number, and how many."""
    points = maps.shape[1]
    pairs = (maps[:, :, None] * points + maps[:, None, :]).reshape(len(maps), -1)
    orbits = strong_components(pairs.T.tolist())
    orbitals = np.empty(points * points, dtype=np.intp)
    for number, members in enumerate(orbits):
        orbitals[members] = number
    return orbitals.reshape(points, points), len(orbits)
