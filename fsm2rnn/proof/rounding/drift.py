"""e_t + V <= (1 + eta)(e_{t-1} + V): for how many steps rounded matrices keep near prototypes that they almost permute.

Theorem D (sequential evaluation, block by block). Let the rows of the stored readout be prototypes v_q, and let every
letter, as stored, send v_q to A v_q = v_q' + r with v_q' a prototype of the state that follows. Let |A|_2 <= 1 + s and
|v_q| <= V, and let the computed step be off from A h by at most g |h| + a. If s + g <= eta and |r| + g V + a <= eta V
for all letters, prototypes and blocks, then after t steps the computed state is within e_t of a prototype of the right
state, where e_t + V = (1 + eta)^t (e_0 + V).

Proof. h_t - v_q' = A (h_{t-1} - v_q) + r + d with |d| <= g |h_{t-1}| + a and |h_{t-1}| <= V + e_{t-1}; so
e_t <= (1 + s + g) e_{t-1} + |r| + g V + a. Nothing is asked of an exact network: only stored numbers occur. What s, g
and a are for each structure is in `letter_errors`.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple, final

from fsm2rnn.errors import CertificateError, LimitError
from fsm2rnn.exact.circle import powers_below
from fsm2rnn.exact.factored import FactoredMatrix
from fsm2rnn.exact.matrix import ExactMatrix
from fsm2rnn.exact.sparse import SparseMatrix
from fsm2rnn.exact.updates import UpdateProduct
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.induction import Nodes, induction, prove_base, prove_contract
from fsm2rnn.proof.rounding.arithmetic import ACCUMULATING
from fsm2rnn.proof.rounding.growth import steps_within
from fsm2rnn.proof.rounding.horizon import Horizon
from fsm2rnn.proof.rounding.letter_errors import LetterErrors, letter_errors
from fsm2rnn.proof.rounding.nearness import PrototypeRows
from fsm2rnn.proof.rounding.readout_rows import ReadoutRows
from fsm2rnn.proof.rounding.scan_order import ScanHorizon, block_error, root_of, scan_horizon
from fsm2rnn.proof.stored.meaning import Meaning

PROTOTYPES = Nodes("reads", "prototype", "prototypes", "a prototype", "inclusions")
# Each is a product of as many numbers as the state has coordinates, a tenth of a microsecond for each of them: with
# states of some ten numbers, half a minute.
EQUATION_LIMIT = 1 << 22  # prototypes times letters
SCORE_LIMIT = 1 << 25  # prototypes squared, of which only the nearest rivals are measured
PRODUCT_LIMIT = 1 << 24  # of entries, where letters are multiplied out: two seconds
REASON = (
    "applied one symbol at a time, every product and sum rounded to nearest even with gradual underflow in the "
    f"accumulating format ({ACCUMULATING}), in any order of summation, "
    "fused or not, an update as the product of key and state, times beta, times key, factors as input, gates and "
    "output one after the other, and each new state rounded once to the stored format: with V the largest norm of a "
    "block of a prototype and e_0 the distance of the stored start, after t steps every block of the state is within "
    "(1 + eta)^t (V + e_0) - V of a prototype of the right state, and a state that is nearer than "
    "(1 + mu) (V + e_0) - V is read right, the scores' own rounding included"
)


@final
@dataclass(frozen=True)
class Tracking:
    """Stored letters move prototypes as the machine moves its states but for small residuals, or float states exactly.

    Proved by `tracked` here, or by `closed` of `float_orbit`, which alone make it and say for how long.
    """

    machine: StateMachine
    contract: Contract
    size: int
    equations: int


@final
class StepErrors(NamedTuple):
    """Greatest over letters: eta, and where nothing rounds; s + g and |r| + g V + a; by letter, prototypes' images.

    Then what a step of a unit vector errs by and how large its numbers are, where letters are not stored as matrices.
    """

    eta: Fraction
    drift: Fraction
    growth: Fraction
    added: Fraction
    images: list[list[int]]
    formed: Fraction = Fraction(0)
    peak: Fraction = Fraction(0)


def tracked(
    machine: StateMachine, contract: Contract, stored: Meaning, known: ReadoutRows | None = None
) -> tuple[Tracking, Horizon]:
    """Return what stored weights keep, and for how many steps; `known` rows of the readout, if they are its, stay.

    Raises CertificateError when the structure has no theorem, the prototypes do not follow the machine, or no step
    is proved; LimitError when there are too many equations, scores or products.
    """
    reads = stored.decoder.reads
    _prove_kind(contract, stored)
    prove_base(PROTOTYPES, machine, len(stored.matrices), len(reads), reads)
    _prove_work(stored)
    points = PrototypeRows(stored, known)
    errors = _step_errors(machine, stored, points)
    induction(PROTOTYPES, machine, reads, list(zip(*errors.images, strict=True)).__getitem__)
    tracking = Tracking(machine, contract, stored.matrices[0].height, len(reads) * len(stored.matrices))
    return tracking, _lasting(stored, points, errors)


def _lasting(stored: Meaning, points: PrototypeRows, errors: StepErrors) -> Horizon:
    """Return the horizon of theorem D, else that of theorem G; CertificateError where neither proves a step."""
    lead, mu = points.separation()
    steps = powers_below(1 + mu, errors.eta)
    if steps:
        return Horizon(stored.form, errors.eta, mu, lead, steps, _scan(stored, points.norm, errors, mu))
    steps = steps_within(points.borne(mu), points.start, errors.growth, errors.added)
    if not steps:
        message = f"rounded to {stored.form.name}, no step is proved to be read right"
        raise CertificateError("float", message)
    return Horizon(stored.form, errors.growth, mu, lead, steps, None, errors.added)


def _scan(stored: Meaning, norm: Fraction, errors: StepErrors, mu: Fraction) -> ScanHorizon | None:
    """Return what theorem B of `scan_order` says of letters multiplied as matrices; None where one may overflow."""
    size, largest = max(stored.blocks or ()), max(Fraction(1), norm)
    gain, underflow = block_error(size, stored.form)
    # No product has norm above 2, a sum of its entries 8 n at most; the state's blocks keep below 4 V.
    if 8 * max(Fraction(size), errors.peak) * largest > stored.form.largest:
        return None
    drift = errors.drift + root_of(size) * errors.formed
    return scan_horizon(drift, gain + underflow * max(Fraction(1), 1 / norm), mu)


def _formed(found: StepErrors, matrix: ExactMatrix, letter: LetterErrors) -> tuple[Fraction, Fraction]:
    """Return the last two of `StepErrors` with one letter more."""
    if isinstance(matrix, SparseMatrix):
        return found.formed, found.peak
    return max(found.formed, letter.gain + letter.underflow), max(found.peak, letter.peak)


def _prove_kind(contract: Contract, stored: Meaning) -> None:
    if stored.blocks is None or stored.head is not None:
        message = (
            "prototypes carry dense, block-diagonal, factored and householder networks, no written values, no head"
        )
        raise CertificateError("operator", message)
    form, wide = stored.form, stored.readout_form
    if not wide.holds(form):
        message = f"a readout in {wide.name} rounds states in {form.name} before it reads them"
        raise CertificateError("decoder", message)
    if contract not in (Contract.INJECTIVE, Contract.COVER):
        message = "prototypes keep contract injective or cover"
        raise CertificateError("contract", message)
    prove_contract(PROTOTYPES, contract, stored.decoder.reads)


def _prove_work(stored: Meaning) -> None:
    rows, letters = len(stored.decoder.reads), len(stored.matrices)
    products = sum(_products(matrix, stored.blocks or ()) for matrix in stored.matrices)
    for what, needed, limit in (
        ("steps between prototypes", rows * letters, EQUATION_LIMIT),
        ("scores of prototypes", rows * rows, SCORE_LIMIT),
        ("products of entries", products, PRODUCT_LIMIT),
    ):
        if needed > limit:
            raise LimitError(what, limit=limit, needed=needed)


def _products(matrix: ExactMatrix, blocks: tuple[int, ...]) -> int:
    """Return how many products of entries it takes to multiply a letter out, and by its transpose."""
    inner = 0
    if isinstance(matrix, FactoredMatrix):
        inner = matrix.output.width
    elif isinstance(matrix, UpdateProduct):
        inner = len(matrix.updates)
    return sum(size**2 * max(size, inner) for size in blocks)


def _step_errors(machine: StateMachine, stored: Meaning, points: PrototypeRows) -> StepErrors:
    """Return what the steps of all letters err by; CertificateError where a sum may overflow."""
    found = StepErrors(Fraction(0), Fraction(0), Fraction(0), Fraction(0), [])
    for symbol, matrix in enumerate(stored.matrices):
        letter = letter_errors(matrix, stored.blocks or (), stored.form)
        residual, followed = points.residual(stored.columns(symbol), [row[symbol] for row in machine.table])
        found.images.append(followed)
        missed = residual + letter.underflow
        found = StepErrors(
            max(found.eta, letter.gain + max(letter.stretch, missed / points.norm)),
            max(found.drift, letter.stretch, residual / points.norm),
            max(found.growth, letter.stretch + letter.gain),
            max(found.added, missed + letter.gain * points.norm),
            found.images,
            *_formed(found, matrix, letter),
        )
        # No block of a computed state exceeds 4 V, see `nearness`; rounding does not double a number.
        if 8 * points.norm * letter.peak > stored.form.largest:
            message = f"a sum may exceed the numbers of {stored.form.name}"
            raise CertificateError("float", message)
    return found
