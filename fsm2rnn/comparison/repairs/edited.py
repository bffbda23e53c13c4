"""A recurrence with other numbers, which moves prototypes as a machine moves its states, and what is proved of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from torch import Tensor

from fsm2rnn.cells.bilinear import BilinearRNN
from fsm2rnn.cells.network import Network, lift
from fsm2rnn.cells.readout import LinearReadout
from fsm2rnn.errors import CertificateError, LimitError
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.operators.snapped import snapped
from fsm2rnn.proof.file.network import ProvedNetwork


@final
@dataclass(frozen=True)
class Edited:
    """The layer, its prototypes (H, Q) in float64 by machine state, and the proof, read by them; None where none is."""

    layer: BilinearRNN
    prototypes: Tensor
    proof: ProvedNetwork | None

    @property
    def lasting(self) -> bool:
        """Whether what is proved is proved at every length."""
        return self.proof is not None and self.proof.steps is None


def prototype_proof(layer: BilinearRNN, prototypes: Tensor, machine: StateMachine) -> ProvedNetwork | None:
    """Return the proof of a layer without normalisation, read by the nearest prototype; None where there is none."""
    points = prototypes.T.to(layer.initial_state.dtype).contiguous()
    # <p, h> - |p|^2 / 2 has the prototypes themselves as rows, from the first of which the start is then no distance
    # off; twice that has integers where the points are integers, of which nothing ever rounds.
    found = [_proof(layer, factor * points, -factor / 2 * points.square().sum(1), machine) for factor in (1, 2)]
    lasting = (one for one in found if one is not None and one.steps is None)
    return next(lasting, next((one for one in found if one is not None), None))


def _proof(layer: BilinearRNN, rows: Tensor, bias: Tensor, machine: StateMachine) -> ProvedNetwork | None:
    network = Network(layer, LinearReadout(rows, bias), machine, {"method": "repair"})
    try:
        proof = lift(network)
    except (CertificateError, LimitError):
        return None
    if proof.steps is None:
        return proof
    try:
        return snapped(proof)
    except CertificateError:
        return proof
