"""Tables as comma-separated values: which are Cayley tables, and the others as transition tables.

A Cayley table has `*` in its corner, or the same names on its columns and rows; without names its first row and
first column agree, or it holds the numbers 0 .. n-1 or 1 .. n alone. Any other is a transition table: the first row
names the letters, the first column the states, a cell the next state; an empty cell is a missing transition. The
first row's state starts. A column `accept` holds 1 or 0, true or false, yes or no; a column `output` holds outputs.
"""

from __future__ import annotations

from typing import Final, NoReturn

from fsm2rnn.choice import nearest_hint
from fsm2rnn.errors import InputError
from fsm2rnn.machine.labels import Label
from fsm2rnn.machine.reachable import canonical
from fsm2rnn.source.draft.draft import Arc, Draft, assemble, require_table
from fsm2rnn.source.draft.reading import Notes, Reading, ReadOptions
from fsm2rnn.source.draft.restart import restarted
from fsm2rnn.source.file.cayley import CORNER, cayley_machine, holds_only_numbers
from fsm2rnn.source.file.csv_rows import Rows, csv_rows

ACCEPT, OUTPUT = "accept", "output"

_TRUTH: Final = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
_KIND: Final = "read as a transition table"


def read_csv(text: str, file: str, options: ReadOptions) -> Reading:
    """Return the machine of a Cayley or transition table, and notes; errors say which of the two it was read as."""
    rows = csv_rows(text, file)
    if _is_cayley(rows):
        try:
            return restarted(Reading(cayley_machine(rows, file, options.max_states)), options.start)
        except InputError as error:
            message = f"{error.message} (read as a Cayley table)"
            raise InputError(message, file=file, line=error.line, hint=error.hint) from None
    return _transitions(rows, file, options)


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
    head, body = cells[0], cells[1:]
    for row, line in zip(cells, rows.lines, strict=True):
        if len(row) != len(head):
            _fail(f"{len(row)} cells under {len(head)} columns", file, line)
    special = [place for place, name in enumerate(head) if place and name in {ACCEPT, OUTPUT}]
    if len(special) > 1:
        _fail("more than one column of outputs", file, rows.lines[0])
    places = [place for place in range(1, len(head)) if place not in special]
    symbols = _unique([head[place] for place in places], "letter", file, [rows.lines[0]] * len(places))
    states = _unique([row[0] for row in body], "state", file, rows.lines[1:])
    require_table(len(states), len(symbols))
    arcs = []
    for source, (row, line) in enumerate(zip(body, rows.lines[1:], strict=True)):
        for letter, place in enumerate(places):
            if row[place]:
                arcs.append(Arc(source, letter, _number(row[place], states, file, line), line))
    notes = Notes()
    start = _start(states, file, options, notes)
    outputs = _outputs(head, special, body, rows.lines[1:], file)
    draft = Draft(tuple(states), tuple(symbols), tuple(arcs), start, outputs, file)
    return notes.of(canonical(assemble(draft, options.complete)))


def _unique(names: list[str], what: str, file: str, lines: list[int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, line in zip(names, lines, strict=True):
        if name in found:
            _fail(f"the {what} {name!r:.60} is named twice", file, line)
        if not name:
            _fail(f"a {what} without a name", file, line)
        found[name] = len(found)
    return found


def _start(states: dict[str, int], file: str, options: ReadOptions, notes: Notes) -> int | None:
    if options.start is None:
        notes.add(f"{_KIND}: rows are states, columns letters, and the first row's state starts")
        return 0 if states else None
    return _number(options.start, states, file, None)


def _number(name: str, states: dict[str, int], file: str, line: int | None) -> int:
    """Return the number of a state, which must have a row."""
    if name not in states:
        _fail(f"the state {name!r:.60} has no row", file, line, nearest_hint(name[:60], [*states][:1000]))
    return states[name]


def _outputs(
    head: list[str], special: list[int], body: list[list[str]], lines: list[int], file: str
) -> tuple[Label, ...]:
    """Return the outputs of the states: their own column, or their names."""
    if not special:
        return tuple(row[0] for row in body)
    written = [row[special[0]] for row in body]
    if head[special[0]] == OUTPUT:
        return tuple(written)
    for value, line in zip(written, lines, strict=True):
        if value.lower() not in _TRUTH:
            _fail(f"{ACCEPT} is {value!r:.60}; expected 1 or 0, true or false, yes or no", file, line)
    return tuple(_TRUTH[value.lower()] for value in written)


def _fail(message: str, file: str, line: int | None, hint: str | None = None) -> NoReturn:
    full = f"{message} ({_KIND})"
    raise InputError(full, file=file, line=line, hint=hint)
