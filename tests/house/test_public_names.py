"""The public names: typed for checkers, each callable, a class or a documented constant, none hidden by a module."""

from __future__ import annotations

import ast
import itertools
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import fsm2rnn
from tests.house.source_tree import FUNCTIONS, ROOT, Source, is_private, sources

FACE = (ROOT / "fsm2rnn" / "__init__.py").read_text(encoding="utf-8")
# What is neither callable nor a class: unions to match by, and tables to read.
CONSTANTS = {"FORMATS", "FloatSearch", "Replay", "TARGETS", "Verdict", "Witness", "__version__"}

# Run in a process of its own, which loads every module, and after that looks at what each name has become.
LOOK = """
import fsm2rnn, importlib, json, pathlib, types
root = pathlib.Path(fsm2rnn.__file__).parent
for path in sorted(root.rglob("*.py")):
    parts = path.relative_to(root.parent).with_suffix("").parts
    module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    if not module.endswith(SKIPPED):
        importlib.import_module(module)
kinds = {}
for name in fsm2rnn.__all__:
    value = getattr(fsm2rnn, name)
    plain = "callable" if callable(value) else "constant"
    kinds[name] = "module" if isinstance(value, types.ModuleType) else plain
print(json.dumps(kinds))
"""
# The first runs the command line; Triton is there only beside a CUDA device.
SKIPPED = ("__main__", "triton_kernels")


def kinds() -> dict[str, str]:
    code = LOOK.replace("SKIPPED", repr(SKIPPED))
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    return json.loads(found.stdout)


def test_each_public_name_is_callable_or_a_constant_with_every_module_loaded() -> None:
    found = kinds()
    assert set(found) == set(fsm2rnn.__all__)
    assert {name: kind for name, kind in found.items() if kind != "callable"} == dict.fromkeys(CONSTANTS, "constant")


def shadowing(names: set[str], modules: set[str]) -> set[str]:
    """Return the public names that a module of the package's first level would take when it is loaded."""
    return names & modules


def test_no_module_bears_a_public_name() -> None:
    modules = {path.stem for path in (ROOT / "fsm2rnn").iterdir()}
    assert "api" in modules
    assert shadowing(set(fsm2rnn.__all__), modules - {"__init__"}) == set()
    assert shadowing(set(fsm2rnn.__all__), {*modules, "verify"}) == {"verify"}


def documented(source: Source) -> Iterator[str]:
    """Yield the names that the module assigns and says something of, in a string after the assignment."""
    body = source.tree.body
    for node, after in itertools.pairwise(body):
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(after, ast.Expr):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if isinstance(after.value, ast.Constant) and isinstance(after.value.value, str):
                yield from (target.id for target in targets if isinstance(target, ast.Name))


def test_each_public_constant_is_documented() -> None:
    texts = {source.path.removesuffix(".py").removesuffix("/__init__").replace("/", "."): source for source in SOURCES}
    bare = {name for name in CONSTANTS - {"__version__"} if name not in documented(texts[fsm2rnn._HOME[name]])}
    assert bare == set()
    assert list(documented(Source("a.py", 'A = 1\n"""One."""\nB = 2\nC: int = 3\n"""Three."""\n'))) == ["A", "C"]


SOURCES = sources("fsm2rnn")


def typed(text: str) -> dict[str, tuple[str, str]]:
    """Return what a checker reads of each public name: the module and the name there."""
    found = {}
    (block,) = [
        node for node in ast.parse(text).body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    ]
    for node in block.body:
        if isinstance(node, ast.ImportFrom):
            found |= {alias.asname: (node.module, alias.name) for alias in node.names}
        if isinstance(node, ast.Assign):
            found |= {target.id: found[node.value.id] for target in node.targets}
    return found


def test_a_checker_reads_the_names_that_the_table_loads() -> None:
    assert typed(FACE) == {name: (home, fsm2rnn._ALSO.get(name, name)) for name, home in fsm2rnn._HOME.items()}
    assert list(fsm2rnn._HOME) == sorted(fsm2rnn._HOME)
    planted = FACE.replace("import check as check", "import load as check")
    assert typed(planted)["check"] == ("fsm2rnn.api", "load")


def test_two_names_of_one_thing_are_the_same_object() -> None:
    assert fsm2rnn.verify is fsm2rnn.verify_network
    assert fsm2rnn.write is fsm2rnn.write_machine


# What the package stands on is not read: torch takes mypy long, and our own types are what is shown.
SETTINGS = """
[mypy]
strict = True
[mypy-torch.*,numpy.*,numba.*,networkx.*,rich.*,jaxtyping.*,automata.*,flint.*,llvmlite.*]
follow_imports = skip
[mypy-fsm2rnn.*]
ignore_errors = True
"""
USE = """
import fsm2rnn

reveal_type(fsm2rnn.compile("S5"))
reveal_type(fsm2rnn.compile_all("S5", targets=[fsm2rnn.TARGETS[0], "pd"]))
reveal_type(fsm2rnn.write)

def name(verdict: fsm2rnn.Verdict) -> str:
    match verdict:
        case fsm2rnn.Compiled():
            return "compiled"
        case fsm2rnn.Impossible() | fsm2rnn.Unsettled():
            return "none"

fsm2rnn.compil("S5")
fsm2rnn.compile(5)
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What mypy says of a script that uses the package."""
    folder: Path = tmp_path_factory.mktemp("typed")
    (folder / "mypy.ini").write_text(SETTINGS, encoding="utf-8")
    (folder / "use.py").write_text(USE, encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--config-file", "mypy.ini", "--no-incremental", "use.py"]
    found = subprocess.run(
        command, cwd=folder, env={"MYPYPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )
    assert found.returncode == 1, found.stderr
    return found.stdout


@pytest.mark.parametrize(
    "line",
    [
        'use.py:4: note: Revealed type is "fsm2rnn.result.Result"',
        'use.py:5: note: Revealed type is "dict[str, fsm2rnn.result.Result]"',
        'use.py:15: error: Module has no attribute "compil"',
        'use.py:16: error: Argument 1 to "compile" has incompatible type "int"',
    ],
)
def test_mypy_knows_the_type_of_a_name_and_refuses_a_wrong_one(said: str, line: str) -> None:
    assert line in said.replace("builtins.", ""), said


def test_mypy_finds_nothing_else(said: str) -> None:
    assert [
        line for line in said.splitlines() if " error: " in line and not line.startswith(("use.py:15", "use.py:16"))
    ] == []


# One meaning under one name in two places, each with its reason.
SHARED = {
    "explain": "the interface's takes texts and names, and hands on values",
    "minimise": "the kernel's on lists, and the one on arrays that the kernel does not trust",
    "read": "the interface's takes names of choices, and hands on values",
    "run": "every command is a module with this one function",
}


def names_of_two(texts: list[Source]) -> dict[str, list[str]]:
    """Return the public functions and classes that stand at the first level of several modules."""
    homes: dict[str, list[str]] = {}
    for source in texts:
        for node in source.tree.body:
            if isinstance(node, (*FUNCTIONS, ast.ClassDef)) and not is_private(node.name):
                homes.setdefault(node.name, []).append(source.path)
    return {name: paths for name, paths in homes.items() if len(set(paths)) > 1}


def test_no_public_name_twice() -> None:
    assert set(names_of_two(SOURCES)) == set(SHARED)
    commands = {source.path for source in SOURCES if source.path.count("/") == 3 and "/commands/" in source.path}
    assert set(names_of_two(SOURCES)["run"]) == {path for path in commands if not path.endswith("/__init__.py")}


def test_a_name_that_stands_for_two_things_is_found() -> None:
    one, two = (
        Source("a.py", "class Snap: ...\ndef f(): ..."),
        Source("b.py", "def _f(): ...\nclass C:\n  class Snap: ..."),
    )
    assert names_of_two([one, two]) == {}
    assert names_of_two([one, two, Source("c.py", "def Snap(): ...")]) == {"Snap": ["a.py", "c.py"]}
