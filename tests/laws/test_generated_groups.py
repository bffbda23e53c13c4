"""All targets on groups of order below 64: nothing but a verdict comes back."""

from __future__ import annotations

import itertools
from collections import Counter

import pytest

from tests.laws.generated_groups import asked, fingerprint, generated, semidirect_products, spanned, table_of, text_of


def test_all_groups_of_order_up_to_eight_are_made_and_some_are_asked():
    found = list(generated(2, 8))
    assert Counter(order for order, _ in found) == {2: 1, 3: 1, 4: 2, 5: 1, 6: 2, 7: 1, 8: 5}
    for order, text in itertools.islice(found, 0, None, 5):
        row = asked(order, text).split("\t")
        assert row[:2] == [str(order), text]
        assert int(row[3]) + int(row[4]) + int(row[5]) > 10


def test_semidirect_products_have_elements_that_fix_what_they_turn():
    found = [list(rows) for rows in semidirect_products(56)]
    orders = [len(spanned(rows, 56)) for rows in found]
    # Z3 : Z4, Z3 : Z6 and Z3 : Z8, where every second element fixes Z3.
    assert orders[:3] == [12, 18, 24]
    assert fingerprint(table_of(text_of(found[0]))) == fingerprint(table_of("C3:C4@gens"))
    # Spaces of 3 x 3 and 2 x 2 x 2 vectors, turned by matrices of period 2.
    assert {(len(rows), order) for rows, order in zip(found, orders, strict=True)} >= {(3, 36), (4, 32)}


@pytest.mark.slow
def test_groups_of_order_below_64_are_answered_by_every_target():
    count = 0
    for order, text in generated(2, 63):
        row = asked(order, text).split("\t")
        count += 1
        assert row[5] == "0", row  # no target is unsettled
        assert int(row[6]) >= 1
    assert count > 250
