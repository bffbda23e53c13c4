"""Names of groups shown by two elements and their relations: dicyclic, quasidihedral, Frobenius', matrix groups.

| name | what is shown |
|---|---|
| Dih(n), Dic(n), Qn, QDn | r of order |G|/2, and s outside <r> with s r s^-1 = r^t: t and s^2 tell them apart |
| C3:C4 | that spelling of Dic(3) |
| Fn | order p d, p prime, r of order p, s of order d with s^-1 r s = r^k for k of order d modulo p |
| SL(2,p) | S of order p, T^4 = 1, T^2 central, (S T)^3 = (S^2 T S^((p+1)/2) T)^3 = 1 |
| GL(2,3) | x^2 = y^3 = (x y)^8 = 1, (x y)^4 central |
| C2.S4=SL(2,3).C2 | (s t)^2 = s^3 = t^4: the binary octahedral group, as GAP spells it |

The relations of the last three present groups of the orders p (p^2 - 1) and 48 (the tests enumerate the cosets), and
the matrices, or unit quaternions, satisfy them; so a group of that order that such elements generate is the group.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, final

import numpy as np
import numpy.typing as npt

from fsm2rnn.algebra.group.group_table import GroupTable, classes, prime_factors, subgroup_mask
from fsm2rnn.algebra.letters.letter_maps import Numbers

Mask = npt.NDArray[np.bool_]

FIELDS: Final = (3, 5, 7)
"""Primes p of the groups SL(2,p) found by their relations."""
_LEAST_QUASIDIHEDRAL: Final = 16
"""The least order of a quasidihedral group, QD16."""


@final
@dataclass(frozen=True)
class Presented:
    """A group of that order on generators a, b of these orders; in a relator A and B are their inverses."""

    name: str
    order: int
    orders: tuple[int, int]
    relators: tuple[str, ...]


def _special_linear(prime: int) -> Presented:
    half = "a" * ((prime + 1) // 2)
    relators = ("a" * prime, "bbbb", "bbaBBA", "ab" * 3, f"aab{half}b" * 3)
    return Presented(f"SL(2,{prime})", prime * (prime**2 - 1), (prime, 4), relators)


PRESENTED: Final = (
    *(_special_linear(prime) for prime in FIELDS),
    Presented("GL(2,3)", 48, (2, 3), ("aa", "bbb", "ab" * 8, "ab" * 4 + "a" + "BA" * 4 + "A")),
    Presented("C2.S4=SL(2,3).C2", 48, (6, 8), ("ababAAA", "aaaBBBB")),
)


def presented(table: GroupTable) -> str | None:
    """Return the name of the presented group that two elements show this one to be."""
    return next((group.name for group in PRESENTED if group.order == len(table) and _is_image(table, group)), None)


def _is_image(table: GroupTable, group: Presented) -> bool:
    """Whether two elements satisfy the relations and generate the group; the first is taken up to conjugacy."""
    elements = np.arange(len(table))
    first = _of_order(table, group.orders[0])
    second = elements[_of_order(table, group.orders[1])]
    for members in classes(table):
        if first[members[0]] and len(second):
            a = np.full(len(second), members[0])
            holds = np.logical_and.reduce([_word(table, relator, a, second) == 0 for relator in group.relators])
            if any(subgroup_mask(table, [members[0], other]).all() for other in second[holds].tolist()):
                return True
    return False


def _word(table: GroupTable, word: str, first: Numbers, second: Numbers) -> Numbers:
    """Return the value of a word in the letters a, b and their inverses A, B for every pair."""
    inverses = _inverses(table)
    letters = {"a": first, "b": second, "A": inverses[first], "B": inverses[second]}
    return table.product(np.zeros_like(first), *(letters[letter] for letter in word))


def _inverses(table: GroupTable) -> Numbers:
    """Return the inverse of every element."""
    return np.asarray(np.argmax(table.columns == 0, axis=0))


def _of_order(table: GroupTable, order: int) -> Mask:
    """Return which elements have that order."""
    elements = np.arange(len(table))
    found = table.power(elements, order) == 0
    for prime in prime_factors(order):
        found &= table.power(elements, order // prime) != 0
    return np.asarray(found)


def cyclic_half(table: GroupTable) -> str | None:
    """Return the name of a group with a cyclic subgroup <r> of index 2 whose other elements s turn r into r^t.

    With t = -1 it is Dih(n) where s^2 = 1, else dicyclic, as s^2 is fixed by s; with t = m/2 - 1 for a power
    m >= 8 of 2, quasidihedral: s^2 is 1 or r^(m/2), and then (r s)^2 = 1. Above order 8 the first r decides,
    since no element outside <r> has as large an order unless there is another t.
    """
    turns, odd = divmod(len(table), 2)
    candidates = np.flatnonzero(_of_order(table, turns)).tolist() if turns > 2 and not odd else []
    if not candidates:
        return None
    turn = candidates[0]
    powers = _powers(table, turn, turns)
    outside = int(np.setdiff1d(np.arange(len(table)), powers)[0])
    turned = int(table.product(np.array(outside), np.array(turn), np.array(table.inverse(outside))))
    if turned == powers[-1]:
        flips = int(table.columns[outside, outside]) == 0
        return f"Dih({turns})" if flips else _dicyclic_name(turns // 2)
    quasidihedral = len(table) >= _LEAST_QUASIDIHEDRAL and not len(table) & (len(table) - 1)
    return f"QD{len(table)}" if quasidihedral and turned == powers[turns // 2 - 1] else None


def _dicyclic_name(number: int) -> str:
    if number == 3:
        return "C3:C4"
    return f"Dic({number})" if number & (number - 1) else f"Q{4 * number}"


def _powers(table: GroupTable, element: int, order: int) -> list[int]:
    powers = [0]
    while len(powers) < order:
        powers.append(int(table.columns[element, powers[-1]]))
    return powers


def frobenius_name(table: GroupTable) -> str | None:
    """Return Fn where the group is that of the maps z -> a z + b modulo a prime with a^d = 1, of order n = p d."""
    prime = max(prime_factors(len(table)), default=1)
    fixing = len(table) // prime
    if fixing < 2 or (prime - 1) % fixing:
        return None
    shifts = np.flatnonzero(_of_order(table, prime))
    powers = _powers(table, int(shifts[0]), prime)
    exponent = {element: number for number, element in enumerate(powers)}
    elements = np.flatnonzero(_of_order(table, fixing))
    inverses = _inverses(table)
    shift = np.full(len(elements), shifts[0])
    images = table.product(inverses[elements], shift, elements).tolist()
    faithful = any(_modular_order(exponent[image], prime) == fixing for image in images if image in exponent)
    return f"F{len(table)}" if faithful else None


def _modular_order(number: int, prime: int) -> int:
    return next(exponent for exponent in range(1, prime) if pow(number, exponent, prime) == 1)


SHOWN: Final[tuple[Callable[[GroupTable], str | None], ...]] = (cyclic_half, frobenius_name, presented)
"""Tests in the order in which names are preferred."""
