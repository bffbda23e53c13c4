"""One picture of a machine: its state graph, the matrices of a network that is exactly it, and which layers can be."""

from __future__ import annotations

import itertools
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, final

from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.pages.web.drawings.graph import graph_parts
from fsm2rnn.pages.web.drawings.sentence import TONES
from fsm2rnn.pages.web.drawings.svg import (
    AMBER,
    AMBER_BACK,
    CELL,
    GREEN,
    GREEN_BACK,
    INK,
    MINUS,
    MUTED,
    PAPER,
    PLUS,
    RED,
    RED_BACK,
    SYMBOLS,
    Point,
    element,
    picture,
    text,
)
from fsm2rnn.pages.web.page_data import Entries, LadderRung, Linear, Subject

WIDTH, MARGIN = 1200, 30
TOP: Final = 118  # where the columns begin, below name and claim
LEFT: Final = (30, 530)
"""Left side and width of the column with graph and matrices."""
RIGHT: Final = (590, 580)
"""Left side and width of the ladder."""
CELLS: Final = 10  # most rows of a matrix that is drawn
LETTERS: Final = 3  # most matrices
LINE: Final = 72  # letters of a line of the ladder
COLOURS: Final = {
    "compiled": (GREEN, GREEN_BACK),
    "impossible": (RED, RED_BACK),
    "unsettled": (AMBER, AMBER_BACK),
}
CELLS_OF_TORCH: Final = ("relu", "elman", "gru", "lstm")
"""Left out: they can be every machine, and the picture shows where linear recurrences end."""
HEADING: Final[dict[str, str | float]] = {"text_anchor": "start", "font_weight": "bold"}
STATES: Final = 60
"""Most states of a graph of this size."""


@final
@dataclass(frozen=True)
class _Column:
    """What stands in one column, and how far down it reaches."""

    parts: tuple[str, ...]
    height: float


def overview_svg(subject: Subject) -> str:
    """Return the picture of a machine with a ladder, some 1,200 by 700.

    LimitError where the machine has more than 60 states; InputError where the subject is a network alone.
    """
    if len(subject.machine.states) > STATES:
        what = "states of a machine in one picture"
        raise LimitError(what, limit=STATES, needed=len(subject.machine.states), hint="write a page: -o page.html")
    if not subject.ladder:
        message = f"{subject.name} is a network, of which there is no one picture"
        raise InputError(message, hint="write a page: -o page.html")
    graph, ladder = _graph(subject, *LEFT), _ladder(subject.ladder, *RIGHT)
    columns = [graph, ladder]
    if subject.networks:
        columns.append(_matrices(subject.networks[0], subject.machine.symbols, graph.height + 20, *LEFT))
    height = max(column.height for column in columns) + MARGIN
    parts = [part for column in columns for part in column.parts]
    title = f"{subject.name}: {subject.title}. {subject.claim.head} {subject.claim.rest}"
    return picture((0, 0, WIDTH, height), title, *_head(subject), *parts)


def _head(subject: Subject) -> Iterator[str]:
    yield text(subject.name, (MARGIN, 44), 26, INK, text_anchor="start", font_weight="bold")
    beside = MARGIN + 16.5 * len(subject.name) + 20
    yield text(subject.title, (beside, 44), 17, MUTED, text_anchor="start")
    colour, back = TONES[subject.claim.tone]
    yield _box((MARGIN, 60), WIDTH - 2 * MARGIN, 36, back)
    head = element("tspan", {"font-weight": "bold"}, subject.claim.head)
    attributes: dict[str, str | float] = {"x": MARGIN + 14, "y": 84, "font-size": 17, "fill": colour}
    yield element("text", attributes, head, f" {subject.claim.rest}")


def _graph(subject: Subject, left: float, width: float) -> _Column:
    places = [(float(x), float(y)) for x, y in subject.machine.places or ()]
    xs, ys = zip(*places, strict=True)
    room = 110
    scale = width / (max(xs) - min(xs) + 2 * room)
    high = (max(ys) - min(ys) + 2 * room) * scale
    move = f"translate({left:.1f} {TOP + 24:.1f}) scale({scale:.4f}) translate({room - min(xs):g} {room - min(ys):g})"
    drawn = element("g", {"transform": move}, *graph_parts(subject.machine, places))
    return _Column((_heading("the machine", left), drawn), TOP + 24 + high)


def _matrices(network: Linear, symbols: Sequence[str], top: float, left: float, width: float) -> _Column:
    """Return one heat map a symbol, side by side, of the numbers that are stored."""
    size, shown = len(network.initial), min(LETTERS, len(network.matrices))
    parts = [text(f"its weights, exactly ({network.name})", (left, top), 15, MUTED, **HEADING)]
    if size > CELLS:
        parts.append(text(f"matrices of {size} rows", (left, top + 30), 15, MUTED, text_anchor="start"))
        return _Column(tuple(parts), top + 40)
    each = width / shown
    cell = min(46.0, (each - 30) / size)
    for number in range(shown):
        at = (left + number * each, top + 46)
        name = f"h ← A[{symbols[number]}] h"
        parts.append(text(name, (at[0], top + 32), 17, SYMBOLS[number % len(SYMBOLS)], **HEADING))
        parts += _heat_map(network.matrices[number], size, at, cell)
    left_out = len(network.matrices) - shown
    more = f"; {left_out} more symbol{'' if left_out == 1 else 's'}" if left_out else ""
    below = top + 46 + size * cell + 22
    said = f"h is read as the state of the greatest score{more}"
    parts.append(text(said, (left, below), 15, MUTED, text_anchor="start"))
    return _Column(tuple(parts), below)


def _heat_map(entries: Entries, size: int, at: Point, cell: float) -> Iterator[str]:
    known = {(row, column): value for row, column, value in entries}
    for row in range(size):
        for column in range(size):
            value = known.get((row, column), 0.0)
            colour = CELL if value == 0 else PLUS if value > 0 else MINUS
            corner = (at[0] + column * cell, at[1] + row * cell)
            yield _box(corner, cell - 2, cell - 2, colour)
            middle = (corner[0] + cell / 2 - 1, corner[1] + cell / 2 + 5)
            yield text(f"{value:.3g}".replace("-", "\N{MINUS SIGN}"), middle, 15, INK if value == 0 else PAPER)


def _ladder(rungs: Sequence[LadderRung], left: float, width: float) -> _Column:
    parts, top = [_heading("which layers can be this machine", left)], TOP + 24.0
    linear = [rung for rung in rungs if rung.target not in CELLS_OF_TORCH]
    for (verdict, said), alike in itertools.groupby(linear, key=lambda rung: (rung.verdict, rung.text)):
        colour, back = COLOURS[verdict]
        names, lines = textwrap.wrap(", ".join(map(_named, alike)), LINE - 4), textwrap.wrap(said, LINE)
        high = 12 + 19 * (len(names) + len(lines))
        parts += [_box((left, top), width, high, back), _box((left, top), 4, high, colour)]
        for row, line in enumerate([*names, *lines]):
            bold = row < len(names)
            weight = "bold" if bold else "normal"
            place = (left + 14, top + 20 + 19 * row)
            parts.append(text(line, place, 15, INK if bold else colour, text_anchor="start", font_weight=weight))
        top += high + 6
    return _Column(tuple(parts), top)


def _named(rung: LadderRung) -> str:
    return rung.target + (f" ({', '.join(rung.published)})" if rung.published else "")


def _heading(words: str, left: float) -> str:
    return text(words, (left, TOP + 8), 15, MUTED, **HEADING)


def _box(corner: Point, width: float, height: float, colour: str) -> str:
    place: dict[str, str | float] = {"x": corner[0], "y": corner[1], "width": width, "height": height}
    return element("rect", place | {"rx": 4, "fill": colour})
