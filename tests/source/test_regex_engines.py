"""Regular expressions against independent engines: Python's re and, where installed, google-re2."""

from __future__ import annotations

import random
import re

import pytest

from fsm2rnn.source.library.automata_lib import from_regex

LETTERS = "ab"


def expression(source: random.Random, depth: int) -> str:
    """Return a random expression that both dialects read alike: no anchors, classes only of letters."""
    if depth == 0 or source.random() < 0.2:
        return source.choice([*LETTERS, "[ab]", "."])
    kind = source.randrange(4)
    if kind == 0:
        return expression(source, depth - 1) + expression(source, depth - 1)
    if kind == 1:
        return f"({expression(source, depth - 1)}|{expression(source, depth - 1)})"
    if kind == 2:
        return f"({expression(source, depth - 1)}){source.choice('*+?')}"
    low = source.randrange(3)
    return f"({expression(source, depth - 1)}){{{low},{low + source.randrange(1, 3)}}}"


def engines():
    """Return fullmatch of each engine that is there, by name."""
    found = {"re": re.fullmatch}
    try:
        import re2  # noqa: PLC0415  the bench extra, absent from the required checks
    except ImportError:
        return found
    return found | {"re2": re2.fullmatch}


def compare(pairs: int, seed: int) -> dict[str, int]:
    """Return how many answers each engine gave; assert that none differs from ours."""
    source = random.Random(seed)
    counted = dict.fromkeys(engines(), 0)
    while min(counted.values()) < pairs:
        regex = expression(source, 4)
        machine = from_regex(regex, LETTERS)
        for _ in range(10):
            word = "".join(source.choices(LETTERS, k=source.randrange(9)))
            accepted = machine.accepts(word)
            for name, fullmatch in engines().items():
                counted[name] += 1
                assert accepted == (fullmatch(regex, word) is not None), (name, regex, word)
    return counted


def test_no_difference_in_a_sample():
    assert min(compare(1000, seed=1).values()) == 1000


@pytest.mark.slow
def test_no_difference_in_ten_thousand_pairs():
    print(compare(10_000, seed=2))  # noqa: T201  the figure
