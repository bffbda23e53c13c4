"""More groups by name: two-generator groups r, s with s r s^-1 = r^t, matrices over prime fields, Mathieu's groups.

In the first kind every element is r^a s^e in one way. Matrices act on row vectors from the right, so that words and
products are read left to right; they are written row by row, [a,b;c,d].
"""

from __future__ import annotations

import math
from typing import Final, TypeAlias

from fsm2rnn.errors import InputError
from fsm2rnn.machine.permutations import Permutation
from fsm2rnn.source.named.catalogue_groups import Group, dihedral, of_permutations, require_order
from fsm2rnn.source.named.permutation_groups import closure

Matrix: TypeAlias = tuple[int, int, int, int]
"""Rows (a, b) and (c, d) of a 2 x 2 matrix."""

_QUASIDIHEDRAL: Final = 16
"""The least order of a quasidihedral group."""
_QUATERNION: Final = 8
"""The least order of a generalised quaternion group."""

# E. Mathieu, 1861: the generators of M11 on the points 0 .. 10, and one more for M12 on 0 .. 11.
_ELEVEN: Final[Permutation] = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0, 11)
_FOURS: Final[Permutation] = (0, 1, 6, 9, 5, 3, 10, 2, 8, 4, 7, 11)
_TWOS: Final[Permutation] = (11, 10, 5, 7, 8, 2, 9, 3, 4, 6, 1, 0)
_MATHIEU: Final = {11: 7_920, 12: 95_040}


def dicyclic(number: int, limit: int) -> Group:
    """Dic(n) of order 4n: r^(2n) = 1, s^2 = r^n, s r s^-1 = r^-1."""
    if number < 1:
        message = f"Dic({number}) is no group; the number must be at least 1"
        raise InputError(message)
    return _split(f"Dic({number})", 2 * number, number, -1, limit)


def dihedral_of_order(order: int, limit: int) -> Group:
    """The symmetries of a polygon, 2n of them, by their number."""
    if order % 2 or order < 2:
        message = f"DihedralGroup({order}) is no group; in GAP its number is the order, which is even"
        raise InputError(message)
    return dihedral(order // 2, limit)


def quaternion_of_order(order: int, limit: int) -> Group:
    """Q_4n, the dicyclic group of order 4n, n >= 2."""
    if order % 4 or order < _QUATERNION:
        message = f"Q{order} is no group; quaternion groups have order 8, 12, 16, ..."
        raise InputError(message)
    return dicyclic(order // 4, limit)


def quasidihedral(order: int, limit: int) -> Group:
    """QD_(2m) for m = 8, 16, ...: r^m = s^2 = 1, s r s = r^(m/2 - 1)."""
    if order < _QUASIDIHEDRAL or order & (order - 1):
        message = f"QD{order} is no group; quasidihedral groups have order 16, 32, 64, ..."
        raise InputError(message)
    return _split(f"QD{order}", order // 2, 0, order // 4 - 1, limit)


def _split(name: str, turns: int, square: int, twist: int, limit: int) -> Group:
    """Return the group of r^a s^e, numbered a + e m, where r^m = 1, s^2 = r^square, s r = r^twist s."""
    require_order(name, 2 * turns, 1, limit)
    powers = ["", "r", *(f"r^{exponent}" for exponent in range(2, turns))][:turns]
    labels = tuple([power or "1" for power in powers] + [power + "s" for power in powers])
    by_r = tuple([(a + 1) % turns for a in range(turns)] + [turns + (a + twist) % turns for a in range(turns)])
    by_s = tuple([turns + a for a in range(turns)] + [(a + square) % turns for a in range(turns)])
    return Group(labels, (by_r, by_s) if turns > 1 else (by_s,))


def frobenius(order: int, limit: int) -> Group:
    """F_(pd): the maps z -> a z + b of the field of p elements with a^d = 1.

    The number p is prime, d > 1 a divisor of p - 1. The order names the group: p is its largest prime divisor.
    """
    require_order(f"F{order}", order, 1, limit)
    prime = _largest_prime(order)
    fixing = order // prime if prime else 0
    if fixing < 2 or (prime - 1) % fixing:
        message = f"F{order} is not in the catalogue"
        raise InputError(message, hint="Fn has order n = p d for a prime p and a divisor d > 1 of p - 1, as F20")
    require_order(f"F{order}", order, prime, limit)
    factor = pow(primitive_root(prime), (prime - 1) // fixing, prime)
    shift = tuple((z + 1) % prime for z in range(prime))
    scale = tuple(factor * z % prime for z in range(prime))
    return of_permutations(sorted(closure([shift, scale], limit=order)), [shift, scale])


def special_linear(dimension: int, prime: int, limit: int) -> Group:
    """SL(2,p), the matrices of determinant 1 over the field of p elements."""
    return _matrices("SL", dimension, prime, 1, limit)


def general_linear(dimension: int, prime: int, limit: int) -> Group:
    """GL(2,p), the invertible matrices over the field of p elements."""
    return _matrices("GL", dimension, prime, prime - 1, limit)


def _matrices(family: str, dimension: int, prime: int, determinants: int, limit: int) -> Group:
    name = f"{family}({dimension},{prime})"
    order = prime * (prime * prime - 1) * determinants
    if dimension != 2 or prime < 2:
        message = f"{name} is not in the catalogue"
        raise InputError(message, hint=f"{family}(2,p) for a prime p is")
    require_order(name, order, 4, limit)
    if not _is_prime(prime):
        message = f"{name} is not in the catalogue: {prime} is no prime"
        raise InputError(message, hint=f"{family}(2,p) for a prime p is")
    generators: list[Matrix] = [(1, 1, 0, 1), (0, 1, prime - 1, 0)]
    if determinants > 1:
        generators.append((primitive_root(prime), 0, 0, 1))
    elements: list[Matrix] = [(1, 0, 0, 1)]
    seen = set(elements)
    for element in elements:
        new = [product for s in generators if (product := _times(element, s, prime)) not in seen]
        seen.update(new)
        elements += dict.fromkeys(new)
    elements[1:] = sorted(elements[1:])
    number = {matrix: index for index, matrix in enumerate(elements)}
    columns = tuple(tuple([number[_times(g, s, prime)] for g in elements]) for s in generators)
    return Group(tuple(f"[{a},{b};{c},{d}]" for a, b, c, d in elements), columns)


def _times(left: Matrix, right: Matrix, prime: int) -> Matrix:
    (a, b, c, d), (e, f, g, h) = left, right
    return (a * e + b * g) % prime, (a * f + b * h) % prime, (c * e + d * g) % prime, (c * f + d * h) % prime


def mathieu(degree: int, limit: int) -> Group:
    """M11 on 11 points, of order 7,920, or M12 on 12 points, of order 95,040."""
    if degree not in _MATHIEU:
        message = f"M{degree} is not in the catalogue"
        raise InputError(message, hint="M11 and M12 are")
    require_order(f"M{degree}", _MATHIEU[degree], degree, limit)
    generators = [_ELEVEN[:degree], _FOURS[:degree], *([_TWOS] if degree > 11 else [])]
    return of_permutations(sorted(closure(generators, limit=_MATHIEU[degree])), generators)


def primitive_root(prime: int) -> int:
    """Return the least g whose powers are all non-zero residues modulo a prime."""
    primes = [divisor for divisor in range(2, prime) if (prime - 1) % divisor == 0 and _is_prime(divisor)]
    return next(g for g in range(1, prime) if all(pow(g, (prime - 1) // q, prime) != 1 for q in primes))


def _is_prime(number: int) -> bool:
    return number > 1 and all(number % divisor for divisor in range(2, math.isqrt(number) + 1))


def _largest_prime(number: int) -> int:
    """Return the largest prime divisor, or the number itself below 2."""
    rest, divisor = number, 2
    while divisor * divisor <= rest:
        if rest % divisor == 0:
            rest //= divisor
        else:
            divisor += 1
    return rest
