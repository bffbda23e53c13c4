"""P5: the complete one-step certificate, exact in the kernel; and every real machine compiled and checked."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

import fsm2rnn
from benchmarks.row import Row, Spread, at_most
from benchmarks.timing import Scale, cpu_rounds
from fsm2rnn import compiler
from fsm2rnn.constructions.verdict import Compiled, Impossible, Unsettled
from fsm2rnn.exact.rounding import FLOAT32
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.file.checker import check_bytes, network_bytes
from fsm2rnn.targets import RUNGS

GOAL = "P5"
FILES_LIMIT = 60  # seconds
EXACT_LIMIT = 100  # milliseconds of an exact proof
NUMERIC = "the goal is a numeric certificate's, of which there is none: every proof is exact"
REAL = Path(__file__).resolve().parents[2] / "shared" / "machines" / "mlregtest"


def certificate_rows(scale: Scale) -> list[Row]:
    """Return the exact proofs, held to the goals of numeric ones too, and the real machines."""
    return [
        *_proof_rows("S5, 120 inputs", fsm2rnn.read("S5"), 5, scale),
        *_proof_rows("5000 states, 2 inputs", _cycle_and_map(), 100, scale),
        _files_row(scale),
    ]


def _proof_rows(name: str, machine: StateMachine, limit: float, scale: Scale) -> list[Row]:
    """Return the exact proof per target; one-hot proofs must stay within the milliseconds of numeric ones."""
    rows = []
    for answer in compiler.ask_all(machine, targets=RUNGS):
        if not isinstance(answer.verdict, Compiled):
            continue
        proof = answer.verdict.proof
        # A proof is proved anew when it is constructed.
        seconds = cpu_rounds({"proof": lambda proof=proof: replace(proof)}, scale.rounds)["proof"]
        what = f"{name}, {answer.target}: {proof.equations:,} equations, exact in the kernel"
        held = limit if answer.target in ("full", "pd") else EXACT_LIMIT
        note = NUMERIC if held == limit else ""
        rows.append(at_most(Row(GOAL, what, Spread.of([1e3 * spent for spent in seconds]), "ms", note=note), held))
    return rows


def _cycle_and_map() -> StateMachine:
    """Return a tracker of 5000 states, all reachable: one letter a cycle, the other a random map."""
    reached = np.random.default_rng(0).integers(5000, size=5000).tolist()
    rows = tuple(((state + 1) % 5000, other) for state, other in enumerate(reached))
    return StateMachine.tracker(range(5000), range(2), rows)


def _files_row(scale: Scale) -> Row:
    files = sorted(REAL.glob("*.att"))[: None if scale.rounds > 2 else 3]
    if not files:
        return Row(GOAL, "real machines", None, "s", note="no ../shared/machines beside the checkout")
    before = time.process_time()
    found = Counter(answer for path in files for answer in _compile_and_check(path))
    seconds = time.process_time() - before
    if found["rejected"]:
        message = f"{found['rejected']} compiled networks were not accepted"
        raise ValueError(message)
    what = f"{len(files)} real machines to {len(RUNGS)} targets, networks and witnesses checked"
    note = f"{', '.join(f'{count:,} {answer}' for answer, count in sorted(found.items()))}; once"
    return at_most(Row(GOAL, what, Spread.of([seconds]), "s", note=note), FILES_LIMIT)


def _compile_and_check(path: Path) -> Iterator[str]:
    """Yield per target whether the checker accepts the network's file, or why there is none."""
    for answer in compiler.ask_all(fsm2rnn.read(path, complete="sink"), targets=RUNGS):
        match answer.verdict:
            case Compiled() as verdict:
                data = network_bytes(verdict.store(FLOAT32, {"target": answer.target}))
                yield "accepted" if check_bytes(data).accepted else "rejected"
            case Impossible():
                yield "impossible by a witness"
            case Unsettled():
                yield "unsettled"
