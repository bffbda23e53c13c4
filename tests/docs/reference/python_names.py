"""docs/reference/python.md: every public name with its signature and the first paragraph of its docstring.

Signatures are read from the source, so that no library is loaded and no version of Python prints them otherwise.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache

import fsm2rnn
from tests.docs.reference.markdown import escaped_text
from tests.house.source_tree import ROOT, Definition, Source, is_private

PAGE = ROOT / "docs" / "reference" / "python.md"
WIDE = 100  # letters of a line of code
PROPERTIES = {"property", "cached_property", "fact"}
HEAD = """# Python

Every name of `import fsm2rnn`: importing loads nothing heavy, a name is loaded when it is used. Written from the source
by `python -m tests.docs.reference.write`. What tests networks, `fsm2rnn.testing`, is in [testing](../testing.md).
"""
GROUPS = {
    "Machines": (
        *(
            "read",
            "write",
            "write_machine",
            "StateMachine",
            "from_table",
            "from_regex",
            "from_dfa",
            "from_nfa",
            "to_dfa",
        ),
        *("from_networkx", "to_networkx", "from_aalpy", "from_sympy", "diff", "Difference", "Completion"),
        "ReadingWarning",
    ),
    "Targets and verdicts": (
        *("compile", "compile_all", "explain", "table", "TARGETS", "Target", "Result", "Verdict", "Compiled"),
        *(
            "Impossible",
            "Unsettled",
            "Witness",
            "Contract",
            "Grade",
            "Size",
            "Explanation",
            "Obstruction",
            "Tabulation",
        ),
        *("FORMATS", "FloatFormat", "FloatSearch", "Closed", "Fails", "Open", "audit_config", "ConfigAudit"),
        *("Exclusion", "RepeatedWords"),
    ),
    "Networks": (
        *("load", "check", "Report", "Network", "BilinearRNN", "BilinearRNNCell", "LinearReadout", "IndexReadout"),
        *("LinearHead", "Snap", "lift", "lower", "verify", "verify_network", "Verification", "Mismatch", "Order"),
        *("export", "prove", "Replay", "Accepted", "Rejected", "Stopped", "TokenMask"),
    ),
    "Trained networks": (
        *(
            "Tracker",
            "train",
            "train_seeds",
            "Training",
            "train_until_proved",
            "train_to_boxes",
            "seed",
            "audit",
            "Proved",
            "Refuted",
        ),
        *(
            "Undecided",
            "extract",
            "extraction",
            "Extraction",
            "compare",
            "Comparison",
            "Sameness",
            "repair",
            "Repaired",
        ),
        "Adapter",
    ),
    "Data and pictures": (
        *("WordProblem", "RecordedWords", "read_word_problem", "write_word_problem", "view", "Page", "plot", "Picture"),
    ),
    "Errors": ("FsmError", "InputError", "LimitError", "NumericError", "CertificateError", "NotCompiled"),
}


def page() -> str:
    """Return the page."""
    parts = [HEAD]
    for group, names in GROUPS.items():
        parts += [f"## {group}\n", *map(entry, names)]
    return "\n".join(parts)


def entry(name: str) -> str:
    """Return what is said of one name: of a class its methods and properties too."""
    home = fsm2rnn._HOME[name]
    found = fsm2rnn._ALSO.get(name, name)
    if found != name:
        return f"### {name}\n\nThe same function as [`{found}`](#{found}).\n"
    node = definition(home, name)
    if isinstance(node, ast.Assign | ast.AnnAssign):
        return f"### {name}\n\n```\n{ast.unparse(node)}\n```\n\n{beside(home, node)}\n"
    members = [f"- `{signature(one, sys.maxsize)}`: {first(one)}" for one in methods(node)]
    listed = "\n".join([*members, ""]) if members else ""
    return "\n".join(
        filter(None, [f"### {name}\n\n```\n{signature(completed(home, node))}\n```\n\n{first(node)}\n", listed])
    )


def definition(home: str, name: str) -> Definition | ast.Assign | ast.AnnAssign:
    """Return the definition of a name in its home, or its assignment."""
    for node in tree(home).body:
        if getattr(node, "name", None) == name:
            return node
        target = getattr(node, "target", None) or (node.targets[0] if isinstance(node, ast.Assign) else None)
        if isinstance(node, ast.Assign | ast.AnnAssign) and getattr(target, "id", "") == name:
            return node
    message = f"{home} defines no {name}"
    raise LookupError(message)


def beside(home: str, node: ast.Assign | ast.AnnAssign) -> str:
    """Return the text that follows an assignment, or where it stands."""
    body = tree(home).body
    after = body[body.index(node) + 1 :][:1]
    told = after and isinstance(after[0], ast.Expr) and isinstance(after[0].value, ast.Constant)
    return escaped_text(" ".join(str(after[0].value.value).split())) if told else f"In `{home}`."


def completed(home: str, node: Definition) -> Definition:
    """Return a definition; a class that says nothing of how it is made has the __init__ of its base in that file."""
    if not isinstance(node, ast.ClassDef) or made_of(node):
        return node
    bases = {getattr(base, "id", "") for base in node.bases}
    above = [one for one in tree(home).body if isinstance(one, ast.ClassDef) and one.name in bases]
    made = [one for base in above for one in base.body if getattr(one, "name", "") == "__init__"]
    return ast.ClassDef(node.name, node.bases, node.keywords, [*node.body, *made], node.decorator_list)


@cache
def tree(home: str) -> ast.Module:
    """Return a module's source as a tree."""
    stem = ROOT / home.replace(".", "/")
    path = stem / "__init__.py" if stem.is_dir() else stem.with_suffix(".py")
    return Source(home, path.read_text(encoding="utf-8")).tree


def methods(node: Definition) -> Iterator[ast.FunctionDef]:
    """Yield the public methods and properties of a class."""
    for one in node.body if isinstance(node, ast.ClassDef) else []:
        if isinstance(one, ast.FunctionDef) and not one.name.startswith("_") and ast.get_docstring(one):
            yield one


def signature(node: Definition, wide: int = WIDE) -> str:
    """Return name, arguments and result, an argument a line where one line would be too wide."""
    if isinstance(node, ast.ClassDef):
        return laid_out(f"class {node.name}", made_of(node), "", wide)
    result = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    if any(getattr(mark, "id", "") in PROPERTIES for mark in node.decorator_list):
        return f"{node.name}{result}"
    return laid_out(node.name, arguments(node), result, wide)


def laid_out(name: str, inside: list[str], result: str, wide: int) -> str:
    """Return a call on one line, or on many."""
    if not inside and name.startswith("class "):
        return name
    line = f"{name}({', '.join(inside)}){result}"
    if len(line) <= wide:
        return line
    return "\n".join([f"{name}(", *(f"    {one}," for one in inside), f"){result}"])


def made_of(node: ast.ClassDef) -> list[str]:
    """Return the arguments of a class: those of __init__, its fields, or its members if it is an enumeration."""
    made = [one for one in node.body if isinstance(one, ast.FunctionDef) and one.name == "__init__"]
    if made:
        return arguments(made[0])
    fields = [ast.unparse(one) for one in node.body if isinstance(one, ast.AnnAssign) and is_given(one)]
    return fields or [ast.unparse(one) for one in node.body if isinstance(one, ast.Assign)]


def is_given(field: ast.AnnAssign) -> bool:
    """Tell whether a field of a frozen dataclass is an argument."""
    return not is_private(ast.unparse(field.target)) and "init=False" not in ast.unparse(field)


def arguments(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """Return the arguments but self, each as it is written."""
    found = [""]
    for piece in ast.unparse(node.args).split(", "):
        open_ = sum(map(found[-1].count, "([{")) - sum(map(found[-1].count, ")]}"))
        if found[-1] and not open_:
            found.append(piece)
        else:
            found[-1] = f"{found[-1]}, {piece}" if found[-1] else piece
    return [one for one in found if one not in {"", "self", "cls"}]


def first(node: Definition) -> str:
    """Return the first paragraph of a docstring."""
    paragraph = (ast.get_docstring(node) or "").partition("\n\n")[0]
    return escaped_text(" ".join(paragraph.split()))
