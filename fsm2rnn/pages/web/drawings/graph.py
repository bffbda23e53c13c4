"""The state graph of a machine as one SVG picture: circles for states, arrows coloured by symbol, the start entered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from fsm2rnn.errors import LimitError
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.pages.web.drawing import WHOLE, drawn_machine
from fsm2rnn.pages.web.drawings.svg import (
    INK,
    PAPER,
    SEVERAL,
    SYMBOLS,
    Point,
    arrow,
    element,
    entrance,
    picture,
    text,
)
from fsm2rnn.pages.web.page_data import DrawnMachine

ROOM: Final = 110  # around the places, for loops and names
RADII: Final = ((12, 34), (30, 24), (80, 15))  # up to so many states, circles of this radius
SMALLEST: Final = 10
NAMED_STATES, NAMED_ARROWS = 30, 60  # beyond, names would lie on each other
SPELLED: Final = 3  # symbols that an arrow's label lists
LONG: Final = 14  # letters of a name
SHORT: Final = 3  # letters that a circle has room for
BELOW: Final = 1e6
WIDTH: Final = 460  # of a picture in a notebook, in pixels


def machine_svg(machine: StateMachine, width: int = WIDTH) -> str:
    """Return the state graph as SVG, `width` pixels wide.

    Accepting states have two rings. LimitError beyond 200 states, of which no picture shows anything.
    """
    if len(machine.states) > WHOLE:
        what = "states of a machine in one picture"
        raise LimitError(what, limit=WHOLE, needed=len(machine.states), hint="fsm2rnn view shows neighbourhoods")
    drawn = drawn_machine(machine)
    places = [(float(x), float(y)) for x, y in drawn.places or ()]
    box = _box(places)
    title = f"state graph of {len(machine.states)} states over {len(machine.symbols)} symbols"
    return picture(box, title, *graph_parts(drawn, places), width=width)


def shown_machine(machine: StateMachine) -> str | None:
    """Return the state graph as SVG, None of more than 200 states, which a notebook shows as text."""
    return machine_svg(machine) if len(machine.states) <= WHOLE else None


def _box(places: Sequence[Point]) -> tuple[float, float, float, float]:
    """Return left, top, width and height of what is drawn around places."""
    xs, ys = zip(*places, strict=True)
    left, top = min(xs) - ROOM, min(ys) - ROOM
    return left, top, max(xs) + ROOM - left, max(ys) + ROOM - top


def graph_parts(drawn: DrawnMachine, places: Sequence[Point]) -> list[str]:
    """Return the arrows and above them the circles of a machine whose states stand at places."""
    size = next((radius for count, radius in RADII if len(places) <= count), SMALLEST)
    left, top, width, height = _box(places)
    centre = (left + width / 2, top + height / 2)
    arrows = _arrows(drawn)
    spelled = len(arrows) <= NAMED_ARROWS
    lines, labels = [], []
    for (start, end), symbols in arrows.items():
        colour = SYMBOLS[symbols[0]] if len(symbols) == 1 and len(drawn.symbols) <= len(SYMBOLS) else SEVERAL
        both = (end, start) in arrows
        below = (places[start][0], places[start][1] + BELOW)  # a loop of the start leaves its left side to the entrance
        looks_from = below if start == end == drawn.start else centre
        line, at = arrow(places[start], places[end], size, colour, bent=both, centre=looks_from)
        lines.append(line)
        if spelled:
            labels.append(_name(_listed(drawn, symbols), (at[0], at[1] + 8), 22, colour))
    circles = [part for state, place in enumerate(places) for part in _circle(drawn, state, place, size)]
    return [*lines, entrance(places[drawn.start], size), *labels, *circles]


def _arrows(drawn: DrawnMachine) -> dict[tuple[int, int], list[int]]:
    """Return the symbols of each arrow, by the states that it joins."""
    found: dict[tuple[int, int], list[int]] = {}
    for state, row in enumerate(drawn.table):
        for symbol, target in enumerate(row):
            found.setdefault((state, target), []).append(symbol)
    return found


def _listed(drawn: DrawnMachine, symbols: Sequence[int]) -> str:
    names = [_short(drawn.symbols[symbol]) for symbol in symbols]
    if len(names) > SPELLED:
        names = [*names[: SPELLED - 1], f"+{len(names) - SPELLED + 1}"]
    return ", ".join(names)


def _circle(drawn: DrawnMachine, state: int, at: Point, size: float) -> list[str]:
    ring: dict[str, str | float] = {"cx": at[0], "cy": at[1], "fill": PAPER, "stroke": INK, "stroke-width": 2.5}
    parts = [element("circle", ring | {"r": size})]
    if drawn.accepting is not None and drawn.accepting[state]:
        parts.append(element("circle", ring | {"r": size * 0.8, "stroke-width": 2}))
    if len(drawn.states) <= NAMED_STATES:
        name = _short(drawn.states[state])
        if max(map(len, drawn.states)) <= SHORT:
            parts.append(text(name, (at[0], at[1] + size * 0.28), size * 0.76))
        else:
            parts.append(_name(name, (at[0], at[1] + size + 24), 22, INK))
    return parts


def _name(words: str, at: Point, size: float, colour: str) -> str:
    """Return words that stay readable across lines."""
    return text(words, at, size, colour, paint_order="stroke", stroke=PAPER, stroke_width=6)


def _short(name: str) -> str:
    return name if len(name) <= LONG else f"{name[: LONG - 1]}…"
