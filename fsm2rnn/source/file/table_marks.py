"""What in a transition table is no letter and no part of a name: columns of outputs, arrows and stars before states."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple, NoReturn, final

from fsm2rnn.source.draft.reading import Notes

ACCEPT: Final = "accept"
OUTPUT: Final = "output"
TRUTH: Final = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}

_ACCEPTS: Final = {"accept", "accepts", "accepting", "accepted", "acceptance", "final", "isfinal", "isaccepting"}
_OUTPUTS: Final = {"output", "outputs"}
_STARTS: Final = {"start", "isstart", "initial", "isinitial"}
_ENDS: Final = (
    {"from", "source", "src", "state", "origin", "currentstate"},
    {"symbol", "letter", "input", "label", "read", "char", "event"},
    {"to", "target", "dst", "dest", "destination", "next", "nextstate"},
)
_SEPARATORS: Final = {";": "semicolons", "\t": "tabs", "|": "bars"}
_MARKED: Final = re.compile(r"(?P<marks>(?:\s*(?:-+>|\u2192|>|\*))+)\s*(?P<name>\S.*)", re.DOTALL)

Fail = Callable[[str, str | None], NoReturn]


@final
@dataclass(frozen=True)
class Columns:
    """The places of the columns that are letters, and of those that say which states accept or what they put out."""

    letters: tuple[int, ...]
    accepts: int | None
    outputs: int | None


class RowMarks(NamedTuple):
    """The rows that an arrow or a star marks."""

    starts: list[int]
    accepting: set[int]


def special_columns(cells: list[list[str]], fail: Fail, notes: Notes) -> Columns:
    """Return what each column is; `accept` and `output` by their names, other spellings of them with a note.

    `fail` takes message and hint: for a list of transitions, for cells that no comma separates, for several columns of
    outputs, and for a column that may mark the start.
    """
    head = cells[0]
    _require_table(head, fail)
    values = [[row[place] for row in cells[1:]] for place in range(len(head))]
    states = set(values[0])
    accepts, outputs = [], []
    for place, name in enumerate(head[1:], start=1):
        plain = re.sub(r"[\s_?-]", "", name.lower())
        truths = all(value.lower() in TRUTH for value in values[place])
        if name == ACCEPT or (plain in _ACCEPTS and truths):
            accepts.append(place)
        elif name == OUTPUT or plain in _OUTPUTS:
            outputs.append(place)
        elif plain in _STARTS and truths and states.issuperset(values[place]) and _once(values[place]):
            fail(
                f"the column {name!r:.60} may be a letter, or mark the start", "rename the letter, or use --start STATE"
            )
        else:
            continue
        if name not in {ACCEPT, OUTPUT}:
            notes.add(
                f"the column {name!r:.60} is no letter: it says {'which states accept' if truths else 'the outputs'}"
            )
    if len(accepts) + len(outputs) > 1:
        fail("more than one column of outputs", None)
    letters = tuple(place for place in range(1, len(head)) if place not in {*accepts, *outputs})
    return Columns(letters, next(iter(accepts), None), next(iter(outputs), None))


def marked_rows(body: list[list[str]], columns: Columns, notes: Notes) -> tuple[list[list[str]], RowMarks]:
    """Return the rows with the names of states bare, and what marked them.

    A mark is an arrow or a star before a name that the cells do not have with it.
    """
    found = [_MARKED.fullmatch(row[0]) for row in body]
    targets = {row[place] for row in body for place in columns.letters}
    bare = [row[0] if mark is None else mark["name"] for row, mark in zip(body, found, strict=True)]
    if not any(found) or any(mark is not None and mark[0] in targets for mark in found) or len(set(bare)) < len(bare):
        return body, RowMarks([], set())
    marks = ["" if mark is None else mark["marks"] for mark in found]
    notes.add("an arrow before a row's name marks the start, a star a state that accepts")
    starts = [place for place, mark in enumerate(marks) if mark.replace("*", "").strip()]
    accepting = {place for place, mark in enumerate(marks) if "*" in mark}
    return [[name, *row[1:]] for name, row in zip(bare, body, strict=True)], RowMarks(starts, accepting)


def _require_table(head: list[str], fail: Fail) -> None:
    plain = {re.sub(r"[\s_-]", "", name.lower()) for name in head}
    if all(plain & names for names in _ENDS):
        fail("a list of transitions; expected a row per state, a column per letter", "an .att file holds such a list")
    for separator, name in _SEPARATORS.items():
        if len(head) == 1 and separator in head[0]:
            fail(f"no commas; cells seem to be separated by {name}", "save it with commas between the cells")


def _once(values: list[str]) -> bool:
    return sum(TRUTH[value.lower()] for value in values) == 1
