"""What repair gives: the network with other numbers, an exact core in its coordinates, and what is proved of them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import final

from torch import Tensor, nn

from fsm2rnn.cells.auditable import State
from fsm2rnn.cells.network import Network
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.model_card import write_proved
from fsm2rnn.proof.file.network import ProvedNetwork


@final
class Adapter(nn.Module):
    """An exact core that tracks the machine, its state shown as the prototype W e_q, which the readout reads.

    The core is proved at every length, and each of the Q prototypes is read rightly: so is every word.
    """

    prototypes: Tensor

    def __init__(self, core: Network, prototypes: Tensor, readout: nn.Linear, machine: StateMachine) -> None:
        """Take the core, prototypes (Q, H) by its state numbers, and the readout of H numbers."""
        super().__init__()
        self.core, self.readout, self.machine = core, readout, machine
        self.register_buffer("prototypes", prototypes)

    def begin(self, batch: int) -> State:
        """Return the core's state before the first symbol of `batch` words."""
        return self.core.initial_state.expand(batch, -1)

    def step(self, ids: Tensor, state: State) -> State:
        """Return the core's state after one more symbol of each word, ids (B,)."""
        h = state[0] if isinstance(state, tuple) else state
        after: Tensor = self.core(ids.unsqueeze(1), h)[1]
        return after.reshape(h.shape)

    def read(self, state: State) -> Tensor:
        """Return the logits (B, K) of the outputs."""
        found: Tensor = self.readout(self.hidden(state))
        return found

    def hidden(self, state: State) -> Tensor:
        """Return the state (B, H) in the coordinates of the network that was repaired."""
        h = state[0] if isinstance(state, tuple) else state
        shown: Tensor = self.prototypes[self.core.readout(h).argmax(-1)]
        return shown


@final
@dataclass(frozen=True)
class Repaired:
    """What stands in the place of a network that learned a machine inexactly.

    `merged` is the network with other numbers, `adapter` an exact core in its coordinates, `machine` what both answer
    for. `edit` is |W' - W| / |W| of the recurrent weights, `margin` the least lead of the right logit at a prototype,
    and `readout_kept` whether the readout is the network's own. `proof` is what was proved of the merged recurrence
    read by its prototypes, put back on them where that makes it last; None where nothing was.
    """

    merged: Tracker
    adapter: Adapter
    machine: StateMachine
    edit: float
    margin: float
    readout_kept: bool
    proof: ProvedNetwork | None

    @property
    def grade(self) -> str:
        """The grade of the proof: snap, orbit or exact at every length, horizon for a number of symbols, or none."""
        return "none" if self.proof is None else self.proof.grade_name

    @property
    def lasting(self) -> bool:
        """Whether what is saved is proved at every length."""
        return self.proof is not None and self.proof.steps is None

    def save(self, path: str | os.PathLike[str], *, card: bool = False) -> None:
        """Write the proved network, which `check` accepts, where it lasts; else the merged one as a trained file.

        With `card` a Markdown page beside it, FILE.md, says which of them it is.
        """
        if self.proof is not None and self.lasting:
            write_proved(path, self.proof, card=card)
        else:
            self.merged.save(path, card=card)

    def __str__(self) -> str:
        """Say what was changed and what is proved."""
        readout = "the readout kept" if self.readout_kept else "a new readout, since the old one misread a state's mean"
        return (
            f"{self.adapter.prototypes.shape[0]:,} states, {readout}, margin {self.margin:.3g}, weights moved by "
            f"{self.edit:.2f} of their norm, grade {self.grade}"
        )
