"""Finite groups by name: elements in a fixed order, their labels, and right multiplication by generators.

FAMILIES lists them with the generators of NAME@gens. A trivial group's generator is its identity; equal
generators stand once.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, final

from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.machine.permutations import Permutation, compose
from fsm2rnn.machine.reachable import canonical
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.source.draft.draft import require_table
from fsm2rnn.source.named.permutation_groups import closure, cycles

POINT_LIMIT: Final = 2**22
"""Most points in all permutations of one group together."""


@final
@dataclass(frozen=True)
class Family:
    """Named groups: what their elements are, identity first, and the generators of NAME@gens."""

    name: str
    elements: str
    generators: str


FAMILIES: Final = (
    Family("Zn, Cn, Z_n, C_n", "residues 0 .. n-1", "1"),
    Family("Sn, Sym(n)", "permutations in lexicographic order, in cycle notation", "(1,2) and (1,2,...,n)"),
    Family("An, Alt(n)", "even permutations likewise", "(1,2,3), and (1,2,...,n) for odd n or (2,...,n) for even n"),
    Family("Dih(n), Dn", "the 2n symmetries of the n-gon likewise", "(1,2,...,n) and the reflection fixing corner 1"),
    Family("V4", "(), (1,2)(3,4), (1,3)(2,4), (1,4)(2,3)", "(1,2)(3,4) and (1,3)(2,4)"),
    Family("Q8", "1, -1, i, -i, j, -j, k, -k", "i and j"),
    Family("Dic(n), Q4n, C3:C4", "1, r, r^2, ..., s, rs, r^2s, ...; s^2 = r^n, s r = r^-1 s", "r and s"),
    Family("QDn, SDn", "likewise, n = 16, 32, ...; s^2 = 1, s r = r^(n/4 - 1) s", "r and s"),
    Family("Fn", "z -> a z + b on the residues 0 .. p-1 as 1 .. p, a^d = 1; n = pd", "z -> z+1 and z -> a z"),
    Family("PSL(2,p)", "permutations of the projective line 0 .. p-1, infinity as 1 .. p+1", "z -> z+1 and z -> -1/z"),
    Family("SL(2,p)", "matrices [a,b;c,d] that act on rows from the right", "[1,1;0,1] and [0,1;-1,0]"),
    Family("GL(2,p)", "likewise", "those of SL(2,p), and [g,0;0,1] for the least primitive root g"),
    Family("M11, M12", "permutations of 11 or 12 points likewise", "of order 11, of order 4, and for M12 of order 2"),
    Family("GxH...", "tuples, the last factor fastest, labels joined by a bar: (1,2)|3", "those of G, then those of H"),
)

_NAMEABLE: Final = 20
"""20! is the last factorial within 64 bits; larger ones are not computed."""


@final
@dataclass(frozen=True)
class Group:
    """A finite group on 0 .. n-1 with identity 0: columns[s][g] is the product g * generator s."""

    labels: tuple[str, ...]
    columns: tuple[tuple[int, ...], ...]


def bounded_factorial(number: int, limit: int) -> int:
    """Return number!, or something above both `limit` and 20! where it is larger than 20!."""
    return math.factorial(number) if number <= _NAMEABLE else max(limit + 1, math.factorial(_NAMEABLE + 1))


def require_order(name: str, order: int, degree: int, limit: int) -> None:
    """Raise LimitError where a group of that order passes `limit`, or its permutations POINT_LIMIT."""
    if order > limit:
        what = f"elements of {name}"
        needed = order if order <= math.factorial(_NAMEABLE) else None
        raise LimitError(what, limit=limit, needed=needed, hint="--max-states N raises the limit")
    if order * degree > POINT_LIMIT:
        what = f"points in the permutations of {name}"
        raise LimitError(what, limit=POINT_LIMIT, needed=order * degree)


def cyclic(order: int, limit: int) -> Group:
    """Z_n on the residues; the generator adds 1."""
    _require_positive("Z", order)
    require_order(f"Z{order}", order, 1, limit)
    column = tuple((residue + 1) % order for residue in range(order))
    return Group(tuple(str(residue) for residue in range(order)), (column,))


def symmetric(degree: int, limit: int) -> Group:
    """S_n on the permutations of n points, of order n!."""
    _require_positive("S", degree)
    require_order(f"S{degree}", bounded_factorial(degree, limit), degree, limit)
    elements = list(itertools.permutations(range(degree)))
    return of_permutations(elements, [cycle(degree, 0, min(2, degree)), cycle(degree, 0, degree)])


def alternating(degree: int, limit: int) -> Group:
    """A_n on the even permutations of n points, of order n!/2."""
    _require_positive("A", degree)
    require_order(f"A{degree}", max(1, bounded_factorial(degree, 2 * limit + 1) // 2), degree, limit)
    elements = [images for images in itertools.permutations(range(degree)) if _is_even(images)]
    if degree < 3:  # A_1 and A_2 are trivial
        return of_permutations(elements, [elements[0]])
    return of_permutations(elements, [cycle(degree, 0, 3), cycle(degree, 1 - degree % 2, degree)])


def dihedral(corners: int, limit: int) -> Group:
    """Dih(n) of order 2n on the corners of the n-gon, n >= 3."""
    if corners < 3:  # below, the symmetries do not act faithfully on the corners
        message = f"Dih({corners}) needs at least 3 corners"
        raise InputError(message, hint="Dih(1) is Z2, Dih(2) is V4")
    require_order(f"Dih({corners})", 2 * corners, corners, limit)
    turns = [tuple((shift + point) % corners for point in range(corners)) for shift in range(corners)]
    flips = [tuple((shift - point) % corners for point in range(corners)) for shift in range(corners)]
    return of_permutations(sorted(turns + flips), [turns[1], flips[0]])


def klein(limit: int) -> Group:
    """V_4, the double transpositions of four points."""
    require_order("V4", 4, 4, limit)
    swaps = [(1, 0, 3, 2), (2, 3, 0, 1)]
    return of_permutations(sorted(closure(swaps, limit=4)), swaps)


def quaternion(limit: int) -> Group:
    """Q_8 with i*j = k, j*k = i, k*i = j and i*i = j*j = k*k = -1."""
    require_order("Q8", 8, 1, limit)
    labels = ("1", "-1", "i", "-i", "j", "-j", "k", "-k")
    # Element 2a + s is (-1)^s times axis a of 1, i, j, k; a row lists axis * i, then axis * j.
    times_i = (2, 1, 7, 4)
    times_j = (4, 6, 1, 3)
    return Group(labels, tuple(tuple(times[g // 2] ^ (g % 2) for g in range(8)) for times in (times_i, times_j)))


def projective(dimension: int, prime: int, limit: int) -> Group:
    """PSL(2,p) on the p + 1 points of the projective line over the field of p elements."""
    order = prime * (prime * prime - 1) // (1 if prime == 2 else 2)
    if dimension != 2 or prime < 2:
        message = f"PSL({dimension},{prime}) is not in the catalogue"
        raise InputError(message, hint="PSL(2,p) for a prime p is")
    require_order(f"PSL(2,{prime})", order, prime + 1, limit)
    if any(prime % divisor == 0 for divisor in range(2, math.isqrt(prime) + 1)):
        message = f"PSL(2,{prime}) is not in the catalogue: {prime} is no prime"
        raise InputError(message, hint="PSL(2,p) for a prime p is")
    shift = (*((z + 1) % prime for z in range(prime)), prime)
    invert = (prime, *(-pow(z, -1, prime) % prime for z in range(1, prime)), 0)
    return of_permutations(sorted(closure([shift, invert], limit=order)), [shift, invert])


def direct_product(factors: Sequence[Group]) -> Group:
    """Return G x H x ... on the tuples of elements; the caller bounds its order."""
    if len(factors) == 1:
        return factors[0]
    order = math.prod(len(factor.labels) for factor in factors)
    labels = tuple("|".join(parts) for parts in itertools.product(*(factor.labels for factor in factors)))
    columns = []
    after = order
    for factor in factors:
        size = len(factor.labels)
        after //= size  # the number of elements of the later factors
        columns += [
            tuple(g + (column[g // after % size] - g // after % size) * after for g in range(order))
            for column in factor.columns
        ]
    return Group(labels, _generators(columns))


def group_machine(group: Group) -> StateMachine:
    """Return the group acting on itself by right multiplication, all elements as symbols; it outputs its state.

    Raises LimitError where order * order passes TABLE_LIMIT.
    """
    order = len(group.labels)
    require_group_table(order)
    full: list[Sequence[int]] = [()] * order
    full[0] = range(order)
    found = [0]
    # Breadth first from the identity: the column of h * s sends g to (g * h) * s.
    for element in found:
        for column in group.columns:
            target = column[element]
            if not full[target]:
                full[target] = [column[image] for image in full[element]]
                found.append(target)
    return StateMachine.tracker(group.labels, group.labels, zip(*full, strict=True))


def generator_machine(group: Group) -> StateMachine:
    """Return the group acting on itself by right multiplication, its generators as symbols; it outputs its state.

    States are numbered breadth first, so not in the order of `group.labels`.
    """
    require_table(len(group.labels), len(group.columns))
    symbols = [group.labels[column[0]] for column in group.columns]
    return canonical(StateMachine.tracker(group.labels, symbols, zip(*group.columns, strict=True)))


def require_group_table(order: int) -> None:
    """Raise LimitError where the multiplication table of a group is too large, pointing at its generators."""
    try:
        require_table(order, order)
    except LimitError as error:
        hint = "NAME@gens is another machine: the group with its generators alone as letters"
        raise LimitError(error.what, limit=error.limit, needed=error.needed, hint=hint) from None


def cycle(degree: int, first: int, after: int) -> Permutation:
    """Return the cycle first -> first + 1 -> ... -> after - 1 -> first on the points 0 .. degree - 1."""
    images = list(range(degree))
    images[first:after] = [*range(first + 1, after), first]
    return tuple(images)


def of_permutations(elements: Sequence[Permutation], generators: Sequence[Permutation]) -> Group:
    """Return the group on its elements in that order, identity first, in cycle notation."""
    index = {element: number for number, element in enumerate(elements)}
    columns = [tuple(index[compose(element, generator)] for element in elements) for generator in generators]
    return Group(tuple(cycles(element) for element in elements), _generators(columns))


def _generators(columns: Sequence[tuple[int, ...]]) -> tuple[tuple[int, ...], ...]:
    """Return the columns without repeats, and without the identity unless it is all there is."""
    moving = [column for column in dict.fromkeys(columns) if column[0] != 0]
    return tuple(moving) or (columns[0],)


def _is_even(images: Permutation) -> bool:
    return sum(left > right for left, right in itertools.combinations(images, 2)) % 2 == 0


def _require_positive(family: str, number: int) -> None:
    if number < 1:
        message = f"{family}{number} is no group; the number must be at least 1"
        raise InputError(message)
