"""The project's own JSON format: a StateMachine as it stands, order included, or a Mealy machine to read.

{"format": "fsm2rnn-machine-1", "states": [...], "symbols": [...], "table": [[target, ...], ...],
"start": 0, "outputs": [...]} with labels as in `fsm2rnn.machine.labels`. A null in the table is a
missing transition; outputs given as one row per state are those of a Mealy machine.
"""

from __future__ import annotations

import json
from typing import Final, NoReturn

from fsm2rnn.errors import InputError
from fsm2rnn.machine.labels import Json, Label, label_from_json, label_to_json
from fsm2rnn.machine.state_machine import StateMachine, nearest_hint
from fsm2rnn.source.draft import Arc, Completion, Draft, assemble

FORMAT: Final = "fsm2rnn-machine-1"
_LABEL_HINT: Final = 'a label is a string, null, {"int": "5"}, {"bool": true} or {"tuple": [...]}'
KEYS: Final = ("format", "states", "symbols", "table", "start", "outputs")


def machine_to_json(machine: StateMachine) -> str:
    """Return the text that `read_json` reads back as an equal machine; one row of the table per line.

    Raises InputError for labels that have no JSON form.
    """
    rows = ",\n  ".join(json.dumps(row) for row in machine.table)
    return (
        "{\n"
        f' "format": "{FORMAT}",\n'
        f' "states": {_labels_text(machine.states)},\n'
        f' "symbols": {_labels_text(machine.symbols)},\n'
        f' "table": [\n  {rows}\n ],\n'
        f' "start": {machine.start},\n'
        f' "outputs": {_labels_text(machine.outputs)}\n'
        "}\n"
    )


def read_json(text: str, *, file: str | None, complete: Completion) -> StateMachine:
    """Return the machine of a text, states in the text's own order; a Mealy machine in its Moore form.

    Raises InputError for anything but the format above: duplicate or unknown keys, wrong types, numbers
    that are no indices, labels that are none.
    """
    document = _document(text, file)
    states = _labels(document["states"], "states")
    symbols = _labels(document["symbols"], "symbols")
    start = document["start"]
    if not _is_index(start, len(states)):
        message = f"the start is {start!r:.60}; expected a state index below {len(states)}"
        raise InputError(message, file=file)
    table = _grid(document["table"], "table", len(states), len(symbols))
    outputs = document["outputs"]
    mealy = isinstance(outputs, list) and any(isinstance(row, list) for row in outputs)
    written = _grid(outputs, "outputs", len(states), len(symbols)) if mealy else None
    moore = None if mealy else _labels(outputs, "outputs")
    if moore is not None and len(moore) != len(states):
        message = f"{len(moore)} outputs for {len(states)} states"
        raise InputError(message, file=file)
    assert isinstance(start, int)  # noqa: S101  proved above; this tells the type checker
    return assemble(Draft(states, symbols, _arcs(table, written, len(states)), start, moore, file), complete)


def _labels_text(labels: tuple[Label, ...]) -> str:
    forms = [label_to_json(label) for label in labels]
    for form in forms:
        _require_text(form)
    return json.dumps(forms)


def _document(text: str, file: str | None) -> dict[str, Json]:
    try:
        document = json.loads(
            text, object_pairs_hook=_unique, parse_constant=_no_number, parse_float=_no_number, parse_int=_integer
        )
    except json.JSONDecodeError as error:
        message = f"not JSON: {error.msg}"
        raise InputError(message, file=file, line=error.lineno, column=error.colno) from None
    except RecursionError:
        message = "nested too deeply"
        raise InputError(message, file=file) from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        message = f'not a machine file: the key "format" must be "{FORMAT}"'
        raise InputError(message, file=file)
    for key in document:
        if key not in KEYS:
            message = f"unknown key {key!r:.60}"
            raise InputError(message, file=file, hint=nearest_hint(key, KEYS))
    for key in KEYS:
        if key not in document:
            message = f"the key {key!r} is missing"
            raise InputError(message, file=file)
    return document


def _unique(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for key, value in pairs:
        if key in found:
            message = f"the key {key!r:.60} stands twice"
            raise InputError(message)
        found[key] = value
    return found


def _no_number(text: str) -> NoReturn:
    message = f"the number {text:.60} is no index; only integers are read"
    raise InputError(message)


def _integer(text: str) -> int:
    # int() refuses more than 4,300 digits with a ValueError; no index has more than 18.
    if len(text) > 18:  # noqa: PLR2004
        message = f"the number {text:.20}... is no index"
        raise InputError(message)
    return int(text)


def _is_index(value: Json, count: int) -> bool:
    return type(value) is int and 0 <= value < count


def _list(value: Json, name: str) -> list[Json]:
    if not isinstance(value, list):
        message = f"{name} must be a list, found {value!r:.60}"
        raise InputError(message)
    return value


def _labels(value: Json, name: str) -> tuple[Label, ...]:
    return tuple(_label(entry, name) for entry in _list(value, name))


def _label(value: Json, name: str) -> Label:
    try:
        label = label_from_json(value)
    except InputError as error:
        message = f"{name}: {error.message}"
        raise InputError(message, hint=_LABEL_HINT) from None
    _require_text(value)
    return label


def _require_text(value: Json) -> None:
    """Raise InputError where a string of `value` holds half a surrogate pair, which no UTF-8 file can hold."""
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        message = f"a label holds half a surrogate pair: {value!a:.60}"
        raise InputError(message) from None


def _grid(value: Json, name: str, states: int, symbols: int) -> list[list[Json]]:
    rows = [_list(row, f"each row of {name}") for row in _list(value, name)]
    if len(rows) != states or any(len(row) != symbols for row in rows):
        message = f"{name} must have {states} rows (states) of {symbols} entries (symbols)"
        raise InputError(message)
    return rows


def _arcs(table: list[list[Json]], outputs: list[list[Json]] | None, states: int) -> tuple[Arc, ...]:
    """Return the arcs of the table; null is none, and has no output either."""
    arcs = []
    for source, row in enumerate(table):
        for symbol, target in enumerate(row):
            written = None if outputs is None else outputs[source][symbol]
            if type(target) is int and _is_index(target, states):
                arcs.append(Arc(source, symbol, target, None, _label(written, "outputs")))
            elif target is not None or written is not None:
                message = f"table: row {source}, entry {symbol} is {target!r:.60}; expected an index below {states}"
                raise InputError(message)
    return tuple(arcs)
