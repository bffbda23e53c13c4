"""The checker: reads a network file's bytes, proves the claim from the stored weights alone, compares every byte."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias, final

from fsm2rnn.errors import CertificateError, FsmError, LimitError
from fsm2rnn.machine.labels import Json, label_text
from fsm2rnn.proof.file.canonical_json import json_value
from fsm2rnn.proof.file.cell_certificate import CELL_FORMAT, cell_certificate, cell_from_json
from fsm2rnn.proof.file.cell_network import ProvedCell
from fsm2rnn.proof.file.certificate import FORMAT, certificate, network_from_json
from fsm2rnn.proof.file.network import ProvedNetwork
from fsm2rnn.proof.file.stack_certificate import STACK_FORMAT, stack_certificate, stack_from_json
from fsm2rnn.proof.file.stack_network import ProvedStack
from fsm2rnn.proof.refutation.replay import word_in_labels, word_text
from fsm2rnn.proof.rounding.cell_grade import Invariant, OrbitGrade
from fsm2rnn.proof.rounding.exact_horizon import ARITHMETIC, ExactHorizon
from fsm2rnn.proof.rounding.grade import ExactGrade
from fsm2rnn.proof.rounding.snapping import Snapping
from fsm2rnn.proof.stored.tensor_file import StoredTensor, decode_tensor_file, encode_tensor_file, file_bytes

CERTIFICATE, KIND = "fsm2rnn.certificate", "fsm2rnn.kind"
PROVED, TRAINED = "proved", "trained"
UNCERTIFIED = "a trained network has none (hint: fsm2rnn audit asks what can be proved of it)"


@final
@dataclass(frozen=True, repr=False)
class Report:
    """The answer of a check: accepted with its claim, or rejected with the field that fails and why."""

    accepted: bool
    claim: str | None = None
    grade: str | None = None
    equations: int = 0
    field: str | None = None
    reason: str | None = None
    misread: list[Json] | None = None  # the shortest word that fails, where one is proved

    def __repr__(self) -> str:
        """Say the claim, or the field that fails."""
        return f"Report({self.grade}: {self.claim})" if self.accepted else f"Report({self.field} fails: {self.reason})"

    def raise_if_rejected(self) -> None:
        """Raise CertificateError when the check rejected."""
        if not self.accepted:
            raise CertificateError(self.field or "certificate", self.reason or "rejected")


Proved: TypeAlias = ProvedNetwork | ProvedCell | ProvedStack
"""What a network file can hold."""


def network_bytes(network: Proved) -> bytes:
    """Return the network file: tensors and certificate."""
    return encode_tensor_file(network.tensors, {CERTIFICATE: _written(network), KIND: PROVED})


def _written(network: Proved) -> str:
    match network:
        case ProvedNetwork():
            return certificate(network)
        case ProvedCell():
            return cell_certificate(network)
        case ProvedStack():
            return stack_certificate(network)


def prove_bytes(data: bytes) -> Proved:
    """Return the network that a file stores, proved; FsmError (mostly CertificateError) when it does not hold."""
    tensors, metadata = decode_tensor_file(data)
    if metadata.get(KIND) == TRAINED:
        raise CertificateError("certificate", UNCERTIFIED)
    if set(metadata) - {KIND} != {CERTIFICATE} or metadata.get(KIND, PROVED) != PROVED:
        message = f"expected {CERTIFICATE}, {KIND} {PROVED} or none, in the metadata, found {sorted(metadata)!r:.80}"
        raise CertificateError("header", message)
    text = metadata[CERTIFICATE]
    body = json_value(text, "certificate")
    # A tuple: what stands there may be a list, which no set can be asked for.
    if not isinstance(body, dict) or body.get("format") not in (FORMAT, CELL_FORMAT, STACK_FORMAT):
        message = f"not a certificate of format {FORMAT}, {CELL_FORMAT} or {STACK_FORMAT}"
        raise CertificateError("format", message)
    network = _network(body, tensors)
    proved = _written(network)
    if proved != text:
        message = "the certificate says something else than what its network proves"
        raise CertificateError(_first_difference(body, proved), message)
    return network


def _network(body: Mapping[str, Json], tensors: Mapping[str, StoredTensor]) -> Proved:
    """Return the network that a certificate of a known format names, proved."""
    if body["format"] == STACK_FORMAT:
        return stack_from_json(body, tensors)
    return cell_from_json(body, tensors) if body["format"] == CELL_FORMAT else network_from_json(body, tensors)


def check_bytes(data: bytes) -> Report:
    """Return the report on a network file's bytes; never raises for any data."""
    try:
        network = prove_bytes(data)
    except CertificateError as error:
        return Report(accepted=False, field=error.field, reason=error.message)
    except LimitError as error:
        return Report(accepted=False, field="limit", reason=str(error))
    except FsmError as error:
        return Report(accepted=False, field="machine", reason=str(error))
    return report_on(network)


def check_file(path: str | os.PathLike[str]) -> Report:
    """Return the report on a network file; InputError only where it cannot be read."""
    return check_bytes(file_bytes(path))


def report_on(network: Proved) -> Report:
    """Return the report on a network that is already proved."""
    match network:
        case ProvedNetwork():
            return _report_on_linear(network)
        case ProvedCell():
            return _report_on_cell(network)
        case ProvedStack():
            return _report_on_stack(network)


def _report_on_stack(network: ProvedStack) -> Report:
    proof, machine = network.proof, network.machine
    layers, channels = network.layers, network.proof.units.channels
    words = "every finite word" if proof.claims_empty_word else "every finite word of one symbol or more"
    claim = (
        f"after {words} over {len(machine.symbols)} symbols the greatest logit of the stack of "
        f"{_many('gated layer', layers)} and {_many('channel', channels)} is that of the output of the machine of "
        f"{len(machine.states)} states, and no rounding in {', '.join(form.name for form in network.grade.formats)} "
        f"changes a state or an answer"
    )
    return Report(accepted=True, claim=claim, grade=network.grade_name, equations=proof.steps)


def _many(what: str, count: int) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _report_on_cell(network: ProvedCell) -> Report:
    proof, machine = network.proof, network.machine
    words = "every finite word" if proof.claims_empty_word else "every finite word of one symbol or more"
    claim = (
        f"after {words} over {len(machine.symbols)} symbols the greatest logit of the {network.kind.stored} cell of "
        f"size {proof.cell.size} is that of the output of the machine of {len(machine.states)} states"
    )
    match network.grade:
        case Invariant(slack, margin):
            led = "" if margin is None else f", and by less than {_shown(margin / 2)} in a logit"
            claim += (
                f", in exact arithmetic and in any that errs by at most {_shown(slack)} in a coordinate of a step{led}"
            )
        case OrbitGrade(grid, states):
            claim += (
                f", if the state is rounded to multiples of 2^-{grid} after each symbol and the step is computed in "
                f"float32 with sums in any order, tanh within 2 and sigmoid within 4 units in the last place "
                f"({states:,} grid states)"
            )
        case ExactGrade(formats=formats):
            claim += f", without any rounding in {', '.join(form.name for form in formats)}"
    return Report(accepted=True, claim=claim, grade=network.grade_name, equations=proof.steps)


def _shown(bound: Fraction) -> str:
    """Return three digits of a bound, rounded down."""
    digits = 0
    while bound * Fraction(10) ** digits < 100:  # three digits
        digits += 1
    while bound * Fraction(10) ** digits >= 1000:  # and no fourth
        digits -= 1
    return f"{Decimal(math.floor(bound * Fraction(10) ** digits)).scaleb(-digits).normalize()}"


def _report_on_linear(network: ProvedNetwork) -> Report:
    machine = network.machine
    words = "every finite word" if network.steps is None else f"every word of at most {network.steps:,} symbols"
    claim = (
        f"after {words} over {len(machine.symbols)} symbols the network of size {network.proof.size} is read "
        f"as the state of the machine of {len(machine.states)} states (contract {network.contract.value})"
    )
    grade, misread = network.grade, None
    if isinstance(grade, Snapping):
        claim += f", if every {grade.every:,} symbols it is put back on the prototype of the state that it is read as"
    if isinstance(grade, ExactHorizon):
        claim, misread = f"{claim}, exact in {grade.form.name}, {ARITHMETIC}", grade.misread
    if not network.form.native:
        wide, kept = network.form.accumulator.name, network.form.name
        claim += f", computed in {wide} with each new state rounded once to {kept}, the format in which it is stored"
    equations = network.proof.equations
    if misread is None:
        return Report(accepted=True, claim=claim, grade=network.grade_name, equations=equations)
    read, right = (label_text(machine.states[state]) for state in (misread.read, misread.right))
    claim += f": {word_text(machine, misread.word)} is read as state {read}, expected {right}"
    word = word_in_labels(machine, misread.word)
    return Report(accepted=True, claim=claim, grade=network.grade_name, equations=equations, misread=word)


def _first_difference(body: Mapping[str, Json], expected: str) -> str:
    """Return the first field in which two certificates differ; hashes come last, since they follow the rest."""
    proved = json_value(expected, "certificate")
    wanted = proved if isinstance(proved, dict) else {}
    fields = sorted({*body, *wanted}, key=lambda name: (name == "sha256", name))
    return next((name for name in fields if body.get(name) != wanted.get(name)), "certificate")
