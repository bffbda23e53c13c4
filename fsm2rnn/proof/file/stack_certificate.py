"""The certificate of a gated stack: canonical JSON, a function of machine, nodes and stored tensors.

Weights are tensors of the file and stand here by their hashes; a checker proves the claim anew, writes the certificate
anew and compares. `evidence` is carried along and proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from fsm2rnn.errors import CertificateError
from fsm2rnn.machine.labels import Json
from fsm2rnn.proof.file.canonical_json import canonical_json, digest
from fsm2rnn.proof.file.cell_certificate import EVERY_WORD, NOT_EMPTY, outputs_from_json
from fsm2rnn.proof.file.certificate import fingerprint, hashes
from fsm2rnn.proof.file.machine_json import integers, machine_from_json, machine_to_json
from fsm2rnn.proof.file.stack_network import EXACT_STACK, ProvedStack, StackNodes
from fsm2rnn.proof.rounding.horizon import ALL_LENGTHS
from fsm2rnn.proof.stored.tensor_file import StoredTensor

STACK_FORMAT: Final = "fsm2rnn-stack-certificate-1"


def stack_certificate(network: ProvedStack) -> str:
    """Return the certificate's one spelling."""
    body = _body(network)
    return canonical_json({**body, "sha256": {**hashes(body), "body": digest(canonical_json(body).encode())}})


def _body(network: ProvedStack) -> dict[str, Json]:
    proof, nodes = network.proof, network.nodes
    dtypes: dict[str, Json] = {form.name: ALL_LENGTHS for form in network.grade.formats}
    return {
        "format": STACK_FORMAT,
        "claim": {
            "grade": network.grade_name,
            "quantifier": EVERY_WORD if proof.claims_empty_word else NOT_EMPTY,
            "steps": ALL_LENGTHS,
        },
        "machine": machine_to_json(network.machine),
        "stack": {"channels": proof.units.channels, "dtype": network.form.name, "layers": network.layers},
        "weights": {name: fingerprint(tensor) for name, tensor in network.tensors.items()},
        "nodes": {
            "on": _lists(nodes.on),
            "free": _lists(nodes.free),
            "reads": list(nodes.reads),
            "outputs": list(nodes.outputs),
        },
        "induction": {"steps": proof.steps},
        "separation": {"margin": None if proof.margin is None else str(proof.margin)},
        "float": {"dtypes": dtypes, "partial_sums": str(proof.sums), "reason": EXACT_STACK},
        "evidence": dict(network.evidence),
    }


def stack_from_json(body: Mapping[str, Json], tensors: Mapping[str, StoredTensor]) -> ProvedStack:
    """Return the stack that a certificate's fields name, proved; CertificateError when they name none."""
    match body:
        case {
            "evidence": dict(evidence),
            "nodes": {"on": [*on], "free": [*free], "reads": reads, "outputs": [*outputs]},
        } if all(isinstance(text, str) for text in evidence.values()):
            nodes = StackNodes(_channels(on), _channels(free), integers(reads, "nodes"), outputs_from_json(outputs))
            machine = machine_from_json(body.get("machine"))
            return ProvedStack(machine, nodes, tensors, {str(key): str(text) for key, text in evidence.items()})
        case _:
            message = "expected nodes (on, free, reads, outputs) and evidence (an object of strings)"
            raise CertificateError("certificate", message)


def _lists(rows: Iterable[Iterable[int]]) -> Json:
    return [list(row) for row in rows]


def _channels(rows: Iterable[Json]) -> tuple[tuple[int, ...], ...]:
    return tuple(integers(row, "nodes") for row in rows)
