"""docs/reflections.md is true: its code prints what stands beside it."""

from __future__ import annotations

import re

from tests.house.source_tree import ROOT

PAGE = (ROOT / "docs" / "reflections.md").read_text(encoding="utf-8")


def test_a_block_prints_what_it_says(capsys) -> None:
    (block,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    exec(compile(block, "page", "exec"), {})  # noqa: S102  the project's own page
    stated = re.findall(r"^print\(.*?\)  # (.*)$", block, re.MULTILINE)
    assert len(stated) == 4
    assert capsys.readouterr().out.splitlines() == stated
