"""The budgets of the code: a reader can hold each file, class and function in mind.

Cyclomatic complexity is ruff's (C901): test_tools_bite.py shows that it bites, and here nothing is exempt from it.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

import pytest

from tests.house.source_tree import FUNCTIONS, ROOT, Function, Source, definitions, imports, public, sources

FILE_LINES = 300
CLASS_LINES = 150
FUNCTION_LINES = 40
FOLDER_FILES = 20
EMPTY_NAMES = {"util", "utils", "base", "core", "helper", "helpers", "manager", "managers"}
LEANING = re.compile(r"(Do|Give|Raise|Return|Yield)?\s*the same( as above| of| for| in| on|[.,;]|$)", re.IGNORECASE)
# Where an import may wait until a function runs, so that nothing loads torch before it must.
DEFERRING: dict[str, tuple[str, ...] | None] = {
    "fsm2rnn/__init__.py": ("__getattr__",),
    "fsm2rnn/api.py": None,
    "fsm2rnn/result.py": None,
    # What a notebook shows, and networkx: views of a value stand above it, and their methods only call them.
    "fsm2rnn/comparison/answers.py": ("_shown",),
    "fsm2rnn/explanation.py": ("Explanation._repr_html_",),
    "fsm2rnn/machine/state_machine.py": ("StateMachine.graph", "StateMachine._repr_svg_"),
    # numba, which only training needs
    "fsm2rnn/cells/gradients/letter_order.py": ("SortedLetters.of",),
    "fsm2rnn/cells/gradients/looped.py": ("_loops",),
    "fsm2rnn/cells/gradients/tiled.py": ("_loops",),
    "fsm2rnn/cli.py": ("_run",),
    # a question stores a network and has it checked; texts for the proof assistant
    "fsm2rnn/commands/machine/explain.py": ("_reply", "_theorems"),
    # numba takes half a second to load, and small machines need none of it; families are fifty modules
    "fsm2rnn/compiler.py": ("_minimal", "find_target", "alias_note"),
    "fsm2rnn/comparison/extraction/queried.py": ("queried_machine",),  # an extra
    "fsm2rnn/exports/modules/transformers_library.py": (
        "transformers_library",
        "tokenizers_library",
    ),  # an extra, and seconds to load
    "fsm2rnn/exports/onnx_libraries.py": ("onnx_libraries",),  # an extra, and a second to load
    "fsm2rnn/pages/plots/canvas.py": ("new_figure",),  # an extra, and half a second to load
    "fsm2rnn/learn/training_log.py": ("_event_writer",),  # tensorboard may not be installed
    "fsm2rnn/sweeps/executors.py": ("_client",),  # dask.distributed may not be installed
    # automata-lib brings networkx, a sixth of a second; the readers of files are thirty modules that no name needs.
    "fsm2rnn/source/read.py": ("_from_regex", "_from_file", "_is_suffix"),
    "fsm2rnn/testing/__init__.py": ("__getattr__",),  # pytest starts it everywhere, and Hypothesis may be missing
}

Rule = Callable[[Source], Iterator[str]]


def long_files(source: Source) -> Iterator[str]:
    count = len(source.text.splitlines())
    if count > FILE_LINES:
        yield f"{source.path}: {count} lines"


def long_definitions(source: Source) -> Iterator[str]:
    for node in definitions(source.tree):
        limit = CLASS_LINES if isinstance(node, ast.ClassDef) else FUNCTION_LINES
        count = node.end_lineno - node.lineno + 1
        if count > limit:
            yield f"{source.path}:{node.lineno} {node.name}: {count} lines, the limit is {limit}"


def exempt_complexity(source: Source) -> Iterator[str]:
    for number, line in enumerate(source.text.splitlines(), 1):
        if re.search(r"# noqa:[\w, ]*C901", line):
            yield f"{source.path}:{number} exempts itself from the complexity limit"


def deferred_imports(source: Source) -> Iterator[str]:
    for found in imports(source.tree):
        homes = DEFERRING.get(source.path, ())
        if found.inside and homes is not None and ".".join(found.inside) not in homes:
            yield f"{source.path}:{found.line} imports {found.module} inside {'.'.join(found.inside)}"


def empty_names(source: Source) -> Iterator[str]:
    named = {PurePosixPath(part).stem for part in PurePosixPath(source.path).parts}
    for name in sorted(named & EMPTY_NAMES):
        yield f"{source.path}: {name} says nothing about what is inside"


def missing_docstrings(source: Source) -> Iterator[str]:
    tree = source.tree
    if not ast.get_docstring(tree):
        yield f"{source.path}: the module has no docstring"
    for node in public(tree.body):
        if not ast.get_docstring(node) and not is_overload(node):
            yield f"{source.path}:{node.lineno} {node.name} has no docstring"


def leaning_docstrings(source: Source) -> Iterator[str]:
    """Find docstrings that say only that something is as elsewhere: each is to stand alone."""
    for node in definitions(source.tree):
        text = ast.get_docstring(node) or ""
        if re.match(
            r"(Do|Give|Raise|Return|Yield)?\s*the same( as above| of| for| in| on|[.,;]|$)|As above",
            text,
            re.IGNORECASE,
        ):
            yield f"{source.path}:{node.lineno} the docstring of {node.name} leans on another"


def missing_annotations(source: Source) -> Iterator[str]:
    for node in public(source.tree.body):
        if isinstance(node, FUNCTIONS):
            bare = [argument.arg for argument in arguments(node) if argument.annotation is None]
            bare += ["return"] * (node.returns is None)
            if bare:
                yield f"{source.path}:{node.lineno} {node.name} has no annotation on {', '.join(bare)}"


def arguments(node: Function) -> list[ast.arg]:
    spec = node.args
    plain = [*spec.posonlyargs, *spec.args]
    if plain and plain[0].arg in {"self", "cls"}:
        plain = plain[1:]
    return [argument for argument in (*plain, spec.vararg, *spec.kwonlyargs, spec.kwarg) if argument is not None]


def is_overload(node: ast.AST) -> bool:
    return any(getattr(decorator, "id", "") == "overload" for decorator in getattr(node, "decorator_list", []))


EVERYWHERE: list[Rule] = [long_files, long_definitions, exempt_complexity, empty_names]
IN_THE_PACKAGE: list[Rule] = [deferred_imports, missing_docstrings, missing_annotations, leaning_docstrings]


@pytest.mark.parametrize("rule", EVERYWHERE)
def test_the_project_keeps(rule: Rule) -> None:
    assert [offence for source in sources("fsm2rnn", "tests", ".ci") for offence in rule(source)] == []


@pytest.mark.parametrize("rule", IN_THE_PACKAGE)
def test_the_package_keeps(rule: Rule) -> None:
    assert [offence for source in sources("fsm2rnn") for offence in rule(source)] == []


def full_folders(paths: list[str]) -> list[str]:
    """Return the folders of more Python files than a reader takes in at once."""
    counts = Counter(PurePosixPath(path).parent for path in paths)
    return [f"{folder}: {count} files" for folder, count in sorted(counts.items()) if count > FOLDER_FILES]


def test_no_folder_is_too_full() -> None:
    assert full_folders([source.path for source in sources("fsm2rnn", "tests", "benchmarks")]) == []
    assert full_folders([f"fsm2rnn/a/{number}.py" for number in range(21)]) == ["fsm2rnn/a: 21 files"]


def test_every_folder_of_the_package_says_what_it_holds() -> None:
    folders = {(ROOT / source.path).parent for source in sources("fsm2rnn")}
    assert [folder.name for folder in sorted(folders) if not (folder / "__init__.py").is_file()] == []


PLANTED = [
    (long_files, "fsm2rnn/a.py", "x = 1\n" * 301, "301 lines"),
    (long_definitions, "fsm2rnn/a.py", "def f():\n" + "    x = 1\n" * 40, "41 lines, the limit is 40"),
    (long_definitions, "fsm2rnn/a.py", "class C:\n" + "    x = 1\n" * 150, "151 lines, the limit is 150"),
    (exempt_complexity, "fsm2rnn/a.py", "def f():  # noqa: " + "C901\n    pass\n", "exempts itself"),
    (deferred_imports, "fsm2rnn/a.py", "def f():\n    import torch\n", "imports torch inside f"),
    (deferred_imports, "fsm2rnn/a.py", "def f():\n    import_module('torch')\n", "imports torch inside f"),
    (
        deferred_imports,
        "fsm2rnn/__init__.py",
        "def f():\n    from fsm2rnn import api\n",
        "imports fsm2rnn.api inside f",
    ),
    (empty_names, "fsm2rnn/exact/utils.py", "", "utils says nothing"),
    (empty_names, "fsm2rnn/core/matrix.py", "", "core says nothing"),
    (missing_docstrings, "fsm2rnn/a.py", "", "the module has no docstring"),
    (missing_docstrings, "fsm2rnn/a.py", '"""A."""\nclass C:\n    def f(self): ...\n', "f has no docstring"),
    (leaning_docstrings, "fsm2rnn/a.py", 'def f():\n    """Do the same for rows."""\n', "leans on another"),
    (leaning_docstrings, "fsm2rnn/a.py", 'def f():\n    """The same."""\n', "leans on another"),
    (missing_annotations, "fsm2rnn/a.py", "def f(x, *, y: int): ...\n", "f has no annotation on x, return"),
    (missing_annotations, "fsm2rnn/a.py", "class C:\n    def f(self, *x) -> int: ...\n", "on x"),
]


@pytest.mark.parametrize(("rule", "path", "text", "says"), PLANTED)
def test_each_rule_bites(rule: Rule, path: str, text: str, says: str) -> None:
    assert any(says in offence for offence in rule(Source(path, text)))


ALLOWED = [
    (deferred_imports, "fsm2rnn/__init__.py", "def __getattr__(name):\n    import fsm2rnn.api\n"),
    (deferred_imports, "fsm2rnn/api.py", "def load():\n    import torch\n"),
    (deferred_imports, "fsm2rnn/a.py", "import math\n"),
    (missing_docstrings, "fsm2rnn/a.py", '"""A."""\ndef _f(): ...\n'),
    (leaning_docstrings, "fsm2rnn/a.py", 'def f():\n    """Return the same machine, numbered anew."""\n'),
    (missing_annotations, "fsm2rnn/a.py", "class C:\n    def f(self, x: int) -> int:\n        def g(y): ...\n"),
]


@pytest.mark.parametrize(("rule", "path", "text"), ALLOWED)
def test_no_rule_bites_what_is_allowed(rule: Rule, path: str, text: str) -> None:
    assert list(rule(Source(path, text))) == []
