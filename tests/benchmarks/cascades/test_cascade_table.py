"""The table's script says of a few machines what their stacks are, and goes on where it was."""

from __future__ import annotations

import json

import pytest

from benchmarks.cascades.cascade_table import SHARED, files, main


@pytest.mark.skipif(not SHARED.exists(), reason="needs ../shared/machines")
def test_rows_are_appended_once_and_runs_have_no_mismatch(tmp_path):
    out, page = tmp_path / "rows.jsonl", tmp_path / "page.md"
    asked = ["--out", str(out), "--only", "tomita_", "--symbols", "400", "--runs", "2", "--markdown", str(page)]
    main(asked)
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert [one["machine"] for one in rows] == [name for name in files() if "tomita_" in name]
    assert all(one["verdict"] == "compiled" for one in rows)
    runs = [one for one in rows if "mismatches" in one]
    assert len(runs) == 2
    assert all(one["mismatches"] == {"float32": 0, "bfloat16": 0, "float16": 0} for one in runs)
    main(asked)
    assert out.read_text().count("\n") == len(rows)
    assert page.read_text().count("\n") == len(rows) + 2


def test_made_machines_have_rows_of_their_stacks_with_blocks(tmp_path):
    out = tmp_path / "rows.jsonl"
    main(["--made", "--out", str(out), "--only", "A5@gens", "--symbols", "400"])
    (one,) = map(json.loads, out.read_text().splitlines())
    assert (one["verdict"], one["kinds"], one["channels"], one["tuples"]) == ("compiled", ["blocks"], 15, 60)
    assert one["mismatches"] == {"float32": 0, "bfloat16": 0, "float16": 0}
