"""AT&T texts at random against a reader that shares no code with the package's: the same letters, the same answers."""

from __future__ import annotations

import random

import pytest

from fsm2rnn.errors import InputError
from fsm2rnn.source.draft.draft import Completion
from fsm2rnn.source.draft.reading import ReadOptions
from fsm2rnn.source.file.att import read_att
from tests.source.independent import att


def agreements(seeds):
    """Return how many texts were machines of each kind, and how many were refused."""
    seen = dict.fromkeys(("acceptor", "mealy", "refused"), 0)
    for seed in seeds:
        draw = random.Random(seed)
        text, part = att.drawn(draw)
        machine = att.Machine(text, part)
        options = ReadOptions(complete=Completion.SINK, part=part)
        if machine.fault or not machine.letters or (machine.kind == "mealy" and machine.branches()):
            with pytest.raises(InputError) as caught:
                read_att(text, "m.att", options)
            assert not machine.fault or machine.fault in caught.value.hint, text
            seen["refused"] += 1
            continue
        read = read_att(text, "m.att", options).machine
        assert set(read.symbols) == machine.letters, text
        for _ in range(20):
            word = draw.choices(read.symbols, k=draw.randint(0, 6))
            if machine.kind == "mealy":
                assert read.answers(word) == machine.outputs(word), text
            else:
                assert read.accepts(word) == machine.accepts(word), text
        seen[machine.kind] += 1
    return seen


def test_texts_are_read_as_they_are_meant():
    seen = agreements(range(300))
    assert all(count > 20 for count in seen.values()), seen


@pytest.mark.slow
def test_two_thousand_texts_are_read_as_they_are_meant():
    agreements(range(10_000, 12_000))
