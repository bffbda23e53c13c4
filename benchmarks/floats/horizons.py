"""python -m benchmarks.floats.horizons: proved steps of stored networks beside words that are really misread.

It takes minutes on one core. Everything is decided by the stored weights and by seeds; nothing is timed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import final

from benchmarks.floats.float_breadth import LIMIT, column_order_search
from benchmarks.floats.float_loops import chased_misread, first_misread
from benchmarks.floats.horizon_networks import GROUPS, NAMES, Subject, digest, printed, subject
from benchmarks.floats.stored_floats import StoredFloats
from benchmarks.some_of import some_of
from fsm2rnn.constructions.floats.improvement import float_search, store_best
from fsm2rnn.exact.rounding import BFLOAT16, FLOAT16, FLOAT32, FloatFormat
from fsm2rnn.proof.file.network import ProvedNetwork
from fsm2rnn.proof.rounding.horizon import Horizon
from fsm2rnn.tracing.float_states import Closed, Fails, Open

FORMS = (BFLOAT16, FLOAT16, FLOAT32)
LONGEST = 10**8  # symbols of a random word
SEEDS = (0, 1, 2)
NEAR = 0.9  # of the proved margin: states as near as that are not read anew
WIDE, FAR = 512, 20  # float states of a chase in a short format, and its symbols over proved steps
WIDE_FLOAT32, FAR_FLOAT32 = 2, 8
HEADER = (
    "machine", "format", "proved steps", "theorem", "grade as stored", "shortest failing word", "failing word found",
    "over proved", "first failure of 3 random words",
)  # fmt: skip


@final
@dataclass(frozen=True)
class Row:
    """What is proved and what was found of one stored network."""

    name: str
    form: FloatFormat
    proved: int
    theorem: str
    grade: str
    search: str | None  # "fails", "closed", "open"; None where float states are too many to begin with
    length: int  # of the shortest failing word, or of words that are all read right
    states: int  # that were met, where they are closed
    chased: int | None  # length of a failing word, not the shortest
    far: int  # symbols after which the chase gave up
    random: tuple[int | None, ...]

    @property
    def failing(self) -> int | None:
        """The length of the shortest failing word known."""
        return self.length if self.search == "fails" else self.chased


def row(one: Subject, form: FloatFormat, longest: int) -> Row:
    """Return the row of one network in one format."""
    network = one.verdict.store(form, {})
    best = store_best(one.verdict, form, {})
    if not isinstance(network.grade, Horizon) or network.steps is None:
        message = f"{one.name} in {form.name} has no horizon"
        raise TypeError(message)
    floats, near = StoredFloats.of(network.stored, network.machine), NEAR * float(network.grade.mu)
    search, length, states = _searched(one, network, floats)
    width, times = (WIDE_FLOAT32, FAR_FLOAT32) if form == FLOAT32 else (WIDE, FAR)
    far = times * network.steps
    closed = search == "closed"
    return Row(
        one.name, form, network.steps, one.theorem, best.grade_name, search, length, states,
        None if closed else chased_misread(floats, near, width, far), far,
        () if closed else tuple(first_misread(floats, near, seed, longest) for seed in SEEDS),
    )  # fmt: skip


def _searched(one: Subject, network: ProvedNetwork, floats: StoredFloats) -> tuple[str | None, int, int]:
    """Return what ended the search of float states, a length, and how many states were met."""
    if network.form == FLOAT32:
        return None, 0, 0
    if one.theorem == "D":
        return column_order_search(floats)
    match float_search(one.verdict, network.form, limit=LIMIT):
        case Closed(states, _):
            return "closed", 0, len(states)
        case Fails(word):
            return "fails", len(word), 0
        case Open(length):
            return "open", length, 0


def cells(found: Row) -> tuple[str, ...]:
    """Return the row in words."""
    shortest = {
        None: "not searched",
        "fails": f"{found.length:,}",
        "closed": f"none: {found.states} states",
        "open": f"> {found.length:,}",
    }[found.search]
    chased = "-" if found.search == "closed" else f"{found.chased:,}" if found.chased else f"none in {found.far:,}"
    over = f"{found.failing / found.proved:.1f}" if found.failing else "-"
    random = ", ".join("none" if step is None else f"{step:,}" for step in found.random) or "-"
    return (
        found.name, found.form.name, f"{found.proved:,}", found.theorem, found.grade, shortest, chased, over, random,
    )  # fmt: skip


def table(rows: Sequence[Row]) -> str:
    """Return the table as Markdown."""
    lines = [HEADER, *map(cells, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADER))]
    rule = tuple("-" * (width - 1) + ":" for width in widths)
    return "\n".join(
        f"| {' | '.join(cell.rjust(width) for cell, width in zip(line, widths, strict=True))} |"
        for line in (lines[0], rule, *lines[1:])
    )


def matrices(names: Sequence[str]) -> Iterator[str]:
    """Yield what was stored: digests of all networks, matrices of those that depend on a basis."""
    for name in names:
        one = subject(name)
        for form in FORMS:
            network = one.verdict.store(form, {})
            yield f"{name} in {form.name}, tensors {digest(network)}"
            if name in GROUPS:
                yield from (f"    {line}" for line in printed(network))


def page(rows: Sequence[Row], names: Sequence[str], longest: int, command: str) -> str:
    """Return the document."""
    return f"""# Horizons: proved steps and failing words

    {command}

Z5 to Z50 are rotations of one plane, every element a symbol, letter k stored as cosine and sine of k/m of a turn,
correctly rounded (target rotation). A5@gens and S5@gens have one block of 3 and 4 coordinates and two symbols: the
least orthogonal representation that `algebra.representation.orthogonal_representation` finds, in its basis and with its
start. For A5@gens it is what target block-diagonal compiles; S5@gens compiles to integers, exact at every length, and
stands here for comparison. Their figures depend on basis, start and generators, which are printed below as they were
stored.

- proved steps: theorem H or D, from the stored weights alone. Grade as stored: orbit where closed float states prove
  every length.
- shortest failing word: a search breadth first through all float states, exact. "none": words reach so many float
  states, all read right. "> n": no word of n symbols or fewer fails, and more than {LIMIT:,} float states follow. For
  one plane it is `constructions.floats.float_states`, where a step has one result. With more than two products in a sum
  the result depends on their order: the search here adds them in column order in float32, each sum rounded, and rounds
  the state once. In float32 there are too many states.
- failing word found: a chase tries all letters on the {WIDE} float states whose right score leads least, up to {FAR}
  times the proved steps (float32: {WIDE_FLOAT32} states, {FAR_FLOAT32} times), in that same order of sums. It need
  not be a shortest word.
- over proved: the shortest word of both columns over the proved steps.
- random words: uniform symbols of seeds {", ".join(map(str, SEEDS))}, up to {longest:,} symbols each.

{table(rows)}

## What was stored

SHA-256 of names, types, shapes and bytes of all tensors; letters row by row and the start, as hexadecimal floats.

{chr(10).join(f"    {line}" for line in matrices(names))}
"""


def main(arguments: Sequence[str]) -> int:
    """Print the page, or write it; 1 where a word fails within the proved steps."""
    options = _parser().parse_args(arguments)
    rows = []
    for name in options.only:
        one = subject(name)
        for form in FORMS:
            print(f"{name} in {form.name} ...", file=sys.stderr, flush=True)
            rows.append(row(one, form, options.longest))
    text = page(rows, options.only, options.longest, " ".join(["python -m benchmarks.floats.horizons", *arguments]))
    if options.markdown:
        options.markdown.write_text(text, encoding="utf-8")
    else:
        print(text)
    failing = (min(filter(None, (found.failing, *found.random)), default=None) for found in rows)
    return int(any(step is not None and step <= found.proved for step, found in zip(failing, rows, strict=True)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.floats.horizons", description=str(__doc__))
    parser.add_argument(
        "--only", type=some_of("machine", NAMES), default=NAMES, metavar="Z5,A5@gens", help=f"some of {','.join(NAMES)}"
    )
    parser.add_argument("--longest", type=int, default=LONGEST, help="symbols of a random word")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the page as Markdown")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
