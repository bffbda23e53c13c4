"""What every target says of groups of GAP's library, beside what GAP knows of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.gap_program import ABSENT, command
from fsm2rnn.explanation import explain
from fsm2rnn.source.read import read
from tests.laws.generated_groups import text_of
from tests.laws.library_groups import (
    LibraryGroup,
    Part,
    asked,
    disagreements,
    fewest_updates,
    least_cost,
    library,
    misnamed,
    narrowest,
    numbered,
)

SLOW = 40  # groups up to this order beside all tests; `.ci/slow groups` asks the others
# What library_groups.g says of SmallGroup(8, 4).
SIGNS = [[1, 1, 1, 1, [1, 2, 3, 4, 5], [0, 0]], [1, 1, 1, 1, [1, 3, 4], [1, 0]], [1, 1, 1, 1, [1, 2, 4], [0, 1]]]
COSETS = [[2, 2, [1, 4]], [2, 4, [1]], [4, 1, [1, 4]], [4, 2, [1]], [8, 1, [1]]]
QUATERNIONS = [
    *(8, 4, "Q8", [[5, 6, 8, 7, 2, 1, 3, 4], [3, 4, 2, 1, 7, 8, 6, 5]], 5, True, False, 4),
    [*SIGNS, [1, 1, 1, 1, [1, 4, 5], [1, 1]], [2, -1, 1, 2, [1], [2, 2]]],
    COSETS,
]

needs_gap = pytest.mark.skipif(command() is None, reason=ABSENT)


def test_what_is_least_follows_from_kernels():
    group = LibraryGroup.of(QUATERNIONS)
    assert [least_cost(parts) for parts in (group.complex, group.real, group.rational)] == [2, 4, 4]
    assert [least_cost(parts) for parts in (group.signed, group.phased)] == [4, 2]
    assert narrowest(group.real) == 4
    assert fewest_updates(group.real, 3) == 4
    # Two parts are faithful together, and cheaper than the one that is faithful alone.
    parts = (Part(2, 0b011, (2, 0)), Part(3, 0b101, (1, 2)), Part(6, 0b001, (4, 4)))
    assert least_cost(parts) == 5
    assert least_cost(parts[:1]) is None
    assert narrowest(parts) == 3
    assert (fewest_updates(parts, 1), fewest_updates(parts, 2)) == (4, 3)


def test_a_group_agrees_with_what_gap_knows_of_it_and_not_with_anything_else():
    group = LibraryGroup.of(QUATERNIONS)
    told = explain(read(text_of(group.generators)))
    assert disagreements(group, told) == []
    smaller, larger = (Part(2, 1, (1, 1)),), (Part(6, 1, (5, 5)),)
    for changed, names in (
        ({"classes": 4}, {"classes"}),
        ({"abelian": True}, {"commutative", "rotation"}),
        ({"complex": larger}, {"complex"}),
        ({"rational": smaller}, {"integer", "coordinates of blocks"}),
        ({"phased": larger}, {"phases"}),
        ({"signed": smaller}, {"signed permutations"}),
        ({"real": larger}, {"real", "n_h", "largest block"}),
    ):
        assert {line.split(":")[0] for line in disagreements(replace(group, **changed), told)} == names


@needs_gap
def test_groups_of_order_eight_agree_with_gap():
    rows = [asked(group) for group in library(numbered(8, 8))]
    assert [row[2] for row in rows] == ["C8", "C4 x C2", "D8", "Q8", "C2 x C2 x C2"]
    assert [row[8] for row in rows] == [""] * 5
    assert misnamed(rows) == []
    rows[2][3] = "Q8"
    assert misnamed(rows) == ["Q8 is D8 [8, 3], Q8 [8, 4]", "Q8 is [8, 4], not [8, 3]"]


@needs_gap
@pytest.mark.slow
def test_groups_of_small_order_agree_with_gap():
    rows = [asked(group) for group in library(numbered(2, SLOW))]
    assert [row for row in rows if row[8] or row[6] != "0"] == []
    assert misnamed(rows) == []
    assert len(rows) > 150
