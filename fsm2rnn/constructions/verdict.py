"""Verdict = Compiled | Impossible | Unsettled: exact weights with their proof, a witness, or what was tried."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias, final

from fsm2rnn.constructions.cascade.store_stack import store_stack
from fsm2rnn.constructions.cells.claim import CellClaim
from fsm2rnn.constructions.cells.store import store_cell
from fsm2rnn.constructions.sizes import Sizes, require_measured
from fsm2rnn.errors import NumericError
from fsm2rnn.exact.rounding import FloatFormat
from fsm2rnn.operators.diagonal import Diagonal
from fsm2rnn.operators.operator import Operator
from fsm2rnn.operators.prototypes import PrototypeReadout
from fsm2rnn.operators.readout import RegionRow
from fsm2rnn.operators.recipe import Recipe
from fsm2rnn.operators.rotation import Rotation
from fsm2rnn.operators.stack_recipe import StackRecipe
from fsm2rnn.operators.stock_cell import StockCell
from fsm2rnn.operators.storage import (
    prototype_horizons,
    prototype_tensors,
    region_tensors,
    rounded_horizons,
    store,
    store_prototypes,
    store_regions,
)
from fsm2rnn.operators.structure_tensors import parameters
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.enclosure import Enclosure
from fsm2rnn.proof.claim.field_simulation import FieldSimulation
from fsm2rnn.proof.claim.simulation import Simulation
from fsm2rnn.proof.file.cell_network import ProvedCell
from fsm2rnn.proof.file.network import ProvedNetwork
from fsm2rnn.proof.file.stack_network import ProvedStack
from fsm2rnn.proof.refutation.contracts import require_refuted
from fsm2rnn.proof.refutation.witness import Witness
from fsm2rnn.proof.rounding.grade import ExactGrade, exact_grade
from fsm2rnn.proof.rounding.horizon import Horizon
from fsm2rnn.proof.stored.meaning import Meaning
from fsm2rnn.proof.stored.structures import Structure, meaning
from fsm2rnn.proof.stored.tensor_file import StoredTensor

# What a contract itself asks of the refuted networks.
CONDITIONS = {
    Contract.LINEAR: "finite orbit",
    Contract.INJECTIVE: "finite orbit",
    Contract.COVER: "finite orbit",
    Contract.ROBUST: "bounded orbit read with a positive margin",
}


@final
@dataclass(frozen=True, repr=False)
class Compiled:
    """Exact parameters, and the proof that they simulate the machine.

    `rows` is the readout of a proof by regions or over a field, and empty for a `Simulation`, which has its own.
    `sizes` are what the target says of its size: numbers, and whether they are proved to be the least.
    `minimal` proves that no smaller size keeps the contract; `smaller` rounds, with fewer products or complex numbers.
    A proof over a field speaks of exact matrices; the operator holds them in an orthonormal basis in float64, and what
    is stored is proved again by theorem D. Raises NumericError for sizes that are not those of the operator.

    Of a nonlinear cell or a gated stack `operator` is the recipe, and `proof` what it claims, proved once it is stored.
    """

    operator: Operator | Recipe
    proof: Simulation | Enclosure | FieldSimulation | CellClaim
    sizes: Sizes
    rows: tuple[RegionRow, ...] | PrototypeReadout = ()
    minimal: Witness | None = None
    smaller: Compiled | None = None

    def __post_init__(self) -> None:
        """Prove that the sizes are those of the operator."""
        require_measured(self.operator, self.sizes.measures)

    def store(self, form: FloatFormat, evidence: Mapping[str, str]) -> ProvedNetwork | ProvedCell | ProvedStack:
        """Return the weights rounded to `form`, proved as stored.

        Raises NumericError for an overflow, CertificateError when the rounded weights do not carry the proof.
        """
        if isinstance(self.operator, StockCell):
            return store_cell(self.operator, form, evidence)
        if isinstance(self.operator, StackRecipe):
            return store_stack(self.operator, form, evidence)
        return self.store_linear(form, evidence)

    def store_linear(self, form: FloatFormat, evidence: Mapping[str, str]) -> ProvedNetwork:
        """Return what `store` does of a linear recurrence; NumericError for a nonlinear cell."""
        match self.proof, self.operator, self.rows:
            case Simulation() as proof, Operator() as operator, _:
                return store(operator, proof, form, evidence)
            case Enclosure() as proof, (Rotation() | Diagonal()) as operator, tuple() as rows:
                return store_regions(operator, proof, rows, form, evidence)
            case FieldSimulation() as proof, Operator() as operator, PrototypeReadout() as readout:
                return store_prototypes(operator, proof.machine, proof.contract, readout, form, evidence)
            case _:
                message = f"{type(self.operator).__name__} is not stored as a linear recurrence with such a proof"
                raise NumericError(message)

    def rounded(self, form: FloatFormat) -> tuple[Structure, Mapping[str, StoredTensor]]:
        """Return structure and tensors of weights that round, nothing proved; NumericError where there are none."""
        match self.proof, self.operator, self.rows:
            case Enclosure() as proof, (Rotation() | Diagonal()) as operator, tuple() as rows:
                return region_tensors(operator, proof, rows, form)
            case FieldSimulation() as proof, Operator() as operator, PrototypeReadout() as readout:
                return prototype_tensors(operator, len(proof.machine.symbols), readout, form)
            case _:
                message = "the weights are integers that never round, or those of no linear recurrence"
                raise NumericError(message)

    def meaning(self, form: FloatFormat) -> Meaning:
        """Return what weights that round mean in `form`, nothing proved; errors as for `rounded`."""
        structure, tensors = self.rounded(form)
        return meaning(structure, tensors, len(self.proof.machine.states))

    @cached_property
    def horizons(self) -> Mapping[str, Horizon]:
        """The horizon of plainly rounded weights in each float format that computes and in which a step is proved."""
        match self.proof, self.operator, self.rows:
            case Enclosure() as proof, (Rotation() | Diagonal()) as operator, tuple() as rows:
                return rounded_horizons(operator, proof, rows)
            case FieldSimulation() as proof, Operator() as operator, PrototypeReadout() as readout:
                return prototype_horizons(operator, proof.machine, proof.contract, readout)
            case _:
                return {}

    def steps(self) -> dict[str, int | None]:
        """Return, by format, how many steps are proved for plainly rounded weights: None for every length.

        A format in which no step is proved is left out; so are formats that are only stored.
        """
        return dict(self._steps)

    def scan_steps(self) -> dict[str, int | None]:
        """Return, by format, how many steps are proved where letters are multiplied as matrices, however bracketed.

        None for every length; a format in which no step is proved is left out.
        """
        if isinstance(self.proof, Simulation):
            return {form.name: None for form in self._exact.scan}
        scans = {name: horizon.scan for name, horizon in self.horizons.items()}
        return {name: scan.steps for name, scan in scans.items() if scan is not None}

    @cached_property
    def _steps(self) -> dict[str, int | None]:
        if isinstance(self.proof, Simulation):
            return {form.name: None for form in self._exact.formats}
        if isinstance(self.proof, CellClaim):
            return self.proof.steps()
        return {name: horizon.steps for name, horizon in self.horizons.items()}

    @cached_property
    def _exact(self) -> ExactGrade:
        if not isinstance(self.proof, Simulation):
            return ExactGrade(None, ())
        return exact_grade(self.proof)

    @property
    def margin(self) -> str | None:
        """The least lead of the right score, a decimal bound from below where it is no rational; None: one reading."""
        if isinstance(self.proof, Simulation):
            return None if self.proof.margin is None else str(self.proof.margin)
        if isinstance(self.proof, CellClaim):
            return self.proof.margin
        lead = next((horizon.lead for horizon in self.horizons.values()), None)
        return None if lead is None else f"{math.floor(lead * 10**6) / 10**6:.6f}"

    @property
    def parameters(self) -> int:
        """How many numbers the structure stores, readout and initial state aside."""
        if isinstance(self.operator, Recipe):
            return self.operator.parameters
        return parameters(self.operator, len(self.proof.machine.symbols))

    def __str__(self) -> str:
        """Say size, contract and grade in one line."""
        contract = self.proof.contract.value
        lasts = self.proof.lasts() if isinstance(self.proof, CellClaim) else steps_text(self.steps())
        return f"compiled: size {self.operator.size}, {contract}, {lasts}"

    __repr__ = __str__


@final
@dataclass(frozen=True, repr=False)
class Impossible:
    """No network of the family, under the contract and the hypotheses named, gives the machine's outputs.

    Raises CertificateError for a contract that is none of the witness's own.
    """

    witness: Witness
    contract: Contract

    def __post_init__(self) -> None:
        """Prove that the witness speaks of the contract's networks."""
        require_refuted(self.contract, self.witness.contracts)

    @property
    def hypotheses(self) -> tuple[str, ...]:
        """What the refuted networks are like."""
        named = (*self.witness.hypotheses, CONDITIONS[self.contract], "exact arithmetic")
        return tuple(dict.fromkeys(named))

    def __str__(self) -> str:
        """Say the witness in one line."""
        return f"impossible ({', '.join(self.hypotheses)}): {self.witness}"

    __repr__ = __str__


@final
@dataclass(frozen=True)
class Unsettled:
    """No answer; `tried` says what was tried and why it stopped."""

    tried: str

    def __str__(self) -> str:
        """Say what was tried."""
        return f"unsettled: {self.tried}"


Verdict: TypeAlias = Compiled | Impossible | Unsettled
"""What a target says of a machine, matched by its three classes."""


def steps_text(steps: Mapping[str, int | None]) -> str:
    """Return formats with their proven number of steps in words."""
    exact = [name for name, count in steps.items() if count is None]
    bounded = [f"{count:,} steps in {name}" for name, count in steps.items() if count is not None]
    parts = [f"exact at every length in {', '.join(exact)}"] if exact else []
    return "; ".join([*parts, ", ".join(bounded)] if bounded else parts) or "no step proved in any float format"
