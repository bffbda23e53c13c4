"""The answer that two checkers must share."""

from __future__ import annotations

from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.file.checker import check_bytes
from fsm2rnn.proof.file.machine_json import machine_from_json
from fsm2rnn.proof.stored.meaning import Meaning
from fsm2rnn.proof.stored.structures import Structure, meaning
from fsm2rnn.proof.stored.tensor_file import StoredTensor
from tests.forgery.forge import Draft
from tests.second_checker.checker import accepts


def agreed(data: bytes) -> bool:
    """Return whether the file is accepted; both checkers must say the same, and a refusal must name its field."""
    report, (second, reason) = check_bytes(data), accepts(data)
    assert report.accepted == second, (report, reason)
    assert report.accepted or (report.field and report.reason)
    return second


def meant(draft: Draft) -> tuple[Meaning, StateMachine]:
    """Return what the kernel reads of a draft's weights, and its machine; FsmError where they are no network."""
    certificate = draft.certificate
    tensors = {
        name: StoredTensor(dtype, tuple(shape), bytes(data)) for name, (dtype, shape, data) in draft.tensors.items()
    }
    machine = machine_from_json(certificate["machine"])
    return meaning(Structure.named(certificate["operator"]["structure"]), tensors, len(machine.states)), machine
