"""The reference is what the program says: a page for each target, and pages that are written from the program."""

from __future__ import annotations

import re

import pytest

from tests.docs.reference.target_pages import FOLDER, NAMES, page_of, with_facts
from tests.house.source_tree import ROOT


def test_every_target_has_a_page_and_every_page_a_target() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.md")) == sorted([*NAMES, "index"])


@pytest.mark.parametrize("name", NAMES)
def test_a_target_s_page_says_what_the_program_says(name: str) -> None:
    text = page_of(name).read_text(encoding="utf-8")
    assert text.startswith(f"# `{name}`: ")
    assert with_facts(name, text) == text, "python -m tests.docs.reference.write"
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == ["Holds", "Cannot", "Example"]
    theorems = re.findall(r"\[theorem (\d+)\]\(\.\./\.\./theorems/((\d+)-[\w-]+\.md)\)", text)
    assert theorems
    for number, page, place in theorems:
        assert int(number) == int(place)
        assert (ROOT / "docs" / "theorems" / page).is_file()
    assert re.search(r"^\$ fsm2rnn compile \S+ -t ", text.replace('"', ""), re.MULTILINE)
    assert "\n$ fsm2rnn check " in text


def test_a_page_that_drifts_is_noticed() -> None:
    text = page_of("pd").read_text(encoding="utf-8")
    assert with_facts("pd", text.replace("| parity | 1 |", "| parity | 2 |")) == text
