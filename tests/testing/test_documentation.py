"""docs/testing.md is true: its tests pass as somebody's own test file, with the plugin that an installation brings."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib

from tests.house.source_tree import ROOT

PLUGIN = "fsm2rnn.testing.pytest_plugin"
# Whether or not an installation has registered the plugin, it is registered once.
PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:fsm2rnn", "-p", PLUGIN]


def run_as_tests(folder, texts):
    """Run files of tests in a folder of their own and return the last line and all that was said."""
    for number, text in enumerate(texts):
        (folder / f"test_block_{number}.py").write_text(text, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    found = subprocess.run(
        [*PYTEST, "-c", "pytest.ini", "-s", "."], cwd=folder, capture_output=True, text=True, check=False
    )
    return found.stdout.strip().split("\n")[-1], found.stdout + found.stderr


def test_the_page_runs(tmp_path):
    page = (ROOT / "docs" / "testing.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    last, said = run_as_tests(tmp_path, blocks)
    assert last.startswith("9 passed"), said
    assert "(no shorter word fails)" in said


def test_the_plugin_is_declared():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["entry-points"]["pytest11"] == {"fsm2rnn": PLUGIN}


def test_the_plugin_loads_nothing_heavy():
    code = f"import sys, {PLUGIN}; print(sorted({{'torch', 'hypothesis', 'numpy', 'numba'}} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


MISSING = """
import sys
sys.modules["hypothesis"] = None  # as where it is not installed
from fsm2rnn.errors import InputError
from fsm2rnn.testing import assert_simulates, draw_vectors
try:
    from fsm2rnn.testing import machines
except InputError as error:
    print(error)
"""


def test_without_hypothesis_a_strategy_says_what_to_install():
    found = subprocess.run([sys.executable, "-c", MISSING], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == (
        "fsm2rnn.testing.machines draws with Hypothesis, which is not installed "
        '(hint: python -m pip install "fsm2rnn[test]")'
    )
