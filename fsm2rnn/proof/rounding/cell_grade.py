"""How long a proof by boxes holds in floats: without rounding at all, or where every step errs less than its slack."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from operator import mul
from typing import Final, final

from fsm2rnn.errors import CertificateError
from fsm2rnn.exact.activations import UNIT
from fsm2rnn.exact.rounding import formats_with
from fsm2rnn.proof.claim.boxes import Boxes
from fsm2rnn.proof.claim.cell_kinds import CellKind
from fsm2rnn.proof.rounding.grade import ExactGrade

EXACT: Final = (
    "every weight, bias and listed state is an integer, and so is every partial sum, of magnitude at most "
    "partial_sums; every such integer is a number of these formats, so no operation rounds, in any order of summation, "
    "with or without fused multiply-add, at any length"
)
INVARIANT: Final = (
    "in exact arithmetic every image of a box lies inside the next box, at least slack from its walls, and the right "
    "logit leads by at least margin on every box that shows an output; so the computed output is right after every "
    "word of the quantifier, whatever its length, on any device and in any format and order, if from every point of a "
    "box each computed coordinate of a step (all errors of weights, sums, activations and storage together) errs by at "
    "most slack, and each computed logit by less than half of margin"
)
RESERVE: Final = Fraction(1, 1 << 60)
"""Left out of the slack before it is cut to DECIMALS: wider than enclosures, so that any good ones state the same."""
DECIMALS: Final = 12
ORBIT: Final = (
    "the state rounded to the nearest multiple of 2^-grid, ties to even, after each symbol, and float32 evaluation in "
    "which a sum of N terms errs by at most N u/(1 - N u) times the sum of their absolute values, u = 2^-24, and "
    "2N 2^-126, tanh by at most 2 units in the last place, sigmoid by 4 and 2^-126, and each further operation rounds "
    "once; so in any order of sums, fused or not, but not with TF32, shorter products, approximate tanh or fast-math: "
    "every word leads from the start, zero, to one of grid.states, whichever of these evaluations each step takes, and "
    "on each of them the right logit leads by margin beyond what both logits can err"
)


@final
@dataclass(frozen=True)
class OrbitGrade:
    """Every length, the state rounded to multiples of 2^-grid after each symbol; so many grid states in all."""

    grid: int
    states: int


@final
@dataclass(frozen=True)
class Invariant:
    """Every length, in any arithmetic that errs by at most `slack` a step, by less than half of `margin` a logit."""

    slack: Fraction
    margin: Fraction | None


def cell_grade(boxes: Boxes) -> ExactGrade | Invariant:
    """Return the grade of a proof by boxes; CertificateError where it holds in exact arithmetic alone."""
    sums = _integer_sums(boxes)
    if sums is not None:
        formats = tuple(form for form in formats_with(boxes.cell.form) if sums <= 1 << form.precision)
        if {boxes.cell.form, boxes.cell.readout_form} <= {*formats}:
            return ExactGrade(sums, formats)
    slack = Fraction(math.floor((boxes.slack - RESERVE) * 10**DECIMALS), 10**DECIMALS)
    if slack <= 0:
        message = "an image touches the wall of its box, so no rounding error is allowed for"
        raise CertificateError("boxes", message)
    return Invariant(slack, boxes.margin)


def _integer_sums(boxes: Boxes) -> int | None:
    """Return a bound of all numbers and partial sums over integer states of relu; None where one is no integer."""
    cell = boxes.cell
    whole = all(box.is_point and not any(wall % UNIT for wall in box.low) for box in boxes.boxes)
    if cell.kind is not CellKind.RELU or cell.greatest is None or not whole:
        return None
    return max(chain([cell.greatest], _sums(boxes)))


def _sums(boxes: Boxes) -> Iterator[int]:
    cell = boxes.cell
    entering = [max(sums) for sums in zip(*cell.input_sums, strict=True)]
    for box in boxes.boxes:
        state = [abs(wall) // UNIT for wall in box.low]
        yield from (
            sum(map(mul, map(abs, row), state)) + abs(bias) + most
            for row, bias, most in zip(cell.hidden, cell.hidden_bias, entering, strict=True)
        )
        yield from (
            sum(map(mul, map(abs, row), state)) + abs(bias)
            for row, bias in zip(cell.readout, cell.readout_bias, strict=True)
        )
