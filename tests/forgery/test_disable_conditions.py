"""Every refusing condition of the kernel is needed: with any one of them disabled, a test fails."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

from tests.forgery.conditions import conditions
from tests.forgery.disable_conditions import ROOT

PACKAGE = ROOT / "fsm2rnn"
# The kernel has at least as many conditions, so that none drops out of the search unseen. Of 371 tests, 61 that five
# claims had each for itself became the 15 of `proof.claim.induction`; 78 calls that only refuse are counted since;
# boxes and grid states of cells brought some 80.
FLOOR = 475


def test_every_condition_before_a_raise_is_found_and_can_be_disabled():
    found = conditions(PACKAGE)
    assert len(found) >= FLOOR
    lines = {(condition.path, condition.line) for condition in found}
    for folder in ("exact", "machine", "proof"):
        for path in (PACKAGE / folder).rglob("*.py"):
            source = path.read_text(encoding="utf-8")
            for node in ast.walk(ast.parse(source)):
                if isinstance(node, ast.If) and isinstance(node.body[-1], ast.Raise):
                    assert (path.relative_to(PACKAGE), node.test.lineno) in lines
    for condition in found:
        source = (PACKAGE / condition.path).read_text(encoding="utf-8")
        changed = condition.disabled(source)
        assert ast.dump(ast.parse(changed)) != ast.dump(ast.parse(source)), condition


@pytest.mark.slow
def test_no_disabled_condition_goes_unnoticed():
    # In an interpreter of its own, which has not loaded the project.
    script = [sys.executable, "-m", "tests.forgery.disable_conditions"]
    done = subprocess.run(script, cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert done.stdout.endswith(" 0 survived\n")
