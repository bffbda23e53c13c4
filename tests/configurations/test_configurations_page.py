"""docs/configurations.md is true: its code prints what stands beside it, and its table is what the rules say."""

from __future__ import annotations

import re

import pytest

import fsm2rnn
from fsm2rnn.configurations.stacks import MODELS
from tests.house.source_tree import ROOT

PAGE = (ROOT / "docs" / "configurations.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("block", BLOCKS)
def test_a_block_prints_what_it_says(block, capsys) -> None:
    exec(compile(block, "page", "exec"), {})  # noqa: S102  the project's own page
    stated = re.findall(r"^print\(.*?\)  # (.*)$", block, re.MULTILINE)
    assert len(stated) >= 2
    assert capsys.readouterr().out.splitlines() == stated


@pytest.mark.parametrize("model", MODELS)
def test_the_rows_of_the_table(model) -> None:
    name = MODELS[model][0]
    fields = {"num_hidden_layers": 3, "layer_types": ["linear_attention"] * 3, "num_householder": 2}
    found = fsm2rnn.audit_config(
        {"model_type": model, "allow_neg_eigval": False, "linear_allow_neg_eigval": False, **fields}
    )
    if model in {"falcon_h1", "lfm2"}:  # attention beside the recurrence; no recurrence
        assert found.rules_out == ()
        return
    longest = {"DeltaNet": 2, "Gated DeltaNet": 2, "Gated DeltaProduct": 1, "Kimi delta attention": 1}.get(name)
    assert [(rule.longest, rule.turns) for rule in found.rules_out] == [(longest, 0)]
