"""Cayley tables as comma-separated values: a monoid acting on itself by right multiplication.

Row x, column y holds the product x * y, left to right: first x, then y. Where the corner cell is empty or
`*`, the first row names the columns and the first column the rows. Without such a corner the elements are
0 .. n-1 or 1 .. n where the cells are those numbers, else the first row lists them, the identity first.
Every monoid is read: associativity is proved by Light's test, of |generators| n^2 products.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Final, NamedTuple, NoReturn

from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.machine.labels import Label
from fsm2rnn.machine.reachable import canonical
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.source.draft.draft import require_table
from fsm2rnn.source.draft.holding import ANY_FORMAT, require_names
from fsm2rnn.source.file.csv_rows import Rows, csv_rows

CORNER: Final = "*"
PRODUCT_LIMIT: Final = 2**26
"""Most products compared to prove a table associative: seconds."""

Table = Sequence[Sequence[int]]


class _Sheet(NamedTuple):
    """The names of the elements, and their products with the line of each row."""

    names: list[str]
    cells: list[list[str]]
    lines: list[int]


def read_cayley(text: str, *, file: str | None, max_states: int) -> StateMachine:
    """Return the monoid acting on itself, all elements as symbols in table order; it outputs its state.

    Raises InputError, with the line, for a table that is not square or not closed, and for one without
    identity or not associative; LimitError past `max_states` elements or PRODUCT_LIMIT.
    """
    return cayley_machine(csv_rows(text, file), file, max_states)


def cayley_machine(rows: Rows, file: str | None, max_states: int) -> StateMachine:
    """Return the machine of the rows of a table; errors as for `read_cayley`."""
    for row, line in zip(rows.cells, rows.lines, strict=True):
        if len(row) != len(rows.cells):
            message = f"{len(row)} cells in a table of {len(rows.cells)} rows; a Cayley table is square"
            raise InputError(message, file=file, line=line)
    sheet = _sheet(rows.cells, rows.lines, file)
    order = len(sheet.names)
    if order > max_states:
        what = "elements of the Cayley table"
        raise LimitError(what, limit=max_states, needed=order, hint="--max-states N raises the limit")
    require_table(order, order)
    number = {name: index for index, name in enumerate(sheet.names)}
    if len(number) < order:
        twice = next(name for index, name in enumerate(sheet.names) if number[name] != index)
        message = f"the element {twice!r:.60} is named twice"
        raise InputError(message, file=file, line=1)
    table = _products(sheet, number, file)
    try:
        start = _proved_identity(table, sheet.names)
    except InputError as error:
        raise InputError(error.message, file=file, hint=error.hint) from None
    return canonical(StateMachine.tracker(sheet.names, sheet.names, table, start))


def machine_to_cayley(machine: StateMachine) -> str:
    """Return the table of a machine that is a monoid acting on itself; rows and columns in symbol order.

    Raises InputError for any other machine: states and symbols must be the same strings, the outputs the
    states, the start the identity, and the product associative.
    """
    number: dict[Label, int] = {symbol: index for index, symbol in enumerate(machine.symbols)}
    if set(number) != set(machine.states) or machine.outputs != machine.states:
        _refuse("its states, symbols and outputs differ")
    names = require_names("element", machine.symbols, ".csv", lambda _: None)
    require_names("state", machine.states, ".csv", lambda _: None)
    image = [number[state] for state in machine.states]
    table: list[list[int]] = [[] for _ in names]
    for state, row in enumerate(machine.table):
        table[image[state]] = [image[target] for target in row]
    start = image[machine.start]
    if table[start] != list(range(len(names))):
        _refuse("a symbol does not lead from the start to the state of its name")
    try:
        _proved_identity(table, names)
    except InputError as error:
        _refuse(error.message)
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([CORNER, *names])
    writer.writerows([name, *(names[cell] for cell in row)] for name, row in zip(names, table, strict=True))
    return stream.getvalue()


def _refuse(reason: str) -> NoReturn:
    message = f"the .csv format holds monoids acting on themselves only: {reason}"
    raise InputError(message, hint=ANY_FORMAT) from None


def _sheet(rows: list[list[str]], lines: list[int], file: str | None) -> _Sheet:
    if rows[0][0] not in {"", CORNER}:
        return _Sheet(_plain_names(rows), rows, lines)
    names = rows[0][1:]
    for row, name, line in zip(rows[1:], names, lines[1:], strict=True):
        if row[0] != name:
            message = f"the row is named {row[0]!r:.60}, the column of that number {name!r:.60}"
            raise InputError(message, file=file, line=line)
    if not names:
        message = "a table without elements"
        raise InputError(message, file=file, line=1)
    return _Sheet(names, [row[1:] for row in rows[1:]], lines[1:])


def holds_only_numbers(rows: list[list[str]]) -> bool:
    """Whether the cells of a square table without names are 0 .. n-1 or 1 .. n, all of them."""
    return _numbers(rows) is not None


def _plain_names(rows: list[list[str]]) -> list[str]:
    return _numbers(rows) or rows[0]


def _numbers(rows: list[list[str]]) -> list[str] | None:
    cells = {cell for row in rows for cell in row}
    candidates = ([str(first + index) for index in range(len(rows))] for first in (0, 1))
    return next((names for names in candidates if cells == set(names)), None)


def _products(sheet: _Sheet, number: dict[str, int], file: str | None) -> list[list[int]]:
    table = []
    for row, line in zip(sheet.cells, sheet.lines, strict=True):
        foreign = next((cell for cell in row if cell not in number), None)
        if foreign is not None:
            hint = f"without {CORNER!r} in the corner, the first row lists the elements, the identity first"
            message = f"the product {foreign!r:.60} is not an element"
            raise InputError(message, file=file, line=line, hint=hint)
        table.append([number[cell] for cell in row])
    return table


def _proved_identity(table: Table, names: Sequence[str]) -> int:
    """Return e with e * x = x * e = x for all x, once the product is proved associative."""
    everything = list(range(len(table)))
    identity = next((e for e in everything if table[e] == everything), None)
    if identity is None or any(row[identity] != x for x, row in enumerate(table)):
        message = "no element is an identity on both sides"
        raise InputError(message, hint="a semigroup needs one adjoined")
    _require_associative(table, identity, names)
    return identity


def _require_associative(table: Table, identity: int, names: Sequence[str]) -> None:
    """Prove (x * g) * y = x * (g * y) for all x, y and each g of a generating set, hence for every g (F. W. Light)."""
    generators = _generators(table, identity)
    needed = len(generators) * len(table) ** 2
    if needed > PRODUCT_LIMIT:
        what = "products to prove a Cayley table associative"
        raise LimitError(what, limit=PRODUCT_LIMIT, needed=needed)
    for g in generators:
        after = table[g]
        for x, row in enumerate(table):
            if table[row[g]] != [row[image] for image in after]:
                y = next(y for y, image in enumerate(after) if table[row[g]][y] != row[image])
                a, b, c = (f"{names[element]:.40}" for element in (x, g, y))
                message = f"not associative: ({a} * {b}) * {c} is not {a} * ({b} * {c})"
                raise InputError(message)


def _generators(table: Table, identity: int) -> list[int]:
    """Return elements whose products, taken left to right from the identity, are all elements."""
    generators: list[int] = []
    reached = [identity]
    seen = set(reached)
    for candidate in range(len(table)):
        if candidate in seen:
            continue
        generators.append(candidate)
        # Every element reached so far meets the new generator, every new one meets all.
        todo = [(element, [candidate]) for element in reached]
        for element, letters in todo:
            for letter in letters:
                product = table[element][letter]
                if product not in seen:
                    seen.add(product)
                    reached.append(product)
                    todo.append((product, generators))
    return generators
