"""The machine of a certificate: its table, its start, and the output functions that a linear head must give."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from tests.second_checker.wire import canonical, demand, plain_int

WHOLE = re.compile(r"0|-?[1-9][0-9]*")
DEEPEST_LABEL = 32


class Machine(NamedTuple):
    """States and symbols by number; functions[o] lists the states that show output o."""

    table: list[list[int]]
    start: int
    functions: list[set[int]]


def listed(field: str, value: Any) -> list[Any]:
    """Return a non-empty list."""
    demand(isinstance(value, list) and value, field + ": not a non-empty list")
    return value


def read_machine(field: Any) -> Machine:
    """Return a well-formed machine."""
    keys = ["outputs", "start", "states", "symbols", "table"]
    demand(isinstance(field, dict) and sorted(field) == keys, "machine: keys")
    states = [label(value, 0) for value in listed("machine.states", field["states"])]
    symbols = [label(value, 0) for value in listed("machine.symbols", field["symbols"])]
    outputs = listed("machine.outputs", field["outputs"])
    by_symbol = all(isinstance(value, list) for value in outputs)
    for row in outputs if by_symbol else [outputs]:
        demand(not by_symbol or len(row) == len(symbols), "machine.outputs: one per transition")
        [label(value, 0) for value in row]
    demand(len(set(states)) == len(states), "machine.states: a repeat")
    demand(len(set(symbols)) == len(symbols), "machine.symbols: a repeat")
    demand(len(outputs) == len(states), "machine.outputs: one per state")
    table = listed("machine.table", field["table"])
    demand(len(table) == len(states), "machine.table: one row per state")
    for row in table:
        demand(isinstance(row, list) and len(row) == len(symbols), "machine.table: one entry per symbol")
        demand(all(plain_int(state) and 0 <= state < len(states) for state in row), "machine.table: entries")
    demand(plain_int(field["start"]) and 0 <= field["start"] < len(states), "machine.start")
    return Machine(table, field["start"], functions_of(outputs))


def functions_of(outputs: list[Any]) -> list[set[int]]:
    """Return the accepting states of an acceptor; of others the states of each output, of rows symbol by symbol."""
    if all(isinstance(output, list) for output in outputs):
        return [function for column in zip(*outputs, strict=True) for function in shown_where(column)]
    if all(output in ({"bool": True}, {"bool": False}) for output in outputs):
        return [{state for state, output in enumerate(outputs) if output["bool"]}]
    return shown_where(outputs)


def shown_where(outputs: Any) -> list[set[int]]:
    """Return for each output, in order of appearance, the places that show it."""
    # The spelling of a label tells 1 from true.
    groups: dict[str, set[int]] = {}
    for state, output in enumerate(outputs):
        groups.setdefault(canonical(output), set()).add(state)
    return list(groups.values())


def label(value: Any, depth: int) -> Any:
    """Return the Python value that a label stands for; equal values are repeats."""
    demand(depth <= DEEPEST_LABEL, "label: nested too deep")
    if value is None or type(value) is str:
        return value
    demand(isinstance(value, dict) and len(value) == 1, "label: not a label")
    ((kind, content),) = value.items()
    if kind == "bool" and type(content) is bool:
        return content
    if kind == "int" and type(content) is str:
        return number(content)
    demand(kind == "tuple" and isinstance(content, list), "label: not a label")
    return tuple(label(part, depth + 1) for part in content)


def number(text: str) -> int:
    """Return a canonically written integer of at most 640 digits."""
    demand(WHOLE.fullmatch(text) and len(text.lstrip("-")) <= 640, "number: not a canonical integer")
    return int(text)
