"""Ruff, mypy, import-linter and the shape checks bite: each finds a planted violation under the project's own settings.

Ruff and import-linter run on a copy of the package, which passes until something is planted in it; mypy and
the shape checks run on a package of one file, since reading torch takes mypy long.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.source_tree import ROOT

HEADER = '"""Planted."""\n\nfrom __future__ import annotations\n'
TYPED = HEADER + '\n\ndef half(number: int) -> int:\n    """Return n // 2."""\n    return number // 2\n'


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the package beside the project's settings."""
    shutil.copytree(ROOT / "fsm2rnn", tmp_path / "fsm2rnn", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """A package of one file beside the project's settings."""
    (tmp_path / "fsm2rnn").mkdir()
    (tmp_path / "fsm2rnn" / "__init__.py").write_text(TYPED)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def run(folder: Path, *command: str) -> tuple[int, str]:
    found = subprocess.run(
        [sys.executable, *command], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    return found.returncode, found.stdout + found.stderr


def ruff(folder: Path) -> tuple[int, str]:
    return run(folder, "-m", "ruff", "check", "--no-cache", "--output-format=concise", ".")


def mypy(folder: Path) -> tuple[int, str]:
    return run(folder, "-m", "mypy", "--no-incremental")


def import_linter(folder: Path) -> tuple[int, str]:
    return run(folder, "-c", "from importlinter.cli import lint_imports_command as main; main()", "--no-cache")


def test_ruff_passes_the_package(copied: Path) -> None:
    status, output = ruff(copied)
    assert status == 0, output


BRANCHES = "".join(f"    if number == {digit}:\n        return {digit}\n" for digit in range(8))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("\nimport json\n", "F401"),
        ("\n\ndef bare() -> None:\n    return\n", "D103"),
        ('\n\ndef f(number) -> None:\n    """Take n."""\n', "ANN001"),
        ('\n\ndef f(*, loud: bool) -> bool:\n    """Return it."""\n    return loud\n\n\nf(True)\n', "FBT003"),
        (f'\n\ndef f(number: int) -> int:\n    """Branch."""\n{BRANCHES}    return 9\n', "C901"),
        ("\ntry:\n    NUMBER = int()\nexcept Exception:\n    NUMBER = 1\n", "BLE001"),
        ('\n\ndef f() -> None:\n    """Wait."""\n    import json\n\n    json.dumps(1)\n', "PLC0415"),
        ("\nassert HEADER\n", "S101"),
        ('\nraise ValueError("a sentence said on the spot")\n', "EM101"),
    ],
)
def test_ruff_bites(tmp_path: Path, text: str, code: str) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "fsm2rnn").mkdir()
    (tmp_path / "fsm2rnn" / "planted.py").write_text(HEADER + text)
    status, output = ruff(tmp_path)
    assert status == 1
    assert f" {code} " in output


def test_mypy_passes_and_bites(tiny: Path) -> None:
    status, output = mypy(tiny)
    assert status == 0, output
    planted = {
        "return-value": "def wrong(number: int) -> str:\n    return number\n",
        "no-untyped-def": "def untyped(number):\n    return number\n",
        "type-arg": "def general(numbers: list) -> None:\n    numbers.clear()\n",
        "exhaustive-match": "def partial(number: int | str) -> None:\n    match number:\n        case int():\n"
        "            pass\n",
    }
    (tiny / "fsm2rnn" / "planted.py").write_text("\n".join(planted.values()))
    status, output = mypy(tiny)
    assert status == 1
    assert [code for code in planted if f"[{code}]" not in output] == []


def test_import_linter_passes_the_package(copied: Path) -> None:
    status, output = import_linter(copied)
    assert status == 0, output


@pytest.mark.parametrize(
    ("planted", "contract"),
    [
        ({"algebra/planted.py": "import fsm2rnn.targets"}, "Imports point down the layers"),
        ({"algebra/planted.py": "import fsm2rnn.source"}, "Imports point down the layers"),
        ({"planted.py": ""}, "Imports point down the layers"),
        (
            {"cells/planted.py": "import fsm2rnn.cells.other", "cells/other.py": "import fsm2rnn.cells.planted"},
            "cycles",
        ),
        ({"exact/planted.py": "import numpy"}, "The kernel stands alone"),
        ({"proof/planted.py": "import fsm2rnn.algebra"}, "The kernel stands alone"),
        ({"operators/planted.py": "import torch"}, "Compiling needs no torch"),
        ({"targets/planted.py": "import fsm2rnn.targets.full"}, "Targets do not know each other"),
        ({"algebra/planted.py": "import automata"}, "automata-lib enters through source.automata_lib"),
    ],
)
def test_import_linter_bites(copied: Path, planted: dict[str, str], contract: str) -> None:
    for path, line in planted.items():
        (copied / "fsm2rnn" / path).write_text(f"{HEADER}\n{line}\n")
    status, output = import_linter(copied)
    assert status == 1
    broken = [line for line in output.splitlines() if " BROKEN" in line]
    assert any(contract in line for line in broken), output


SHAPED = """
import torch
from jaxtyping import Float
from torch import Tensor

def total(states: Float[Tensor, "batch state"], weight: Float[Tensor, " state"]) -> Float[Tensor, " batch"]:
    return states @ weight if weight.ndim == 1 else states.sum(1)
"""


def test_pytest_executes_the_shapes(tiny: Path) -> None:
    for layer in ("cells", "running"):
        (tiny / "fsm2rnn" / layer).mkdir()
        (tiny / "fsm2rnn" / layer / "planted.py").write_text(SHAPED)
    (tiny / "tests").mkdir()
    (tiny / "tests" / "test_planted.py").write_text(
        "import pytest, torch\n"
        "from fsm2rnn.cells import planted as cells\n"
        "from fsm2rnn.running import planted as running\n\n"
        "@pytest.mark.parametrize('layer', [cells, running])\n"
        "@pytest.mark.parametrize('weight', [torch.ones(3), torch.ones(3, 3)])\n"
        "def test_total(layer, weight): layer.total(torch.ones(2, 3), weight)\n"
    )
    # The tiny package has no plugin of its own; where the whole one is installed, pytest would look for it here.
    status, output = run(tiny, "-m", "pytest", "-q", "-p", "no:fsm2rnn")
    assert status == 1
    assert "2 failed, 2 passed" in output
    assert "Type-check error whilst checking the parameters of fsm2rnn.running.planted.total" in output
