"""ProvedNetwork: stored tensors with the proof that, exactly as stored, they simulate their machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias, final

from fsm2rnn.errors import CertificateError
from fsm2rnn.exact.rounding import FloatFormat, formats_with
from fsm2rnn.exact.sparse import Vector
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.decoder import Margin
from fsm2rnn.proof.claim.enclosure import Enclosure, Letter, Region
from fsm2rnn.proof.claim.simulation import Simulation
from fsm2rnn.proof.rounding.drift import Tracking, tracked
from fsm2rnn.proof.rounding.exact_horizon import ExactHorizon, exact_horizon
from fsm2rnn.proof.rounding.float_orbit import Closure, closed
from fsm2rnn.proof.rounding.grade import ExactGrade, exact_grade
from fsm2rnn.proof.rounding.horizon import Horizon, horizon
from fsm2rnn.proof.rounding.snapping import Snapping, proved_snap, snap_regions, snap_rows
from fsm2rnn.proof.stored.meaning import Meaning
from fsm2rnn.proof.stored.structures import Structure, meaning
from fsm2rnn.proof.stored.tensor_file import StoredTensor


@final
@dataclass(frozen=True)
class Orbit:
    """The codes that words reach, for weights that carry the proof themselves: integers that never round."""

    codes: tuple[Vector, ...]


@final
@dataclass(frozen=True)
class Regions:
    """The exact letters that rounded weights stand for, and the regions in which words stay."""

    letters: tuple[Letter, ...]
    regions: tuple[Region, ...]


@final
@dataclass(frozen=True)
class Prototypes:
    """Rounded weights that carry the proof themselves: every word stays near a row of the readout, the right one."""


@final
@dataclass(frozen=True)
class FloatOrbit:
    """The float states that words reach, rounded step by step and yet finitely many."""

    states: tuple[Vector, ...]


@final
@dataclass(frozen=True)
class Replay:
    """Float states in index order, replayed and not listed: up to a shortest misread word, None where none is."""

    misread: tuple[int, ...] | None  # symbol indices


Trace: TypeAlias = Orbit | Regions | Prototypes | FloatOrbit | Replay


@final
@dataclass(frozen=True)
class ProvedNetwork:
    """Stored tensors with the proof that, exactly as stored, they simulate `machine` in their own arithmetic.

    The proof is derived from the tensors, never handed in. Raises CertificateError when the tensors do not
    simulate the machine along `trace`, or when their arithmetic is not proved right for a single step.
    """

    machine: StateMachine
    contract: Contract
    trace: Trace
    reads: tuple[int, ...]  # machine state per code, region, prototype or float state
    structure: Structure
    tensors: Mapping[str, StoredTensor]
    evidence: Mapping[str, str]
    stored: Meaning = field(init=False)
    proof: Simulation | Enclosure | Tracking = field(init=False)
    grade: ExactGrade | Horizon | ExactHorizon | Closure | Snapping = field(init=False)

    def __post_init__(self) -> None:
        """Prove the claim of the tensors as they are stored."""
        stored = meaning(self.structure, self.tensors, len(self.machine.states))
        object.__setattr__(self, "stored", stored)
        match self.trace:
            case Orbit(codes):
                simulation = self._simulation(stored, codes)
                object.__setattr__(self, "proof", simulation)
                object.__setattr__(self, "grade", _exact(simulation, stored))
            case Regions(letters, regions):
                enclosure = Enclosure(self.machine, letters, regions, self.reads, self.contract)
                object.__setattr__(self, "proof", enclosure)
                object.__setattr__(self, "grade", self._put_back(enclosure, stored, horizon(enclosure, stored)))
            case Prototypes():
                self._require_own_reads(stored)
                tracking, lasting = tracked(self.machine, self.contract, stored)
                object.__setattr__(self, "proof", tracking)
                object.__setattr__(self, "grade", self._put_back(tracking, stored, lasting))
            case FloatOrbit(states):
                replay, closure = closed(self.machine, self.contract, stored, states, self.reads)
                object.__setattr__(self, "proof", replay)
                object.__setattr__(self, "grade", closure)
            case Replay(misread):
                self._require_own_reads(stored)
                replay, ending = exact_horizon(self.machine, self.contract, stored, misread)
                object.__setattr__(self, "proof", replay)
                object.__setattr__(self, "grade", ending)

        if stored.snap is not None and not isinstance(self.grade, Snapping):
            message = "a state is put back where rounding has a horizon, and here it has none"
            raise CertificateError("snap", message)

    @property
    def form(self) -> FloatFormat:
        """The float format of the recurrence."""
        return self.stored.form

    @property
    def steps(self) -> int | None:
        """The longest words for which the claim is proved; None: words of every length."""
        match self.grade:
            case ExactGrade() | Closure() | Snapping():
                return None
            case Horizon() | ExactHorizon():
                return self.grade.steps

    @property
    def grade_name(self) -> str:
        """Either "exact", "orbit", "snap", "horizon" or "exact-horizon"."""
        match self.grade:
            case Closure():
                return "orbit"
            case Snapping():
                return "snap"
            case ExactHorizon():
                return "orbit" if self.steps is None else "exact-horizon"
            case ExactGrade() | Horizon():
                return "exact" if self.steps is None else "horizon"

    @property
    def margin(self) -> Margin:
        """The least lead of the right score on what the trace lists, a lower bound on regions; None: one reading."""
        match self.proof, self.grade:
            case Simulation() as simulation, _:
                return simulation.margin
            case _, Horizon(lead=lead) | ExactHorizon(lead=lead) | Closure(lead=lead) | Snapping(Horizon(lead=lead)):
                return lead
            case _:
                return None

    def _require_own_reads(self, stored: Meaning) -> None:
        if self.reads != stored.decoder.reads:
            message = "the readings are not those of the readout's rows"
            raise CertificateError("reads", message)

    def _put_back(self, proof: Enclosure | Tracking, stored: Meaning, lasting: Horizon) -> Horizon | Snapping:
        """Return the horizon, or the grade of a network that is put back before it ends."""
        if stored.snap is None:
            return lasting
        if isinstance(proof, Enclosure):
            found = snap_regions(proof, stored.snap.prototypes, lasting)
        else:
            found = snap_rows(stored, stored.snap.prototypes, lasting)
        return proved_snap(self.contract, stored.snap, found)

    def _simulation(self, stored: Meaning, codes: tuple[Vector, ...]) -> Simulation:
        if codes[:1] != (stored.initial_state,):
            message = "the stored initial state is not the first code"
            raise CertificateError("codes", message)
        matrices = stored.matrices
        return Simulation(self.machine, matrices, codes, self.reads, stored.decoder, self.contract, stored.head)


def _exact(simulation: Simulation, stored: Meaning) -> ExactGrade:
    """Return the grade of weights that never round; CertificateError when their own formats are not proved."""
    grade = exact_grade(simulation, formats_with(stored.form))
    for form in (stored.form, stored.readout_form):
        if form not in grade.formats:
            message = f"arithmetic in {form.name} is not proved exact"
            raise CertificateError("float", message)
    return grade
