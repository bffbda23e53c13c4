"""When a rung's network is one of a family's, read off the operator; and when a rung's witness speaks of a family."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Final

from fsm2rnn.constructions.verdict import Compiled
from fsm2rnn.operators.dense import Dense
from fsm2rnn.operators.diagonal import AffineDiagonal, Diagonal
from fsm2rnn.operators.householder import Householder
from fsm2rnn.operators.rotation import Rotation
from fsm2rnn.proof.claim.enclosure import Letter
from fsm2rnn.proof.claim.simulation import Simulation
from fsm2rnn.proof.refutation.merging_witness import NoncommutingIdempotents
from fsm2rnn.proof.refutation.witness import BrokenLaw, Cycle, Witness

DECAYS = "the network found has factors other than -1, 0, 1 and turns, to which this family is compiled"
OTHER_ANGLES = "the network found turns a coordinate by several angles"

QUARTER: Final = Fraction(1, 4)  # of a turn
THREE: Final = 3
COLUMNS: Final = 2_048  # of a matrix that rewrites itself, with some ten million numbers
FEW: Final = 64  # states whose maps a perceptron composes, with a quarter of a million units


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


def clock(verdict: Compiled) -> str | None:
    """Say why a network is none with one transition that turns or keeps every coordinate and erases none."""
    match verdict.operator:
        case Rotation(letters) if (
            len(set(letters)) == 1 and None not in letters[0].planes and 0 not in letters[0].lines
        ):
            return turns(verdict)
        case Diagonal(factors) if len(set(factors)) == 1 and 0 not in factors[0]:
            return turns(verdict)
        case _:
            return "the network found has a transition for each letter, or one that erases"


def small_turns(verdict: Compiled) -> str | None:
    """Say why a network is none whose planes are turned by less than a quarter, its lines kept or erased."""
    letters = verdict.operator.letters if isinstance(verdict.operator, Rotation) else ()
    if letters and all(_small(letter) for letter in letters):
        return None
    return "the network found turns by a quarter or more, which no mixer near the identity does"


def _small(letter: Letter) -> bool:
    """Return whether planes turn by less than a quarter and lines are kept or erased."""
    lines = all(factor in (0, 1) for factor in letter.lines)
    return lines and all(turn is None or not QUARTER <= turn % 1 <= 1 - QUARTER for turn in letter.planes)


def three_values(verdict: Compiled) -> str | None:
    """Say why a network is none that keeps, sets or turns around coordinates of at most three values, evenly apart."""
    said = gates(-1, 0, 1)(verdict)
    if said is not None or not isinstance(verdict.proof, Simulation):
        return said
    size = verdict.operator.size
    codes = [dict(code) for code in verdict.proof.codes]
    for place in range(size):
        values = sorted({Fraction(code.get(place, 0)) for code in codes})
        if len(values) > THREE or (len(values) == THREE and values[0] + values[2] != 2 * values[1]):
            return f"the network found has a coordinate of {len(values)} values, to which no diagonal cell is compiled"
    return None


def one_angle(verdict: Compiled) -> str | None:
    """Say why a network is none whose letters erase a coordinate or turn it by the coordinate's one angle."""
    match verdict.operator:
        case AffineDiagonal(factors) | Diagonal(factors) if all(map(_turns_alone, factors)) and _one_each(factors, 0):
            return None
        case Rotation(letters) if all(_turns_alone(letter.lines) for letter in letters):
            lines, planes = [letter.lines for letter in letters], [letter.planes for letter in letters]
            return None if _one_each(lines, 0) and _one_each(planes, None) else OTHER_ANGLES
        case _:
            return OTHER_ANGLES


def _one_each(rows: Iterable[tuple[object, ...]], erased: object) -> bool:
    """Return whether what is not erased is one thing in each column."""
    return all(len({*column} - {erased}) <= 1 for column in zip(*rows, strict=True))


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


def composed_maps(verdict: Compiled) -> str | None:
    """Say why a network is none of one-hot columns on few states."""
    if verdict.operator.size > FEW:
        return f"tables of {FEW} states at most are composed, found {verdict.operator.size}: N states take N^3 units"
    return one_hot_columns(verdict)


def rewritten_columns(verdict: Compiled) -> str | None:
    """Say why a network is none of one-hot columns with few images of letters, of which a matrix has columns."""
    said = one_hot_columns(verdict)
    if said is not None or not isinstance(verdict.operator, Dense):
        return said
    maps = {tuple(column[0][0] for column in matrix.columns) for matrix in verdict.operator.matrices}
    columns = sum(len(set(one)) for one in maps) + len(verdict.operator.matrices)
    if columns > COLUMNS:
        return f"matrices of {COLUMNS:,} columns at most rewrite themselves, found {columns:,}"
    return None


def every_network(verdict: Compiled) -> str | None:
    """Say nothing: every network of the rung is one of the family's."""
    del verdict
    return None


def laws_and_cycles(witness: Witness) -> bool:
    """Tell whether words break a law of diagonal networks, or lead around a cycle: additive terms or not."""
    return isinstance(witness, BrokenLaw | Cycle)


def one_image(witness: Witness) -> bool:
    """Tell whether two idempotents have one image: others refute only updates without written values."""
    return isinstance(witness, NoncommutingIdempotents) and witness.one_image
