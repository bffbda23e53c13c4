"""The certificate of a nonlinear cell: canonical JSON, a function of machine, nodes and stored tensors.

Weights and walls are tensors of the file and stand here by their hashes; a checker proves the claim anew, writes the
certificate anew and compares. `evidence` is carried along and proves nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from fsm2rnn.errors import CertificateError
from fsm2rnn.machine.labels import Json
from fsm2rnn.proof.claim.cell_kinds import CellKind
from fsm2rnn.proof.file.canonical_json import canonical_json, digest
from fsm2rnn.proof.file.cell_network import BoxNodes, GridNodes, ProvedCell
from fsm2rnn.proof.file.certificate import fingerprint, hashes
from fsm2rnn.proof.file.machine_json import integers, machine_from_json, machine_to_json
from fsm2rnn.proof.rounding.cell_grade import EXACT, INVARIANT, ORBIT, Invariant, OrbitGrade
from fsm2rnn.proof.rounding.grade import ExactGrade
from fsm2rnn.proof.rounding.horizon import ALL_LENGTHS, lower_decimal
from fsm2rnn.proof.stored.tensor_file import StoredTensor

CELL_FORMAT: Final = "fsm2rnn-cell-certificate-1"
EVERY_WORD: Final = "for every finite word over the symbols, the greatest logit is that of the machine's output"
NOT_EMPTY: Final = "for every finite word of one symbol or more, the greatest logit is that of the machine's output"
KINDS: Final = {kind.stored: kind for kind in CellKind}


def cell_certificate(network: ProvedCell) -> str:
    """Return the certificate's one spelling."""
    body = _body(network)
    return canonical_json({**body, "sha256": {**hashes(body), "body": digest(canonical_json(body).encode())}})


def _body(network: ProvedCell) -> dict[str, Json]:
    cell, proof = network.proof.cell, network.proof
    return {
        "format": CELL_FORMAT,
        "claim": {
            "grade": network.grade_name,
            "quantifier": EVERY_WORD if proof.claims_empty_word else NOT_EMPTY,
            "steps": ALL_LENGTHS,
        },
        "machine": machine_to_json(network.machine),
        "cell": {
            "kind": network.kind.stored,
            "size": cell.size,
            "dtype": cell.form.name,
            "readout": cell.readout_form.name,
        },
        "weights": {name: fingerprint(tensor) for name, tensor in network.tensors.items()},
        "nodes": _nodes(network.nodes),
        "induction": {"steps": proof.steps},
        "evidence": dict(network.evidence),
        **_arithmetic(network.grade, network),
    }


def _nodes(nodes: BoxNodes | GridNodes) -> dict[str, Json]:
    shared: dict[str, Json] = {"reads": list(nodes.reads), "outputs": list(nodes.outputs)}
    match nodes:
        case BoxNodes(moves=moves):
            return {**shared, "moves": [list(row) for row in moves]}
        case GridNodes(grid=grid):
            return {**shared, "grid": grid}


def _nodes_from_json(value: Mapping[str, Json]) -> BoxNodes | GridNodes:
    match value:
        case {"reads": reads, "outputs": [*outputs], "moves": [*moves]}:
            rows = tuple(integers(row, "nodes") for row in moves)
            return BoxNodes(integers(reads, "nodes"), outputs_from_json(outputs), rows)
        case {"reads": reads, "outputs": [*outputs], "grid": grid} if type(grid) is int:
            return GridNodes(grid, integers(reads, "nodes"), outputs_from_json(outputs))
        case _:
            message = "expected reads, outputs, and moves or grid"
            raise CertificateError("nodes", message)


def _arithmetic(grade: ExactGrade | Invariant | OrbitGrade, network: ProvedCell) -> dict[str, Json]:
    margin = network.proof.margin
    match grade:
        case ExactGrade(sums, formats):
            dtypes: dict[str, Json] = {form.name: ALL_LENGTHS for form in formats}
            exact: dict[str, Json] = {"dtypes": dtypes, "partial_sums": str(sums), "reason": EXACT}
            return {"separation": {"margin": None if margin is None else str(margin)}, "float": exact}
        case Invariant(slack):
            arithmetic: dict[str, Json] = {"slack": lower_decimal(slack), "reason": INVARIANT}
            return {"separation": _lower(margin), "invariant": arithmetic}
        case OrbitGrade(states=states):
            return {"separation": _lower(margin), "orbit": {"states": states, "reason": ORBIT}}


def _lower(margin: Fraction | None) -> dict[str, Json]:
    return {"margin": None if margin is None else lower_decimal(margin)}


def cell_from_json(body: Mapping[str, Json], tensors: Mapping[str, StoredTensor]) -> ProvedCell:
    """Return the cell that a certificate's fields name, proved; CertificateError when they name none."""
    match body:
        case {
            "cell": {"kind": str(kind)},
            "evidence": dict(evidence),
            "nodes": dict(nodes),
        } if kind in KINDS and all(isinstance(text, str) for text in evidence.values()):
            return ProvedCell(
                machine_from_json(body.get("machine")),
                KINDS[kind],
                _nodes_from_json(nodes),
                tensors,
                {str(key): str(text) for key, text in evidence.items()},
            )
        case _:
            message = "expected cell.kind, nodes and evidence (an object of strings)"
            raise CertificateError("certificate", message)


def outputs_from_json(outputs: list[Json]) -> tuple[int | None, ...]:
    """Return indices of outputs, null where none is claimed."""
    claimed = iter(integers([output for output in outputs if output is not None], "nodes"))
    return tuple(None if output is None else next(claimed) for output in outputs)
