"""The project's Python files as syntax trees."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
Function = ast.FunctionDef | ast.AsyncFunctionDef
Definition = Function | ast.ClassDef


@dataclass(frozen=True)
class Source:
    """One Python file: its path from the project's root, and its text."""

    path: str
    text: str

    @property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)


@dataclass(frozen=True)
class Import:
    """One import statement's module, and the functions and classes around it."""

    module: str
    inside: tuple[str, ...]
    line: int


def sources(*folders: str) -> list[Source]:
    paths = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return [Source(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) for path in paths]


def definitions(tree: ast.Module) -> list[Definition]:
    return [node for node in ast.walk(tree) if isinstance(node, (*FUNCTIONS, ast.ClassDef))]


def public(body: list[ast.stmt]) -> Iterator[Definition]:
    """Yield the functions, classes and methods that a reader from outside meets, none inside a function."""
    for node in body:
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)) and not is_private(node.name):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from public(node.body)


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.endswith("__")


def imports(node: ast.AST, inside: tuple[str, ...] = ()) -> Iterator[Import]:
    """Yield every import, also the ones made by calling import_module or __import__ ("?" unless a literal)."""
    if isinstance(node, ast.Import):
        yield from (Import(alias.name, inside, node.lineno) for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        module = "." * node.level + (node.module or "")
        yield from (Import(full_name(module, alias.name), inside, node.lineno) for alias in node.names)
    if isinstance(node, ast.Call) and called(node) in {"import_module", "__import__"}:
        literal = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else "?"
        yield Import(str(literal), inside, node.lineno)
    name = (node.name,) if isinstance(node, (*FUNCTIONS, ast.ClassDef)) else ()
    for child in ast.iter_child_nodes(node):
        yield from imports(child, inside + name)


def full_name(module: str, name: str) -> str:
    """Return what `from module import name` reads: `from fsm2rnn import exact` reads fsm2rnn.exact."""
    return f"{module}.{name}" if module == "fsm2rnn" else module


def called(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
