"""Regions of states: images, inclusion, and every condition of the induction."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.errors import CertificateError, LimitError
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim import enclosure as module
from fsm2rnn.proof.claim import induction
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.enclosure import Enclosure, Letter, Region, RegionIndex
from fsm2rnn.tracing.orbit import reached_regions

HALF = Fraction(1, 2)
NUMBERS = st.fractions(-3, 3, max_denominator=8)
TURNS = st.one_of(st.none(), st.integers(0, 11).map(lambda part: Fraction(part, 12)))
INTERVALS = st.tuples(NUMBERS, NUMBERS).map(sorted).map(tuple)
LETTERS = st.builds(Letter, st.tuples(NUMBERS, NUMBERS), st.tuples(TURNS, TURNS))
REGIONS = st.builds(Region, st.tuples(INTERVALS, INTERVALS), st.tuples(TURNS, TURNS))
PARTS = st.tuples(*[st.fractions(0, 1, max_denominator=5)] * 2)


def inside(region, parts):
    """Return a point of the region, `parts` of the way along its intervals."""
    ends = zip(region.lines, parts, strict=True)
    return Region(tuple((low + (high - low) * part,) * 2 for (low, high), part in ends), region.planes)


def product(first, then):
    """Return the letter that acts as `first` and then as `then`."""
    lines = tuple(a * b for a, b in zip(first.lines, then.lines, strict=True))
    pairs = zip(first.planes, then.planes, strict=True)
    return Letter(lines, tuple(None if a is None or b is None else (a + b) % 1 for a, b in pairs))


@given(REGIONS, LETTERS, PARTS)
def test_the_image_holds_the_image_of_every_point(region, letter, parts):
    point = inside(region, parts)
    assert point.is_point
    assert region.holds(point)
    assert region.image(letter).holds(point.image(letter))
    moved = tuple((low * factor,) * 2 for (low, _), factor in zip(point.lines, letter.lines, strict=True))
    assert point.image(letter).lines == moved


@given(REGIONS, LETTERS)
def test_the_ends_of_an_image_are_images_of_ends(region, letter):
    for (low, high), factor, (first, last) in zip(region.lines, letter.lines, region.image(letter).lines, strict=True):
        assert {first, last} == {low * factor, high * factor}
        assert first <= last


@given(REGIONS, LETTERS, LETTERS)
def test_images_compose(region, first, then):
    assert region.image(first).image(then) == region.image(product(first, then))


@given(REGIONS, REGIONS, LETTERS)
def test_inclusion_is_an_order_that_images_keep(region, other, letter):
    assert region.holds(region)
    if region.holds(other):
        assert region.image(letter).holds(other.image(letter))
        assert not other.holds(region) or region == other
    assert region.is_point == all(low == high for low, high in region.lines)


@given(st.lists(REGIONS, unique=True, max_size=6), REGIONS)
def test_the_index_finds_a_region_that_holds_the_wanted_one(regions, wanted):
    found = RegionIndex(regions).find(wanted)
    if found is None:
        assert not any(region.holds(wanted) for region in regions)
    else:
        assert regions[found].holds(wanted)


@given(st.lists(REGIONS, unique=True, min_size=1, max_size=6))
def test_a_listed_region_is_found_at_its_own_place(regions):
    index = RegionIndex(regions)
    assert [index.find(region) for region in regions] == list(range(len(regions)))


def test_comparisons_have_a_limit(monkeypatch):
    monkeypatch.setattr(module, "COMPARISON_LIMIT", 2)
    index = RegionIndex([Region(((0, 1),), ()), Region(((2, 3),), ())])
    assert index.find(Region(((0, HALF),), ())) == 0
    assert index.find(Region(((0, 0),), ())) == 0
    with pytest.raises(LimitError, match="comparisons of regions: more needed, the limit is 2"):
        index.find(Region(((HALF, HALF),), ()))


# Proofs

DECAY = StateMachine(("none", "one", "more"), ("a", "b"), ((1, 0), (2, 1), (2, 2)), 0, (0, 1, 2))
DECAYS = (Letter((HALF,), ()), Letter((1,), ()))
DECAYED = (Region(((1, 1),), ()), Region(((HALF, HALF),), ()), Region(((0, Fraction(1, 4)),), ()))
THIRD = Fraction(1, 3)
THREE = StateMachine.tracker(range(3), range(2), [[1, 2], [2, 0], [0, 1]], 0)
TURNING = (Letter((), (THIRD,)), Letter((), (2 * THIRD,)))
TURNED = tuple(Region((), (part * THIRD,)) for part in range(3))


def decay(**changes):
    return dataclasses.replace(Enclosure(DECAY, DECAYS, DECAYED, (0, 1, 2), Contract.ROBUST), **changes)


def three(**changes):
    return dataclasses.replace(Enclosure(THREE, TURNING, TURNED, (0, 1, 2), Contract.INJECTIVE), **changes)


def refused(make, field, match, **changes):
    with pytest.raises(CertificateError, match=match) as caught:
        make(**changes)
    assert caught.value.field == field


def test_decays_and_turns_are_proved():
    assert (decay().size, decay().equations) == (1, 6)
    assert (three().size, three().equations) == (2, 6)
    for contract in (Contract.COVER, Contract.ROBUST):
        assert three(contract=contract).contract is contract
    both = Enclosure(
        THREE,
        tuple(Letter((1,), letter.planes) for letter in TURNING),
        tuple(Region(((2, 2),), region.planes) for region in TURNED),
        (0, 1, 2),
        Contract.INJECTIVE,
    )
    assert both.size == 3


def test_two_regions_of_one_reading_keep_contract_cover():
    parity = StateMachine.tracker(range(2), range(1), [[1], [0]], 0)
    quarter = tuple(Region((), (Fraction(part, 4),)) for part in range(4))
    proof = Enclosure(parity, (Letter((), (Fraction(1, 4),)),), quarter, (0, 1, 0, 1), Contract.COVER)
    assert proof.equations == 4
    refused(
        lambda **changes: dataclasses.replace(proof, **changes),
        "contract",
        "two regions are read as one state; that is contract cover",
        contract=Contract.INJECTIVE,
    )


@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 5))
def test_regions_found_by_the_search_are_proved(index, period, shift):
    # One letter: a way of `index` states into a cycle, on a line that decays and a plane that turns.
    count = index + period
    table = [[state + 1 if state + 1 < count else index] for state in range(count)]
    machine = StateMachine.tracker(range(count), range(1), table, 0)
    turn = Fraction(shift % period, period)
    letters = (Letter((HALF,), (turn,)),)
    first = Region(((1, 1),), (Fraction(0),))
    if turn.denominator != period:
        with pytest.raises(CertificateError, match="one region would be read as"):
            reached_regions(letters, first, machine, limit=100)
        return
    trace, reads = reached_regions(letters, first, machine, limit=100)
    proof = Enclosure(machine, letters, trace.regions, reads, Contract.ROBUST)
    assert proof.equations == len(trace.regions) == count
    assert sorted(reads) == list(range(count))


def test_letters_and_regions_must_fit():
    refused(three, "letters", "2 symbols need as many letters, found 1", letters=TURNING[:1])
    refused(three, "letters", "2 symbols need as many letters, found 3", letters=(*TURNING, TURNING[0]))
    refused(three, "cells", "0 regions need as many readings", regions=(), reads=())
    refused(three, "cells", "3 regions need as many readings and at least one, found 2", reads=(0, 1))
    refused(three, "cells", "2 regions need as many readings", regions=TURNED[:2])
    refused(three, "letters", "the same lines and planes", letters=(TURNING[0], Letter((1,), TURNING[1].planes)))
    refused(three, "letters", "the same lines and planes", regions=(*TURNED[:2], Region(((0, 0),), TURNED[2].planes)))
    nothing = Letter((), ())
    refused(
        three, "letters", "the same lines and planes", letters=(nothing,) * 2, regions=(Region((), ()),), reads=(0,)
    )


@pytest.mark.parametrize("turn", [Fraction(1), Fraction(-1, 3), Fraction(4, 3)])
def test_turns_lie_between_zero_and_one(turn):
    refused(three, "letters", "a turn lies outside", letters=(TURNING[0], Letter((), (turn,))))
    refused(three, "cells", "a turn lies outside", regions=(*TURNED[:2], Region((), (turn,))))


def test_no_interval_is_empty():
    refused(decay, "cells", "an interval is empty", regions=(*DECAYED[:2], Region(((Fraction(1, 4), 0),), ())))


def test_readings_are_states_and_begin_at_the_start():
    for wrong in (3, -1):
        refused(three, "reads", "a reading is no state index below 3", reads=(0, 1, wrong))
    refused(three, "reads", "the first region is read as state 1, the start is 0", reads=(1, 2, 0))


def test_contracts_are_kept():
    refused(three, "contract", "regions prove contract injective at most", contract=Contract.LINEAR)
    for contract in (Contract.INJECTIVE, Contract.COVER):
        refused(decay, "contract", "a region holds more than one state; that is contract robust", contract=contract)


def test_every_image_lies_in_a_region_of_the_right_reading():
    halves = (Letter((), (HALF,)), TURNING[1])
    refused(three, "induction", "symbol 0 sends a region of 0 to no region, expected a region of 1", letters=halves)
    message = "symbol 0 sends a region of 0 to a region of 2, expected a region of 1"
    refused(three, "induction", message, reads=(0, 2, 1))
    message = "symbol 'a' sends a region of 'one' to no region, expected a region of 'more'"
    refused(decay, "induction", message, regions=(*DECAYED[:2], Region(((0, Fraction(1, 8)),), ())))
    growing = (Letter((2,), ()), DECAYS[1])
    refused(decay, "induction", "sends a region of 'none' to no region", letters=growing)
    refused(decay, "induction", "to a region of 'none', expected a region of 'one'", letters=(DECAYS[1],) * 2)


def test_a_region_that_no_word_reaches_is_refused():
    more = (*DECAYED, Region(((5, 6),), ()))
    refused(decay, "cells", "1 regions are listed that no word reaches", regions=more, reads=(0, 1, 2, 2))
    twice = {"regions": (*TURNED, TURNED[1]), "reads": (0, 1, 2, 1), "contract": Contract.COVER}
    refused(three, "cells", "a region is listed twice", **twice)


def test_inclusions_have_a_limit(monkeypatch):
    monkeypatch.setattr(induction, "EQUATION_LIMIT", 5)
    with pytest.raises(LimitError, match="one-step inclusions: 6 needed, the limit is 5"):
        three()
    monkeypatch.setattr(induction, "EQUATION_LIMIT", 6)
    assert three().equations == 6
