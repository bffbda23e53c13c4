"""Network files of small machines that the kernel's tests read, change and forge."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

from fsm2rnn.compiler import minimal_facts
from fsm2rnn.exact.rounding import FLOAT8_E4M3FN, FLOAT16, FLOAT32, FLOAT64, FORMATS, NATIVE, FloatFormat
from fsm2rnn.exact.sparse import SparseMatrix, unit
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.operators.dense import Dense
from fsm2rnn.operators.diagonal import AffineDiagonal, Diagonal
from fsm2rnn.operators.factored import Factored
from fsm2rnn.operators.rotation import Rotation
from fsm2rnn.operators.storage import store
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.decoder import Decoder, DecoderKind
from fsm2rnn.proof.claim.enclosure import Letter
from fsm2rnn.proof.claim.simulation import Simulation
from fsm2rnn.proof.file.checker import network_bytes
from fsm2rnn.proof.file.network import ProvedNetwork
from fsm2rnn.targets.full import FULL
from fsm2rnn.targets.pd import PD
from tests.strategies import group_tracker

PARITY = StateMachine(("even", "odd"), ("0", "1"), ((0, 1), (1, 0)), 0, (True, False))
NAMED = StateMachine((None, ("é", 1), "a"), ("x", True), ((1, 0), (2, 2), (0, 2)), 0, (None, 0, "a"))
LONELY = StateMachine(("only",), ("x",), ((0,),), 0, ("out",))
RESET = StateMachine.tracker("pqrs", "abc", ((1, 0, 3), (2, 0, 3), (3, 0, 3), (0, 0, 3)))
S3 = group_tracker([(1, 0, 2), (1, 2, 0)])
QUARTERS = StateMachine.tracker(range(4), "abk", [[(q + 1) % 4, (q + 2) % 4, q] for q in range(4)])
LATCH = StateMachine(("off", "on"), ("clear", "set", "toggle"), ((0, 1, 1), (0, 1, 0)), 0, (False, True))
MACHINES = {"parity": PARITY, "named": NAMED, "lonely": LONELY, "reset": RESET, "s3": S3}
TARGET = {target.name: target for target in (FULL, PD)}


def compiled(machine: StateMachine, target: str, form: FloatFormat = FLOAT32) -> ProvedNetwork:
    """Return the proved network of one machine under one target."""
    verdict = TARGET[target].compile(minimal_facts(machine), Contract.INJECTIVE)
    return store(verdict.operator, verdict.proof, form, {"target": target})


@cache
def file_of(machine: str, target: str, form: FloatFormat = FLOAT32) -> bytes:
    """Return the network file of a named machine."""
    return network_bytes(compiled(MACHINES[machine], target, form))


@cache
def named_files() -> dict[str, bytes]:
    """Return one file per machine and target, the formats taking turns, then one per structure."""
    pairs = [(machine, target) for machine in MACHINES for target in TARGET]
    forms = [NATIVE[place % len(NATIVE)] for place in range(len(pairs))]
    files = {f"{pair[0]}-{pair[1]}-{form.name}": file_of(*pair, form) for pair, form in zip(pairs, forms, strict=True)}
    files["parity-cover"] = network_bytes(cover_network())
    files |= {f"parity-full-{form.name}": file_of("parity", "full", form) for form in FORMATS if not form.native}
    return files | {name: network_bytes(make()) for name, make in STRUCTURES.items()}


def cover_simulation() -> Simulation:
    """Return parity carried by a cycle of four codes, two of each reading."""
    turn = SparseMatrix(4, tuple(unit((index + 1) % 4) for index in range(4)))
    readout = SparseMatrix.from_rows([[1, 0, 1, 0], [0, 1, 0, 1]])
    codes = tuple(unit(index) for index in range(4))
    matrices = (SparseMatrix.identity(4), turn)
    return Simulation(PARITY, matrices, codes, (0, 1, 0, 1), Decoder.linear(readout), Contract.COVER)


def cover_network(form: FloatFormat = FLOAT32) -> ProvedNetwork:
    """Return the stored form of `cover_simulation`."""
    proof = cover_simulation()
    return store(Dense(proof.matrices), proof, form, {})


def factored_parity(form: FloatFormat = FLOAT32) -> ProvedNetwork:
    """Return parity as U diag(w_x) V^T with one product per entry of a 2 x 2 matrix, and its linear head."""
    left = SparseMatrix(2, (unit(0), unit(1), unit(0), unit(1)))
    right = SparseMatrix(2, (unit(0), unit(1), unit(1), unit(0)))
    operator = Factored(left, (((0, 1), (1, 1)), ((2, 1), (3, 1))), right)
    matrices = (operator.matrix(0), operator.matrix(1))
    decoder, head = Decoder.linear(SparseMatrix.identity(2)), SparseMatrix.from_rows([[1, 0]])
    proof = Simulation(PARITY, matrices, (unit(0), unit(1)), (0, 1), decoder, Contract.LINEAR, head)
    return store(operator, proof, form, {})


def diagonal_parity(form: FloatFormat = FLOAT16) -> ProvedNetwork:
    """Return parity as the sign of one number, read by three rows, two of them of one state."""
    operator = Diagonal(((1,), (-1,)))
    readout = SparseMatrix.from_rows([[-2], [1], [2]])
    decoder = Decoder(DecoderKind.LINEAR, readout, ((1, 1),), (1, 0, 0))
    matrices = (operator.matrix(0), operator.matrix(1))
    proof = Simulation(PARITY, matrices, (((0, 2),), ((0, -2),)), (0, 1), decoder, Contract.INJECTIVE)
    return store(operator, proof, form, {"rows": "three"})


def affine_latch(form: FloatFormat = FLOAT64) -> ProvedNetwork:
    """Return a latch that can be cleared, set and toggled: h <- 0 h, 0 h + 1, 1 - h; with its linear head."""
    operator = AffineDiagonal(((0,), (0,), (-1,)), ((0,), (1,), (1,)))
    matrices = tuple(operator.matrix(symbol) for symbol in range(3))
    rows = SparseMatrix.from_rows([[-2, 0], [2, 0]])
    codes = (((1, 1),), ((0, 1), (1, 1)))
    decoder = Decoder.linear(rows, ((0, 1), (1, -1)))
    head = SparseMatrix.from_rows([[1, 0]])
    proof = Simulation(LATCH, matrices, codes, (0, 1), decoder, Contract.LINEAR, head)
    return store(operator, proof, form, {})


def turned_quarters(form: FloatFormat = FLOAT32) -> ProvedNetwork:
    """Return a cycle of four by quarter turns of one plane, beside a line that stays, proved by its codes."""
    letters = tuple(Letter((1,), (Fraction(quarters, 4),)) for quarters in (1, 2, 0))
    operator = Rotation(letters)
    codes = tuple(((0, 3), (1 + place, sign)) for place, sign in ((0, 1), (1, 1), (0, -1), (1, -1)))
    readout = SparseMatrix.from_rows([[0, 1, 0], [0, 0, 1], [0, -1, 0], [0, 0, -1]])
    matrices = tuple(operator.matrix(symbol) for symbol in range(3))
    proof = Simulation(QUARTERS, matrices, codes, (0, 1, 2, 3), Decoder.linear(readout), Contract.INJECTIVE)
    return store(operator, proof, form, {})


STRUCTURES = {
    "parity-factored-linear": factored_parity,
    "parity-diagonal-rows": diagonal_parity,
    "latch-affine-linear": affine_latch,
    "quarters-rotation": turned_quarters,
    "parity-factored-linear-float8": lambda: factored_parity(FLOAT8_E4M3FN),
}
