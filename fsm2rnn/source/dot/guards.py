r"""Drawings in MONA's style: the letters are the valuations of Boolean variables, a label says under which it leads on.

MONA draws each valuation as a column of 0, 1 and X for both, one row per variable: `0 1\nX,0` holds 00, 01 and 10.
Tools on top of it (LTLf2DFA) draw formulas: names, true, false, ~ and ! before & and &&, these before | and ||,
parentheses. Variables stand in the order of MONA's rows, in formulas in alphabetical order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, NoReturn, final

from fsm2rnn.errors import InputError
from fsm2rnn.source.dot.graph import Edge
from fsm2rnn.source.dot.labels import Move
from fsm2rnn.source.draft.reading import Notes
from fsm2rnn.source.guarded.valuations import (
    cube_size,
    cube_valuations,
    everything,
    holding,
    letters,
    members,
    require_expansion,
)

GRAPH: Final = "MONA_DFA"
"""The name of such a drawing."""

_COLUMNS: Final = re.compile(r"[01X]([ ,]+[01X])*")
_TOKEN: Final = re.compile(r"\s*(?:(?P<name>\w+)|(?P<mark>&&?|\|\|?|[~!()]))")
_CONSTANTS: Final = {"true": "1", "false": "0", "1": "1", "0": "0"}
_STRENGTH: Final = {"~": 3, "&": 2, "|": 1}


class Valuations(NamedTuple):
    """The letters in binary order, and the transitions under them."""

    letters: tuple[str, ...]
    moves: list[Move]


def guarded_moves(edges: Sequence[Edge], file: str | None, notes: Notes) -> Valuations:
    """Return a transition for every valuation under which an edge leads on.

    Raises InputError with the line for a label that is neither, LimitError past EXPANSION_LIMIT of them.
    """
    texts = [_text(edge, file) for edge in edges]
    if all(_COLUMNS.fullmatch(row) for text in texts for row in _rows(text)):
        inputs, sets = _column_sets(edges, texts, file)
        notes.add(f"the letters are the valuations of the {inputs} variables, in the order of the rows of a label")
    else:
        names = sorted({name for text in texts for name in _names(text)})
        inputs, sets = len(names), _formula_sets(edges, texts, names, file)
        shown = ", ".join(names)
        notes.add(f"the letters are the valuations of {shown:.200}, a digit for each in this order")
    spelled = letters(inputs)
    found = [
        Move(edge.source, spelled[number], edge.target, edge.line, None)
        for edge, valuations in zip(edges, sets, strict=True)
        for number in members(valuations)
    ]
    return Valuations(spelled, found)


def _text(edge: Edge, file: str | None) -> str:
    if edge.label is None or not edge.label.strip():
        message = f"the edge {edge.source!r:.60} -> {edge.target!r:.60} has no condition"
        raise InputError(message, file=file, line=edge.line, hint="true leads on under every valuation")
    return edge.label


def _rows(text: str) -> list[str]:
    return [row.strip() for row in text.split("\n") if row.strip()]


def _column_sets(edges: Sequence[Edge], texts: list[str], file: str | None) -> tuple[int, list[int]]:
    inputs = max((len(_rows(text)) for text in texts), default=0)
    letters(inputs)  # its limit comes before anything is written out
    sets, spent = [], 0
    for edge, text in zip(edges, texts, strict=True):
        rows = [re.findall("[01X]", row) for row in _rows(text)]
        if len(rows) != inputs or len({len(row) for row in rows}) != 1:
            message = f"the label {text!r:.60} is no table of {inputs} rows of equal length"
            raise InputError(message, file=file, line=edge.line)
        cubes = ["".join(column).replace("X", "-") for column in zip(*rows, strict=True)]
        spent += sum(map(cube_size, cubes))
        require_expansion(spent)
        sets.append(sum({1 << number for cube in cubes for number in cube_valuations(cube)}))
    return inputs, sets


def _names(text: str) -> Iterator[str]:
    for found in _TOKEN.finditer(text):
        if found["name"] and found["name"].lower() not in _CONSTANTS:
            yield found["name"]


def _formula_sets(edges: Sequence[Edge], texts: list[str], names: list[str], file: str | None) -> list[int]:
    letters(len(names))
    place = {name: index for index, name in enumerate(names)}
    full = everything(len(names))

    def value(name: str) -> int:
        constant = _CONSTANTS.get(name.lower())
        return holding(len(names), place[name]) if constant is None else full * int(constant)

    known: dict[str, int] = {}
    sets, spent = [], 0
    for edge, text in zip(edges, texts, strict=True):
        if text not in known:
            # Several lines are several conditions, each of which leads on.
            formula = " | ".join(f"({row})" for row in _rows(text))
            known[text] = _Formula(formula, value, full, edge, file).value()
        spent += known[text].bit_count()
        require_expansion(spent)
        sets.append(known[text])
    return sets


@final
@dataclass
class _Formula:
    """A formula, evaluated with two stacks so that no depth of parentheses is too deep; `holds` gives a name's set."""

    text: str
    holds: Callable[[str], int]
    full: int
    edge: Edge
    file: str | None

    def fail(self, found: str) -> NoReturn:
        message = f"the label {self.edge.label!r:.60} is no formula: {found}"
        hint = "names with ~ & | and parentheses, or MONA's columns of 0, 1 and X"
        raise InputError(message, file=self.file, line=self.edge.line, hint=hint)

    def value(self) -> int:
        values: list[int] = []
        marks: list[str] = []
        expected = True  # an operand, else an operator
        for name, mark in self.tokens():
            if expected:
                if name:
                    values.append(self.holds(name))
                elif mark not in "~(":
                    self.fail(f"{mark!r} where a name is due")
                else:
                    marks.append(mark)
                expected = not name
            else:
                expected = self.operate(values, marks, name or mark)
        if expected:
            self.fail("it ends where a name is due")
        self.reduce(values, marks, 0)
        if marks:
            self.fail("a parenthesis never closes")
        return values[0]

    def operate(self, values: list[int], marks: list[str], mark: str) -> bool:
        """Take an operator or a closing parenthesis; return whether an operand is due next."""
        if mark not in ("&", "|", ")"):
            self.fail(f"no operator stands before {mark!r:.40}")
        self.reduce(values, marks, _STRENGTH.get(mark, 0))
        if mark != ")":
            marks.append(mark)
            return True
        if not marks:
            self.fail("a parenthesis closes that never opened")
        marks.pop()
        return False

    def reduce(self, values: list[int], marks: list[str], strength: int) -> None:
        """Apply the operators on top that bind at least as strongly."""
        while marks and marks[-1] != "(" and _STRENGTH[marks[-1]] >= strength:
            mark = marks.pop()
            if mark == "~":
                values[-1] ^= self.full
            else:
                right = values.pop()
                values[-1] = values[-1] & right if mark == "&" else values[-1] | right

    def tokens(self) -> Iterator[tuple[str, str]]:
        text, position = self.text.rstrip(), 0
        while position < len(text):
            found = _TOKEN.match(text, position)
            if found is None:
                self.fail(f"{text[position:].strip()[:1]!r} is no part of one")
            yield found["name"] or "", (found["mark"] or "")[:1].replace("!", "~")
            position = found.end()
