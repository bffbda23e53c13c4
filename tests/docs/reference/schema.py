"""docs/reference/answers.schema.json: what the commands print under --json, and whether a document is that.

The words of JSON Schema that the file uses, and no others: $ref, anyOf, const, enum, type, properties, required,
additionalProperties, items.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.house.source_tree import ROOT

FILE = ROOT / "docs" / "reference" / "answers.schema.json"
SCHEMA = json.loads(FILE.read_text(encoding="utf-8"))
ANSWERS = SCHEMA["$defs"]
WORDS = {"$ref", "anyOf", "const", "enum", "type", "properties", "required", "additionalProperties", "items"}
TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "null": type(None),
}


def faults(value: Any, schema: dict[str, Any], place: str = "answer") -> Iterator[str]:
    """Yield where a document is not what a schema says."""
    if unknown := set(schema) - WORDS - {"description"}:
        message = f"{place}: this reader does not know {sorted(unknown)}"
        raise ValueError(message)
    if "$ref" in schema:
        yield from faults(value, ANSWERS[schema["$ref"].removeprefix("#/$defs/")], place)
    if "anyOf" in schema:
        tried = [list(faults(value, one, place)) for one in schema["anyOf"]]
        yield from [] if [] in tried else min(tried, key=len)
    if value not in schema.get("enum", [value]) or schema.get("const", value) != value:
        yield f"{place}: {value!r}"
    kinds = schema.get("type", list(TYPES))
    if any(is_of(value, kind) for kind in ([kinds] if isinstance(kinds, str) else kinds)):
        yield from inner_faults(value, schema, place)
    else:
        yield f"{place}: {value!r} is no {kinds}"


def inner_faults(value: Any, schema: dict[str, Any], place: str) -> Iterator[str]:
    """Yield what is wrong inside a list or an object."""
    if isinstance(value, list):
        for number, one in enumerate(value):
            yield from faults(one, schema.get("items", {}), f"{place}[{number}]")
    elif isinstance(value, dict) and "properties" in schema:
        yield from object_faults(value, schema, place)


def is_of(value: Any, kind: str) -> bool:
    """Tell whether a value is of a type; a truth value is no number."""
    return isinstance(value, TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))


def object_faults(value: dict[str, Any], schema: dict[str, Any], place: str) -> Iterator[str]:
    """Yield fields that lack, fields that nothing speaks of, and what is wrong in the others."""
    yield from (f"{place}: no {name}" for name in schema["required"] if name not in value)
    others = schema["additionalProperties"]
    for name, one in value.items():
        known = schema["properties"].get(name, others)
        if known is False:
            yield f"{place}: {name} is not in the schema"
        else:
            yield from faults(one, {} if known is True else known, f"{place}.{name}")
