"""python -m benchmarks: every measured goal and its peers in one table.

It needs the bench extra, and takes libsemigroups along where the oracle extra is installed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import torch

from benchmarks import table
from benchmarks.cells import stock_cell_rows
from benchmarks.certificate import certificate_rows
from benchmarks.deciders import decider_rows
from benchmarks.facts import machine_facts
from benchmarks.memory import memory_rows
from benchmarks.minimal import minimal_rows
from benchmarks.minimisation import minimisation_rows
from benchmarks.row import Row
from benchmarks.some_of import some_of
from benchmarks.start_up import start_up_rows
from benchmarks.timing import FULL, QUICK, Scale
from benchmarks.trained.searches import search_rows
from benchmarks.trained.training import training_rows
from benchmarks.walks.chunks import chunked_rows
from benchmarks.walks.network_run import cell_rows, gather_rows, product_rows
from benchmarks.walks.reference_walk import regex_rows, two_core_rows, walk_rows

BENCHMARKS: tuple[tuple[str, Callable[[Scale], list[Row]]], ...] = (
    ("P1", walk_rows),
    ("P1", two_core_rows),
    ("P1", regex_rows),
    ("P2", chunked_rows),
    ("P3", gather_rows),
    ("P3", cell_rows),
    ("P3", product_rows),
    ("P4", memory_rows),
    ("P5", certificate_rows),
    ("P5", stock_cell_rows),
    ("P6", minimisation_rows),
    ("P7", training_rows),
    ("P8", start_up_rows),
    ("A2", minimal_rows),
    ("A3", search_rows),
    ("A4", decider_rows),
)
GOALS = tuple(dict.fromkeys(goal for goal, _ in BENCHMARKS))


def main(arguments: Sequence[str]) -> int:
    """Measure, print the table, write it where asked; 0 whether or not goals are met."""
    options = _parser().parse_args(arguments)
    torch.set_num_threads(1)
    rows: list[Row] = []
    for goal, measure in BENCHMARKS:
        if goal in options.only:
            print(f"{goal}: {measure.__name__} ...", file=sys.stderr, flush=True)
            rows += measure(options.scale)
    facts, command = machine_facts(), " ".join(["python -m benchmarks", *arguments])
    print("\n".join([*(f"{name}: {value}" for name, value in facts.items()), "", *table.table_lines(rows)]))
    print(f"\n{table.summary(rows)}")
    if options.json:
        options.json.write_text(table.document(rows, facts, command), encoding="utf-8")
    if options.markdown:
        options.markdown.write_text(table.markdown(rows, facts, command), encoding="utf-8")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure every goal beside its peers.")
    parser.add_argument(
        "--only", type=some_of("goal", GOALS), default=GOALS, metavar="P1,P6", help=f"some of {','.join(GOALS)}"
    )
    parser.add_argument(
        "--quick", dest="scale", action="store_const", const=QUICK, default=FULL, help="small inputs, two rounds"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write facts and rows as JSON")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the document as Markdown")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
