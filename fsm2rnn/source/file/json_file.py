"""The project's own JSON format: a StateMachine as it stands, order included, of either kind.

{"format": "fsm2rnn-machine-1", "states": [...], "symbols": [...], "table": [[target, ...], ...],
"start": 0, "outputs": [...]} with labels as in `fsm2rnn.machine.labels`. A null in the table is a
missing transition; outputs given as one row per state are those of a Mealy machine.
"""

from __future__ import annotations

import json
from typing import Final

from fsm2rnn.choice import nearest_hint
from fsm2rnn.errors import InputError
from fsm2rnn.machine.labels import Json, Label, label_from_json, label_to_json
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.source.draft.draft import Arc, Completion, Draft, assemble
from fsm2rnn.source.file.json_text import JsonText

FORMAT: Final = "fsm2rnn-machine-1"
_LABEL_HINT: Final = 'a label is a string, null, {"int": "5"}, {"bool": true} or {"tuple": [...]}'
KEYS: Final = ("format", "states", "symbols", "table", "start", "outputs")


def json_machine_text(machine: StateMachine) -> str:
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
        f' "outputs": {_outputs_text(machine)}\n'
        "}\n"
    )


def read_json(text: str, *, file: str | None, complete: Completion) -> StateMachine:
    """Return the machine of a text, states in the text's own order.

    Raises InputError, with the line, for anything but the format above: duplicate or unknown keys, wrong
    types, numbers that are no indices, labels that are none.
    """
    source = JsonText(text, file)
    return machine_of(source, source.value(), complete)


def machine_of(source: JsonText, value: Json, complete: Completion) -> StateMachine:
    """Return the machine of a text that was read as a JSON value; errors as for `read_json`."""
    document = _document(source, value)
    states = _labels(source, document, "states")
    symbols = _labels(source, document, "symbols")
    start = document["start"]
    if not _is_index(start, len(states)):
        source.fail(f"the start is {start!r:.60}; expected a state index below {len(states)}", "start")
    table = _grid(source, document, "table", len(states), len(symbols))
    outputs = document["outputs"]
    mealy = isinstance(outputs, list) and any(isinstance(row, list) for row in outputs)
    written = _grid(source, document, "outputs", len(states), len(symbols)) if mealy else None
    moore = None if mealy else _labels(source, document, "outputs")
    if moore is not None and len(moore) != len(states):
        source.fail(f"{len(moore)} outputs for {len(states)} states", "outputs")
    assert isinstance(start, int)  # noqa: S101  proved above; this tells the type checker
    arcs = _arcs(source, table, written, len(states))
    return assemble(Draft(states, symbols, arcs, start, moore, source.file), complete)


def _outputs_text(machine: StateMachine) -> str:
    if not machine.is_mealy:
        return _labels_text(machine.outputs)
    rows = ",\n  ".join(_labels_text(row) for row in machine.outputs)
    return f"[\n  {rows}\n ]"


def _labels_text(labels: tuple[Label, ...]) -> str:
    forms = [label_to_json(label) for label in labels]
    for form in forms:
        _require_text(form)
    return json.dumps(forms)


def _document(source: JsonText, document: Json) -> dict[str, Json]:
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        hint = "an object with transitions, start and accept is read too"
        source.fail(f'not a machine file: the key "format" must be "{FORMAT}"', "format", hint=hint)
    for key in document:
        if key not in KEYS:
            source.fail(f"unknown key {key!r:.60}", key, hint=nearest_hint(key[:60], KEYS))
    for key in KEYS:
        if key not in document:
            source.fail(f"the key {key!r} is missing")
    return document


def _is_index(value: Json, count: int) -> bool:
    return type(value) is int and 0 <= value < count


def _labels(source: JsonText, document: dict[str, Json], key: str) -> tuple[Label, ...]:
    value = document[key]
    if not isinstance(value, list):
        source.fail(f"{key} must be a list, found {value!r:.60}", key)
    return tuple(_label(source, entry, key, index) for index, entry in enumerate(value))


def _label(source: JsonText, value: Json, key: str, index: int) -> Label:
    """Return the label in entry `index` of the list at `key`."""
    try:
        label = label_from_json(value)
        _require_text(value)
    except InputError as error:
        source.fail(f"{key}: {error.message}", key, index, _LABEL_HINT)
    return label


def _require_text(value: Json) -> None:
    """Raise InputError where a string of `value` holds half a surrogate pair, which no UTF-8 file can hold."""
    if isinstance(value, str) and value.isascii():
        return
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        message = f"a label holds half a surrogate pair: {value!a:.60}"
        raise InputError(message) from None


def _grid(source: JsonText, document: dict[str, Json], key: str, states: int, symbols: int) -> list[list[Json]]:
    value = document[key]
    if not isinstance(value, list):
        source.fail(f"{key} must be a list, found {value!r:.60}", key)
    expected = f"{key} must have {states} rows (states) of {symbols} entries (symbols)"
    rows: list[list[Json]] = []
    for index, row in enumerate(value):
        if not isinstance(row, list):
            source.fail(f"each row of {key} must be a list, found {row!r:.60}", key, index)
        if len(row) != symbols:
            source.fail(f"{expected}; row {index} has {len(row)}", key, index)
        rows.append(row)
    if len(rows) != states:
        source.fail(f"{expected}; found {len(rows)}", key)
    return rows


def _arcs(source: JsonText, table: list[list[Json]], outputs: list[list[Json]] | None, states: int) -> tuple[Arc, ...]:
    """Return the arcs of the table; null is none, and has no output either."""
    arcs = []
    for state, row in enumerate(table):
        for symbol, target in enumerate(row):
            written = None if outputs is None else outputs[state][symbol]
            if type(target) is int and _is_index(target, states):
                arcs.append(Arc(state, symbol, target, None, _label(source, written, "outputs", state)))
            elif target is not None or written is not None:
                found = f"row {state}, entry {symbol} is {target!r:.60}"
                source.fail(f"table: {found}; expected an index below {states}", "table", state)
    return tuple(arcs)
