r"""A_x = diag(X_x^1, ..., X_x^s) over Z, A_x code_q = code_delta(q, x), codes distinct: small blocks for any machine.

Coordinates of block j are functions on the states; their span W_j, of dimension at most the block's, is kept by
f -> f o x. Conversely a basis F of the integer functions in such a space W has F[:, delta(q, x)] = X_x F[:, q] with
X_x integer. So rational blocks of size at most b exist iff for any two states q, r some W of dimension at most b that
letters keep has f(q) != f(r) for some f in W.

Such W are found as <f>, the span of all f o w, f in the kernel of p(a), a a sum of words and p an irreducible factor of
its characteristic polynomial on all functions: R. Parker's method, over Q. They also bound b from below. W is the sum
of its intersections with the G_p, the kernels of p(a)^e, e the exponent of p; if W separates q and r, some f in some
of them does, and W holds <f>. For f in G_p, not 0:
(1) dim <f> >= deg p, for a acts on the part of <f> in G_p with no factor but p.
(2) If e = 1, <f> = <G_p>, for a keeps no smaller part of G_p but 0. So where a has no double factor b is exact.
(3) If f does not vanish on rad(A)^k M, rad(A)^k does not kill <f>, which has k + 1 composition factors or more. One of
them has the factor p, and each has some factor, so dim <f> >= deg p + k (the least degree of a factor).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, final

import flint
import numpy as np

from fsm2rnn.algebra.lattice import BigIntegers
from fsm2rnn.algebra.letter_maps import Numbers, letter_maps
from fsm2rnn.algebra.matrix_algebra import MatrixAlgebra, canonical_rows, kernel_rows, matrix_algebra, reduced_rows
from fsm2rnn.algebra.modular import Integers
from fsm2rnn.algebra.permutation_module import lattice_bases, letter_matrices
from fsm2rnn.algebra.weighted_cover import Mask, least_cover
from fsm2rnn.errors import CertificateError, LimitError
from fsm2rnn.machine.state_machine import StateMachine

ELEMENTS: Final = 24
"""Most sums of words whose factors are tried."""
FEWEST: Final = 6
"""Sums tried even where the largest block is known to be least."""
BLOCK_STATES: Final = 16
"""Most states of a machine that is searched for blocks."""
_SPREADS: Final = (1, 1, 2, 2, 4, 4, 8, 8)  # largest coefficients of sums at random


@final
@dataclass(frozen=True, eq=False)
class BlockForm:
    """diag(X_x^1, ..., X_x^s) code_q = code_delta(q, x) in integers, codes distinct; else CertificateError."""

    machine: StateMachine
    blocks: tuple[Integers, ...]  # s arrays (D, b, b), one matrix per symbol
    codes: Integers  # (Q, d), the blocks' coordinates one after the other
    semisimple: bool  # whether the codes span a sum of irreducible modules
    least: bool  # whether no rational network with one code per state has a smaller largest block
    reason: str

    def __post_init__(self) -> None:
        """Prove the equations."""
        parts = np.split(self.codes, np.cumsum([block.shape[1] for block in self.blocks])[:-1], axis=1)
        for symbol, ends in enumerate(zip(*self.machine.table, strict=True)):
            for block, part in zip(self.blocks, parts, strict=True):
                if not np.array_equal(part @ block[symbol].T, part[list(ends)]):
                    message = "a matrix sends a code to a vector that is not the code of the next state"
                    raise CertificateError("matrices", message)
        if len(np.unique(self.codes, axis=0)) < len(self.codes):
            message = "two states have one code"
            raise CertificateError("codes", message)

    @property
    def largest(self) -> int:
        """The size of the largest block."""
        return max(int(block.shape[1]) for block in self.blocks)


@final
@dataclass(frozen=True, eq=False)
class _Space:
    """Functions on the states that letters keep, by a basis (k, Q)."""

    functions: BigIntegers
    apart: Mask  # (pairs of states,), which it separates

    def __len__(self) -> int:
        return len(self.functions)


@final
@dataclass(eq=False)
class _Search:
    """The spaces found, by their canonical bases, and for every pair of states the least dimension proved needed."""

    algebra: MatrixAlgebra
    maps: Numbers  # (D, Q)
    found: dict[bytes, _Space] = field(default_factory=dict)
    needed: Numbers = field(default_factory=lambda: np.ones(0, dtype=np.int64))

    def add(self, functions: BigIntegers) -> _Space:
        """Keep the least space with these functions that letters keep."""
        spun = _spun(functions, self.maps)
        return self.found.setdefault(repr(spun.tolist()).encode(), _Space(spun, _apart(spun)))

    def split(self, element: flint.fmpz_mat, generator: np.random.Generator) -> None:
        """Add the spaces of one sum of words, and raise the bounds."""
        factors = element.charpoly().factor()[1]
        shortest = min(factor.degree() for factor, _ in factors)
        bounds = np.full_like(self.needed, len(self.algebra.ends[0]))
        for factor, exponent in factors:
            value = _evaluated(factor, element)
            kernel = kernel_rows(value)
            if exponent == 1:
                space = self.add(kernel)
                bounds[space.apart] = np.minimum(bounds[space.apart], len(space))
                continue
            levels = [_within(layer, value**exponent) for layer in self.algebra.layers]
            parts = [_apart(level) for level in levels]
            for number, apart in reversed(list(enumerate(parts))):
                bounds[apart] = np.minimum(bounds, factor.degree() + number * shortest)[apart]
            enough = next(number for number, apart in enumerate(parts) if (apart == parts[-1]).all())
            for functions in (kernel, levels[0], levels[enough]):
                for row in _candidates(functions, generator):
                    if row.any():
                        self.add(row[None])
        self.needed = np.maximum(self.needed, bounds)

    def settled(self, count: int) -> bool:
        """Whether the largest block is least, and is the only one or `count` sums of words gave no single one."""
        size = self.needed.max(initial=1)
        alone = any(len(space) == size and space.apart.all() for space in self.found.values())
        return bool(self.largest() == size and (alone or count >= FEWEST))

    def largest(self) -> int:
        """Return the least b such that the spaces of dimension at most b separate all states."""
        covered = np.zeros_like(self.needed, dtype=np.bool_)
        for space in sorted(self.found.values(), key=len):
            covered |= space.apart
            if covered.all():
                return len(space)
        return len(self.algebra.ends[0])


def block_form(machine: StateMachine) -> BlockForm:
    """Return blocks of least largest size, among those found, then of least total size.

    `least` says that the largest block is proved least over Q with one code per state; over R or with several codes
    smaller ones may do.
    Errors as `matrix_algebra`; LimitError also beyond BLOCK_STATES states, or where no basis has small entries.
    """
    if len(machine.states) > BLOCK_STATES:
        what = "states of a machine that is searched for blocks"
        raise LimitError(what, limit=BLOCK_STATES, needed=len(machine.states))
    return _of_table(machine.table, machine.start)


@lru_cache(maxsize=4)
def _of_table(table: tuple[tuple[int, ...], ...], start: int) -> BlockForm:
    """Return the form of a table; several targets ask for the same one."""
    states = len(table)
    machine = StateMachine(tuple(range(states)), tuple(range(len(table[0]))), table, start, tuple(range(states)))
    algebra = matrix_algebra(machine)
    search = _Search(algebra, letter_maps(machine).maps, needed=np.ones(states * (states - 1) // 2, dtype=np.int64))
    search.add(np.ones((1, states), dtype=object))
    search.add(np.eye(states, dtype=np.int64).astype(object))
    generator = np.random.default_rng(0)
    for count, element in enumerate(_elements(algebra, generator)):
        if search.settled(count):
            break
        search.split(element, generator)
    chosen, semisimple = _chosen(search)
    return _realised(machine, chosen, semisimple=semisimple, lower=int(search.needed.max(initial=1)))


def _elements(algebra: MatrixAlgebra, generator: np.random.Generator) -> Iterator[flint.fmpz_mat]:
    """Yield sums of words on the functions, (f o w)(q) = f(qw): of few words, of up to six, and of all in the basis."""
    count, states = algebra.ends.shape
    for number in range(ELEMENTS):
        terms = count if number % 4 == 3 else min(count, 2 + number // 4)  # noqa: PLR2004  every fourth sum
        chosen = generator.choice(min(count, 4 * (1 + number)) if terms < count else count, size=min(terms, count))
        total = np.zeros((states, states), dtype=np.int64)
        for word, weight in zip(chosen, generator.integers(1, 4, size=len(chosen)), strict=True):
            total[np.arange(states), algebra.ends[word]] += weight * (1 if generator.random() < 0.5 else -1)  # noqa: PLR2004  a coin
        yield flint.fmpz_mat(total.tolist())


def _chosen(search: _Search) -> tuple[list[_Space], bool]:
    """Return spaces of dimension at most the least largest that separate all states, inside the socle if some do."""
    largest = search.largest()
    spaces = sorted((space for space in search.found.values() if len(space) <= largest), key=_cost)
    socle = search.algebra.socle
    simple = [space for space in spaces if _rank(np.concatenate([socle, space.functions])) == len(socle)]
    if search.needed.size and not np.any([space.apart for space in simple], axis=0).all():
        simple = []
    pool = _undominated(simple or spaces)
    if not search.needed.size:
        return pool[:1], True
    weights = np.array([len(space) for space in pool])
    loads = np.zeros((len(pool), 0), dtype=np.int64)
    found = least_cover(np.stack([space.apart for space in pool]), weights, loads, fewest=1, most=len(pool))
    members = range(len(pool)) if found is None else found.members
    return [pool[member] for member in members], bool(simple)


def _cost(space: _Space) -> tuple[int, int]:
    return len(space), int(np.abs(space.functions).max())


def _undominated(spaces: Sequence[_Space]) -> list[_Space]:
    """Return the spaces, in order, without those whose pairs an earlier one separates."""
    kept: list[_Space] = []
    for space in spaces:
        if not any((other.apart >= space.apart).all() for other in kept):
            kept.append(space)
    return kept


def _realised(machine: StateMachine, spaces: Sequence[_Space], *, semisimple: bool, lower: int) -> BlockForm:
    maps = np.array(machine.table, dtype=np.intp).T
    found = [min(_realisations(space, maps), key=lambda pair: max(map(_largest, pair))) for space in spaces]
    sizes = [len(space) for space in spaces]
    least = max(sizes) == lower
    kind = "sums of irreducible modules over Q" if semisimple else "modules of functions on the states"
    bound = "rational blocks are not smaller" if least else f"best found; blocks of {lower} or more are needed"
    reason = f"{kind} of dimensions {', '.join(map(str, sizes))}: {bound} with one code per state"
    codes = np.concatenate([basis.T for basis, _ in found], axis=1)
    return BlockForm(machine, tuple(block for _, block in found), codes, semisimple, least, reason)


def _realisations(space: _Space, maps: Numbers) -> list[tuple[Integers, Integers]]:
    """Return bases (b, Q) over Z of the integer functions, with their matrices (D, b, b)."""
    return [(basis, letter_matrices(basis, maps)) for basis in lattice_bases(np.array(space.functions.tolist()))]


def _largest(entries: Integers) -> int:
    return int(np.abs(entries).max(initial=0))


def _spun(functions: BigIntegers, maps: Numbers) -> BigIntegers:
    """Return the canonical basis of the least space with the functions (m, Q) that f -> f o x keeps."""
    space = canonical_rows(functions)
    while True:
        larger = canonical_rows(np.concatenate([space, *(space[:, letter] for letter in maps)]))
        if len(larger) == len(space):
            return larger
        space = larger


def _candidates(functions: BigIntegers, generator: np.random.Generator) -> BigIntegers:
    """Return short functions of a span: a reduced basis, and sums of it at random."""
    basis = reduced_rows(functions)
    if len(basis) < 2:  # noqa: PLR2004  one function has no sums
        return basis
    weights = np.stack([generator.integers(-spread, spread + 1, size=len(basis)) for spread in _SPREADS])
    return np.concatenate([basis, weights.astype(object) @ basis])


def _evaluated(factor: flint.fmpz_poly, element: flint.fmpz_mat) -> flint.fmpz_mat:
    value = 0 * element
    one = element**0
    for coefficient in reversed(factor.coeffs()):
        value = value * element + coefficient * one
    return value


def _within(functions: BigIntegers, matrix: flint.fmpz_mat) -> BigIntegers:
    """Return a basis of the functions f in a span with matrix f = 0."""
    return np.asarray(kernel_rows(matrix * flint.fmpz_mat(functions.tolist()).transpose()) @ functions)


def _rank(functions: BigIntegers) -> int:
    return int(flint.fmpz_mat(functions.tolist()).rank())


def _apart(functions: BigIntegers) -> Mask:
    """Return for each pair of states q < r whether some of the functions (k, Q) differ on them."""
    states = functions.shape[1]
    columns = {column: number for number, column in enumerate(dict.fromkeys(map(tuple, functions.T.tolist())))}
    labels = np.array([columns[tuple(column)] for column in functions.T.tolist()])
    first, second = np.triu_indices(states, 1)
    return np.asarray(labels[first] != labels[second])
