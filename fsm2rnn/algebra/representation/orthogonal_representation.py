r"""A_x orthogonal with A_x code_q = code_delta(q,x), in float64, and a start vector with codes far apart.

rho is built from phi (`spherical_function`). Phi_gh = phi(g^-1 h) is N / d times a projection of rank d, so its pivoted
Cholesky factor L (N, d) has L L^* = Phi and L^* L = N / d. With b_g = conj(L_g) the b_g are the translates rho(g) u in
an orthonormal basis, and rho(x) = (d / N) sum_g b_xg b_g^*, a mean over the group that loses no digits.

A complex rho of degree d acts on R^2d: with indicator 0 or -1 that is irreducible over R. A_x = rho(x)^-1, and the
code of the state H g is rho(g)^-1 v, v a unit vector that H fixes (see `least_representation`).

All codes have norm 1, and the pairs at state 0 show every distance, so |code_q - code_0|^2 = v^T S_q v with
S_q = (R_q - R_0)^T (R_q - R_0), R_q the matrix v -> code_q. The least of these is maximised over the unit sphere of
W^H, the weights of several summands included: a smoothed minimum climbs from several starts, the best one found counts.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, final

import numpy as np

from fsm2rnn.algebra.group.characters import CharacterTable
from fsm2rnn.algebra.group.group_action import GroupAction
from fsm2rnn.algebra.letters.letter_maps import Numbers
from fsm2rnn.algebra.representation.least_representation import LeastRepresentation, Summand, real_summands
from fsm2rnn.algebra.representation.spherical_function import Floats, Inexact, SphericalFunction, spherical_function
from fsm2rnn.errors import LimitError, NumericError

FORM_LIMIT: Final = 1 << 24
"""Most entries of all forms S_q together: 128 MB."""
TRIALS: Final = 4
"""Most other summands of the same dimension tried in the place of one: each takes a climb."""
NEAR: Final = 1e-6
"""Codes closer than this are taken for one: floats of these sizes err by less than 1e-12."""

# How far the climb goes; figures are the distance lost on 22 groups of at most 720 elements, against 512 starts and 600
# steps. Values v^T S_q v lie in [0, 4], and smoothing by s blurs their minimum by about log(M) / s.
_STARTS: Final = 32
"""Random starts: 4 lose nothing there; larger groups have forms of more variables, and more hills."""
_KEPT: Final = 4
"""Starts that go on after half of the steps: one loses nothing there."""
_STEPS: Final = 150
"""75 lose 0.2 %."""
_FEW: Final = 50
"""Steps where summands are compared only: 0.2 % are no reason to exchange them."""
_NEWTON: Final = 5
"""Each step doubles the digits, from 3 on: one loses nothing to six digits, none loses 0.1 %."""
_RANK: Final = 1e-9
"""Singular values of the slopes below it are zero: between 1e-6 and 1e-15 the choice changes nothing."""
_GAPS: Final = (1e-3, 1e-2, 1e-1)
"""Forms this near to the least are made equal; 1e-3 alone loses 0.1 %, 1e-1 alone 0.04 %, and each is cheap."""
_FIRST: Final = (4.0, 400.0)
"""The least and the largest s at first: 4 for all starts loses 3 %, 400 for all loses 0.9 %."""
_LAST: Final = 1e4
"""The last s, which blurs by 1e-3, about the least gap: from 1e3 to 1e5 the choice changes nothing."""
_WORK: Final = 1 << 17
"""Entries of S_q v for all starts at once: fewer starts for larger forms, _KEPT at least."""


@final
@dataclass(frozen=True, eq=False)
class Frame:
    """The translates b_g (N, d) of a unit vector in an orthonormal basis, and d elements with independent ones."""

    function: SphericalFunction
    elements: Numbers  # (d,), the identity first
    vectors: Inexact  # (N, d)

    def inverses(self, elements: Numbers) -> Inexact:
        """Return rho(x)^-1 (D, d, d), unitary to the last digits."""
        columns, eye = self.function.table.group.columns, np.eye(self.function.degree)
        found: Inexact = np.array([self.vectors.T @ self.vectors[columns[:, x]].conj() for x in elements.tolist()])
        found *= self.function.degree / len(columns)
        # One step of Newton's iteration for the unitary factor.
        return found @ (3 * eye - found.conj().transpose(0, 2, 1) @ found) / 2

    def fixed(self, elements: Numbers) -> Inexact:
        """Return the mean of rho over a subgroup: the projection (d, d) on the vectors that it fixes."""
        moved = self.vectors[self.function.table.group.columns[:, elements]].mean(axis=1)
        found: Inexact = moved.T @ self.vectors.conj() * (self.function.degree / len(moved))
        return found


@final
@dataclass(frozen=True, eq=False)
class OrthogonalRepresentation:
    """Codes on the unit sphere and orthogonal letters, one block per real irreducible summand.

    `distance` is the least one between two codes, 2 where there is one state: the largest found, not a proved maximum.
    `minimal` and `reason` speak of the dimension.
    """

    summands: tuple[Summand, ...]
    frames: tuple[Frame, ...]  # the bases of the blocks
    blocks: tuple[Floats, ...]  # (D, b, b) per summand
    codes: Floats  # (Q, d), d the sum of the b
    distance: float
    minimal: bool
    reason: str

    @property
    def dimension(self) -> int:
        """The real dimension d."""
        return int(self.codes.shape[1])

    @property
    def letters(self) -> Floats:
        """The letters A_x (D, d, d), the blocks one after the other."""
        whole, first = np.zeros((len(self.blocks[0]), self.dimension, self.dimension)), 0
        for block in self.blocks:
            last = first + block.shape[1]
            whole[:, first:last, first:last] = block
            first = last
        return whole


def furthest(table: CharacterTable, action: GroupAction, least: LeastRepresentation) -> OrthogonalRepresentation:
    """Return `with_summands` for these summands, or for others whose codes are further apart.

    Each, real and irreducible, is exchanged for up to TRIALS others of its dimension; errors as for `with_summands`.
    """
    parts: dict[tuple[int, ...], _Part] = {}

    def orbits(chosen: Sequence[Summand]) -> list[_Part]:
        for item in chosen:
            if item.rows not in parts:
                parts[item.rows] = _part(table, action, item)
        return [parts[item.rows] for item in chosen]

    best = least.summands
    if any(item.dimension > 2 for item in best) or len(best) > 1:  # in the plane all have one orbit
        record = _climbed(_forms(orbits(best)), _FEW)[1]
        for place, other in _exchanges(table, best):
            chosen = (*best[:place], other, *best[place + 1 :])
            found = _climbed(_forms(orbits(chosen)), _FEW)[1] if other not in best else 0.0
            if found > record * (1 + NEAR):
                best, record = chosen, found
    return _joined(action, orbits(best), replace(least, summands=best))


def with_summands(table: CharacterTable, action: GroupAction, chosen: LeastRepresentation) -> OrthogonalRepresentation:
    """Return the sum of these irreducible representations, real or complex, with the best start vector found.

    NumericError where two states have one code, LimitError where the forms S_q need too much memory.
    """
    return _joined(action, [_part(table, action, item) for item in chosen.summands], chosen)


# The start vector found on all summands together is split into theirs. Each summand's orbit maps, applied to its
# share, are its columns of the codes.
def _joined(action: GroupAction, parts: Sequence[_Part], chosen: LeastRepresentation) -> OrthogonalRepresentation:
    start, _ = _climbed(_forms(parts), _STEPS)
    blocks, place = [np.zeros((len(np.unique(action.states)), 0))], 0
    for part in parts:
        blocks.append(part.orbit @ start[place : place + part.orbit.shape[2]])
        place += part.orbit.shape[2]
    codes = np.concatenate(blocks, axis=1)
    distance = float(np.linalg.norm(codes[1:] - codes[0], axis=1).min(initial=2))
    if distance < NEAR:
        message = f"two codes are {distance} apart: the summands do not have one code per state"
        raise NumericError(message)
    return OrthogonalRepresentation(
        chosen.summands,
        tuple(part.frame for part in parts),
        tuple(part.letters(action) for part in parts),
        codes,
        distance,
        chosen.minimal,
        chosen.reason,
    )


def frame(function: SphericalFunction) -> Frame:
    """Return the translates by a Cholesky factor of Phi, pivots largest first."""
    group, values = function.table.group, function.values()
    inverses = (group.columns == 0).argmax(axis=1)
    factor = np.zeros((len(group), function.degree), dtype=values.dtype)
    rest, chosen = np.ones(len(group)), list[int]()
    for place in range(function.degree):
        pivot = int(rest.argmax())  # all are 1 at first, and the identity comes first
        column = values[group.columns[pivot, inverses]] - factor[:, :place] @ factor[pivot, :place].conj()
        factor[:, place] = column / np.sqrt(rest[pivot])
        rest -= np.abs(factor[:, place]) ** 2
        chosen.append(pivot)
    vectors = factor.conj()
    defect = np.eye(function.degree) - vectors.conj().T @ vectors * (function.degree / len(group))
    return Frame(function, np.array(chosen, dtype=np.intp), vectors + vectors @ defect / 2)


@final
@dataclass(frozen=True, eq=False)
class _Part:
    """One summand: R_q (Q, b, r) on an orthonormal basis of its vectors that H fixes."""

    frame: Frame
    orbit: Floats

    def letters(self, action: GroupAction) -> Floats:
        """Return A_x (D, b, b)."""
        return _real(self.frame.inverses(action.letters))


def _part(table: CharacterTable, action: GroupAction, summand: Summand) -> _Part:
    found = frame(spherical_function(table, summand.rows[0]))
    elements = np.unique(action.states, return_index=True)[1]
    projection = _real(found.fixed(np.flatnonzero(action.stabiliser)))
    values, vectors = np.linalg.eigh((projection + projection.T) / 2)
    fixed = vectors[:, values > 1 / 2]
    return _Part(found, _real(found.inverses(elements)) @ fixed)


def _real(matrix: Inexact) -> Floats:
    """Return complex matrices (.., d, d) as real ones on real and imaginary parts."""
    if not np.iscomplexobj(matrix):
        return np.asarray(matrix, dtype=np.float64)
    return np.block([[matrix.real, -matrix.imag], [matrix.imag, matrix.real]])


def _exchanges(table: CharacterTable, summands: Sequence[Summand]) -> Iterator[tuple[int, Summand]]:
    """Yield places and other summands of the same dimension."""
    everything = real_summands(table)
    for place, old in enumerate(summands):
        others = (item for item in everything if item.dimension == old.dimension and item != old)
        yield from ((place, item) for item in itertools.islice(others, TRIALS))


def _forms(parts: Sequence[_Part]) -> Floats:
    """Return the distinct S_q (M, r, r) of a sum of parts, for the states beside the first."""
    orbits = [part.orbit for part in parts]
    width = sum(orbit.shape[2] for orbit in orbits)
    count = len(orbits[0]) if orbits else 1
    if count * width**2 > FORM_LIMIT:
        what = "entries of forms on the vectors that a stabiliser fixes"
        raise LimitError(what, limit=FORM_LIMIT, needed=count * width**2)
    forms, place = np.zeros((count - 1, width, width)), 0
    for orbit in orbits:
        moved, after = orbit[1:] - orbit[0], place + orbit.shape[2]
        forms[:, place:after, place:after] = moved.transpose(0, 2, 1) @ moved
        place = after
    # q and its inverse share one.
    if not width:
        return forms[:1]
    _, first = np.unique(forms.round(9).reshape(count - 1, width * width), axis=0, return_index=True)
    return forms[np.sort(first)]


def _climbed(forms: Floats, steps: int) -> tuple[Floats, float]:
    """Return a unit vector v (r,) with a large min_q v^T S_q v, and the root of that; 2 where there is no form.

    The minimum is smoothed as -log(sum_q exp(-s v^T S_q v)) / s, with steps of about its curvature's inverse. s rises;
    a small first s overlooks narrow maxima and a large one stops at low ones, so every start has its own.
    """
    starts = min(_STARTS, max(_KEPT, _WORK // max(1, forms.shape[0] * forms.shape[1])))
    vectors = np.random.default_rng(0).standard_normal((forms.shape[1], starts))
    vectors /= np.linalg.norm(vectors, axis=0)
    course = np.geomspace(np.geomspace(*_FIRST, starts), _LAST, steps)
    for step in range(steps if len(forms) else 0):
        images, values = _images(forms, vectors)
        if 2 * step == steps:
            kept = values.min(axis=0).argsort()[-_KEPT:]
            images, values, vectors, course = images[:, :, kept], values[:, kept], vectors[:, kept], course[:, kept]
        weights = np.exp(-course[step] * (values - values.min(axis=0)))
        ascent = (weights[:, None] * images).sum(axis=0) / weights.sum(axis=0)
        ascent -= vectors * (vectors * ascent).sum(axis=0)
        if np.abs(ascent).max(initial=0) < np.finfo(np.float64).eps:
            break
        vectors = vectors + ascent * (4 / course[step])
        vectors /= np.linalg.norm(vectors, axis=0)
    best = vectors[:, _images(forms, vectors)[1].min(axis=0, initial=4).argmax()]
    candidates = [best, *(_balanced(forms, best, gap) for gap in _GAPS)]
    return max(((found, _root_of_least(forms, found)) for found in candidates), key=lambda pair: pair[1])


def _balanced(forms: Floats, vector: Floats, gap: float) -> Floats:
    """Return a unit vector where the forms within a gap of the least at one nearby are equal, by Newton's method."""
    values = _images(forms, vector[:, None])[1][:, 0]
    active = forms[values < values.min(initial=4) + gap]
    found = vector
    for _ in range(_NEWTON if len(active) else 0):
        images = active @ found
        values = images @ found
        slopes = np.block([[2 * images, -np.ones((len(active), 1))], [2 * found, np.zeros(1)]])
        defects = np.append(values - values.mean(), found @ found - 1)
        found = found - np.linalg.lstsq(slopes, defects, rcond=_RANK)[0][:-1]
    return found / np.linalg.norm(found) if len(active) else found


def _root_of_least(forms: Floats, vector: Floats) -> float:
    return math.sqrt(max(0, float(_images(forms, vector[:, None])[1].min(initial=4))))


def _images(forms: Floats, vectors: Floats) -> tuple[Floats, Floats]:
    """Return S_q v (M, r, n) and v^T S_q v (M, n)."""
    count, width = forms.shape[:2]
    images = (forms.reshape(count * width, width) @ vectors).reshape(count, width, vectors.shape[1])
    return images, (images * vectors).sum(axis=1)
