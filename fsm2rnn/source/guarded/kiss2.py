"""KISS2, the state tables of logic synthesis, alone or between .start_kiss and .end_kiss of a BLIF file.

A row is `cube state next output`: in that state, under every valuation of the inputs in the cube (0, 1, or - for
both), the machine goes to the next state and gives the output. Keys: .i and .o count inputs and outputs, .p rows,
.s states, .r names the reset state, .ilb and .ob name inputs and outputs, .e ends. # starts a comment.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple, NoReturn, final

from fsm2rnn.choice import nearest_hint
from fsm2rnn.errors import InputError
from fsm2rnn.machine.reachable import canonical
from fsm2rnn.source.draft.draft import Arc, Draft, assemble, require_table
from fsm2rnn.source.draft.reading import Notes, Reading, ReadOptions
from fsm2rnn.source.guarded.parts import chosen_part
from fsm2rnn.source.guarded.valuations import cube_size, cube_valuations, letters, require_expansion

_COUNTS: Final = (".i", ".o", ".p", ".s")
_NAMES: Final = (".ilb", ".ob", ".latch_order", ".code")
_KEYS: Final = (*_COUNTS, ".r", ".ilb", ".ob", ".e")
_START, _END = ".start_kiss", ".end_kiss"
_LOGIC: Final = (".names", ".latch", ".gate", ".mlatch", ".subckt")
_FIELDS: Final = 4
_ANY: Final = ("*", "-")
_DIGITS: Final = re.compile("[0-9]{1,9}")


class _Line(NamedTuple):
    number: int
    fields: list[str]


class _Row(NamedTuple):
    """A row with its line; names are as written."""

    line: int
    cube: str
    state: str
    target: str
    output: str


@final
@dataclass
class _Table:
    """One state table as written."""

    file: str | None
    rows: list[_Row] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    reset: _Line | None = None
    ended: bool = False

    def fail(self, message: str, line: int | None, hint: str | None = None) -> NoReturn:
        raise InputError(message, file=self.file, line=line, hint=hint)


def read_kiss2(text: str, file: str, options: ReadOptions) -> Reading:
    """Return the Mealy machine of a state table, letters and outputs as bit strings, and notes.

    The start is the reset state, else the state of the first row. Raises InputError, with the line, for rows that
    overlap and disagree, for open outputs (-) unless `options.dont_care` says what they are, and for an open next
    state; LimitError before more valuations are written out than `valuations` allows.
    """
    notes = Notes()
    table = _table(_part(text, file, options, notes), file)
    if not table.rows:
        table.fail("a state table without rows", None)
    inputs = _width(table, ".i", "inputs", lambda row: row.cube)
    outputs = _width(table, ".o", "outputs", lambda row: row.output)
    states: dict[str, int] = {}
    for name in [_start(table, options, notes), *(name for row in table.rows for name in (row.state, row.target))]:
        states.setdefault(name, len(states))
    _note_counts(table, len(states), notes)
    require_expansion(sum(cube_size(row.cube) for row in table.rows))
    symbols = letters(inputs)
    require_table(len(states), len(symbols))
    arcs = []
    for row in table.rows:
        output = _output(table, row, outputs, options)
        arcs += [
            Arc(states[row.state], letter, states[row.target], row.line, output) for letter in cube_valuations(row.cube)
        ]
    draft = Draft(tuple(states), symbols, tuple(arcs), 0, None, file)
    return notes.of(canonical(assemble(draft, options.complete)))


def _lines(text: str) -> Iterator[_Line]:
    """Yield the fields of lines that have any; a backslash at the end joins the next line."""
    fields: list[str] = []
    first = None
    for number, line in enumerate(text.split("\n"), start=1):
        found = line.partition("#")[0].split()
        first = number if first is None else first
        joined = bool(found) and found[-1] == "\\"
        fields += found[:-1] if joined else found
        if not joined:
            if fields:
                yield _Line(first, fields)
            fields, first = [], None
    if fields and first is not None:
        yield _Line(first, fields)


def _part(text: str, file: str, options: ReadOptions, notes: Notes) -> list[_Line]:
    """Return the lines of the state table: all of them, or those of one .start_kiss."""
    lines = list(_lines(text))
    places = [place for place, line in enumerate(lines) if line.fields[0] == _START]
    if not places:
        model = next((line for line in lines if line.fields[0] in {".model", ".inputs", *_LOGIC}), None)
        if model is not None:
            message = f"a BLIF file without a state table; expected {_START}"
            raise InputError(message, file=file, line=model.number, hint="latches and logic are not read")
        return lines
    place = places[chosen_part(len(places), "state tables", file, options)]
    end = next((n for n in range(place, len(lines)) if lines[n].fields[0] == _END), None)
    if end is None:
        message = f"{_START} without {_END}"
        raise InputError(message, file=file, line=lines[place].number)
    if any(line.fields[0] in _LOGIC for line in lines):
        notes.add("the logic beside the state table is not read")
    return lines[place + 1 : end]


def _table(lines: list[_Line], file: str) -> _Table:
    table = _Table(file)
    for line in lines:
        if table.ended:
            table.fail("text after .e", line.number)
        if line.fields[0].startswith("."):
            _read_key(table, line)
        else:
            _read_row(table, line)
    return table


def _read_key(table: _Table, line: _Line) -> None:
    key, values = line.fields[0], line.fields[1:]
    if key in _COUNTS:
        if len(values) != 1 or not (_DIGITS.fullmatch(values[0]) and values[0].isascii()):
            table.fail(f"{key} must be followed by one number of at most 9 digits", line.number)
        if table.counts.setdefault(key, int(values[0])) != int(values[0]):
            table.fail(f"{key} stands twice with different numbers", line.number)
    elif key == ".r":
        if len(values) != 1 or (table.reset is not None and table.reset.fields != values):
            table.fail(".r must be followed by one state, the same wherever it stands", line.number)
        table.reset = _Line(line.number, values)
    elif key in {".e", ".end"}:
        table.ended = True
    elif key not in _NAMES:
        table.fail(f"unknown key {key:.60}", line.number, nearest_hint(key[:60], _KEYS))


def _read_row(table: _Table, line: _Line) -> None:
    if len(line.fields) != _FIELDS:
        table.fail(f"{len(line.fields)} fields; expected a row 'cube state next output'", line.number)
    row = _Row(line.number, *line.fields)
    for what, bits in (("input cube", row.cube), ("output", row.output)):
        if set(bits) - set("01-"):
            table.fail(f"the {what} {bits!r:.60} holds other characters than 0, 1 and -", line.number)
    for what, name in (("state", row.state), ("next state", row.target)):
        if name in _ANY:
            table.fail(f"the {what} {name!r} of the row {' '.join(line.fields)!r:.90} is any state", line.number)
    table.rows.append(row)


def _width(table: _Table, key: str, what: str, bits: Callable[[_Row], str]) -> int:
    """Return the number of inputs or outputs, which every row must have."""
    expected = table.counts.get(key, len(bits(table.rows[0])))
    for row in table.rows:
        if len(bits(row)) != expected:
            table.fail(f"{len(bits(row))} {what} {bits(row)!r:.60}; expected {expected}", row.line)
    return expected


def _start(table: _Table, options: ReadOptions, notes: Notes) -> str:
    names = dict.fromkeys(name for row in table.rows for name in (row.state, row.target))
    first = table.rows[0].state
    if options.start is not None:
        name, line = options.start, None
    elif table.reset is not None:
        name, line = table.reset.fields[0], table.reset.number
    else:
        notes.add(f"no reset state: the first row's state {first!r:.60} starts")
        return first
    if name not in names:
        table.fail(f"the start {name!r:.60} stands in no row", line, nearest_hint(name[:60], list(names)[:1000]))
    return name


def _note_counts(table: _Table, states: int, notes: Notes) -> None:
    for key, what, found in ((".p", "rows", len(table.rows)), (".s", "states", states)):
        stated = table.counts.get(key, found)
        if stated != found:
            notes.add(f"{key} says {stated:,} {what}, the table has {found:,}")


def _output(table: _Table, row: _Row, outputs: int, options: ReadOptions) -> str:
    if "-" not in row.output:
        return row.output
    if options.dont_care is None:
        written = f"{row.cube} {row.state} {row.target} {row.output}"
        hint = "--dont-care 0 or 1 reads every open output as that bit; the two are different machines"
        table.fail(f"the row {written!r:.90} leaves {row.output.count('-')} of {outputs} outputs open", row.line, hint)
    return row.output.replace("-", options.dont_care.value)
