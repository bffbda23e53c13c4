"""When a rung's network is one of a family's: its gates, its updates, or its columns, read off the operator."""

from __future__ import annotations

from collections.abc import Callable

from fsm2rnn.constructions.verdict import Compiled
from fsm2rnn.operators.dense import Dense
from fsm2rnn.operators.diagonal import AffineDiagonal, Diagonal
from fsm2rnn.operators.householder import Householder
from fsm2rnn.operators.rotation import Rotation

DECAYS = "the network found has factors other than -1, 0, 1 and turns, to which this family is compiled"


def gates(*allowed: int) -> Callable[[Compiled], str | None]:
    """Return the restriction to h <- a_x h + b_x whose gates are among the numbers allowed."""

    def outside(verdict: Compiled) -> str | None:
        match verdict.operator:
            case AffineDiagonal(factors) if all(one in allowed for row in factors for one in row):
                return None
            case _:
                numbers = ", ".join(map(str, allowed))
                return f"the network found has gates other than {numbers}, to which this family is compiled"

    return outside


def turns(verdict: Compiled) -> str | None:
    """Say why a network is none whose planes turn or are erased and whose lines are kept, erased or turned around."""
    match verdict.operator:
        case Diagonal(factors) if all(map(_turns_alone, factors)):
            return None
        case Rotation(letters) if all(_turns_alone(letter.lines) for letter in letters):
            return None
        case _:
            return DECAYS


def one_transition(verdict: Compiled) -> str | None:
    """Say why a network is none whose transition is the same for all letters."""
    match verdict.operator:
        case AffineDiagonal(factors) if len(set(factors)) == 1 and _turns_alone(factors[0]):
            return None
        case Diagonal(factors) if len(set(factors)) == 1:
            return turns(verdict)
        case Rotation(letters) if len(set(letters)) == 1:
            return turns(verdict)
        case _:
            return "the network found has a transition for each letter"


def _turns_alone(factors: tuple[object, ...]) -> bool:
    """Return whether all factors keep, erase or turn around."""
    return all(factor in (-1, 0, 1) for factor in factors)


def one_update(verdict: Compiled) -> str | None:
    """Say why a network is none with one update a letter."""
    match verdict.operator:
        case Householder(steps=1):
            return None
        case Householder(steps=steps):
            return f"the network found has n_h = {steps}, the family n_h = 1"
        case _:
            return "the network found has no updates"


def one_hot_columns(verdict: Compiled) -> str | None:
    """Say why a network is none whose matrices have one 1 in each column and zeros elsewhere."""
    match verdict.operator:
        case Dense(matrices) if all(
            len(column) == 1 and column[0][1] == 1 for matrix in matrices for column in matrix.columns
        ):
            return None
        case _:
            return "the network found has columns of other norms than 1"


def every_network(verdict: Compiled) -> str | None:
    """Say nothing: every network of the rung is one of the family's."""
    del verdict
    return None
