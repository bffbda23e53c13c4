"""rank_F(A, B) = n + delta_F(A^-1 B): the exact rank of a tensor of two letters, A invertible, over F = R and C.

delta_F(M) is the number of invariant polynomials f_1 | ... | f_n of x I - M that do not split into distinct linear
factors over the infinite field F (J. JaJa, SIAM J. Comput. 8, 1979, Grigoriev 1978; not split into distinct factors
over C means not squarefree). Proof for a regular pair, after multiplying by A^-1:

At most n + delta: M is similar to companion matrices C(f_i). If f_i does not split into distinct linear factors,
some monic g of its degree does, and C(f_i) - C(g) is one column. I and C(g) are diagonal in one basis.
At least: let I = sum_t a_t u_t v_t^T and M = sum_t b_t u_t v_t^T with n + k terms. By Cauchy-Binet some n terms S
have u_S and v_S bases and all a_t != 0, so I_S^-1 M_S is diagonalisable over F: the invariant polynomials
e_1 | ... | e_n of x I_S - M_S all split into distinct linear factors. The other k terms each add (x a - b) u v^T, which
in a suitable basis changes one column; deleting a column interlaces invariant polynomials (Sa, Thompson 1979), so
f_i | e_(i+k): at most the last k of the f_i do not split, and delta <= k.

How delta is found. For an irreducible factor p of the characteristic polynomial over Q, M has
(n - rank p(M)) / deg p blocks of p, of which (rank p(M) - rank p(M)^2) / deg p are powers above one. The largest
invariant polynomials take the largest block of every p, and distinct p have no common root, so delta_C is the largest
number of such powers, and delta_R the same where a p with a root that is not real counts all its blocks.
For maps of states M is a map m: only p = x has powers, |im m| - |im m^2| of them, and the cyclotomic polynomial
of order d >= 3 has a block for every cycle of m whose length d divides.

The rank does not change when A is replaced by A + t B, so A need not be invertible itself if some A + t B is. Pairs
with det(A + t B) = 0 for all t (singular pencils) are left out. For more letters, any pair is a slice of the tensor,
hence a lower bound of its rank.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import flint

from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.exact.sparse import SparseMatrix, Vector

ENTRY_LIMIT: Final = 1 << 15
"""Most non-zero entries of the distinct letter matrices together; a machine has |Q| of them per letter. They are
listed in Python."""

SIZE_LIMIT: Final = 64
"""Largest n of a pair that is not a bijection and a map of the states: characteristic polynomials over Q take n^4."""

PAIR_LIMIT: Final = 48
"""Most such pairs; of more letters the first pairs are taken: each has a characteristic polynomial to factor."""

STEP_LIMIT: Final = 1 << 20
"""Most states times pairs of a bijection and a map of states, in Python's loop; of more letters the first pairs are
taken."""

# An integer vector in the spelling of `Vector`, a matrix by columns or by numbered columns, a map of the states.
Column: TypeAlias = tuple[tuple[int, int], ...]
Letter: TypeAlias = tuple[Column, ...]
Slice: TypeAlias = Mapping[int, Column]
Map: TypeAlias = tuple[int, ...]


@final
@dataclass(frozen=True)
class IntegerTensor:
    """The distinct integer matrices among A_x, by columns; symbol x is letters[letter_of[x]]."""

    size: int
    letters: tuple[Letter, ...]
    letter_of: tuple[int, ...]


def integer_tensor(matrices: Sequence[SparseMatrix]) -> IntegerTensor:
    """Return the distinct ones of some square integer matrices of one size, in order of first appearance.

    Raises InputError where they are not that, LimitError beyond ENTRY_LIMIT non-zero entries.
    """
    if not matrices:
        message = "a tensor needs at least one letter matrix"
        raise InputError(message)
    size = matrices[0].height
    number: dict[tuple[Vector, ...], int] = {}
    for position, matrix in enumerate(matrices):
        if matrix.height != size or len(matrix.columns) != size:
            message = f"letter matrix {position} is {matrix.height} x {len(matrix.columns)}, expected {size} x {size}"
            raise InputError(message)
        if any(entry.denominator != 1 for column in matrix.columns for _, entry in column):
            message = f"letter matrix {position} has an entry that is no integer"
            raise InputError(message)
        number.setdefault(matrix.columns, len(number))
    entries = sum(map(len, (column for columns in number for column in columns)))
    if entries > ENTRY_LIMIT:
        what = "non-zero entries of the distinct letter matrices"
        raise LimitError(what, limit=ENTRY_LIMIT, needed=entries)
    letters = tuple(
        tuple(tuple((row, entry.numerator) for row, entry in column) for column in columns) for columns in number
    )
    return IntegerTensor(size, letters, tuple(number[matrix.columns] for matrix in matrices))


def transpose(columns: Slice) -> dict[int, Column]:
    """Return the non-zero rows of the matrix with these columns, in the order of their first entries."""
    rows: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for number, column in sorted(columns.items()):
        for row, entry in column:
            rows[row].append((number, entry))
    return {row: tuple(entries) for row, entries in rows.items()}


@final
@dataclass(frozen=True)
class PencilRank:
    """Lower bounds of the rank of the tensor over R and over C, each the largest over the pairs that were tried.

    `exact`: there are just two distinct letter matrices, and these are the ranks of the tensor.
    """

    real: int
    complex: int
    pair: tuple[int, int]  # two symbols, rising, whose pencil has the real rank
    exact: bool


def pencil_bound(matrices: Sequence[SparseMatrix]) -> PencilRank | None:
    """Return the ranks of the best pair of letters, or None where every pair tried is singular or over its limit.

    None is no statement about the rank; a single distinct letter gives None too. Raises what `integer_tensor` raises.
    """
    tensor = integer_tensor(matrices)
    best: PencilRank | None = None
    exact = len(tensor.letters) == 2  # a pencil has two letters
    for first, second, excess in _excesses(tensor):
        real, over_complex = (tensor.size + more for more in excess)
        if best is None or real > best.real:
            left, right = sorted(map(tensor.letter_of.index, (first, second)))
            best = PencilRank(real, max(over_complex, best.complex if best else 0), (left, right), exact)
        elif over_complex > best.complex:
            best = PencilRank(best.real, over_complex, best.pair, exact)
    return best


_Excess: TypeAlias = tuple[int, int]  # delta over R and over C


def _excesses(tensor: IntegerTensor) -> Iterator[tuple[int, int, _Excess]]:
    """Yield the numbers of two letters and their excess, for the regular pairs within the limits."""
    numbers = range(len(tensor.letters))
    maps = {number: found for number in numbers if (found := state_map(tensor.letters[number])) is not None}
    onto = {number: _inverse(found) for number, found in maps.items() if len(set(found)) == tensor.size}
    quick = ((a, b) for a in onto for b in maps if b not in onto or a < b)
    for first, second in itertools.islice(quick, STEP_LIMIT // max(tensor.size, 1)):
        yield first, second, _map_excess(tuple(onto[first][image] for image in maps[second]))
    if tensor.size <= SIZE_LIMIT:
        other = [number for number in numbers if number not in onto]
        mixed = itertools.product(onto, (number for number in other if number not in maps))
        for first, second in itertools.islice(itertools.chain(mixed, itertools.combinations(other, 2)), PAIR_LIMIT):
            matrix = _quotient(_dense(tensor.letters[first]), _dense(tensor.letters[second]))
            if matrix is not None:
                yield first, second, _excess(matrix)


def state_map(letter: Letter) -> Map | None:
    """Return m with A e_q = e_m(q), or None where A is no such matrix."""
    if all(len(column) == 1 and column[0][1] == 1 for column in letter):
        return tuple(column[0][0] for column in letter)
    return None


def _inverse(bijection: Map) -> Map:
    return tuple(sorted(range(len(bijection)), key=bijection.__getitem__))


def _map_excess(quotient: Map) -> _Excess:
    image = set(quotient)
    powers = len(image) - len({quotient[state] for state in image})
    blocks: Counter[int] = Counter()
    for length in _cycle_lengths(quotient):
        blocks.update(order for order in range(3, length + 1) if length % order == 0)
    return max(powers, *blocks.values(), 0), powers


def _cycle_lengths(quotient: Map) -> Iterator[int]:
    seen: set[int] = set()
    for start in range(len(quotient)):
        path: dict[int, int] = {}
        state = start
        while state not in seen:
            seen.add(state)
            path[state] = len(path)
            state = quotient[state]
        if state in path:
            yield len(path) - path[state]


def _dense(letter: Letter) -> flint.fmpz_mat:
    columns = [dict(column) for column in letter]
    return flint.fmpz_mat([[column.get(row, 0) for column in columns] for row in range(len(columns))])


PRIME: Final = (1 << 61) - 1
"""A prime of one machine word, so that a regular pencil is missed with probability n / 2^61."""
_POINT: Final = 1_234_567_891_234_567
"""Where regularity is tested: any fixed number with no relation to the entries, which are small."""


def _quotient(first: flint.fmpz_mat, second: flint.fmpz_mat) -> flint.fmpq_mat | None:
    """Return (A + t B)^-1 B for the least t >= 0 for which there is one, or None for a singular pencil.

    Regularity is tested at one point modulo a prime: a regular pencil may be missed, a singular one never passes.
    """
    if flint.nmod_mat(first + _POINT * second, PRIME).rank() < first.nrows():
        return None
    points = (first + shift * second for shift in itertools.count())  # det has at most n zeros
    regular = next(matrix for matrix in points if matrix.det() != 0)
    return flint.fmpq_mat(regular).solve(flint.fmpq_mat(second))


def _excess(matrix: flint.fmpq_mat) -> _Excess:
    real = over_complex = 0
    for factor, multiplicity in matrix.charpoly().factor()[1]:
        blocks, powers = _blocks(matrix, factor, multiplicity)
        over_complex = max(over_complex, powers)
        real = max(real, powers if real_root_count(factor) == factor.degree() else blocks)
    return real, over_complex


def _blocks(matrix: flint.fmpq_mat, factor: flint.fmpq_poly, multiplicity: int) -> tuple[int, int]:
    """Return how many blocks of an irreducible factor M has, and how many of them are powers above one."""
    if multiplicity == 1:
        return 1, 0
    degree, size = factor.degree(), matrix.nrows()
    value = flint.fmpq_mat(size, size)
    identity = flint.fmpq_mat(flint.fmpz_mat([[int(i == j) for j in range(size)] for i in range(size)]))
    for coefficient in reversed(factor.coeffs()):
        value = value * matrix + coefficient * identity
    rank = value.rank()
    blocks = (size - rank) // degree
    return blocks, 0 if blocks == multiplicity else (rank - (value * value).rank()) // degree


def real_root_count(polynomial: flint.fmpq_poly) -> int:
    """Return the number of distinct real roots, counted by Arb's proved isolation: theirs has imaginary part 0."""
    roots: list[tuple[flint.acb, int]] = polynomial.numer().complex_roots()  # type: ignore[assignment]  # wrong stub
    return sum(root.imag == 0 for root, _ in roots)
