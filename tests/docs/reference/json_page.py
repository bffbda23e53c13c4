"""docs/reference/json.md: the answers of the commands as tables, from the schema."""

from __future__ import annotations

from typing import Any

from fsm2rnn.commands.table import COMMANDS
from tests.docs.reference.markdown import escaped_cell
from tests.docs.reference.schema import ANSWERS
from tests.house.source_tree import ROOT

PAGE = ROOT / "docs" / "reference" / "json.md"
HEAD = """# JSON

Under `--json` a command prints one document on stdout and nothing else there. The tables are written from
{download}`answers.schema.json` (JSON Schema 2020-12) by `python -m tests.docs.reference.write`, and tests hold what the
commands print to it. Fields are added and not renamed. `explain` and `doctor` name the version. Documents with a
format of their own name it: the certificate in a [network file](file_format.md), the data of a [page](../page.md).

Labels are texts, truth values, whole numbers or null as they are, others as text; words are lists of labels; states are
counted from 0.
"""
SHARED = (
    "verdict",
    "compiled",
    "impossible",
    "unsettled",
    "witness",
    "machine",
    "size",
    "mismatch",
    "length",
    "lengths",
)
HIDDEN = ("label", "words")


def page() -> str:
    """Return the page: a section for each command, then what they share."""
    commands = [name for name in ANSWERS if name not in (*SHARED, *HIDDEN)]
    parts = [HEAD, "## Commands\n", *map(section, commands), "## Shared parts\n", *map(section, SHARED)]
    return "\n".join(parts)


def section(name: str) -> str:
    """Return one answer: what it is, and its fields."""
    schema = ANSWERS[name]
    command = next((command.says for command in COMMANDS if schema["description"] == f"`{command.name}`"), None)
    if command is not None:
        return "\n".join([f"### {name}\n", f"{command[0].upper()}{command[1:]}.\n", *rows(schema)])
    if "anyOf" in schema and all("properties" in one for one in schema["anyOf"]):
        return "\n".join([f"### {name}\n", f"{schema['description']}\n", *map(with_verdict, schema["anyOf"])])
    if "anyOf" in schema:
        return f"### {name}\n\n{schema['description']}: {said(schema)}.\n"
    return "\n".join([f"### {name}\n", f"{schema['description']}\n", *rows(schema)])


def with_verdict(schema: dict[str, Any]) -> str:
    """Return an answer that holds a verdict: the fields beside those of the verdict."""
    verdict = schema["properties"]["verdict"]["const"]
    own = {name: one for name, one in schema["properties"].items() if name not in ANSWERS[verdict]["properties"]}
    head = f"Where {schema['description']}, the fields of [{verdict}](#{verdict}) and these:\n"
    return "\n".join([head, *rows(schema | {"properties": own})])


def rows(schema: dict[str, Any]) -> list[str]:
    """Return the table of an object's fields; those of objects inside follow with a dot."""
    lines = fields(schema, "")
    return ["| field | type | |", "| --- | --- | --- |", *lines, ""] if lines else []


def fields(schema: dict[str, Any], before: str) -> list[str]:
    """Return a row for each field."""
    found = []
    for name, one in schema.get("properties", {}).items():
        absent = "" if name in schema["required"] else ", or absent"
        says = escaped_cell(one.get("description", ""))
        found.append(f"| `{before}{name}` | {said(one)}{absent} | {says} |")
        inside = one.get("additionalProperties")
        found += fields(one, f"{before}{name}.") or fields(one.get("items", {}), f"{before}{name}[].")
        found += fields(inside, f"{before}{name}[].") if isinstance(inside, dict) else []
    return found


def said(schema: dict[str, Any]) -> str:
    """Return the type in words."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return name if name in HIDDEN else f"[{name}](#{name})"
    if "anyOf" in schema:
        return " or ".join(said(one) for one in schema["anyOf"])
    if "enum" in schema or "const" in schema:
        return ", ".join(f"`{value}`" for value in schema.get("enum", [schema.get("const")]))
    kinds = [schema.get("type", "any value")] if not isinstance(schema.get("type"), list) else schema["type"]
    inside = schema.get("items", {})
    others = schema.get("additionalProperties")
    if isinstance(others, dict):
        return f"object of {said(others)}"
    listed = f"list of {said(inside)}" if "$ref" in inside or "type" in inside else "list"
    return " or ".join(listed if kind == "array" else kind for kind in kinds)
