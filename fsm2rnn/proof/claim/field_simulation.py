r"""A_x code_i = code_k over Q(zeta_n), and every A_x an isometry of a Hermitian norm: the codes and their distances.

Q(zeta_n)^d is the rational vector space Q^(d m), m = phi(n), on the basis zeta_n^a e_j; there a matrix over the field
is a rational one, and v -> v^* G w becomes the bilinear form tr(v^* G w), tr the trace of the field. A^* G A = G holds
exactly where A keeps that form: tr(z v^* (A^* G A - G) w) = 0 for all z, and the trace form is not degenerate.

Distances. Each letter is an isometry that permutes the finitely many codes (one to one into them), so all codes have
one norm. Every code is reached from the first, and permutations have finite order, so from every code a word leads back
to the first; it takes codes i, j to 0, k at the same distance. Codes with different readings keep different ones: a
power of the word's permutation is the identity, and equal readings stay equal. So the least distance between codes of
different states is one from the first code.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from fractions import Fraction
from typing import final

from fsm2rnn.errors import CertificateError, LimitError
from fsm2rnn.exact.cyclotomic import degree
from fsm2rnn.exact.sparse import SparseMatrix, Vector, vector
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.hermitian_norm import FieldMatrix, FieldVector, HermitianNorm, denominator
from fsm2rnn.proof.claim.induction import induction, prove_base, prove_contract, prove_distinct
from fsm2rnn.proof.claim.simulation import CODES

# Rational entries of all matrices: as many Python integers are half a gigabyte.
ENTRY_LIMIT = 1 << 24
# Products of entries in all equations, of integers that may have several digits: some seconds.
PRODUCT_LIMIT = 1 << 24


@final
@dataclass(frozen=True)
class FieldSimulation:
    """A proof that h <- A_x h over Q(zeta_n), started in codes[0], is at a code read as delta*(q0, w) after every w.

    zeta_n is exp(2 pi i / n). `distance` is a lower bound of the least |code_i - code_j| over codes of different states
    relative to the codes' one norm sqrt(c^* G c), G = gram; None where all codes are read as one state. Constructing
    the value checks all of it; CertificateError names the part that fails, LimitError says what is too large.
    """

    machine: StateMachine
    conductor: int  # n
    matrices: tuple[FieldMatrix, ...]  # one (d, d) matrix per symbol
    codes: tuple[FieldVector, ...]
    reads: tuple[int, ...]  # machine state per code
    gram: FieldMatrix  # G (d, d), Hermitian and positive definite
    contract: Contract
    distance: Fraction | None = field(init=False)
    width: int = field(init=False)  # real dimensions: one for each real coordinate, two for each other one

    def __post_init__(self) -> None:
        """Prove the claim."""
        prove_base(CODES, self.machine, len(self.matrices), len(self.codes), self.reads)
        self._prove_shapes()
        prove_distinct(CODES, self.codes)
        self._prove_contract()
        norm = HermitianNorm(self.conductor, self.gram)
        self._prove_steps(norm.trace_form())
        others = [code for code, read in zip(self.codes, self.reads, strict=True) if read != self.reads[0]]
        object.__setattr__(self, "distance", norm.relative_distance(self.codes[0], others) if others else None)
        object.__setattr__(self, "width", self.size + len(self._complex_coordinates()))

    @property
    def size(self) -> int:
        """The dimension d over the field."""
        return len(self.gram)

    @property
    def equations(self) -> int:
        """How many one-step equations were proved."""
        return len(self.codes) * len(self.matrices)

    @property
    def real(self) -> bool:
        """Whether all coordinates are real, so that the network has d real dimensions."""
        return self.width == self.size

    def _prove_shapes(self) -> None:
        needed = len(self.matrices) * (self.size * degree(self.conductor)) ** 2
        if needed > ENTRY_LIMIT:
            what = "rational entries of matrices over a cyclotomic field"
            raise LimitError(what, limit=ENTRY_LIMIT, needed=needed)
        for name, tables in (("matrices", self.matrices), ("gram", (self.gram,)), ("codes", (self.codes,))):
            lengths = {len(row) for table in tables for row in table}
            heights = set() if name == "codes" else {len(table) for table in tables}
            conductors = {entry.conductor for table in tables for row in table for entry in row}
            if not lengths | heights <= {self.size} or not conductors <= {self.conductor}:
                message = f"not of size {self.size} over the field of conductor {self.conductor}"
                raise CertificateError(name, message)

    def _prove_contract(self) -> None:
        if self.contract not in {Contract.INJECTIVE, Contract.COVER}:
            message = f"contract {self.contract.value} is not proved by codes over a field"
            raise CertificateError("contract", message)
        prove_contract(CODES, self.contract, self.reads)

    def _prove_steps(self, form: SparseMatrix) -> None:
        """Prove every one-step equation and every isometry over Q, all denominators cleared."""
        scale = denominator(entry for matrix in self.matrices for row in matrix for entry in row)
        unit = denominator(entry for code in self.codes for entry in code)
        codes = [_vector(code, unit) for code in self.codes]
        index = {_scaled(code, scale): place for place, code in enumerate(codes)}
        distinct = {matrix: _rational(matrix, scale) for matrix in self.matrices}
        # Each image of a code, each row of the form, and each column of that product, needs one product per entry.
        rows = len(codes) + 2 * self.size * degree(self.conductor)
        products = rows * sum(len(column) for table in distinct.values() for column in table.columns)
        if products > PRODUCT_LIMIT:
            what = "products in equations over a cyclotomic field"
            raise LimitError(what, limit=PRODUCT_LIMIT, needed=products)
        kept = tuple(_scaled(column, scale * scale) for column in form.columns)
        if any((table.transposed() @ (form @ table)).columns != kept for table in distinct.values()):
            message = "a letter is not an isometry of the Gram matrix"
            raise CertificateError("gram", message)
        images = {matrix: [index.get(table.apply(code)) for code in codes] for matrix, table in distinct.items()}
        reached = list(zip(*(images[matrix] for matrix in self.matrices), strict=True))
        induction(CODES, self.machine, self.reads, reached.__getitem__)

    def _complex_coordinates(self) -> set[int]:
        """Return the least set with every coordinate that is not real, and closed under the entries of all matrices.

        The vectors that are real outside the set are invariant: there all entries that meet them are real.
        """
        tables = {*self.matrices, self.gram}
        found = {place for code in self.codes for place, entry in enumerate(code) if not entry.is_real}
        linked: dict[int, set[int]] = {place: set() for place in range(self.size)}
        for i, j in itertools.product(range(self.size), repeat=2):
            entries = [table[i][j] for table in tables]
            if any(entries):
                linked[i].add(j)
                linked[j].add(i)
            if not all(entry.is_real for entry in entries):
                found |= {i, j}
        queue = list(found)
        for place in queue:
            queue += linked[place] - found
            found |= linked[place]
        return found


def _vector(code: FieldVector, scale: int) -> Vector:
    """Return the scaled code in Q^(d m), entries integer."""
    numbers = (value * (scale // entry.denominator) for entry in code for value in entry.coefficients)
    return vector(enumerate(numbers))


def _rational(matrix: FieldMatrix, scale: int) -> SparseMatrix:
    """Return the scaled matrix on Q^(d m), entries integer."""
    columns: list[Vector] = []
    for column in zip(*matrix, strict=True):
        factors = [scale // entry.denominator for entry in column]
        for images in zip(*(entry.times_powers() for entry in column), strict=True):
            pairs = zip(factors, images, strict=True)
            numbers = enumerate(factor * value for factor, image in pairs for value in image)
            columns.append(tuple((place, value) for place, value in numbers if value))
    return SparseMatrix(len(columns), tuple(columns))


def _scaled(code: Vector, factor: int) -> Vector:
    return tuple([(place, value * factor) for place, value in code])
