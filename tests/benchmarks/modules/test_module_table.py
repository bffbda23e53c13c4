"""The table of modules: rows that need no package, how they are said, and that the page has the table's columns."""

from __future__ import annotations

import json

import pytest

import fsm2rnn
from benchmarks.modules.module_table import DTYPES, MACHINES, ROOT, cell, main, row, session, table
from fsm2rnn.compiler import find_target
from fsm2rnn.targets.modules import MODULES
from tests.exports.modules.extras import needs

PAGE = (ROOT / "docs" / "modules.md").read_text(encoding="utf-8")


def test_the_session_has_nine_states_of_which_none_can_be_left_out():
    assert len(fsm2rnn.compile(session(), "pd").machine.states) == 9
    assert fsm2rnn.explain(session(), "pd").to_json()["machine"]["aperiodic"] is True


@pytest.mark.parametrize(
    ("module", "machine", "says"),
    [("hf-mamba", "parity", "impossible"), ("qwen3-next", "session, 9 states", "unsettled")],
)
def test_what_is_not_held_is_a_row_with_its_reason(module, machine, says):
    made = row(find_target(module), machine, MACHINES[machine](), "float32")
    assert (cell(made), made["verdict"]) == (says, says)
    assert "one layer" in made["reason"]


def test_the_table_has_a_row_for_each_module_and_dtype():
    rows = [
        {"module": one.name, "dtype": dtype, "machine": "parity", "verdict": "unsettled"}
        for one in MODULES
        for dtype in DTYPES
    ]
    assert len(table(rows).splitlines()) == 2 + len(MODULES) * len(DTYPES)


def test_the_page_has_a_row_for_each_module_and_no_wrong_answer():
    head = table([]).splitlines()[0]
    lines = PAGE.split(head)[1].strip().splitlines()[1:]
    found = [[part.strip() for part in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    assert {(name, dtype) for name, dtype, *_ in found} == {(one.name, dtype) for one in MODULES for dtype in DTYPES}
    counted = [one for _, _, *cells in found for one in cells if ":" in one]
    assert all(one.endswith(": 0") for one in counted)
    assert len(counted) > 50


@needs("mingru", "mingru")
def test_a_row_is_run_once_and_kept(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("benchmarks.modules.module_table.MACHINES", {"parity": MACHINES["parity"]})
    arguments = ["--out", str(tmp_path / "rows.jsonl"), "--only", "signed-mingru"]
    main(arguments)
    assert "| signed-mingru | float32 | exact, 2: 0 |" in capsys.readouterr().out
    rows = (tmp_path / "rows.jsonl").read_text().splitlines()
    assert [json.loads(one)["wrong"] for one in rows] == [0, 0]
    main(arguments)
    assert (tmp_path / "rows.jsonl").read_text().splitlines() == rows
