"""Updates on two copies of the state, by which swaps of coordinates become reflections with unit keys."""

from __future__ import annotations

from fractions import Fraction

from fsm2rnn.exact.updates import Update
from fsm2rnn.operators.householder import Householder


def duplicated(operator: Householder) -> Householder:
    """Return the same action on (h, h) with keys (k, k) / 2 and twice the beta: <k, k> = 2 becomes a unit key.

    Swaps of coordinates, k = e_i - e_j with beta 1, become reflections with unit keys and beta 2 in which every number
    is dyadic.
    """
    width = operator.width
    updates = tuple(
        tuple(
            Update(
                tuple((place + shift, Fraction(entry) / 2) for shift in (0, width) for place, entry in update.key),
                2 * update.beta,
                update.value,
            )
            for update in row
        )
        for row in operator.updates
    )
    return Householder(2 * width, updates)
