"""The real machines beside the checkout: every verdict holds, and docs/real_machines.md is what they give."""

from __future__ import annotations

from pathlib import Path

import pytest

from fsm2rnn.algebra.summands import BLOCK_STATES
from fsm2rnn.targets.householder import NEITHER
from tests.real_machines import lowest_rung, machine_files, page, rows, unsettled

PAGE = Path(__file__).resolve().parents[2] / "docs" / "real_machines.md"


@pytest.fixture(scope="module")
def table(shared_machines):
    files = machine_files(shared_machines)
    assert len(files) >= 125
    return [row for path in files for row in rows(path)]


def test_both_checkers_accept_every_network_and_every_witness_is_replayed(table):
    assert [row for row in table if not row.holds] == []


def test_only_two_targets_leave_machines_open_for_their_reasons(table):
    """Blocks are not searched for above a number of states; no theorem says which merging letters updates can do."""
    assert {target for target, count in unsettled(table).items() if count} == {"block-diagonal", "householder"}
    for row in table:
        if row.verdict == "unsettled" and row.target == "block-diagonal":
            assert row.states > BLOCK_STATES
            assert f"{row.states} needed, the limit is {BLOCK_STATES}" in row.tried
        elif row.verdict == "unsettled":
            assert row.tried == NEITHER


def test_the_page_is_what_the_machines_give(table):
    assert PAGE.read_text(encoding="utf-8").startswith(page(table))


def test_counting_modulo_two_is_a_sign_and_modulo_another_prime_a_rotation(table):
    counting = {row.name: row.name.split(".")[3] for row in table if row.kind == "Zp"}
    rungs = {name: lowest_rung(row for row in table if row.name == name) for name in counting}
    assert rungs == {name: "real-diagonal" if prime == "2" else "rotation" for name, prime in counting.items()}
    assert set(counting.values()) >= {"2", "3", "5"}
