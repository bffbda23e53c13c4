"""A_x code_i = code_k with reads_k = delta(reads_i, x), code_0 read as q0: equations that give every word."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import final

from fsm2rnn.errors import CertificateError, NumericError
from fsm2rnn.exact.coordinates import FormValues, Rows, applied, side_by_side
from fsm2rnn.exact.matrix import ExactMatrix, columns_of
from fsm2rnn.exact.sparse import SparseMatrix, Vector
from fsm2rnn.machine.output_functions import functions_shown
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.decoder import Decoder, Margin
from fsm2rnn.proof.claim.induction import Nodes, induction, prove_base, prove_contract, prove_distinct

# Entries of a readout that is written out to be permuted: 32 MB of references.
DENSE_LIMIT = 1 << 22
CODES = Nodes("codes", "code", "codes", "the code", "equations")


@final
@dataclass(frozen=True)
class Simulation:
    """A proof that h <- A_x h, started in codes[0], is read as delta*(q0, w) after every finite word w.

    By induction on the word: codes[0] is read as the start, each A_x maps each code to a code with the
    right reading (|codes| |Sigma| equations over Q), and the decoder reads every code with a positive
    margin; every code listed is one that a word reaches. Constructing the value checks all of it;
    CertificateError names the part that fails, LimitError says that there are too many equations.
    """

    machine: StateMachine
    matrices: tuple[ExactMatrix, ...]  # one (H, H) matrix per symbol
    codes: tuple[Vector, ...]
    reads: tuple[int, ...]  # machine state per code
    decoder: Decoder
    contract: Contract
    head: SparseMatrix | None = None  # (O, H), one row per output function
    margin: Margin = field(init=False)

    def __post_init__(self) -> None:
        """Prove the claim."""
        prove_base(CODES, self.machine, len(self.matrices), len(self.codes), self.reads)
        self._prove_shapes()
        prove_distinct(CODES, self.codes)
        induction(CODES, self.machine, self.reads, list(zip(*self._images(), strict=True)).__getitem__)
        self._prove_contract()
        shown = 1 if self._leads_are_kept() else len(self.codes)
        object.__setattr__(self, "margin", self.decoder.margin(self.codes[:shown], self.reads[:shown]))

    @property
    def size(self) -> int:
        """The width H of the state."""
        return self.matrices[0].height

    @property
    def equations(self) -> int:
        """How many one-step equations were proved."""
        return len(self.codes) * len(self.matrices)

    def _prove_shapes(self) -> None:
        if any(matrix.height != self.size or matrix.width != self.size for matrix in self.matrices):
            message = f"not every matrix has shape ({self.size}, {self.size})"
            raise CertificateError("matrices", message)
        if len(self.decoder.readout.columns) != self.size:
            message = f"the readout has {len(self.decoder.readout.columns)} columns for a state of size {self.size}"
            raise CertificateError("decoder", message)
        try:
            SparseMatrix(self.size, self.codes)
        except NumericError as error:
            raise CertificateError("codes", str(error)) from error

    def _prove_contract(self) -> None:
        prove_contract(CODES, self.contract, self.reads)
        if self.contract is Contract.ROBUST:
            message = "finitely many codes keep contract cover at least"
            raise CertificateError("contract", message)
        if (self.contract is Contract.LINEAR) != (self.head is not None):
            message = "contract linear and a linear head go together"
            raise CertificateError("head", message)
        if self.head is not None:
            self._prove_head(self.head)

    def _prove_head(self, head: SparseMatrix) -> None:
        """Prove head code_i = the output functions at reads_i, as numbers and not only by their order."""
        count, shown = functions_shown(self.machine)
        if (head.height, head.width) != (count, self.size):
            message = f"the head has shape ({head.height}, {head.width}), expected ({count}, {self.size})"
            raise CertificateError("head", message)
        for code, read in zip(self.codes, self.reads, strict=True):
            if head.apply(code) != tuple((row, 1) for row in shown[read]):
                message = f"the head does not give the outputs of state {self.machine.states[read]!r}"
                raise CertificateError("head", message)

    def _leads_are_kept(self) -> bool:
        """Whether C_delta(t, x) A_x = C_t and b_delta(t, x) = b_t for all letters x and states t, which x permutes.

        Then delta(t, x) scores at A_x h what t scores at h, for all t: every code, A_w codes[0], has the first one's
        lead. Not asked of unit rows, nor of as many letters as states: then all leads are found as soon.
        """
        decoder, columns = self.decoder, list(zip(*self.machine.table, strict=True))
        entries, count = sum(map(len, decoder.readout.columns)), len(columns[0])
        if decoder.reads != tuple(range(count)) or any(len(set(column)) < count for column in columns):
            return False
        if entries <= count or count <= len(columns) or count * self.size > DENSE_LIMIT:
            return False
        rows: Rows = [[0] * count for _ in range(self.size)]
        for line, entered in zip(rows, decoder.readout.columns, strict=True):
            for state, value in entered:
                line[state] = value
        given = dict(decoder.bias)
        bias = [given.get(state, 0) for state in decoder.reads]
        for matrix, column in zip(self.matrices, columns, strict=True):
            moved = FormValues([[line[target] for target in column] for line in rows])
            if [bias[target] for target in column] != bias or not all(
                moved.of(form) == line for form, line in zip(columns_of(matrix), rows, strict=True)
            ):
                return False
        return True

    def _images(self) -> list[list[int | None]]:
        """Return for every symbol and code the code that it is sent to, None where that is not listed."""
        rows = side_by_side(self.codes, self.size)
        if rows is None:
            index = {code: position for position, code in enumerate(self.codes)}
            return [[index.get(matrix.apply(code)) for code in self.codes] for matrix in self.matrices]
        dense = {code: position for position, code in enumerate(zip(*rows, strict=True))}
        values = FormValues(rows)
        return [
            list(map(dense.get, zip(*applied(columns_of(matrix), self.size, values), strict=True)))
            for matrix in self.matrices
        ]
