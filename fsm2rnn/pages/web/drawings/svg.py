"""SVG as text: elements, labels that no markup escapes from, arrows between circles.

Colours are attributes of the elements and not a style sheet, which would reach the page around a picture.
"""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from typing import Final, TypeAlias

from fsm2rnn.escapes import escaped

Point: TypeAlias = tuple[float, float]

INK, MUTED, LINE, PAPER = "#1c2128", "#57606a", "#d5dae0", "#ffffff"
GREEN, RED, AMBER = "#12603a", "#98191c", "#744700"
GREEN_BACK, RED_BACK, AMBER_BACK, CELL = "#e2f4e8", "#fdeaea", "#fff1d4", "#eef0f3"
PLUS, MINUS = "#1f6fb5", "#c25a00"
SYMBOLS: Final = ("#1f6fb5", "#b85400", "#187152", "#98308a", "#7d6200", "#b3261e", "#0d7280", "#5650d0")
"""Colours of symbols; of more than eight, and of arrows for several, one grey."""
SEVERAL: Final = "#5b6673"
FONT: Final = "system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif"
BEND: Final = 0.16  # of the distance, where arrows go both ways
TIP: Final = 15  # length of an arrowhead


def element(name: str, attributes: dict[str, str | float], *inside: str) -> str:
    """Return an element; attributes are quoted, `inside` are elements or escaped text."""
    given = "".join(f' {key}="{_value(value)}"' for key, value in attributes.items())
    return f"<{name}{given}>{''.join(inside)}</{name}>" if inside else f"<{name}{given}/>"


def text(words: str, at: Point, size: float, colour: str = INK, **more: str | float) -> str:
    """Return words at a place, their middle there unless `text_anchor` says otherwise."""
    attributes: dict[str, str | float] = {"x": at[0], "y": at[1], "font-size": size, "fill": colour}
    attributes["text-anchor"] = "middle"
    attributes |= {key.replace("_", "-"): value for key, value in more.items()}
    return element("text", attributes, html.escape(escaped(words)))


def picture(box: tuple[float, float, float, float], title: str, *inside: str, width: int | None = None) -> str:
    """Return a whole picture of a box (left, top, width, height) on paper; `title` is what a screen reader says."""
    left, top, wide, high = box
    attributes: dict[str, str | float] = {"xmlns": "http://www.w3.org/2000/svg"}
    if width is not None:
        attributes |= {"width": width, "height": round(width * high / wide)}
    attributes |= {"viewBox": " ".join(map(_value, box)), "role": "img", "font-family": FONT}
    paper = element("rect", {"x": left, "y": top, "width": wide, "height": high, "rx": 12, "fill": PAPER})
    return element("svg", attributes, element("title", {}, html.escape(escaped(title))), paper, *inside)


def arrow(start: Point, end: Point, size: float, colour: str, *, bent: bool, centre: Point) -> tuple[str, Point]:
    """Return an arrow between circles, or a loop away from the centre where both are one, and its label's place."""
    if start == end:
        return _loop(start, size, colour, centre)
    across = (end[0] - start[0], end[1] - start[1])
    bend = BEND if bent else 0.0
    middle = ((start[0] + end[0]) / 2 - across[1] * bend, (start[1] + end[1]) / 2 + across[0] * bend)
    first, tip = _towards(start, middle, size), _towards(end, middle, size + 3)
    path = f"M{_place(first)} Q{_place(middle)} {_place(_towards(end, middle, size + TIP - 2))}"
    label = tuple(0.25 * a + 0.5 * b + 0.25 * c for a, b, c in zip(first, middle, tip, strict=True))
    return _line(path, colour) + head(tip, middle, colour), (label[0], label[1])


def head(tip: Point, back_to: Point, colour: str) -> str:
    """Return an arrowhead whose tip stands at a place and whose back looks to another."""
    back = _towards(tip, back_to, TIP)
    side = ((tip[1] - back[1]) * 0.42, (back[0] - tip[0]) * 0.42)
    corners = [tip, (back[0] + side[0], back[1] + side[1]), (back[0] - side[0], back[1] - side[1])]
    return element("polygon", {"points": " ".join(map(_place, corners)), "fill": colour})


def entrance(at: Point, size: float) -> str:
    """Return the short arrow into the circle of the start, from the left."""
    tip = (at[0] - size - 3, at[1] - size * 0.2)
    begin = (tip[0] - 42, tip[1] - 20)
    return _line(f"M{_place(begin)} L{_place(_towards(tip, begin, 11))}", MUTED) + head(tip, begin, MUTED)


def _loop(at: Point, size: float, colour: str, centre: Point) -> tuple[str, Point]:
    across = (at[0] - centre[0], at[1] - centre[1])
    away = -math.pi / 2 if math.hypot(*across) < 3 * size else math.atan2(across[1], across[0])

    def point(angle: float, far: float) -> Point:
        return at[0] + far * math.cos(angle), at[1] + far * math.sin(angle)

    out, back, far = away - 0.55, away + 0.55, size * 1.6 + 34
    knee, last = point(back, far), point(back, size + TIP - 2)
    path = f"M{_place(point(out, size))} C{_place(point(out, far))} {_place(knee)} {_place(last)}"
    return _line(path, colour) + head(point(back, size + 3), knee, colour), point(away, far * 0.86 + 10)


def _line(path: str, colour: str) -> str:
    return element("path", {"d": path, "fill": "none", "stroke": colour, "stroke-width": 3, "stroke-opacity": 0.7})


def _towards(start: Point, end: Point, far: float) -> Point:
    across = (end[0] - start[0], end[1] - start[1])
    length = math.hypot(*across) or 1.0
    return start[0] + across[0] / length * far, start[1] + across[1] / length * far


def _place(point: Sequence[float]) -> str:
    return ",".join(map(_value, point))


def _value(value: str | float) -> str:
    """Return a number in tenths, which is finer than a screen, or a text as an attribute holds it."""
    if isinstance(value, str):
        return html.escape(value, quote=True)
    return f"{round(value, 1):g}"
