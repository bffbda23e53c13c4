"""All targets on groups of order below 64: nothing but a verdict comes back."""

from __future__ import annotations

import itertools
from collections import Counter

import pytest

from tests.laws.generated_groups import asked, generated


def test_all_groups_of_order_up_to_eight_are_made_and_some_are_asked():
    found = list(generated(2, 8))
    assert Counter(order for order, _ in found) == {2: 1, 3: 1, 4: 2, 5: 1, 6: 2, 7: 1, 8: 5}
    for order, text in itertools.islice(found, 0, None, 5):
        row = asked(order, text).split("\t")
        assert row[:2] == [str(order), text]
        assert int(row[3]) + int(row[4]) + int(row[5]) > 10


@pytest.mark.slow
def test_groups_of_order_below_64_are_answered_by_every_target():
    count = 0
    for order, text in generated(2, 63):
        row = asked(order, text).split("\t")
        count += 1
        assert row[5] == "0", row  # no target is unsettled
        assert int(row[6]) >= 1
    assert count > 250
