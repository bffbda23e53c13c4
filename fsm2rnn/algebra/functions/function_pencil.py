r"""The functions f = a g + b h on two free points of a condensation: the least dim <f> among those with f(q) != f(r).

Let g o w_1, ..., g o w_k, g a member in general position, be independent: their values at k states are a matrix G that
is not singular. With S that of the h o w_i, the member g + t h has G + t S = G (I + t G^-1 S), so it spans at least k
dimensions too unless -1/t is an eigenvalue of G^-1 S. So there are finitely many members that may span less: h, and
u g - h for the rational eigenvalues u. The least dimension among these and k bounds the class of the pair from below,
and is reached: where a state that no letter leaves and two other points are all, no other functions count.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import flint
import numpy as np

from fsm2rnn.algebra.functions.space_search import SpaceSearch, View
from fsm2rnn.algebra.linear.lattice import BigIntegers
from fsm2rnn.algebra.linear.word_span import PRIMES, VALUE_LIMIT, Integers, WordSpan, backward_closure

FACTORS: Final = (1, 2, -1, 3)
"""What times the second point is added to the first; the sum that spans most is g, and one of a few is generic."""
PENCIL_LIMIT: Final = 64
"""Most dimensions of the space of g: characteristic polynomials over Q take the fourth power."""


def try_pencil(search: SpaceSearch, view: View) -> None:
    """Try the members that may span little, and raise the bound of the class, where one class has two free points."""
    free = np.flatnonzero(view.condensed.points != search.origin)
    if len(view.classes) > 1 or len(free) != 2 or not search.open(view.classes)[0]:  # a pencil
        return
    first, second = view.condensed.spread(np.eye(len(view.condensed.points), dtype=np.int64)[free])
    closures = [backward_closure(search.maps, (first + factor * second)[None], PRIMES[0]) for factor in FACTORS]
    general = max(closures, key=lambda closure: len(closure.words))
    if len(general.words) > PENCIL_LIMIT:
        return
    number = int(view.classes[0])
    left, right = search.pairs[number].tolist()
    bound = min(len(general.words), int(search.least[number]))
    for member in _special(general, second, search.maps):
        if np.abs(member).max() >= VALUE_LIMIT:
            return
        if member[left] != member[right]:
            space = search.add(member[None].astype(np.int64), bound)
            bound = bound if space is None else space.dimension
    search.needed[number] = max(search.needed[number], bound)


def _special(closure: WordSpan, second: Integers, maps: Integers) -> Iterator[BigIntegers]:
    """Yield the members (Q,) that may span less than g, whose closure is given."""
    ends = closure.ends(maps)[:, closure.pivots]
    whole, part = (_matrix(function[ends]) for function in (closure.basis[0], second))
    yield second.astype(object)
    for root, _ in (whole.inv() * part).charpoly().roots():
        if root != 0:
            yield int(root.p) * closure.basis[0].astype(object) - int(root.q) * second.astype(object)


def _matrix(values: Integers) -> flint.fmpq_mat:
    return flint.fmpq_mat(flint.fmpz_mat(values.tolist()))
