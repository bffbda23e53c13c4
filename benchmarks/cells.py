"""P5: files of nonlinear cells, checked by the kernel alone."""

from __future__ import annotations

import time

import fsm2rnn
from benchmarks.row import Row, Spread, at_most
from benchmarks.timing import Scale
from fsm2rnn.proof.file.checker import check_bytes, network_bytes

GOAL = "P5"
# CPU seconds that a check may take.
LIMITS = (("A5@gens", "relu", 5), ("A5@gens", "elman", 5), ("A5@gens", "gru", 5), ("A5@gens", "lstm", 5))
LARGE = (("S5@gens", "elman", 10),)


def stock_cell_rows(scale: Scale) -> list[Row]:
    """Return the checks of machines in the layers of torch.nn; the larger one where there is time."""
    asked = (*LIMITS, *LARGE) if scale.rounds > 2 else LIMITS
    return [_row(name, target, limit) for name, target, limit in asked]


def _row(name: str, target: str, limit: float) -> Row:
    network = fsm2rnn.compile(name, target).proved()
    data = network_bytes(network)
    before = time.process_time()
    report = check_bytes(data)
    seconds = time.process_time() - before
    if not report.accepted:
        message = f"the file of {name} in {target} was not accepted: {report.reason}"
        raise ValueError(message)
    what = f"{name} in {target}, {network.proof.cell.size} units: {report.equations:,} images of boxes checked"
    return at_most(Row(GOAL, what, Spread.of([seconds]), "s", note="once"), limit)
