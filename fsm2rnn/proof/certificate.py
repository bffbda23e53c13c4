"""The certificate: canonical JSON that says what is claimed and holds all that a checker needs beside the tensors.

It is a function of machine, codes and stored tensors, so a checker proves the claim anew, writes the certificate
anew and compares: no field can be changed alone. `evidence` is carried along and proves nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import final

from fsm2rnn.errors import CertificateError, InputError
from fsm2rnn.exact.rounding import FloatFormat
from fsm2rnn.exact.sparse import Scalar, Vector
from fsm2rnn.machine.labels import Json, integer_from_text, label_from_json, label_to_json
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.canonical_json import canonical_json, digest
from fsm2rnn.proof.grade import REASON, ExactGrade, exact_grade
from fsm2rnn.proof.simulation import Contract, Simulation
from fsm2rnn.proof.structures import meaning
from fsm2rnn.proof.tensor_file import StoredTensor

FORMAT = "fsm2rnn-certificate-1"
CONTRACTS = {contract.value: contract for contract in Contract}
QUANTIFIER = "for every finite word over the symbols, the decoded state of the network is the state of the machine"


@final
@dataclass(frozen=True)
class Network:
    """Stored tensors with the proof that, exactly as stored, they simulate `machine` in their own arithmetic.

    The simulation is derived from the tensors, never handed in. Raises CertificateError when the tensors
    do not simulate the machine along `codes`, or when arithmetic in their float format is not proved exact.
    """

    machine: StateMachine
    contract: Contract
    codes: tuple[Vector, ...]
    reads: tuple[int, ...]  # machine state per code
    structure: str
    tensors: Mapping[str, StoredTensor]
    evidence: Mapping[str, str]
    form: FloatFormat = field(init=False)
    simulation: Simulation = field(init=False)
    grade: ExactGrade = field(init=False)

    def __post_init__(self) -> None:
        """Prove the claim of the tensors as they are stored."""
        stored = meaning(self.structure, self.tensors, len(self.machine.states))
        if self.codes[:1] != (stored.initial_state,):
            message = "the stored initial state is not the first code"
            raise CertificateError("codes", message)
        simulation = Simulation(self.machine, stored.matrices, self.codes, self.reads, stored.decoder, self.contract)
        grade = exact_grade(simulation)
        if stored.form not in grade.formats:
            message = f"arithmetic in {stored.form.name} is not proved exact"
            raise CertificateError("float", message)
        object.__setattr__(self, "form", stored.form)
        object.__setattr__(self, "simulation", simulation)
        object.__setattr__(self, "grade", grade)

    @property
    def certificate(self) -> str:
        """The certificate's one spelling."""
        body = _body(self)
        return canonical_json({**body, "sha256": {**_hashes(body), "body": digest(canonical_json(body).encode())}})


def _body(network: Network) -> dict[str, Json]:
    simulation, machine = network.simulation, network.machine
    read = set(network.reads)
    return {
        "format": FORMAT,
        "claim": {
            "contract": network.contract.value,
            "grade": "exact",
            "quantifier": QUANTIFIER,
            "steps": "all lengths",
        },
        "machine": machine_to_json(machine),
        "unreachable": [state for state in range(len(machine.states)) if state not in read],
        "operator": {"structure": network.structure, "size": simulation.size, "dtype": network.form.name},
        "weights": {name: _fingerprint(tensor) for name, tensor in network.tensors.items()},
        "field": "Z",
        "codes": [_vector_to_json(code) for code in network.codes],
        "reads": list(network.reads),
        "induction": {"equations": simulation.equations},
        "separation": {
            "decoder": simulation.decoder.kind.value,
            "margin": None if simulation.margin is None else str(simulation.margin),
        },
        "float": {
            "dtypes": {form.name: "all lengths" for form in network.grade.formats},
            "partial_sums": str(network.grade.partial_sums),
            "reason": REASON,
        },
        "evidence": dict(network.evidence),
    }


def _hashes(body: dict[str, Json]) -> dict[str, Json]:
    return {part: digest(canonical_json(body[part]).encode()) for part in ("machine", "weights")}


def _fingerprint(tensor: StoredTensor) -> Json:
    return {"dtype": tensor.dtype, "shape": list(tensor.shape), "sha256": digest(tensor.data)}


def machine_to_json(machine: StateMachine) -> dict[str, Json]:
    """Return the machine with labels in their unambiguous form."""
    return {
        "states": [label_to_json(state) for state in machine.states],
        "symbols": [label_to_json(symbol) for symbol in machine.symbols],
        "table": [list(row) for row in machine.table],
        "start": machine.start,
        "outputs": [label_to_json(output) for output in machine.outputs],
    }


def machine_from_json(value: Json) -> StateMachine:
    """Invert `machine_to_json`; CertificateError for another shape, InputError for a machine that is none."""
    match value:
        case {
            "states": [*states],
            "symbols": [*symbols],
            "table": [*table],
            "start": int(start),
            "outputs": [*outputs],
            **rest,
        } if not rest:
            return StateMachine(
                tuple(label_from_json(state) for state in states),
                tuple(label_from_json(symbol) for symbol in symbols),
                tuple(_integers(row, "machine") for row in table),
                start,
                tuple(label_from_json(output) for output in outputs),
            )
        case _:
            message = "expected an object of states, symbols, table, start and outputs"
            raise CertificateError("machine", message)


def network_from_json(body: Mapping[str, Json], tensors: Mapping[str, StoredTensor]) -> Network:
    """Return the network that a certificate claims `tensors` to be, proved anew; FsmError when it is not."""
    match body:
        case {
            "claim": {"contract": str(contract)},
            "codes": [*codes],
            "evidence": dict(evidence),
            "operator": {"structure": str(structure)},
        } if contract in CONTRACTS and all(isinstance(text, str) for text in evidence.values()):
            return Network(
                machine_from_json(body.get("machine")),
                CONTRACTS[contract],
                tuple(_vector_from_json(code) for code in codes),
                _integers(body.get("reads"), "reads"),
                structure,
                tensors,
                {str(key): str(text) for key, text in evidence.items()},
            )
        case _:
            message = "expected claim.contract, codes, operator.structure and evidence (an object of strings)"
            raise CertificateError("certificate", message)


def _vector_to_json(code: Vector) -> Json:
    return [[index, str(value)] for index, value in code]


def _vector_from_json(value: Json) -> Vector:
    """Return the [index, "value"] pairs, whose order Simulation proves; CertificateError for other types."""
    entries: list[tuple[int, Scalar]] = []
    for entry in value if isinstance(value, list) else [None]:
        match entry:
            case [index, str(text)] if type(index) is int:
                entries.append((index, _integer(text)))
            case _:
                message = 'a code is not a list of [index, "integer"] pairs'
                raise CertificateError("codes", message)
    return tuple(entries)


def _integer(text: str) -> int:
    """Return an integer, the only numbers that grade exact admits."""
    try:
        return integer_from_text(text)
    except InputError as error:
        raise CertificateError("codes", error.message) from error


def _integers(value: Json, field: str) -> tuple[int, ...]:
    numbers = value if isinstance(value, list) else [None]
    integers = tuple(number for number in numbers if type(number) is int)
    if len(integers) != len(numbers):
        message = "expected a list of integers"
        raise CertificateError(field, message)
    return integers
