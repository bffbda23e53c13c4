"""h_map(x, j) <- exp(2 pi i t(x, j)) h_j in complex numbers: exact over Q(zeta_n), in floats as pairs of real ones."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Final

import numpy as np

from fsm2rnn.algebra.representation.spherical_function import Floats
from fsm2rnn.algebra.signed.phase_form import PhaseForm, PhasePart
from fsm2rnn.constructions.dense.orthogonal_network import FieldCodes, field_network, nearest
from fsm2rnn.constructions.promise import finite_promise
from fsm2rnn.constructions.sizes import BEST, ComplexWidth, Counts, Least, Sizes, measured
from fsm2rnn.constructions.verdict import Compiled
from fsm2rnn.exact.cyclotomic import Cyclotomic
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.operators.phase import PhaseMatrix
from fsm2rnn.operators.phased_permutation import REAL, PhasedPermutation
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.field_simulation import FieldSimulation
from fsm2rnn.proof.claim.hermitian_norm import FieldMatrix, FieldVector

FEWEST: Final = "of permutations with phases with one code per state"


def phase_network(machine: StateMachine, form: PhaseForm, contract: Contract) -> Compiled:
    """Return the network of a form, its codes' one norm 1 in floats; LimitError where the proof is too large."""
    conductor = math.lcm(*(part.order for part in form.parts))
    offsets = np.cumsum([0, *(part.width for part in form.parts)])
    images = np.concatenate([part.maps + first for part, first in zip(form.parts, offsets, strict=False)], axis=1)
    letters = tuple(PhaseMatrix(tuple(image), form.turns(symbol)) for symbol, image in enumerate(images.tolist()))
    real = tuple(part.order <= REAL for part in form.parts for _ in range(part.width))
    operator = PhasedPermutation(letters, real)
    one, zero = Cyclotomic.rational(conductor, 1), Cyclotomic.rational(conductor, 0)
    places = range(form.size)
    proof = FieldSimulation(
        machine,
        conductor,
        tuple(_over_field(conductor, letter) for letter in letters),
        _codes(conductor, form),
        tuple(range(len(machine.states))),
        tuple(tuple(one if row == column else zero for column in places) for row in places),
        finite_promise(contract),
    )
    found = np.concatenate([_points(part, row) for part, row in zip(form.parts, form.values, strict=True)], axis=1)
    sizes = Sizes(measured(operator, Counts.COORDINATES), complex_width=complex_width(form))
    codes = FieldCodes(proof, nearest(machine, found / np.linalg.norm(found[0])))
    return field_network(codes, operator, sizes)


def complex_width(form: PhaseForm) -> ComplexWidth:
    """Return the complex numbers of a form, and whether they are the fewest."""
    return ComplexWidth(form.size, Least(FEWEST) if form.least else BEST)


def _over_field(conductor: int, letter: PhaseMatrix) -> FieldMatrix:
    zero = Cyclotomic.rational(conductor, 0)
    rows = [[zero] * len(letter.image) for _ in letter.image]
    for source, (target, turn) in enumerate(zip(letter.image, letter.turns, strict=True)):
        rows[target][source] = _root(conductor, turn, 1)
    return tuple(map(tuple, rows))


def _codes(conductor: int, form: PhaseForm) -> tuple[FieldVector, ...]:
    states = len(form.parts[0].classes)
    return tuple(
        tuple(
            _root(conductor, Fraction(power, part.order), row[number])
            for part, row in zip(form.parts, form.values, strict=True)
            for number, power in zip(part.classes[state].tolist(), part.turned[state].tolist(), strict=True)
        )
        for state in range(states)
    )


def _root(conductor: int, turn: Fraction, factor: int) -> Cyclotomic:
    """Return factor exp(2 pi i turn)."""
    return Cyclotomic.of(conductor, [*[0] * int(turn * conductor), factor])


def _points(part: PhasePart, row: Sequence[int]) -> Floats:
    """Return the codes (Q, n) or (Q, 2 n) of a part in real numbers, as `PhasedPermutation` orders them."""
    values, angles = np.array(row, dtype=np.float64)[part.classes], 2 * np.pi * part.turned / part.order
    parts: list[Floats] = [values * np.cos(angles)]
    parts += [values * np.sin(angles)] if part.order > REAL else []
    return np.stack(parts, axis=2).reshape(len(values), -1)
