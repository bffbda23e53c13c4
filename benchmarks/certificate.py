"""P5: the complete one-step certificate, exact in the kernel; and every real machine compiled and checked."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

import fsm2rnn
from benchmarks.row import Row, Spread, at_most
from benchmarks.timing import Scale, cpu_rounds
from fsm2rnn import compiler
from fsm2rnn.exact.rounding import FLOAT32
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.operators.storage import store
from fsm2rnn.proof.checker import check_bytes, network_bytes
from fsm2rnn.proof.simulation import Simulation
from fsm2rnn.targets import TARGETS
from fsm2rnn.targets.verdict import Compiled

GOAL = "P5"
FILES_LIMIT = 60  # seconds
REAL = Path(__file__).resolve().parents[2] / "shared" / "machines" / "mlregtest"


def certificate_rows(scale: Scale) -> list[Row]:
    """Return the exact proofs, held to the goals of numeric ones too, and the real machines."""
    return [
        *_proof_rows("S5, 120 inputs", fsm2rnn.read("S5"), 5, scale),
        *_proof_rows("5000 states, 2 inputs", _cycle_and_map(), 100, scale),
        _files_row(scale),
    ]


def _proof_rows(name: str, machine: StateMachine, limit: float, scale: Scale) -> list[Row]:
    """Return the exact proof per target, which must stay within the milliseconds of a numeric one."""
    rows = []
    for answer in compiler.ask_all(machine):
        if not isinstance(answer.verdict, Compiled):
            continue
        proof = answer.verdict.proof
        parts = (proof.machine, proof.matrices, proof.codes, proof.reads, proof.decoder, proof.contract)
        seconds = cpu_rounds({"proof": lambda parts=parts: Simulation(*parts)}, scale.rounds)["proof"]
        what = f"{name}, {answer.target}: {proof.equations:,} equations, exact in the kernel"
        note = "the goal is a numeric certificate's, of which there is none: every proof is exact"
        rows.append(at_most(Row(GOAL, what, Spread.of([1e3 * spent for spent in seconds]), "ms", note=note), limit))
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
    found = [accepted for path in files for accepted in _compile_and_check(path)]
    seconds = time.process_time() - before
    refused = found.count(None)
    if False in found:
        message = f"{found.count(False)} compiled networks were not accepted"
        raise ValueError(message)
    what = f"{len(files)} real machines compiled to {' and '.join(target.name for target in TARGETS)}, checked"
    note = f"{len(found) - refused} networks accepted, {refused} refused for a stated limit; once"
    return at_most(Row(GOAL, what, Spread.of([seconds]), "s", note=note), FILES_LIMIT)


def _compile_and_check(path: Path) -> list[bool | None]:
    """Return per target whether the checker accepts the network's file; None where a limit stopped the target."""
    found: list[bool | None] = []
    for answer in compiler.ask_all(fsm2rnn.read(path, complete="sink")):
        if not isinstance(answer.verdict, Compiled):
            found.append(None)
            continue
        network = store(answer.verdict.operator, answer.verdict.proof, FLOAT32, {"target": answer.target})
        found.append(check_bytes(network_bytes(network)).accepted)
    return found
