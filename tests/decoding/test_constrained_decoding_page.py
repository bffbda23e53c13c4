"""docs/constrained_decoding.md is true: its code runs and prints what the comments beside it say."""

from __future__ import annotations

import importlib.util
import re

import pytest

from tests.house.source_tree import ROOT

PAGE = (ROOT / "docs" / "constrained_decoding.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def stated(block):
    """Return what the comments after the prints say, up to a colon, line by line."""
    return [found.split(": ")[0] for found in re.findall(r"^print\(.*\)  # (.*)$", block, re.MULTILINE)]


def test_the_page_has_its_blocks() -> None:
    assert [len(stated(block)) for block in BLOCKS] == [0, 3, 1]


@pytest.mark.parametrize("block", BLOCKS[1:])
def test_a_block_prints_what_it_says(block, capsys) -> None:
    exec(compile(block, "page", "exec"), {})  # noqa: S102  the project's own page
    assert capsys.readouterr().out.splitlines() == stated(block)


@pytest.mark.skipif(importlib.util.find_spec("transformers") is None, reason="needs transformers")
def test_the_block_of_transformers_generates_dates(capsys) -> None:
    from tests.decoding import random_models  # noqa: PLC0415  it imports transformers

    tokenizer = random_models.byte_level()
    names = {"tokenizer": tokenizer, "model": random_models.model_of(tokenizer)}
    exec(compile(BLOCKS[0], "page", "exec"), names)  # noqa: S102
    assert len(re.findall(r"'\d{4}-\d{2}-\d{2}'", capsys.readouterr().out)) == 2
