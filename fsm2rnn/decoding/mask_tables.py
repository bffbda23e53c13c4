"""The token machine as tensors: an end and a lost state added, looked up on the device of the states."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import final

import torch

from fsm2rnn.decoding.token_machine import LOST, TokenMachine


@final
@dataclass
class MaskTables:
    """next[q][c] of the states 0..Q-1, `ended` and `lost`, over the classes, ends, pad and what adds no text.

    Copies lie on every device that was asked for.
    """

    machine: TokenMachine
    _placed: dict[torch.device, tuple[torch.Tensor, torch.Tensor]] = field(default_factory=dict, repr=False)

    @property
    def ended(self) -> int:
        """The state after an end."""
        return len(self.machine.places)

    @property
    def lost(self) -> int:
        """The state from which no tokens lead to a text of the language."""
        return len(self.machine.places) + 1

    @property
    def states(self) -> int:
        """The number of states."""
        return len(self.machine.places) + 2

    def advance(self, states: torch.Tensor, ids: torch.Tensor) -> torch.Tensor:
        """Return the states after one id each."""
        following, class_of = self._on(ids.device)
        return following[states.to(ids.device), class_of[ids]]

    def allowed(self, states: torch.Tensor) -> torch.Tensor:
        """Return which tokens (..., V) lead from states (...) elsewhere than to `lost`."""
        following, class_of = self._on(states.device)
        return (following[states] != self.lost).index_select(-1, class_of) if states.dim() else self._one(states)

    def _one(self, state: torch.Tensor) -> torch.Tensor:
        return self.allowed(state[None])[0]

    def _on(self, device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
        found = self._placed.get(device)
        if found is None:
            found = self._placed[device] = (self._following().to(device), self._class_of().to(device))
        return found

    def _following(self) -> torch.Tensor:
        """Return (Q + 2, C + 3): the table, then columns of an end, of the pad, and of a token that adds no text."""
        machine, lost, ended = self.machine, self.lost, self.ended
        rows = []
        for row, distance in zip(machine.table, machine.distances, strict=True):
            hopeless = [target == LOST or machine.distances[target] is None for target in row]
            kept = [lost if bad else target for target, bad in zip(row, hopeless, strict=True)]
            rows.append([*kept, ended if distance == 0 else lost, lost, lost])
        nowhere = [lost] * len(machine.table[0])
        return torch.tensor([*rows, [*nowhere, ended, ended, lost], [*nowhere, lost, lost, lost]], dtype=torch.long)

    def _class_of(self) -> torch.Tensor:
        """Return the column of each id; an end that is the pad too is an end."""
        machine = self.machine
        classes = len(machine.table[0])
        found = torch.tensor(machine.class_of, dtype=torch.long)
        found[found == LOST] = classes + 2
        if machine.vocabulary.pad is not None:
            found[machine.vocabulary.pad] = classes + 1
        found[list(machine.vocabulary.ends)] = classes
        return found
