"""The certificate: canonical JSON that says what is claimed and holds all that a checker needs beside the tensors.

It is a function of machine, orbit and stored tensors, so a checker proves the claim anew, writes the certificate
anew and compares: no field can be changed alone. `evidence` is carried along and proves nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from fsm2rnn.errors import CertificateError
from fsm2rnn.exact.rounding import FloatFormat
from fsm2rnn.exact.sparse import SparseMatrix
from fsm2rnn.machine.labels import Json
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.file.canonical_json import canonical_json, digest
from fsm2rnn.proof.file.machine_json import (
    code_from_json,
    code_to_json,
    integers,
    letter_from_json,
    letter_to_json,
    machine_from_json,
    machine_to_json,
    region_from_json,
    region_to_json,
    state_from_json,
    state_to_json,
)
from fsm2rnn.proof.file.network import FloatOrbit, Orbit, Prototypes, ProvedNetwork, Regions, Replay, Trace
from fsm2rnn.proof.rounding import drift, exact_horizon, float_orbit, growth, horizon, scan_order, snapping
from fsm2rnn.proof.rounding.arithmetic import reason_in
from fsm2rnn.proof.rounding.exact_horizon import ExactHorizon
from fsm2rnn.proof.rounding.float_orbit import Closure
from fsm2rnn.proof.rounding.grade import ExactGrade
from fsm2rnn.proof.rounding.horizon import ALL_LENGTHS, Horizon, length_text, lower_decimal, upper_decimal
from fsm2rnn.proof.rounding.scan_order import ScanHorizon
from fsm2rnn.proof.rounding.snapping import Snapping
from fsm2rnn.proof.stored.structures import Structure
from fsm2rnn.proof.stored.tensor_file import StoredTensor

FORMAT = "fsm2rnn-certificate-3"
PROTOTYPES = "the rows of readout.weight"
CONTRACTS = {contract.value: contract for contract in Contract}
EVERY_WORD = "for every finite word over the symbols, the decoded state of the network is the state of the machine"
SHORT_WORDS = (
    "for every word of at most that many symbols, the decoded state of the network is the state of the machine"
)

SHORTER_WORDS = (
    "for every word of at most that many symbols, and not for misread, the decoded state of the network is the state "
    "of the machine"
)


def certificate(network: ProvedNetwork) -> str:
    """Return the certificate's one spelling."""
    body = _body(network)
    return canonical_json({**body, "sha256": {**hashes(body), "body": digest(canonical_json(body).encode())}})


def _body(network: ProvedNetwork) -> dict[str, Json]:
    read = set(network.reads)
    return {
        "format": FORMAT,
        "claim": {
            "contract": network.contract.value,
            "grade": network.grade_name,
            "quantifier": _quantifier(network),
            "steps": length_text(network.steps),
        },
        "machine": machine_to_json(network.machine),
        "unreachable": [state for state in range(len(network.machine.states)) if state not in read],
        "operator": {
            "structure": network.structure.stored,
            "size": network.proof.size,
            "dtype": network.form.name,
            "readout": network.stored.readout_form.name,
        },
        "weights": {name: fingerprint(tensor) for name, tensor in network.tensors.items()},
        "reads": list(network.reads),
        "induction": {"equations": network.proof.equations},
        "evidence": dict(network.evidence),
        **_trace(network),
        **_separation(network),
    }


def _quantifier(network: ProvedNetwork) -> str:
    if network.steps is None:
        return EVERY_WORD
    return SHORTER_WORDS if isinstance(network.trace, Replay) else SHORT_WORDS


def _trace(network: ProvedNetwork) -> dict[str, Json]:
    """Return what the induction runs over."""
    match network.trace:
        case Orbit(codes):
            return {"field": "Z", "codes": [code_to_json(code) for code in codes]}
        case Regions(letters, regions):
            return {
                "field": "Q and roots of unity",
                "letters": [letter_to_json(letter) for letter in letters],
                "cells": [region_to_json(region) for region in regions],
            }
        case Prototypes():
            return {"field": "dyadic rationals", "prototypes": PROTOTYPES}
        case FloatOrbit(states):
            size = network.proof.size
            return {"field": "dyadic rationals", "float_states": [state_to_json(state, size) for state in states]}
        case Replay(misread):
            return {"field": "dyadic rationals", "misread": None if misread is None else list(misread)}


def _separation(network: ProvedNetwork) -> Mapping[str, Json]:
    """Return how the readings are told apart, and what rounding does to them."""
    kind = network.stored.decoder.kind.value
    match network.grade:
        case ExactGrade(partial_sums, formats):
            margin = None if network.margin is None else str(network.margin)
            exact: dict[str, Json] = {form.name: ALL_LENGTHS for form in formats}
            return {
                "separation": {"decoder": kind, "margin": margin},
                "float": {
                    "dtypes": exact,
                    "partial_sums": str(partial_sums),
                    "reason": reason_in(network.form, network.grade.reason),
                    "scan": _exact_scan(network, network.grade),
                },
            }
        case Horizon() as lasting:
            return _horizon(network, lasting, kind)
        case Snapping(lasting, every, away):
            parts = _horizon(network, lasting, kind)
            snap: dict[str, Json] = {"every": every, "away": upper_decimal(away)}
            whole: dict[str, Json] = {"dtypes": {lasting.form.name: ALL_LENGTHS}, "snap": snap, "scan": {"dtypes": {}}}
            put_back = snapping.REASON if lasting.added is None else growth.SNAPPED
            return {**parts, "float": {**parts["float"], **whole, "reason": put_back + _reason(network, lasting)}}
        case Closure(form, _, lead):
            return _of_float_states(form, float_orbit.REASON, lead, kind, ALL_LENGTHS)
        case ExactHorizon(form, _, lead, misread):
            reason = exact_horizon.CLOSED if misread is None else exact_horizon.REASON
            return _of_float_states(form, reason, lead, kind, length_text(network.steps))


def _of_float_states(
    form: FloatFormat, reason: str, lead: Fraction | None, kind: str, length: int | str
) -> Mapping[str, Json]:
    return {
        "separation": {"decoder": kind, "margin": None if lead is None else lower_decimal(lead)},
        "float": {"dtypes": {form.name: length}, "reason": reason_in(form, reason), "scan": {"dtypes": {}}},
    }


def _horizon(network: ProvedNetwork, lasting: Horizon, kind: str) -> dict[str, dict[str, Json]]:
    lead = lasting.lead
    added: dict[str, Json] = {} if lasting.added is None else {"added": upper_decimal(lasting.added)}
    return {
        "separation": {"decoder": kind, "margin": None if lead is None else lower_decimal(lead)},
        "float": {
            "dtypes": {lasting.form.name: length_text(lasting.steps)},
            "eta": upper_decimal(lasting.eta),
            "mu": lower_decimal(lasting.mu),
            **added,
            "reason": _reason(network, lasting),
            "scan": _scan(network, lasting.scan),
        },
    }


def _reason(network: ProvedNetwork, lasting: Horizon) -> str:
    theorem = drift.REASON if isinstance(network.trace, Prototypes) else horizon.REASON
    return reason_in(network.form, theorem if lasting.added is None else growth.REASON)


def _exact_scan(network: ProvedNetwork, grade: ExactGrade) -> Json:
    """Return what is proved of letters multiplied as matrices that never round."""
    if not grade.scan:
        return {"dtypes": {}}
    dtypes: dict[str, Json] = {form.name: ALL_LENGTHS for form in grade.scan}
    return {"dtypes": dtypes, "partial_sums": str(grade.products), "reason": _scanned(network, scan_order.EXACT)}


def _scan(network: ProvedNetwork, found: ScanHorizon | None) -> Json:
    """Return what is proved of letters multiplied as matrices that round."""
    if found is None:
        return {"dtypes": {}}
    dtypes: dict[str, Json] = {network.form.name: length_text(found.steps)}
    return {"dtypes": dtypes, "eta": upper_decimal(found.eta), "reason": _scanned(network, scan_order.ROUNDED)}


def _scanned(network: ProvedNetwork, reason: str) -> str:
    stored = all(isinstance(matrix, SparseMatrix) for matrix in network.stored.matrices)
    return reason if stored else scan_order.FORMED + reason


def hashes(body: Mapping[str, Json]) -> dict[str, Json]:
    """Return the digests of machine and weights, so that files can be compared by them."""
    return {part: digest(canonical_json(body[part]).encode()) for part in ("machine", "weights")}


def fingerprint(tensor: StoredTensor) -> Json:
    """Return type, shape and digest of a tensor."""
    return {"dtype": tensor.dtype, "shape": list(tensor.shape), "sha256": digest(tensor.data)}


def network_from_json(body: Mapping[str, Json], tensors: Mapping[str, StoredTensor]) -> ProvedNetwork:
    """Return the network that a certificate claims `tensors` to be, proved anew; FsmError when it is not."""
    match body:
        case {
            "claim": {"contract": str(contract)},
            "evidence": dict(evidence),
            "operator": {"structure": str(structure)},
        } if contract in CONTRACTS and all(isinstance(text, str) for text in evidence.values()):
            return ProvedNetwork(
                machine_from_json(body.get("machine")),
                CONTRACTS[contract],
                _trace_from_json(body),
                integers(body.get("reads"), "reads"),
                Structure.named(structure),
                tensors,
                {str(key): str(text) for key, text in evidence.items()},
            )
        case _:
            message = "expected claim.contract, operator.structure and evidence (an object of strings)"
            raise CertificateError("certificate", message)


def _trace_from_json(body: Mapping[str, Json]) -> Trace:
    match body:
        case {"codes": [*codes]}:
            return Orbit(tuple(code_from_json(code) for code in codes))
        case {"prototypes": str()}:
            return Prototypes()
        case {"float_states": [*states]}:
            return FloatOrbit(tuple(state_from_json(state) for state in states))
        case {"misread": misread}:
            return Replay(None if misread is None else integers(misread, "misread"))
        case {"letters": [*letters], "cells": [*regions]}:
            return Regions(
                tuple(letter_from_json(letter) for letter in letters),
                tuple(region_from_json(region) for region in regions),
            )
        case _:
            message = "expected codes, letters and cells, prototypes, float_states, or misread"
            raise CertificateError("certificate", message)
