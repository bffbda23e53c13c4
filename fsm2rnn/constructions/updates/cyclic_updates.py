r"""Letters that commute, each in a cyclic group of its own: signs, turns by a quarter and by a third, in integers.

A letter of order 2 takes one coordinate and one update, its sign; of order 4 a plane turned by a quarter, of order 3
three coordinates that it permutes, two updates each. A power of it stays in the same coordinates and takes no more. So
n_h is 1 where all letters have order 2, and 2 otherwise.
"""

from __future__ import annotations

from typing import Final, TypeAlias

from fsm2rnn.algebra.covers.cyclic_cover import CyclicCover
from fsm2rnn.algebra.representation.reflections import signed_permutation_updates
from fsm2rnn.constructions.updates.update_form import UpdateForm
from fsm2rnn.exact.sparse import Vector
from fsm2rnn.exact.updates import Update

Signed: TypeAlias = tuple[tuple[int, ...], tuple[int, ...]]  # A e_j = signs_j e_image_j

TURNS: Final[dict[int, Signed]] = {2: ((0,), (-1,)), 3: ((1, 2, 0), (1, 1, 1)), 4: ((1, 0), (1, -1))}
"""A signed permutation of each order that at most two updates make."""


def cyclic_form(cover: CyclicCover) -> UpdateForm | None:
    """Return the form with a code for every state of the cover; None for orders other than 2, 3 and 4."""
    if not set(cover.orders) <= set(TURNS):
        return None
    powers = [_powers(order) for order in cover.orders]
    places = [sum(len(one[0][0]) for one in powers[:factor]) for factor in range(len(powers) + 1)]
    updates = tuple(_shifted(powers[factor][turn], places[factor]) for factor, turn in cover.powers)
    codes = tuple(_code(powers, places, exponents) for exponents in cover.exponents)
    return UpdateForm(places[-1], tuple(map(len, updates)), codes, lambda: updates)


def _powers(order: int) -> list[Signed]:
    """Return all powers of the signed permutation of an order."""
    image, signs = TURNS[order]
    found: list[Signed] = [(tuple(range(len(image))), (1,) * len(image))]
    while len(found) < order:
        places, turned = found[-1]
        after = tuple(image[place] for place in places)
        found.append((after, tuple(sign * signs[place] for sign, place in zip(turned, places, strict=True))))
    return found


def _shifted(turn: Signed, first: int) -> tuple[Update, ...]:
    """Return the updates of a signed permutation of the coordinates from the first one on."""
    made = signed_permutation_updates(*turn)
    return tuple(Update(tuple((first + place, entry) for place, entry in one.key), one.beta) for one in made)


def _code(powers: list[list[Signed]], places: list[int], exponents: tuple[int, ...]) -> Vector:
    """Return the sum of the images of the first coordinates of all factors."""
    turned = [powers[factor][exponent] for factor, exponent in enumerate(exponents)]
    return tuple((places[factor] + image[0], signs[0]) for factor, (image, signs) in enumerate(turned))
