"""Wrong letters, regions and weights: an `Enclosure` or a horizon that does not hold cannot be constructed."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from fsm2rnn.errors import CertificateError, LimitError
from fsm2rnn.proof.claim import enclosure as enclosure_module
from fsm2rnn.proof.claim import induction
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.enclosure import Enclosure, Letter, Region, RegionIndex
from fsm2rnn.proof.rounding import separation as separation_module
from fsm2rnn.proof.rounding.horizon import horizon
from tests.proof.region_networks import counting, region_network, turning

HALF = Fraction(1, 2)
PARTS = ("machine", "letters", "regions", "reads", "contract")


def line(low, high=None):
    """Return the region of one interval, a point unless the high end is given."""
    return Region(((low, low if high is None else high),), ())


def parts_of(enclosure):
    return {part: getattr(enclosure, part) for part in PARTS}


def counter(**changes):
    """Return the parts of a counter to two on a line that is halved."""
    machine, _ = counting(2)
    regions = (line(1), line(HALF), line(0, Fraction(1, 4)))
    letters = (Letter((HALF,), ()), Letter((1,), ()))
    return dict(zip(PARTS, (machine, letters, regions, (0, 1, 2), Contract.ROBUST), strict=True)) | changes


FIVE = parts_of(turning(5, [1, 4]))
SIX = parts_of(turning(3, [1], 6))

WRONG = {
    "a letter missing": ("letters", FIVE, {"letters": FIVE["letters"][:1]}),
    "a letter too many": ("letters", FIVE, {"letters": FIVE["letters"] * 2}),
    "no regions": ("cells", FIVE, {"regions": (), "reads": ()}),
    "a reading missing": ("cells", FIVE, {"reads": FIVE["reads"][:4]}),
    "letters of two shapes": ("letters", FIVE, {"letters": (Letter((), ()), FIVE["letters"][0])}),
    "a region of another shape": (
        "letters",
        FIVE,
        {"regions": (*FIVE["regions"][:4], Region(((1, 1),), (Fraction(1, 5),)))},
    ),
    "neither lines nor planes": (
        "letters",
        FIVE,
        {"letters": (Letter((), ()),) * 2, "regions": (Region((), ()),), "reads": (0,)},
    ),
    "a turn of a letter beyond one": (
        "letters",
        FIVE,
        {"letters": (Letter((), (Fraction(6, 5),)), FIVE["letters"][1])},
    ),
    "a negative turn of a letter": ("letters", FIVE, {"letters": (FIVE["letters"][0], Letter((), (Fraction(-1, 5),)))}),
    "a turn of a region beyond one": (
        "cells",
        FIVE,
        {"regions": (*FIVE["regions"], Region((), (Fraction(6, 5),))), "reads": (*FIVE["reads"], 1)},
    ),
    "an empty interval": ("cells", counter(), {"regions": (line(1), line(HALF), line(Fraction(1, 4), 0))}),
    "a reading of no state": ("reads", FIVE, {"reads": (*FIVE["reads"][:4], 5)}),
    "a negative reading": ("reads", FIVE, {"reads": (*FIVE["reads"][:4], -1)}),
    "a wrong start": ("reads", FIVE, {"machine": replace(FIVE["machine"], start=1)}),
    "contract linear": ("contract", FIVE, {"contract": Contract.LINEAR}),
    "an interval under contract cover": ("contract", counter(), {"contract": Contract.COVER}),
    "an interval under contract injective": ("contract", counter(), {"contract": Contract.INJECTIVE}),
    "two regions of one state under contract injective": ("contract", SIX, {"contract": Contract.INJECTIVE}),
    "a region twice": ("cells", SIX, {"regions": (*SIX["regions"], SIX["regions"][0]), "reads": (*SIX["reads"], 0)}),
    "a region that no word reaches": (
        "cells",
        SIX,
        {"regions": (*SIX["regions"], Region((), (Fraction(1, 12),))), "reads": (*SIX["reads"], 0)},
    ),
    "a region forgotten": ("induction", FIVE, {"regions": FIVE["regions"][:4], "reads": FIVE["reads"][:4]}),
    "two readings swapped": ("induction", FIVE, {"reads": (0, *FIVE["reads"][1:][::-1])}),
    "letters swapped": ("induction", FIVE, {"letters": FIVE["letters"][::-1]}),
    "another turn": ("induction", FIVE, {"letters": (Letter((), (Fraction(2, 5),)), FIVE["letters"][1])}),
    "a plane sent to zero": ("induction", FIVE, {"letters": (Letter((), (None,)), FIVE["letters"][1])}),
    "another table": (
        "induction",
        FIVE,
        {"machine": replace(FIVE["machine"], table=tuple(row[::-1] for row in FIVE["machine"].table))},
    ),
    "an interval too short": ("induction", counter(), {"regions": (line(1), line(HALF), line(0, Fraction(1, 5)))}),
    "an interval that does not hold its image": (
        "induction",
        counter(),
        {"regions": (line(1), line(HALF), line(Fraction(1, 8), Fraction(1, 4)))},
    ),
    "an interval of another reading": (
        "induction",
        counter(),
        {"regions": (line(1), line(0, 2), line(HALF, 1)), "reads": (0, 2, 1)},
    ),
}


@pytest.mark.parametrize("title", WRONG)
def test_wrong_regions_are_caught_when_they_claim_an_enclosure(title):
    field, parts, wrong = WRONG[title]
    Enclosure(**parts)
    with pytest.raises(CertificateError) as caught:
        Enclosure(**parts | wrong)
    assert caught.value.field == field, caught.value
    assert caught.value.message


def test_the_induction_error_names_symbol_states_and_what_was_reached():
    with pytest.raises(
        CertificateError, match=r"symbol '\+1' sends a region of 0 to a region of 4, expected a region of 1"
    ):
        Enclosure(**FIVE | {"letters": FIVE["letters"][::-1]})
    with pytest.raises(
        CertificateError, match=r"symbol '\+1' sends a region of 0 to no region, expected a region of 1"
    ):
        Enclosure(**FIVE | {"letters": (Letter((), (Fraction(1, 7),)), FIVE["letters"][1])})


def test_a_negative_factor_turns_an_interval_and_zero_is_a_point():
    region = Region(((-1, 2), (0, 1)), (None, Fraction(3, 4)))
    assert region.image(Letter((-2, 0), (Fraction(1, 3), HALF))) == Region(((-4, 2), (0, 0)), (None, Fraction(1, 4)))
    assert not region.holds(Region(((-1, 3), (0, 1)), region.planes))
    assert not region.holds(Region(((-2, 2), (0, 1)), region.planes))
    assert not region.holds(replace(region, planes=(None, None)))
    assert region.holds(Region(((0, 2), (1, 1)), region.planes))


def test_an_index_finds_the_region_itself_before_one_that_holds_it():
    index = RegionIndex((line(0, 4), line(1), line(0, 2), line(3, 5)))
    found = [
        index.find(region) for region in (line(1), line(0, 2), line(0, 4), line(2), line(4, 5), line(4, 6), line(-1))
    ]
    assert found == [1, 2, 0, 0, 3, None, None]


def test_regions_have_limits(monkeypatch):
    network = region_network("thirds-cover-float16")
    monkeypatch.setattr(enclosure_module, "COMPARISON_LIMIT", 1)
    with pytest.raises(LimitError, match="comparisons of regions"):
        Enclosure(**counter())
    monkeypatch.setattr(induction, "EQUATION_LIMIT", 9)
    with pytest.raises(LimitError, match="one-step inclusions: 10 needed, the limit is 9"):
        Enclosure(**FIVE)
    monkeypatch.setattr(separation_module, "SCORE_LIMIT", 17)
    with pytest.raises(LimitError, match="scores of regions that are bounded: 72 needed"):
        horizon(network.proof, network.stored)
