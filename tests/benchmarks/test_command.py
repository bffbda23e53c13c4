"""The benchmark command works; no test asserts a time."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest

from benchmarks import deciders, minimal, row, table
from benchmarks.__main__ import BENCHMARKS, GOALS, main
from benchmarks.limits import ENTRIES, dependent_loads
from benchmarks.minimisation import chain, doubled
from benchmarks.timing import cpu_rounds, quotients, rates, wall_rounds
from fsm2rnn.algebra.facts import Facts
from fsm2rnn.algebra.minimal.partition import minimise_array
from tests.house.source_tree import ROOT


def test_a_quick_run_writes_its_table(tmp_path):
    files = [tmp_path / "table.json", tmp_path / "table.md"]
    command = ["--quick", "--only", "P8", "--json", str(files[0]), "--markdown", str(files[1])]
    found = subprocess.run(
        [sys.executable, "-m", "benchmarks", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stderr
    written = json.loads(files[0].read_text(encoding="utf-8"))
    assert [line["goal"] for line in written["rows"]] == ["P8"] * 3
    assert {line["met"] for line in written["rows"]} <= {"yes", "no"}
    assert {"cpu", "cores", "python", "torch", "numba", "numpy", "date"} <= set(written["facts"])
    text = files[1].read_text(encoding="utf-8")
    for line in written["rows"]:
        assert line["what"] in found.stdout
        assert line["what"] in text
    assert written["command"].startswith("python -m benchmarks --quick --only P8 --json ")


def test_every_measured_goal_is_there():
    assert GOALS == ("P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8", "A2", "A3", "A4")
    assert len({measure for _, measure in BENCHMARKS}) == len(BENCHMARKS)


def test_an_unknown_goal_is_refused(capsys):
    with pytest.raises(SystemExit):
        main(["--only", "P8,P9"])
    assert "unknown goal 'P9', known: P1, P2" in capsys.readouterr().err


def test_a_goal_is_met_by_its_median():
    plain = row.Row("P1", "a walk", row.Spread.of([3.0, 1.0, 200.0]), "ms", "peer")
    assert str(plain.measured) == "3 [1-200]"
    assert [row.at_most(plain, limit).met for limit in (3, 2.9)] == [row.Met.YES, row.Met.NO]
    assert [row.at_least(plain, [1.0, 5.0, 2.0], factor).met for factor in (2, 2.1)] == [row.Met.YES, row.Met.NO]
    assert [row.reaches(plain, limit).met for limit in (3, 3.1)] == [row.Met.YES, row.Met.NO]
    rows = [plain, row.at_most(plain, 3), row.at_most(plain, 2)]
    assert table.summary(rows) == "1 of 2 goals met."
    assert len({len(line) for line in table.table_lines(rows)}) == 1


def test_methods_take_turns():
    order = []
    calls = {name: (lambda name=name: order.append(name)) for name in "ab"}
    for measure in (cpu_rounds, wall_rounds):
        order.clear()
        assert [len(spent) for spent in measure(calls, 2).values()] == [2, 2]
        assert "".join(order) == "ababab"
    assert rates(2_000_000, [1.0, 0.5]) == [2.0, 4.0]
    assert quotients([1.0, 4.0], [2.0, 2.0]) == [0.5, 2.0]


def test_the_machines_measured_are_what_they_are_called():
    table, classes = doubled(200)
    assert len(np.unique(table, axis=0)) > 100
    assert len(minimise_array(table, classes).target_table) <= 100
    assert len(minimise_array(*chain(200)).target_table) == 200
    for sink in (False, True):
        acceptor = minimal.acceptor(20, 3, sink=sink)
        assert len(acceptor.states) == 20
        assert Facts(acceptor).hankel.rank == 20 - sink
    generator = np.random.default_rng(0)
    facts = {name: deciders.decide(build(generator)) for name, build in deciders.KINDS}
    assert [(found[1] is None, found[2] is None) for found in facts.values()] == [
        (False, False),
        (True, True),
        (True, False),
    ]
    assert {len(build(generator).states) for _, build in deciders.KINDS} == {50}
    assert dependent_loads(ENTRIES)() == 0  # one cycle through every entry
