"""The refusing conditions of the kernel, found in its syntax trees, and the source in which one is disabled.

A condition refuses when it guards a `raise`. Parts are disabled one by one: each operand of an `or`, and behind a
`not` each operand of an `and`, each bound of a chained comparison, each test inside any() and all(). Tests that admit
(match guards, filters and accepting branches of a function that can raise) are made true in the same way. A call whose
value nobody takes, and that fills no container, is there to refuse too: it is left out.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDERS = ("exact", "machine", "proof")
# Calls that stand alone to change something.
CHANGING = {"__setattr__", "_split", "add", "append", "difference_update", "setdefault"}


@dataclass(frozen=True)
class Condition:
    """One part of one condition: where it stands, its text, and the text that disables it."""

    path: Path  # relative to the package
    line: int
    column: int
    end_line: int
    end_column: int
    text: str
    replacement: str

    @property
    def place(self) -> str:
        """The file and line."""
        return f"{self.path}:{self.line}"

    def disabled(self, source: str) -> str:
        """Return the source with this condition replaced."""
        lines = source.encode().splitlines(keepends=True)
        before = b"".join(lines[: self.line - 1]) + lines[self.line - 1][: self.column]
        after = lines[self.end_line - 1][self.end_column :] + b"".join(lines[self.end_line :])
        return (before + f"({self.replacement})".encode() + after).decode()


def conditions(package: Path) -> list[Condition]:
    """Return every part of every refusing condition of the kernel, each once."""
    found: dict[Condition, None] = {}
    for folder in FOLDERS:
        for path in sorted((package / folder).rglob("*.py")):
            for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(function, ast.FunctionDef):
                    continue
                place = path.relative_to(package)
                found |= dict.fromkeys(_condition(place, call, "None") for call in _calls(function))
                if _raises(function):
                    for test, value in _tests(function):
                        found |= dict.fromkeys(_parts(place, test, value=value))
    return list(found)


def _calls(function: ast.FunctionDef) -> Iterator[ast.Call]:
    """Yield the calls of a function that stand alone and change nothing."""
    for node in ast.walk(function):
        match node:
            case ast.Expr(value=ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) as call):
                if name not in CHANGING:
                    yield call


def _raises(function: ast.FunctionDef) -> bool:
    return any(isinstance(node, ast.Raise) for node in ast.walk(function)) or _calls_refuse(function)


def _calls_refuse(node: ast.AST) -> bool:
    """Tell whether the node calls a method whose only work is to raise."""
    return any(isinstance(inner, ast.Attribute) and inner.attr == "_refuse" for inner in ast.walk(node))


def _tests(function: ast.FunctionDef) -> Iterator[tuple[ast.expr, bool]]:
    """Yield the tests of a function that can raise, with the value that disables each."""
    negated = {
        node.test.operand.id
        for node in ast.walk(function)
        if isinstance(node, ast.If) and isinstance(node.test, ast.UnaryOp) and isinstance(node.test.operand, ast.Name)
    }
    for node in ast.walk(function):
        match node:
            case ast.If(body=[*_, last]) if isinstance(last, ast.Raise) or _calls_refuse(last):
                yield node.test, False
            case ast.If(body=[ast.Return()]):
                yield node.test, True
            case ast.match_case(guard=ast.expr() as guard):
                yield guard, True
            case ast.comprehension(ifs=tests):
                yield from ((test, True) for test in tests)
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in negated:
                yield value, True


def _parts(path: Path, test: ast.expr, *, value: bool) -> Iterator[Condition]:
    """Yield the test itself and, below it, each part that alone can be set to the disabling value."""
    yield _condition(path, test, str(value))
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield from list(_parts(path, operand, value=not value))[1:]
        case ast.BoolOp(op=operator, values=operands) if isinstance(operator, ast.And if value else ast.Or):
            for operand in operands:
                yield from _parts(path, operand, value=value)
        case ast.Call(func=ast.Name(id="all" | "any"), args=[ast.GeneratorExp(elt=inner)]):
            yield from list(_parts(path, inner, value=value))[1:]
        case ast.Compare(left=left, ops=[_, _, *_] as ops, comparators=comparators) if value:
            terms = [left, *comparators]
            for place in range(len(ops)):
                kept = [
                    ast.unparse(ast.Compare(left=terms[at], ops=[ops[at]], comparators=[terms[at + 1]]))
                    for at in range(len(ops))
                    if at != place
                ]
                yield _condition(path, test, " and ".join(kept))


def _condition(path: Path, node: ast.expr, replacement: str) -> Condition:
    text = ast.unparse(node)
    end_line, end_column = node.end_lineno, node.end_col_offset
    return Condition(path, node.lineno, node.col_offset, end_line or 0, end_column or 0, text, replacement)
