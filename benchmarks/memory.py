"""P4: the memory of a verification, in blocks and independent of the length."""

from __future__ import annotations

import json
import subprocess
import sys

from benchmarks.peak_memory import STATUS
from benchmarks.row import Row, Spread, at_most
from benchmarks.timing import Scale

GOAL = "P4"
LIMIT = 256  # MiB
GROWTH = 1.1
SHORTEST = 1 << 22  # symbols, several blocks
RUNS = (("pd", 1), ("pd", 8), ("full", 1))


def memory_rows(scale: Scale) -> list[Row]:
    """Return the peak of each run at two lengths, the second ten times the first."""
    if not STATUS.is_file():
        return [Row(GOAL, "verification of S5", None, "MiB", note="needs /proc")]
    return [row for target, batch in RUNS for row in _run_rows(target, batch, max(SHORTEST, scale.symbols))]


def _run_rows(target: str, batch: int, symbols: int) -> list[Row]:
    counts = (symbols, 10 * symbols)
    peaks = [_peak(target, count // batch, batch) for count in counts]
    name = f"S5 {target}, {batch} streams" if batch > 1 else f"S5 {target}, one word"
    rows = [
        at_most(Row(GOAL, f"{name}, {count:,} symbols: peak above the imports", Spread.of([peak]), "MiB"), LIMIT)
        for count, peak in zip(counts, peaks, strict=True)
    ]
    growth = Row(GOAL, f"{name}: peak at ten times the length", Spread.of([peaks[1] / peaks[0]]), "times")
    return [*rows, at_most(growth, GROWTH)]


def _peak(target: str, steps: int, batch: int) -> float:
    command = [sys.executable, "-m", "benchmarks.peak_memory", target, str(steps), str(batch)]
    found = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    if found["mismatches"]:
        message = f"{found['mismatches']} mismatches in the verification of {target}"
        raise ValueError(message)
    return float(found["mebibytes"])
