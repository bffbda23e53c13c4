"""What a network file claims, in integers: the machine, the network, and the codes that prove it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias, final

from fsm2rnn.errors import InputError
from fsm2rnn.exact.matrix import columns_of
from fsm2rnn.exact.rounding import FloatFormat
from fsm2rnn.exact.sparse import Scalar, SparseMatrix, Vector
from fsm2rnn.machine.output_functions import output_functions
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.simulation import Simulation
from fsm2rnn.proof.file.checker import Proved
from fsm2rnn.proof.file.network import ProvedNetwork
from fsm2rnn.proof.file.stack_network import ProvedStack
from fsm2rnn.proof.rounding.grade import ExactGrade

Columns: TypeAlias = tuple[Vector, ...]


@final
@dataclass(frozen=True)
class Code:
    """A state of the network that words reach: the machine's state that it is read as, and what each letter makes."""

    point: Vector
    reads: int
    follows: tuple[int, ...]  # code per letter


@final
@dataclass(frozen=True)
class ScoreRow:
    """A score <weights, h> + bias that speaks for a state."""

    weights: Vector
    bias: Scalar
    state: int


@final
@dataclass(frozen=True)
class IntegerClaim:
    """The integers of a claim. Nothing is checked here: whether they prove it is for the proof assistant to say."""

    start: int
    table: tuple[tuple[int, ...], ...]  # state per state and letter
    functions: tuple[tuple[int, ...], ...]  # of a linear head: value per function and state
    matrices: tuple[Columns, ...]  # one per letter, multiplied out
    first: Vector
    rows: tuple[ScoreRow, ...]
    codes: tuple[Code, ...]
    head: Columns | None  # its rows
    contract: Contract
    bound: int  # of all partial sums, where the matrices are stored as they are written here
    form: FloatFormat
    multiplied_out: bool  # the file stores factors or updates, whose sums the bound does not speak of

    @property
    def letters(self) -> int:
        """How many symbols there are."""
        return len(self.matrices)


def claim_of(network: Proved) -> IntegerClaim:
    """Return the claim of a proved network of grade exact; InputError names another grade, and what is no integer."""
    if not isinstance(network, ProvedNetwork):
        what = "gated stack" if isinstance(network, ProvedStack) else f"{network.kind.stored} cell"
        message = f"a {what} of grade {network.grade_name} is not linear in its state"
        raise InputError(message, hint="written are networks h <- A_x h of grade exact")
    proof = network.proof
    grade = network.grade
    if not isinstance(proof, Simulation) or not isinstance(grade, ExactGrade) or grade.partial_sums is None:
        message = f"a network of grade {network.grade_name} whose weights are not integers is not written for Rocq"
        raise InputError(message, hint="written is grade exact, which compile -t full gives for every machine")
    linear = proof.contract is Contract.LINEAR and proof.head is not None
    matrices = tuple(map(columns_of, proof.matrices))
    return IntegerClaim(
        start=network.machine.start,
        table=network.machine.table,
        functions=output_functions(network.machine) if linear else (),
        matrices=matrices,
        first=proof.codes[0],
        rows=_rows(proof),
        codes=_codes(network.machine, proof.codes, proof.reads, matrices),
        head=proof.head.transposed().columns if proof.head is not None else None,
        contract=proof.contract,
        bound=grade.partial_sums,
        form=network.form,
        multiplied_out=not all(isinstance(matrix, SparseMatrix) for matrix in proof.matrices),
    )


def _rows(proof: Simulation) -> tuple[ScoreRow, ...]:
    decoder = proof.decoder
    biases = dict(decoder.bias)
    weights = decoder.readout.transposed().columns
    return tuple(
        ScoreRow(row, biases.get(place, 0), state)
        for place, (row, state) in enumerate(zip(weights, decoder.reads, strict=True))
    )


def _codes(
    machine: StateMachine, points: Sequence[Vector], reads: Sequence[int], matrices: Sequence[Columns]
) -> tuple[Code, ...]:
    """Return the codes with what follows each; a code for each state in order needs no multiplication."""
    if tuple(reads) == tuple(range(len(machine.states))):
        return tuple(
            Code(point, read, tuple(row)) for point, read, row in zip(points, reads, machine.table, strict=True)
        )
    number = {point: place for place, point in enumerate(points)}
    letters = [SparseMatrix(len(columns), columns) for columns in matrices]
    return tuple(
        Code(point, read, tuple(number[letter.apply(point)] for letter in letters))
        for point, read in zip(points, reads, strict=True)
    )
