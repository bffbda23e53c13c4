"""h <- round(round(A h)): the float states that words reach, replayed; once closed, they are all there ever are.

Theorem O (sequential evaluation). Let every row of every stored letter have at most two entries that are not zero, and
let the product of each of them with each coordinate of each listed state be a number of the accumulating format. Then a
step of a listed state has one result: the exact sum of the products of each row, rounded to the accumulating format and
then to the stored one. If the start is listed and every such result is a listed state that is read as the machine
moves, then after every word the computed state is a listed one, and is read right.

Proof. Exact products leave one rounding per row, that of the sum of two numbers; neither their order nor a fused
multiply-add changes it, and the products of zero entries are zeros, which change no sum (the sign of a zero changes no
later number either). Then induction over the word.

Products of two float8 numbers have 8 bits at most, of bfloat16 16, of float16 22, and float32 has 24; what is left to
show is that a product is a multiple of its least normal number, and that no sum exceeds the stored format. Then no
product and no sum is subnormal, and a library that flushes subnormal numbers to zero computes the same.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias, final

from fsm2rnn.errors import CertificateError, LimitError
from fsm2rnn.exact.rounding import FloatFormat, rounded
from fsm2rnn.exact.sparse import Scalar, SparseMatrix, Vector, absolute, canonical_vector, magnitude, vector
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.decoder import Decoder
from fsm2rnn.proof.claim.induction import Nodes, Step, induction, prove_base, prove_contract, prove_distinct
from fsm2rnn.proof.rounding.drift import Tracking
from fsm2rnn.proof.rounding.score_rounding import score_rounding
from fsm2rnn.proof.stored.meaning import Meaning

STATES = Nodes("float_states", "float state", "float states", "a float state", "equations")
# A step costs some ten microseconds a coordinate, since fractions are rounded twice; a product of a score a tenth of
# one. With these limits a check takes seconds. Orbits that close at all mostly have fewer than a thousand states.
STATE_LIMIT = 1 << 12
STEP_LIMIT = 1 << 18  # coordinates of steps that are replayed
SCORE_LIMIT = 1 << 22  # products of states, scores and coordinates
# The order in which three products are added changes their rounded sum.
TERMS = 2
REASON = (
    "applied one symbol at a time, the one or two products of every coordinate added up in float32, where each product "
    "is exact, their sum rounded to nearest even with gradual underflow, then rounded so to the stored format: every "
    "word leads from the stored start to one of float_states, whatever the order of the two and fused or not, and each "
    "of float_states is read right, the scores' own rounding included"
)
# The rows of a letter: their number, and their entries by column.
Rows: TypeAlias = tuple[tuple[int, Vector], ...]


@final
@dataclass(frozen=True)
class Closure:
    """Words of every length are read right in `form`; `lead` is the least of the right score, None for one reading."""

    form: FloatFormat
    states: int
    lead: Fraction | None


def sparse_rows(stored: Meaning) -> tuple[Rows, ...]:
    """Return the rows of every letter; CertificateError where a step is not one sum of products for each coordinate."""
    matrices = [matrix.transposed() for matrix in stored.matrices if isinstance(matrix, SparseMatrix)]
    mixed = stored.lines is None and stored.blocks is None
    if mixed or len(matrices) < len(stored.matrices) or stored.head is not None:
        message = "float states are those of diagonal, rotation, dense and block-diagonal networks without a head"
        raise CertificateError("operator", message)
    return tuple(tuple(enumerate(matrix.columns)) for matrix in matrices)


def letter_rows(stored: Meaning) -> tuple[Rows, ...]:
    """Return the rows of every letter; CertificateError where a step is not one rounded sum of two exact products."""
    letters = sparse_rows(stored)
    if stored.form.accumulator == stored.form:
        message = f"products of {stored.form.name} numbers are rounded before they are added"
        raise CertificateError("float", message)
    if any(len(row) > TERMS for rows in letters for _, row in rows):
        message = f"a sum of more than {TERMS} products depends on their order"
        raise CertificateError("float", message)
    return letters


def stepped(rows: Rows, state: Mapping[int, Scalar], form: FloatFormat) -> Vector:
    """Return the float state that follows `state`; NumericError where it overflows."""
    sums = ((place, sum(entry * state.get(column, 0) for column, entry in row)) for place, row in rows)
    return canonical_vector({place: rounded(rounded(total, form.accumulator), form) for place, total in sums})


def closed(
    machine: StateMachine, contract: Contract, stored: Meaning, states: tuple[Vector, ...], reads: tuple[int, ...]
) -> tuple[Tracking, Closure]:
    """Return the proof that words reach these float states alone, and that each is read as listed.

    Raises CertificateError where they do not, LimitError when there are too many states, steps or scores.
    """
    rows = letter_rows(stored)
    _prove_work(stored, len(states), len(rows))
    prove_kind(contract, stored, reads)
    _prove_states(machine, stored, states, reads)
    _prove_range(stored, states)
    induction(STATES, machine, reads, _step(rows, states, stored.form))
    replay = Tracking(machine, contract, stored.matrices[0].height, len(states) * len(rows))
    return replay, Closure(stored.form, len(states), _lead(stored, states, reads))


def _prove_work(stored: Meaning, states: int, letters: int) -> None:
    size = stored.matrices[0].height
    for what, needed, limit in (
        ("float states", states, STATE_LIMIT),
        ("coordinates of steps between float states", states * letters * size, STEP_LIMIT),
        ("scores of float states", states * len(stored.decoder.reads) * size, SCORE_LIMIT),
    ):
        if needed > limit:
            raise LimitError(what, limit=limit, needed=needed)


def prove_kind(contract: Contract, stored: Meaning, reads: Collection[int]) -> None:
    """Prove that the readout takes states as they are, and that float states so read keep the contract."""
    form, wide = stored.form, stored.readout_form
    if not wide.holds(form):
        message = f"a readout in {wide.name} rounds states in {form.name} before it reads them"
        raise CertificateError("decoder", message)
    if contract not in (Contract.INJECTIVE, Contract.COVER):
        message = "float states keep contract injective or cover"
        raise CertificateError("contract", message)
    prove_contract(STATES, contract, reads)


def _prove_states(machine: StateMachine, stored: Meaning, states: tuple[Vector, ...], reads: tuple[int, ...]) -> None:
    """Prove the base; spelling needs no proof, since the induction ends in the start and results of steps alone."""
    if states[:1] != (stored.initial_state,):
        message = "the first float state is not the stored initial state"
        raise CertificateError("float_states", message)
    prove_base(STATES, machine, len(stored.matrices), len(states), reads)
    prove_distinct(STATES, states)


def _prove_range(stored: Meaning, states: tuple[Vector, ...]) -> None:
    """Prove that products and sums are multiples of the accumulator's least normal number, and that none overflows."""
    columns = [column for symbol in range(len(stored.matrices)) for column in stored.columns(symbol)]
    numbers = [[entry for one in family for _, entry in one] for family in (columns, states)]
    parts = [max((entry.denominator for entry in entries), default=1) for entries in numbers]
    sizes = [max((absolute(entry) for entry in entries), default=0) for entries in numbers]
    if math.prod(parts) * stored.form.least_normal > 1:
        message = "a product may be subnormal, which libraries may flush to 0, or no number of the accumulating format"
        raise CertificateError("float", message)
    if TERMS * math.prod(sizes) > stored.form.largest:
        message = f"a sum may exceed the numbers of {stored.form.name}"
        raise CertificateError("float", message)


def _step(letters: tuple[Rows, ...], states: tuple[Vector, ...], form: FloatFormat) -> Step:
    place_of = {state: place for place, state in enumerate(states)}

    def step(place: int) -> list[int | None]:
        state = dict(states[place])
        return [place_of.get(stepped(rows, state, form)) for rows in letters]

    return step


def _lead(stored: Meaning, states: tuple[Vector, ...], reads: tuple[int, ...]) -> Fraction | None:
    """Return the least lead of the right score; CertificateError where rounding the scores could take it."""
    decoder, points, unit = _integers(stored.decoder, states)
    margin = decoder.margin(points, reads)
    weights, bias = decoder.readout.magnitude(), magnitude(decoder.bias)
    sums = (vector((*weights.apply(magnitude(point)), *bias)) for point in points)
    largest = Fraction(max((size for scores in sums for _, size in scores), default=0), unit)
    taken = score_rounding(stored.readout_form, stored.matrices[0].height, largest)
    lead = None if margin is None else Fraction(margin, unit)
    if lead is not None and lead <= taken:
        message = "a float state is not read as its state once the scores are rounded"
        raise CertificateError("decoder", message)
    return lead


def _integers(decoder: Decoder, states: tuple[Vector, ...]) -> tuple[Decoder, tuple[Vector, ...], int]:
    """Return decoder and states in whole numbers, which are faster, and the unit by which they multiply the scores."""
    columns = decoder.readout.columns
    inner, outer = (
        max((entry.denominator for column in some for _, entry in column), default=1)
        for some in (states, (*columns, decoder.bias))
    )
    readout = SparseMatrix(decoder.readout.height, tuple(_times(column, outer) for column in columns))
    whole = Decoder(decoder.kind, readout, _times(decoder.bias, inner * outer), decoder.reads)
    return whole, tuple(_times(state, inner) for state in states), inner * outer


def _times(state: Vector, unit: int) -> Vector:
    return tuple((place, int(entry * unit)) for place, entry in state)
