"""The real machines beside the checkout: every verdict holds, and docs/real_machines.md is what they give."""

from __future__ import annotations

from pathlib import Path

import pytest

from fsm2rnn.source.read import read
from fsm2rnn.source.write import write_machine
from tests.laws import real_machines
from tests.laws.real_machines import lowest_rung, machine_files, page, rows, unsettled

# States and largest block.
BLOCKS = {
    "04.04.Reg.0.0.6.att": (14, 6),
    "16.16.Reg.0.0.3.att": (19, 3),
    "64.64.LT.4.1.6.att": (20, 9),
    "64.64.Reg.0.0.4.att": (33, 6),
    "TCP_Linux_Client.dot": (15, 11),
    "mosquitto__two_client_will_retain.dot": (18, 12),
    "16.16.Reg.0.0.9.att": (69, 22),
    "16.16.SP.4.1.9.att": (83, 48),
    "04.04.SP.6.1.6.att": (406, 387),
}
PAGE = Path(__file__).resolve().parents[2] / "docs" / "real_machines.md"


@pytest.fixture(scope="module")
def table(shared_machines):
    files = machine_files(shared_machines)
    assert len(files) >= 125
    return [row for path in files for row in rows(path)]


def test_both_checkers_accept_every_network_and_every_witness_is_replayed(table):
    assert [row for row in table if not row.holds] == []


def test_updates_alone_leave_machines_open(table):
    # No network is found, and no two idempotents with one image refute one with a write term.
    assert {target: count for target, count in unsettled(table).items() if count} == {"householder": 15}


def test_blocks_are_smaller_than_the_machines_where_that_is_known(table):
    blocks = {row.name: (row.states, row.block) for row in table if row.target == "block-diagonal"}
    assert all(block <= states for states, block in blocks.values())
    assert BLOCKS.items() <= blocks.items()


def test_integer_codes_are_no_wider_than_the_least_linear_realisation(table):
    widths = {(row.name, row.target): row.size for row in table if row.target in ("integer", "minimal")}
    assert all(widths[name, "integer"] <= width for (name, target), width in widths.items() if target == "minimal")


def test_the_page_is_what_the_machines_give(table):
    assert PAGE.read_text(encoding="utf-8").startswith(page(table))


def test_counting_modulo_two_is_a_sign_and_modulo_another_prime_a_rotation(table):
    counting = {row.name: row.name.split(".")[3] for row in table if row.kind == "Zp"}
    rungs = {name: lowest_rung(row for row in table if row.name == name) for name in counting}
    assert rungs == {name: "real-diagonal" if prime == "2" else "rotation" for name, prime in counting.items()}
    assert set(counting.values()) >= {"2", "3", "5"}


def test_rows_are_kept_and_not_made_again(tmp_path, monkeypatch):
    write_machine(read("parity"), tmp_path / "parity.dot")
    made = list(real_machines.kept_rows(tmp_path, tmp_path / "rows"))
    assert {row.name for row in made} == {"parity.dot"}
    assert all(row.holds for row in made)
    monkeypatch.setattr(real_machines, "rows", lambda path: pytest.fail(f"{path} again"))
    assert list(real_machines.kept_rows(tmp_path, tmp_path / "rows")) == made
