"""A readout, and which of its outputs is due in each state of a machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import torch
from torch import Tensor, nn

from fsm2rnn.comparison.matching import linear_map
from fsm2rnn.machine.labels import typed
from fsm2rnn.machine.state_machine import StateMachine


@final
@dataclass(frozen=True)
class StateReadout:
    """A linear readout; in state q output `due[q]` is due, -1 where none is, before a Mealy machine's first symbol."""

    readout: nn.Linear
    due: tuple[int, ...]

    @staticmethod
    def of(readout: nn.Linear, outward: StateMachine, inner: StateMachine) -> StateReadout:
        """Return the readout of a machine's outputs, read in the states of its Moore form."""
        place = {typed(label): number for number, label in enumerate(outward.output_labels)}
        return StateReadout(readout, tuple(place.get(typed(label), -1) for label in inner.outputs))

    @torch.no_grad()
    def least_lead(self, points: Tensor) -> float:
        """Return the least lead of the right logit over points (Q, H), one a state; 1 where there is one output."""
        logits, asked = self.readout(points), [state for state, number in enumerate(self.due) if number >= 0]
        if logits.shape[1] == 1:
            return 1.0
        right = torch.tensor([self.due[state] for state in asked], device=logits.device).unsqueeze(1)
        mine = logits[asked].gather(1, right)
        others = logits[asked].scatter(1, right, -torch.inf).amax(1, keepdim=True)
        return float((mine - others).min())

    @torch.no_grad()
    def fitted(self, points: Tensor) -> StateReadout:
        """Return a readout without bias, by least squares: 1 for the output due at a point, 0 for others."""
        wanted = torch.zeros(self.readout.out_features, len(self.due), dtype=torch.float64)
        for state, number in enumerate(self.due):
            if number >= 0:
                wanted[number, state] = 1
        return StateReadout(
            linear_map((wanted @ torch.linalg.pinv(points.T.double().cpu())).to(points), None), self.due
        )
