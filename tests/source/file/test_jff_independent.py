"""JFLAP files at random against a reader that shares no code with the package's: the same letters, the same answers."""

from __future__ import annotations

import random

import pytest

from fsm2rnn.errors import InputError
from fsm2rnn.source.draft.draft import Completion
from fsm2rnn.source.draft.reading import ReadOptions
from fsm2rnn.source.file.jff import read_jff
from tests.source.independent import jff

OPTIONS = ReadOptions(complete=Completion.SINK)


def agreements(seeds):
    """Return how many files of each kind were machines, and how many had no letter."""
    seen = dict.fromkeys(("fa", "mealy", "moore", "re", "no letter"), 0)
    for seed in seeds:
        draw = random.Random(seed)
        text = jff.drawn(draw)
        file = jff.File(text)
        if not file.letters:
            with pytest.raises(InputError, match="alphabet is empty"):
                read_jff(text, "m.jff", OPTIONS)
            seen["no letter"] += 1
            continue
        read = read_jff(text, "m.jff", OPTIONS).machine
        assert set(read.symbols) == file.letters, text
        for _ in range(20):
            word = draw.choices(read.symbols, k=draw.randint(0, 6))
            if file.kind in {"fa", "re"}:
                assert read.accepts(word) == file.accepts("".join(word)), text
            else:
                assert read.answers(word) == file.outputs(word), text
        seen[file.kind] += 1
    return seen


def test_files_are_read_as_jflap_runs_them():
    assert all(agreements(range(300)).values())


@pytest.mark.slow
def test_two_thousand_files_are_read_as_jflap_runs_them():
    agreements(range(10_000, 12_000))
