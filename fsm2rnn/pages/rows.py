"""What each target says of a machine, one row at a time: rows are printed as they are decided.

Columns stand before the first row is known, so a cell that is wider moves its own row alone, and a word that is wider
than what is left of the line puts the reason under the numbers. No word is cut.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final, final

from fsm2rnn.compiler import Answer
from fsm2rnn.constructions.cells.claim import CellClaim
from fsm2rnn.constructions.sizes import ComplexWidth, Counts, Measure, ProductFacts, Sizes, StackFacts
from fsm2rnn.constructions.verdict import Compiled, Impossible, Unsettled
from fsm2rnn.escapes import escaped
from fsm2rnn.exact.rounding import NATIVE
from fsm2rnn.pages.colour import Colour, painted

MILLION: Final = 1_000_000
BESIDE: Final = {Counts.PRODUCTS: "R", Counts.UPDATES: "n_h", Counts.LARGEST_BLOCK: "b", Counts.LAYERS: "layers"}
WIDE: Final = 100  # columns from which the reasons stand beside the numbers, not under them
CONTINUED: Final = "  "
NUMBERS: Final = (1, 2, 4)  # cells that are set to the right
USUAL: Final = (0, 7, 7, 10, 8)  # columns of the cells, where the rows are not known yet


@final
@dataclass(frozen=True)
class Line:
    """What is said of a target: five short cells, and why or for how long."""

    cells: tuple[str, str, str, str, str]  # target, size, numbers, contract or verdict, margin
    why: str
    colour: Colour = Colour.PLAIN  # of the verdict


HEADINGS: Final = Line(("target", "size", "numbers", "contract", "margin"), "proved, or why not", Colour.BOLD)


@final
@dataclass
class TargetRows:
    """Prints rows below each other in so many columns: what is the reason above is not said twice."""

    widths: tuple[int, ...]
    columns: int
    above: str = field(default="", init=False)

    @classmethod
    def of(cls, targets: Iterable[str], columns: int) -> TargetRows:
        """Return the rows of these targets, whose answers are not known yet."""
        return cls((max(map(len, (HEADINGS.cells[0], *targets))), *USUAL[1:]), columns)

    def heading(self) -> str:
        """Return the headings."""
        return self._text(HEADINGS)

    def row(self, answer: Answer) -> str:
        """Return the row of one answer, and remember its reason."""
        line = line_of(answer)
        impossible = isinstance(answer.verdict, Impossible)
        said = Line(line.cells, "as above", line.colour) if impossible and line.why == self.above else line
        self.above = line.why if impossible else self.above
        return self._text(said)

    def _text(self, line: Line) -> str:
        *numbers, verdict, margin = (
            cell.rjust(size) if place in NUMBERS else cell.ljust(size)
            for place, (cell, size) in enumerate(zip(line.cells, self.widths, strict=True))
        )
        found = " ".join([*numbers, painted(verdict, line.colour), margin])
        start = sum(self.widths) + len(self.widths)
        rest = self.columns - start
        if self.columns < WIDE or rest < max(map(len, line.why.split()), default=0):
            return f"{found.rstrip()}\n{wrapped(line.why, self.columns, CONTINUED)}"
        lines = textwrap.wrap(line.why, rest, break_long_words=False, break_on_hyphens=False)
        return " ".join([found, f"\n{' ' * start}".join(lines)])


def targets_view(answers: Iterable[Answer], columns: int) -> str:
    """Return the rows of answers that are known, in columns as wide as they need."""
    known = list(answers)
    lines = [HEADINGS, *map(line_of, known)]
    rows = TargetRows(
        tuple(max(len(line.cells[place]) for line in lines) for place in range(len(HEADINGS.cells))), columns
    )
    return "\n".join([rows.heading(), *map(rows.row, known)])


def line_of(answer: Answer) -> Line:
    """Return what is said of one target."""
    match answer.verdict:
        case Compiled() as verdict:
            return Line((answer.target, *_sizes(verdict)), lasts_text(verdict))
        case Impossible(witness):
            robust = "" if answer.robust is None else "; contract robust holds, by decay"
            return Line((answer.target, "-", "-", "impossible", "-"), escaped(f"{witness}{robust}"), Colour.RED)
        case Unsettled(tried):
            return Line((answer.target, "-", "-", "unsettled", "-"), escaped(tried), Colour.YELLOW)


def wrapped(line: str, columns: int, indent: str = "") -> str:
    """Return a line in lines of so many columns, all but the first set in; a word is never cut."""
    return "\n".join(
        textwrap.wrap(
            line,
            max(columns, 2 * len(CONTINUED)),
            initial_indent=indent,
            subsequent_indent=indent + CONTINUED,
            break_long_words=False,
            break_on_hyphens=False,
        )
    )


def _sizes(verdict: Compiled) -> tuple[str, str, str, str]:
    """Return size (and rank), numbers stored, contract and margin."""
    size = f"{verdict.operator.size:,}{_beside(verdict.sizes.finer)}"
    return size, f"{verdict.parameters:,}", verdict.proof.contract.value, verdict.margin or "-"


def _beside(finer: Measure | None) -> str:
    """Return the number that a structure has beside its size: products, updates, the largest block."""
    return "" if finer is None else f" {BESIDE[finer.counts]}={finer.number}"


def lasts_text(verdict: Compiled) -> str:
    """Return for how long, and in what arithmetic, a network is proved."""
    if isinstance(verdict.proof, CellClaim) and not verdict.steps():
        return verdict.proof.lasts()
    return "; ".join([proved_text(verdict.steps()), *_beside_it(verdict)])


def _beside_it(verdict: Compiled) -> Iterator[str]:
    """Yield what is known of fewer products over Q, of complex numbers and for how long, and of a stack's layers."""
    lasts = "" if verdict.smaller is None else f", --grade smallest: {proved_text(verdict.smaller.steps())}"
    match verdict.sizes:
        case Sizes(facts=ProductFacts(over_q=int(number))):
            yield f"R={number} over Q, which round{lasts}"
        case Sizes(complex_width=ComplexWidth(number)):
            yield f"{number} complex{lasts}"
        case Sizes(facts=StackFacts(kinds=kinds)):
            yield f"layers: {', '.join(f'{len([*run])} of {kind.value}' for kind, run in groupby(kinds))}"
        case _:
            return


def proved_text(steps: Mapping[str, int | None]) -> str:
    """Return for how long each format is proved, lengths beyond a million to two digits, rounded down."""
    if [*steps.values()] == [None] * len(NATIVE):
        return "every length, every format"
    parts = [f"{name} {_length(count)}" for name, count in steps.items()]
    return f"steps: {', '.join(parts)}" if parts else "no step in any format"


def _length(steps: int | None) -> str:
    if steps is None:
        return "all"
    digits = str(steps)
    return f"{digits[0]}.{digits[1]}e{len(digits) - 1}" if steps >= MILLION else f"{steps:,}"
