"""The ladder: machines by targets, green with the width, red where two words refute it, grey where it is open."""

from __future__ import annotations

import textwrap
from typing import Final

from fsm2rnn.escapes import escaped
from fsm2rnn.pages.plots.canvas import AMBER, GREEN, INK, LINE, MUTED, RED, Figure, new_figure
from fsm2rnn.tabulation import TableCell, Tabulation, headings

ROW: Final = 0.42  # inches of a row
WORDS: Final = 74  # letters of a line of a reason
SHORT: Final = 16  # of a heading over a column


def ladder_figure(found: Tabulation) -> Figure:
    """Return the picture of a table: one machine with reasons in words, several as a grid."""
    return _one(found) if len(found.rows) == 1 else _grid(found)


def _colour(cell: TableCell) -> str:
    if cell.width is None:
        return RED if cell.refuted else LINE
    return GREEN if cell.symbols is None and not cell.why else AMBER


def _one(found: Tabulation) -> Figure:
    (machine, cells) = found.rows[0]
    names = headings(found)[1:]
    figure = new_figure(9.0, 0.6 + ROW * len(cells))
    axes = figure.subplots()
    for row, cell in enumerate(cells):
        axes.barh(row, 1, height=0.8, color=_colour(cell), alpha=0.35, linewidth=0)
        axes.barh(row, 0.008, height=0.8, color=_colour(cell), linewidth=0)
        said = "\n".join(textwrap.wrap(escaped(str(cell)), WORDS)[:2])
        axes.text(0.02, row, said, va="center", fontsize=8.5, color=INK, parse_math=False)
    axes.set_yticks(range(len(cells)), names)
    axes.tick_params(length=0, labelsize=9, colors=INK)
    axes.set_xticks([])
    axes.set(xlim=(0, 1), ylim=(len(cells) - 0.5, -0.5))
    axes.spines[:].set_visible(False)
    axes.set_title(
        f"{escaped(machine)}: a number is the width of a network that is exactly it", fontsize=10, loc="left"
    )
    axes.title.set_parse_math(False)
    return figure


def _grid(found: Tabulation) -> Figure:
    names = [textwrap.fill(name, SHORT) for name in headings(found)[1:]]
    figure = new_figure(2.2 + 0.95 * len(names), 1.4 + ROW * len(found.rows))
    axes = figure.subplots()
    for row, (_, cells) in enumerate(found.rows):
        for column, cell in enumerate(cells):
            axes.barh(row, 0.94, height=0.88, left=column + 0.03, color=_colour(cell), alpha=0.55, linewidth=0)
            axes.text(column + 0.5, row, _few(cell), ha="center", va="center", fontsize=8.5, color=INK)
    axes.set_yticks(range(len(found.rows)), [escaped(machine) for machine, _ in found.rows])
    axes.set_xticks([column + 0.5 for column in range(len(names))], names, rotation=40, ha="left", fontsize=8)
    axes.xaxis.tick_top()
    axes.tick_params(length=0, labelsize=9, colors=INK)
    for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        label.set_parse_math(False)
    axes.set(xlim=(0, len(names)), ylim=(len(found.rows) - 0.5, -0.5))
    axes.spines[:].set_visible(False)
    said = "number: width, right at every length (in bfloat16 for so many symbols);  no: two words say why;  ?: open"
    axes.set_xlabel(said, fontsize=8.5, color=MUTED)
    return figure


def _few(cell: TableCell) -> str:
    if cell.width is None:
        return "no" if cell.refuted else "?"
    return f"{cell.width}" if cell.symbols is None else f"{cell.width}\n({cell.symbols:,})"
