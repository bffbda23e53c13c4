"""The table of times beside GAP; no test asserts a time."""

from __future__ import annotations

import pytest

from benchmarks import characters
from benchmarks.characters import Times, main, markdown, times
from benchmarks.gap_program import ABSENT, command


def test_the_medians_and_their_ratio():
    page = markdown([Times("S4@gens", 1024, 5, (1.0, 4.0, 2.0), (6.0, 5.0, 1.0))])
    assert page.splitlines()[2:] == ["| S4@gens | 1,024 | 5 | 2.000 | 5.000 | 2.5 |"]


def test_without_gap_nothing_is_measured(monkeypatch, capsys):
    monkeypatch.setattr(characters, "command", lambda: None)
    assert main([]) == 2
    assert capsys.readouterr().err.strip() == ABSENT


@pytest.mark.skipif(command() is None, reason=ABSENT)
def test_both_programs_count_the_same_classes():
    found = times("S4@gens", 1)
    assert (found.elements, found.classes, len(found.ours), len(found.theirs)) == (24, 5, 1, 1)
