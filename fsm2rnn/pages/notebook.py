"""An explanation as a notebook shows it: a table, without a style sheet, which would reach the page around."""

from __future__ import annotations

import html
from typing import Final

from fsm2rnn.escapes import escaped
from fsm2rnn.explanation import Explanation
from fsm2rnn.pages.colour import Colour
from fsm2rnn.pages.rows import HEADINGS, Line, line_of
from fsm2rnn.pages.terminal import obstructions_text, sizes_text, undecided_text
from fsm2rnn.pages.web.drawings.svg import AMBER, RED

VERDICTS: Final = {Colour.RED: RED, Colour.YELLOW: AMBER}


def shown_explanation(explanation: Explanation) -> str:
    """Return facts, a row for each target, sizes and what else is refuted, as HTML."""
    facts = ", ".join(
        f"{key.replace('_', ' ')} {value}" for key, value in explanation.facts.items() if value is not None
    )
    rows = "".join(_row(line_of(answer)) for answer in explanation.answers)
    names = "".join(f'<th style="text-align:left">{name}</th>' for name in (*HEADINGS.cells, HEADINGS.why))
    rest = [
        sizes_text(explanation.sizes),
        *obstructions_text(explanation.obstructions).split("\n"),
        undecided_text(explanation.undecided),
    ]
    below = "".join(f"<div>{html.escape(escaped(text))}</div>" for text in rest if text)
    return f"<div>{html.escape(escaped(facts))}</div><table><tr>{names}</tr>{rows}</table>{below}"


def _row(line: Line) -> str:
    colour = VERDICTS.get(line.colour)
    style = "" if colour is None else f";color:{colour}"
    cells = (html.escape(escaped(text)) for text in (*line.cells, line.why))
    return "<tr>" + "".join(f'<td style="text-align:left{style}">{text}</td>' for text in cells) + "</tr>"
