"""ProvedStack: stored tensors of a gated stack with the proof that they give their machine's outputs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, final

from fsm2rnn.errors import CertificateError
from fsm2rnn.exact.rounding import NATIVE, FloatFormat
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.stack_simulation import StackSimulation
from fsm2rnn.proof.rounding.grade import ExactGrade
from fsm2rnn.proof.stored.stacks import stored_stack
from fsm2rnn.proof.stored.tensor_file import StoredTensor

EXACT_STACK: Final = (
    "every weight and bias is an integer and every state has zeros and ones, so every partial sum before a rectifier "
    "is an integer, and so is every one of a logit on the listed nodes, of magnitude at most partial_sums; every such "
    "integer is a number of these formats, so, of operands that are not cut to a shorter format first, none rounds, in "
    "any order of summation, with or without fused multiply-add; a rectified number is 0 or at least 1, so the sum of "
    "some, rounded in any order, is 0 where all are and at least 1 elsewhere, which max(0, 1 - s) and min(1, s) make 0 "
    "or 1; at every length"
)


@final
@dataclass(frozen=True)
class StackNodes:
    """The nodes of a proof: per node the channels that are 1, those that are free, what it is read as and shows."""

    on: tuple[tuple[int, ...], ...]
    free: tuple[tuple[int, ...], ...]
    reads: tuple[int, ...]
    outputs: tuple[int | None, ...]


@final
@dataclass(frozen=True)
class ProvedStack:
    """Stored weights and nodes with the proof that, exactly as stored, the stack gives the machine's outputs.

    CertificateError, or LimitError, when they do not carry the claim, or round in their own format.
    """

    machine: StateMachine
    nodes: StackNodes
    tensors: Mapping[str, StoredTensor]
    evidence: Mapping[str, str]
    proof: StackSimulation = field(init=False)
    grade: ExactGrade = field(init=False)

    def __post_init__(self) -> None:
        """Prove the claim of the tensors as they are stored."""
        units, nodes = stored_stack(self.tensors, len(self.machine.symbols)), self.nodes
        on, free = (tuple(_bits(one, units.channels) for one in listed) for listed in (nodes.on, nodes.free))
        proof = StackSimulation(self.machine, units, on, free, nodes.reads, nodes.outputs)
        formats = tuple(form for form in NATIVE if proof.sums <= 1 << form.precision)
        if units.form not in formats:
            why = f"sums go to {proof.sums:,}" if units.form.native else "a stack computes in its own format"
            message = f"arithmetic in {units.form.name} is not proved exact: {why}"
            raise CertificateError("float", message)
        object.__setattr__(self, "proof", proof)
        object.__setattr__(self, "grade", ExactGrade(proof.sums, formats))

    @property
    def form(self) -> FloatFormat:
        """The float format of the weights."""
        return self.proof.units.form

    @property
    def layers(self) -> int:
        """How many layers the stack has."""
        return sum(name.endswith(".units.weight") for name in self.tensors)

    @property
    def grade_name(self) -> str:
        """The name "exact": no operation rounds."""
        return "exact"


def _bits(channels: Iterable[int], count: int) -> int:
    """Return a set of channels as an integer; CertificateError for one that is none, or not in their one order."""
    listed = list(channels)
    if listed != sorted(set(listed)) or not all(0 <= channel < count for channel in listed):
        message = f"channels of a tuple are listed rising, each below {count}"
        raise CertificateError("nodes", message)
    return sum(1 << channel for channel in listed)
