"""Drawings at random against a reader that shares no code with the package's: the same letters, the same answers."""

from __future__ import annotations

import random

import pytest

from fsm2rnn.errors import InputError
from fsm2rnn.source.dot.reader import read_dot
from fsm2rnn.source.draft.draft import Completion
from fsm2rnn.source.draft.reading import ReadOptions
from tests.source.independent import dot

OPTIONS = ReadOptions(complete=Completion.SINK)


def agreements(seeds):
    """Return how many drawings were machines, and how many left a question that was handed back."""
    seen = dict.fromkeys(("acceptor", "mealy", "--start", "--labels", "no letter"), 0)
    for seed in seeds:
        draw = random.Random(seed)
        text = dot.drawn(draw)
        drawing = dot.Drawing(text).read()
        letters = {letter for _, letter, _, _ in drawing.moves if letter is not None}
        if drawing.asks or not letters:
            with pytest.raises(InputError) as caught:
                read_dot(text, "m.dot", OPTIONS)
            assert not letters or drawing.asks in caught.value.hint, text
            seen[drawing.asks or "no letter"] += 1
            continue
        read = read_dot(text, "m.dot", OPTIONS)
        assert set(read.machine.symbols) == letters, text
        for _ in range(20):
            word = draw.choices(read.machine.symbols, k=draw.randint(0, 6))
            reached = read.machine.answers(word)
            if drawing.mealy:
                assert reached == drawing.outputs(word), text
            else:
                assert read.machine.accepts(word) == drawing.accepts(word), text
        seen["mealy" if drawing.mealy else "acceptor"] += 1
    return seen


def test_drawings_are_read_as_they_are_meant():
    seen = agreements(range(10_000, 10_400))
    assert seen["acceptor"] > 200
    assert all(seen.values()), seen


@pytest.mark.slow
def test_two_thousand_drawings_are_read_as_they_are_meant():
    agreements(range(10_000, 12_000))
