"""The kernel stands alone and is small.

What a proof rests on imports the standard library and itself, nothing else; the modules that checker and witnesses
import are listed, and their lines held. Who wants to trust a certificate reads these files and no others.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.source_tree import FUNCTIONS, ROOT, Source, imports, sources

KERNEL = ("fsm2rnn.errors", "fsm2rnn.choice", "fsm2rnn.exact", "fsm2rnn.machine", "fsm2rnn.proof")
# Standard modules that would let another module in by its name as a string.
LOADERS = {"ctypes", "imp", "importlib", "pkgutil", "runpy"}


# Views of a machine, which no proof asks for: what they import when they are called is no part of the kernel.
VIEWS = {"fsm2rnn/machine/state_machine.py": ("graph", "_repr_svg_")}


def foreign_imports(source: Source) -> Iterator[str]:
    for found in imports(source.tree):
        if found.inside[1:] and found.inside[-1] in VIEWS.get(source.path, ()):
            continue
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


def test_only_the_named_views_may_import_from_above() -> None:
    line = "        from fsm2rnn.pages.notebook import shown_machine\n"
    path, methods = "fsm2rnn/machine/state_machine.py", ("_repr_svg_", "run")
    found = [[*foreign_imports(Source(path, f"class C:\n    def {name}(self):\n{line}"))] for name in methods]
    assert [bool(offences) for offences in found] == [False, True]
    assert [*foreign_imports(Source(path, "def graph():\n    import networkx\n"))]


@pytest.mark.parametrize("line", ["import json", "from fsm2rnn import exact", "from fsm2rnn.errors import InputError"])
def test_the_kernel_s_own_imports_pass(line: str) -> None:
    assert list(foreign_imports(Source("fsm2rnn/proof/planted.py", line))) == []


CHECKER = ("fsm2rnn.proof.file.checker",)
WITNESSES = tuple(
    f"fsm2rnn.proof.refutation.{path.stem}"
    for path in sorted((ROOT / "fsm2rnn" / "proof" / "refutation").glob("*.py"))
    if path.stem != "__init__"
)
# Most lines of each closure, comments and docstrings counted. Raised only with a reason, given here: 4,343 and 1,557
# lines, when one induction had taken the place of five walks and every limit had its reason beside it.
# 4,350 and 1,600 until Mealy machines were kept: their outputs in the machine, its JSON, linear heads and replays.
# 4,400 until formats that are only stored came in, and a structure's matrices were read apart from the readout.
# 4,510 until labels were told plainly in one place, no longer among the witnesses, and a report said itself in a line.
# 4,520 until a file was measured, and known to be a file, before it is read.
# 4,540 until numbers that libraries flush to zero were refused in weights, in regions and between float states.
# 4,560 and 1,620 until the lists of public names, of which no proof asks any, were no longer counted: 128 lines.
# 4,432 until nonlinear cells came: enclosures of tanh and sigmoid, images of boxes, their claim, file and grade.
# 5,360 until grid states of cells came: how float32 errs, steps from points, their claim and outputs.
# 5,780 until rows that letters share were multiplied once, in the proof and in its grade.
# 5,795 until boxes of cells refused zeros, outputs and giants by their place, before memory is spent.
# 5,845 until a slack was stated in decimals that do not depend on how tightly images are enclosed.
# 5,855 until grid states were proved some six times as fast: walls of tanh, rows in lanes, numbers decoded once.
# 6,030 until letters that join states had a theorem of their own, by which a state that is put back is read right.
# 1,492 until the version had a file of its own.
# 1,500 until the witness of idempotents told whether they have one image, which refutes additive terms too.
# 1,515 until that witness refuted bounded orbits read with a margin too.
# 6,110 until factors could be multiples of powers of two, counted in units of the last bit.
# 6,140 and 1,525 until a machine said itself in a line, and had methods for its graph and its picture.
# 6,160 until boxes of gated cells had a farthest wall.
# 6,170 until stacks of gated layers came: their units, their claim over sets of states, their file and certificate.
# 6,840 and 1,545 until prototypes far apart were not measured, and minors and scores of sparse codes left out zeros.
# 1,565 until published recurrences had witnesses of their own: words of one length, directions, turns, keys, four laws.
# 6,935 until exact horizons came: float states in index order, a word that is misread, its spelling for a reader.
# 7,335 until letters stored as factors or updates were made matrices, for their scan.
# 7,365 until a replay counted entries and bits, and an end was read as one state for sure.
# 7,375 until numbers were rounded, written and read as whole numbers.
# 7,383 until readouts that letters permute were judged at the first code alone, and many scores were bounded at once.
# 2,005 until a witness said that it speaks of one head.
# 2,012 until a law spoke of words that act as their squares, and letters led back in frames.
LIMITS = {CHECKER: 7430, WITNESSES: 2034}
PACKAGE = "fsm2rnn/__init__.py"
LATER = {PACKAGE: ("__getattr__",), **VIEWS}
"""What may import when it is called: `__getattr__` answers for names of the public face, which no proof asks for."""


def module_of(source: Source) -> str:
    return ".".join(Path(source.path).with_suffix("").parts).removesuffix(".__init__")


def loaded(source: Source) -> Iterator[str]:
    """Yield what running a module can import: all but what stands under TYPE_CHECKING, with the packages above."""
    tree = source.tree
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            node.body = []
        if isinstance(node, FUNCTIONS) and node.name in LATER.get(source.path, ()):
            node.body = []
    names = [found.module for found in imports(tree)]
    # `from fsm2rnn.exact import sparse` names a module too.
    pairs = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    names += [f"{node.module}.{alias.name}" for node in pairs for alias in node.names]
    for name in [*names, module_of(source)]:
        parts = name.split(".")
        yield from (".".join(parts[:count]) for count in range(1, len(parts) + 1))


def closure(roots: tuple[str, ...], package: list[Source]) -> dict[str, int]:
    """Return the modules of the package that `roots` import, directly or not, each with its lines."""
    by_name = {module_of(source): source for source in package}
    order = list(roots)
    for name in order:
        order += sorted({found for found in loaded(by_name[name]) if found in by_name} - {*order})
    return {name: lines_of(by_name[name]) for name in sorted(order)}


def lines_of(source: Source) -> int:
    """Count the lines of a module; of the public face those that do more than list names."""
    lists = [
        node
        for node in (source.tree.body if source.path == PACKAGE else ())
        if (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")
        or (isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "_HOME")
    ]
    return len(source.text.splitlines()) - sum(node.end_lineno - node.lineno + 1 for node in lists)


def listing(modules: dict[str, int]) -> str:
    rows = [f"{count:6,}  {name}" for name, count in modules.items()]
    return "\n".join([*rows, f"{sum(modules.values()):6,}  lines of {len(modules)} modules"])


def too_long(roots: tuple[str, ...], package: list[Source]) -> str | None:
    found, limit = closure(roots, package), LIMITS[roots]
    if sum(found.values()) <= limit:
        return None
    return f"more than {limit:,} lines are to be trusted; raise the limit with its reason, or move code out:\n" + (
        listing(found)
    )


@pytest.mark.parametrize("roots", LIMITS, ids=["checker", "witnesses"])
def test_what_is_to_be_trusted_stays_small(roots: tuple[str, ...]) -> None:
    assert too_long(roots, sources("fsm2rnn")) is None


@pytest.mark.parametrize("roots", LIMITS, ids=["checker", "witnesses"])
def test_a_fresh_process_imports_exactly_the_closure(roots: tuple[str, ...]) -> None:
    script = (
        "import sys\n"
        "before = set(sys.modules)\n"
        f"import {', '.join(roots)}\n"
        "print(*(name for name in sys.modules if name not in before))\n"
    )
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    names = set(done.stdout.split())
    found = closure(roots, sources("fsm2rnn"))
    assert {name for name in names if name.split(".")[0] == "fsm2rnn"} == set(found), listing(found)
    assert {name.split(".")[0] for name in names} - sys.stdlib_module_names == {"fsm2rnn"}


def planted(path: str, text: str, package: list[Source]) -> list[Source]:
    """Return the package with one file more, or with another text."""
    return [source for source in package if source.path != path] + [Source(path, text)]


@pytest.mark.parametrize("line", ["import fsm2rnn.proof.planted", "def f():\n    from fsm2rnn.proof import planted"])
def test_a_longer_closure_is_caught(line: str) -> None:
    """One more module, imported at the top of a module of the closure or later, and long enough."""
    package = planted("fsm2rnn/proof/planted.py", "x = 1\n" * 1000, sources("fsm2rnn"))
    assert too_long(CHECKER, package) is None
    sparse = next(source for source in package if source.path == "fsm2rnn/exact/sparse.py")
    found = too_long(CHECKER, planted(sparse.path, f"{sparse.text}\n{line}\n", package))
    assert found is not None
    assert " 1,000  fsm2rnn.proof.planted" in found


def test_of_the_public_face_all_but_its_lists_counts() -> None:
    face = next(source for source in sources("fsm2rnn") if source.path == PACKAGE)
    listed = face.text.replace("_HOME: Final = {", '_HOME: Final = {\n    "A": "fsm2rnn.a",')
    assert lines_of(Source(PACKAGE, listed)) == lines_of(face) < 60
    assert lines_of(Source(PACKAGE, f"{face.text}x = 1\n")) == lines_of(face) + 1
    assert lines_of(Source("fsm2rnn/a.py", face.text)) == len(face.text.splitlines())


def test_names_for_type_checkers_alone_are_not_loaded() -> None:
    text = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import fsm2rnn.api\nimport fsm2rnn.exact.sparse\n"
    found = {name for name in loaded(Source("fsm2rnn/proof/planted.py", text)) if name.startswith("fsm2rnn")}
    above = {"fsm2rnn", "fsm2rnn.exact", "fsm2rnn.proof"}
    assert found == above | {"fsm2rnn.exact.sparse", "fsm2rnn.proof.planted"}
