"""The library's sources: what must be trusted stands apart and proves nothing, and nothing anywhere is assumed."""

from __future__ import annotations

import re

import pytest

from fsm2rnn.rocq.library import FILES, SOURCES, Library

VERNACULAR = sorted(SOURCES.glob("*.v"))
COMMENT = re.compile(r"\(\*.*?\*\)", re.DOTALL)
LINES = 400


def commands(path) -> str:
    """Return a source without its comments."""
    return COMMENT.sub("", path.read_text(encoding="utf-8"))


def test_every_source_is_built():
    assert {path.stem for path in VERNACULAR} == {*FILES, *(name for one in Library for name in one.files)}


@pytest.mark.parametrize("path", VERNACULAR, ids=lambda path: path.stem)
def test_nothing_is_assumed(path):
    assert not re.search(
        r"\b(Axioms?|Parameters?|Conjecture|Admitted|admit|give_up|Unset \w+ Checking)\b", commands(path)
    )
    assert len(path.read_text(encoding="utf-8").splitlines()) < LINES


@pytest.mark.parametrize("path", VERNACULAR, ids=lambda path: path.stem)
def test_hypotheses_stand_in_sections(path):
    depth = 0
    for line in commands(path).splitlines():
        depth += line.strip().startswith("Section ") - line.strip().startswith("End ")
        assert depth or not re.match(r"\s*(Hypothes[ie]s|Variables?|Context)\b", line), line


@pytest.mark.parametrize("name", ["Definitions", "Arithmetics", "Cells"])
def test_what_is_trusted_has_definitions_alone(name):
    found = set(re.findall(r"^ *([A-Z]\w+)", commands(SOURCES / f"{name}.v"), re.MULTILINE))
    defining = {"Definition", "Fixpoint", "Inductive", "Record"}
    assert found - {"Section", "Variable", "Variables", "End"} <= {"From", "Import", "Open"} | defining
    assert found & defining
