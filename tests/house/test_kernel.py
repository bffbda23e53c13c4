"""The kernel stands alone: what a proof rests on imports the standard library and itself, nothing else."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from tests.house.source_tree import Source, imports, sources

KERNEL = ("fsm2rnn.errors", "fsm2rnn.choice", "fsm2rnn.exact", "fsm2rnn.machine", "fsm2rnn.proof")
# Standard modules that would let another module in by its name as a string.
LOADERS = {"ctypes", "imp", "importlib", "pkgutil", "runpy"}


def foreign_imports(source: Source) -> Iterator[str]:
    for found in imports(source.tree):
        root = found.module.split(".")[0]
        standard = root in sys.stdlib_module_names and root not in LOADERS
        inside = any(found.module == part or found.module.startswith(f"{part}.") for part in KERNEL)
        if not (standard or inside):
            yield f"{source.path}:{found.line} imports {found.module}"


def kernel_sources() -> list[Source]:
    names = tuple(part.replace(".", "/") for part in KERNEL)
    return [source for source in sources("fsm2rnn") if source.path.startswith(names)]


def test_the_kernel_imports_the_standard_library_and_itself_alone() -> None:
    found = kernel_sources()
    assert {source.path.split("/")[1] for source in found} == {"errors.py", "choice.py", "exact", "machine", "proof"}
    assert [offence for source in found for offence in foreign_imports(source)] == []


@pytest.mark.parametrize(
    "line",
    [
        "import torch",
        "import numpy as np",
        "from fsm2rnn.algebra import monoid",
        "from fsm2rnn import algebra",
        "import fsm2rnn",
        "import fsm2rnn.proofs",
        "from . import simulation",
        "import importlib",
        "__import__('torch')",
        "def f():\n    import torch",
        "if TYPE_CHECKING:\n    import torch",
    ],
)
def test_any_other_import_is_found(line: str) -> None:
    assert list(foreign_imports(Source("fsm2rnn/exact/planted.py", line)))


@pytest.mark.parametrize("line", ["import json", "from fsm2rnn import exact", "from fsm2rnn.errors import InputError"])
def test_the_kernel_s_own_imports_pass(line: str) -> None:
    assert list(foreign_imports(Source("fsm2rnn/proof/planted.py", line))) == []
