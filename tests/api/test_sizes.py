"""Sizes side by side: what `explain` counts, and what it says proves each of them."""

from __future__ import annotations

import pytest

from fsm2rnn.constructions.sizes import BEST, ByDefinition
from fsm2rnn.explanation import explain
from fsm2rnn.pages.terminal import sizes_text
from fsm2rnn.source.read import read

# fmt: off
SIZES = {  # an equals sign where the size is proved to be least
    "S5@gens": "one-hot 120, linear = 120, integer = 4, signed permutations = 5, blocks = 4, n_h = 4, CP rank = 5, "
               "real = 4, complex = 4",
    "A5":      "one-hot 60, linear = 60, integer = 4, signed permutations = 5, blocks = 3, n_h = 2, CP rank = 16, "
               "real = 3, complex = 3",
    "Z12":     "one-hot 12, linear = 12, integer = 4, signed permutations = 5, blocks = 2, n_h = 2, CP rank = 3, "
               "real = 2, complex = 1",
    "tomita3": "one-hot 5, linear = 3, integer <= 3, blocks <= 3, CP rank = 3",
}
# fmt: on


@pytest.mark.parametrize("name", SIZES)
def test_sizes_stand_side_by_side(name):
    found = explain(read(name)).sizes
    assert sizes_text(found) == f"sizes (= proved least, <= best found): {SIZES[name]}"


@pytest.mark.parametrize("name", SIZES)
def test_a_size_names_its_proof_or_says_that_it_is_the_best_found(name):
    for size in explain(read(name)).sizes:
        assert size.least or size.proof in (BEST, ByDefinition()), size
        assert size.least or size.proved == str(size.proof) or size.proved.startswith("at least"), size
        # What was built has its grade; what characters give alone has none.
        assert (size.grade is None) == (size.name in ("real", "complex"))
        assert (size.margin is None) == (size.grade is None)
        assert set(size.to_json()) >= {"size", "proved"}
