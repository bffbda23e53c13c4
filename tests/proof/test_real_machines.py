"""The real machines beside the checkout compile to every target, and both checkers accept every file."""

from __future__ import annotations

from tests.real_machines import SUFFIXES, rows


def test_every_real_machine_holds(shared_machines):
    files = [path for path in sorted(shared_machines.rglob("*")) if path.suffix in SUFFIXES]
    assert len(files) >= 125
    for path in files:
        for row in rows(path):
            assert row.holds, row
