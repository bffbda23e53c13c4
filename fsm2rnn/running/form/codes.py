"""The codes of an exact network: the finitely many states that its floats can hold, and the table between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
import torch
from torch import Tensor

from fsm2rnn.cells.network import Network, lift
from fsm2rnn.errors import CertificateError, LimitError
from fsm2rnn.proof.file.network import Orbit
from fsm2rnn.proof.rounding.grade import ExactGrade
from fsm2rnn.running.walk.walk import Indices, smallest_type


@final
@dataclass(frozen=True, eq=False)
class FloatCodes:
    """Float states (C, H), code 0 the initial one; table[x, c] is the code that A_x sends code c to.

    `reads` is what the network's own readout makes of each code, in its own arithmetic.
    """

    states: Tensor  # (C, H)
    table: Indices  # (D, C)
    reads: Indices  # (C,) machine states


def codes(network: Network) -> FloatCodes | None:
    """Return the codes of a network proved, as its weights are now, to run without rounding; None otherwise."""
    try:
        proved = lift(network)
    except (CertificateError, LimitError):
        return None
    if not (isinstance(proved.grade, ExactGrade) and isinstance(proved.trace, Orbit)):
        return None
    orbit = proved.trace.codes
    number = {code: place for place, code in enumerate(orbit)}
    table = [[number[matrix.apply(code)] for code in orbit] for matrix in proved.stored.matrices]
    initial = network.initial_state
    # A last coordinate that is the constant 1 of an additive term is not stored.
    exact = np.zeros((len(orbit), max(proved.stored.matrices[0].height, len(initial))))
    for place, code in enumerate(orbit):
        for row, value in code:
            exact[place, row] = float(value)
    states = torch.from_numpy(exact[:, : len(initial)]).to(initial.device, initial.dtype)
    with torch.no_grad():
        reads = network.readout(states).argmax(-1).cpu().numpy()
    kind = smallest_type(len(orbit))
    return FloatCodes(states, np.array(table, dtype=kind), reads.astype(smallest_type(len(network.machine.states))))
