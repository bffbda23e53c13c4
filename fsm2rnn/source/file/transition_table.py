"""Tables as comma-separated values: which are Cayley tables, and the others as transition tables.

A Cayley table has `*` in its corner, or the same names on its columns and rows; without names its first row and
first column agree, or it holds the numbers 0 .. n-1 or 1 .. n alone. Any other is a transition table: the first row
names the letters, the first column the states, a cell the next state; an empty cell is a missing transition. The
first row's state starts. A column `accept` holds 1 or 0, true or false, yes or no; a column `output` holds outputs.
"""

from __future__ import annotations

from typing import Final, NoReturn, TypeAlias

from fsm2rnn.choice import nearest_hint
from fsm2rnn.errors import InputError
from fsm2rnn.machine.labels import Label
from fsm2rnn.machine.reachable import canonical
from fsm2rnn.source.draft.doubts import weigh
from fsm2rnn.source.draft.draft import Arc, Draft, assemble, require_table
from fsm2rnn.source.draft.label_lists import listed, twofold
from fsm2rnn.source.draft.reading import Labels, Notes, Reading, ReadOptions
from fsm2rnn.source.draft.restart import restarted
from fsm2rnn.source.file.cayley import CORNER, cayley_machine, holds_only_numbers
from fsm2rnn.source.file.csv_rows import Rows, csv_rows
from fsm2rnn.source.file.table_marks import ACCEPT, TRUTH, Columns, RowMarks, marked_rows, special_columns

Outputs: TypeAlias = tuple[Label, ...]

_WAYS: Final = "--labels list reads a column as the letters it lists, --labels whole as one letter"
_KIND: Final = "read as a transition table"


def read_csv(text: str, file: str, options: ReadOptions) -> Reading:
    """Return the machine of a Cayley or transition table, and notes; errors say which of the two it was read as."""
    rows = csv_rows(text, file)
    if _is_cayley(rows):
        try:
            return restarted(_cayley(rows, file, options), options.start)
        except InputError as error:
            message = f"{error.message} (read as a Cayley table)"
            raise InputError(message, file=file, line=error.line, hint=error.hint) from None
    return _transitions(rows, file, options)


def _cayley(rows: Rows, file: str, options: ReadOptions) -> Reading:
    if options.labels is Labels.LIST:
        message = "--labels list says nothing here: the elements of a monoid are its letters"
        raise InputError(message, file=file)
    machine = cayley_machine(rows, file, options.max_states)
    identity, notes = str(machine.states[machine.start]), Notes()
    if not rows.cells[0][0].strip() and identity != rows.cells[1][0]:
        notes.add(
            f"read as a Cayley table (a * in its corner says so): the identity {identity!r:.60} starts, no first row"
        )
    return notes.of(machine)


def _is_cayley(rows: Rows) -> bool:
    cells = rows.cells
    corner, columns, names = cells[0][0].strip(), cells[0][1:], [row[0] for row in cells[1:]]
    if corner in {"", CORNER}:
        return corner == CORNER or set(columns) == set(names)
    if columns == names or corner in {*columns, *names, *(cell for row in cells[1:] for cell in row[1:])}:
        return True
    return all(len(row) == len(cells) for row in cells) and holds_only_numbers(cells)


def _transitions(rows: Rows, file: str, options: ReadOptions) -> Reading:
    cells = [[cell.strip() for cell in row] for row in rows.cells]
    lines, notes = rows.lines, Notes()
    for row, line in zip(cells, lines, strict=True):
        if len(row) != len(cells[0]):
            _fail(f"{len(row)} cells under {len(cells[0])} columns", file, line)
    columns = special_columns(cells, lambda message, hint: _fail(message, file, lines[0], hint), notes)
    body, marks = marked_rows(cells[1:], columns, notes)
    places = [(letter, place) for place in columns.letters for letter in _letters(cells[0][place], options)]
    symbols = _unique([letter for letter, _ in places], "letter", file, [lines[0]] * len(places))
    states = _unique([row[0] for row in body], "state", file, lines[1:])
    require_table(len(states), len(symbols))
    arcs = [
        Arc(source, symbols[letter], _number(row[place], states, file, line), line)
        for source, (row, line) in enumerate(zip(body, lines[1:], strict=True))
        for letter, place in places
        if row[place]
    ]
    if options.labels is None:
        weigh(list(symbols), notes, None, listed)
    pair = twofold(list(symbols)) if options.labels is None and len(arcs) < len(states) * len(symbols) else None
    if pair is not None:
        _fail(
            f"{pair[0]!r:.60} and {pair[1]!r:.60} are both letters, and transitions are missing", file, lines[0], _WAYS
        )
    start = _start(states, marks, file, options, notes)
    outputs = _outputs(columns, marks, body, lines[1:], file)
    draft = Draft(tuple(states), tuple(symbols), tuple(arcs), start, outputs, file)
    return notes.of(canonical(assemble(draft, options.complete)))


def _letters(name: str, options: ReadOptions) -> tuple[str, ...]:
    return listed(name) if options.labels is Labels.LIST else (name,)


def _unique(names: list[str], what: str, file: str, lines: list[int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, line in zip(names, lines, strict=True):
        if name in found:
            _fail(f"the {what} {name!r:.60} is named twice", file, line)
        if not name:
            _fail(f"a {what} without a name", file, line)
        found[name] = len(found)
    return found


def _start(states: dict[str, int], marks: RowMarks, file: str, options: ReadOptions, notes: Notes) -> int | None:
    if options.start is not None:
        return _number(options.start, states, file, None)
    if len(marks.starts) > 1:
        _fail("more than one row is marked as the start", file, None)
    which = "the row marked by an arrow" if marks.starts else "the first row's state"
    notes.add(f"{_KIND}: rows are states, columns letters, and {which} starts")
    return marks.starts[0] if marks.starts else 0 if states else None


def _number(name: str, states: dict[str, int], file: str, line: int | None) -> int:
    """Return the number of a state, which must have a row."""
    if name not in states:
        _fail(f"the state {name!r:.60} has no row", file, line, nearest_hint(name[:60], [*states][:1000]))
    return states[name]


def _outputs(
    columns: Columns, marks: RowMarks, body: list[list[str]], lines: list[int], file: str
) -> tuple[Label, ...]:
    """Return the outputs of the states: their own column, whether a star marks them, or their names."""
    if columns.outputs is not None:
        return tuple(row[columns.outputs] for row in body)
    if columns.accepts is None:
        return (
            tuple(row[0] for row in body)
            if not marks.accepting
            else tuple(place in marks.accepting for place in range(len(body)))
        )
    written = [row[columns.accepts] for row in body]
    for value, line in zip(written, lines, strict=True):
        if value.lower() not in TRUTH:
            _fail(f"{ACCEPT} is {value!r:.60}; expected 1 or 0, true or false, yes or no", file, line)
    return tuple(TRUTH[value.lower()] for value in written)


def _fail(message: str, file: str, line: int | None, hint: str | None = None) -> NoReturn:
    full = f"{message} ({_KIND})"
    raise InputError(full, file=file, line=line, hint=hint)
