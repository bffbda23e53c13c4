"""Network files of small machines that the kernel's tests read, change and forge."""

from __future__ import annotations

from functools import cache

from fsm2rnn.compiler import ask
from fsm2rnn.exact.rounding import FLOAT32, FORMATS, FloatFormat
from fsm2rnn.exact.sparse import SparseMatrix, unit
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.operators.dense import Dense
from fsm2rnn.operators.storage import store
from fsm2rnn.proof.certificate import Network
from fsm2rnn.proof.checker import network_bytes
from fsm2rnn.proof.decoder import Decoder
from fsm2rnn.proof.simulation import Contract, Simulation
from fsm2rnn.targets import TARGETS
from tests.strategies import group_tracker

PARITY = StateMachine(("even", "odd"), ("0", "1"), ((0, 1), (1, 0)), 0, (True, False))
NAMED = StateMachine((None, ("é", 1), "a"), ("x", True), ((1, 0), (2, 2), (0, 2)), 0, (None, 0, "a"))
LONELY = StateMachine(("only",), ("x",), ((0,),), 0, ("out",))
RESET = StateMachine.tracker("pqrs", "abc", ((1, 0, 3), (2, 0, 3), (3, 0, 3), (0, 0, 3)))
S3 = group_tracker([(1, 0, 2), (1, 2, 0)])
MACHINES = {"parity": PARITY, "named": NAMED, "lonely": LONELY, "reset": RESET, "s3": S3}
TARGET = {target.name: target for target in TARGETS}


def compiled(machine: StateMachine, target: str, form: FloatFormat = FLOAT32) -> Network:
    """Return the proved network of one machine under one target."""
    verdict = ask(machine, TARGET[target]).verdict
    return store(verdict.operator, verdict.proof, form, {"target": target})


@cache
def file_of(machine: str, target: str, form: FloatFormat = FLOAT32) -> bytes:
    """Return the network file of a named machine."""
    return network_bytes(compiled(MACHINES[machine], target, form))


def named_files() -> dict[str, bytes]:
    """Return one file per machine and target, the formats taking turns."""
    pairs = [(machine, target) for machine in MACHINES for target in TARGET]
    forms = [FORMATS[place % len(FORMATS)] for place in range(len(pairs))]
    files = {f"{pair[0]}-{pair[1]}-{form.name}": file_of(*pair, form) for pair, form in zip(pairs, forms, strict=True)}
    return files | {"parity-cover": network_bytes(cover_network())}


def cover_simulation() -> Simulation:
    """Return parity carried by a cycle of four codes, two of each reading."""
    turn = SparseMatrix(4, tuple(unit((index + 1) % 4) for index in range(4)))
    readout = SparseMatrix.from_rows([[1, 0, 1, 0], [0, 1, 0, 1]])
    codes = tuple(unit(index) for index in range(4))
    matrices = (SparseMatrix.identity(4), turn)
    return Simulation(PARITY, matrices, codes, (0, 1, 0, 1), Decoder.linear(readout), Contract.COVER)


def cover_network(form: FloatFormat = FLOAT32) -> Network:
    """Return the stored form of `cover_simulation`."""
    proof = cover_simulation()
    return store(Dense(proof.matrices), proof, form, {})
