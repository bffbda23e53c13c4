"""What the package imports it declares: no third party comes in by another's requirement."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator

import pytest

from tests.house.source_tree import ROOT, Source, imports, sources

WHOLE = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = WHOLE["project"]
ALWAYS = {"README.md", "pyproject.toml"}  # what every source distribution holds
# Distributions whose module has another name.
DISTRIBUTIONS = {"automata": "automata-lib", "flint": "python-flint"}
# What only some of the package needs, with the folders that may import it.
EXTRAS = {
    "aalpy": "fsm2rnn/comparison/extraction/",
    "distributed": "fsm2rnn/sweeps/",
    "hypothesis": "fsm2rnn/testing/",
    "matplotlib": "fsm2rnn/pages/plots/",
    "onnx": "fsm2rnn/exports/",
    "onnxruntime": "fsm2rnn/exports/",
    "pytest": "fsm2rnn/testing/",
    "tokenizers": "fsm2rnn/exports/modules/transformers_library.py",
    "transformers": "fsm2rnn/exports/modules/transformers_library.py",
    "triton": ("fsm2rnn/running/device/", "fsm2rnn/cells/gradients/"),
}


def names(requirements: list[str]) -> set[str]:
    return {re.match(r"[\w.-]+", requirement)[0] for requirement in requirements}


CORE = names(PROJECT["dependencies"])
OPTIONAL = {name for listed in PROJECT["optional-dependencies"].values() for name in names(listed)}


def third_parties(source: Source) -> Iterator[tuple[str, int]]:
    """Yield the distribution and the line of each import that is neither the standard library's nor ours."""
    for found in imports(source.tree):
        root = found.module.split(".")[0]
        if root not in {*sys.stdlib_module_names, "fsm2rnn", "?"}:
            yield DISTRIBUTIONS.get(root, root), found.line


def undeclared_imports(source: Source) -> Iterator[str]:
    for name, line in third_parties(source):
        extra = name in OPTIONAL and source.path.startswith(EXTRAS.get(name, "nowhere"))
        if name not in CORE and not extra:
            yield f"{source.path}:{line} imports {name}, which pyproject.toml does not declare"


def test_every_import_is_declared() -> None:
    assert [offence for source in sources("fsm2rnn") for offence in undeclared_imports(source)] == []


def test_every_requirement_is_imported() -> None:
    assert {name for source in sources("fsm2rnn") for name, _ in third_parties(source)} - set(EXTRAS) == CORE


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("fsm2rnn/a.py", "import yaml"),
        ("fsm2rnn/a.py", "from hypothesis import given"),
        ("fsm2rnn/a.py", "import triton"),
        ("fsm2rnn/a.py", "def f():\n    import_module('aalpy.utils')"),
        ("fsm2rnn/running/device/a.py", "import aalpy"),
    ],
)
def test_an_undeclared_import_is_found(path: str, line: str) -> None:
    assert list(undeclared_imports(Source(path, line)))


@pytest.mark.parametrize("line", ["import networkx as nx", "from flint import fmpz", "import json", "import fsm2rnn"])
def test_a_declared_import_passes(line: str) -> None:
    assert list(undeclared_imports(Source("fsm2rnn/a.py", line))) == []


def test_the_source_distribution_holds_what_its_tests_read() -> None:
    include = WHOLE["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]
    assert [place for place in include if not (ROOT / place.lstrip("/")).exists()] == []
    read = {name for source in sources("tests") for name in re.findall(r'\bROOT / "([^"/]+)', source.text)}
    assert {"docs", "notebooks", "fsm2rnn"} <= read
    assert sorted(read - {place.lstrip("/") for place in include} - ALWAYS) == []
