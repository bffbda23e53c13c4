"""Any auditable network, its state rounded after every symbol, answering for a machine."""

from __future__ import annotations

from typing import final

import torch
from torch import Tensor

from fsm2rnn.cells.auditable import Auditable, State
from fsm2rnn.cells.state_format import StateFormat, rounded_states
from fsm2rnn.errors import InputError
from fsm2rnn.machine.state_machine import StateMachine


@final
class Rounded:
    """h_t = round(step(x_t, h_{t-1})), the first state rounded too; as it is where the format is None."""

    def __init__(self, network: Auditable, form: StateFormat | None, machine: StateMachine) -> None:
        """Take the network; InputError for a machine with other symbols or another number of outputs."""
        own = network.machine
        if len(own.symbols) != len(machine.symbols) or len(own.output_labels) != len(machine.output_labels):
            message = (
                f"the network answers {len(own.symbols)} symbols with {len(own.output_labels)} outputs, the machine "
                f"{len(machine.symbols)} with {len(machine.output_labels)}"
            )
            raise InputError(message)
        self._network = network
        self._form = form
        self.machine = machine

    @property
    def state_format(self) -> StateFormat:
        """What the state is rounded to; InputError where it is not."""
        if self._form is None:
            message = "the state is not rounded"
            raise InputError(message)
        return self._form

    def begin(self, batch: int) -> State:
        """Return the rounded state before the first symbol."""
        return self._rounded(self._network.begin(batch))

    @torch.no_grad()
    def step(self, ids: Tensor, state: State) -> State:
        """Return the rounded state after one more symbol of each word, ids (B,)."""
        return self._rounded(self._network.step(ids, state))

    def read(self, state: State) -> Tensor:
        """Return the logits (B, K) of the outputs."""
        return self._network.read(state)

    def _rounded(self, state: State) -> State:
        form = self._form
        if form is None:
            return state
        return (
            tuple(rounded_states(part, form) for part in state)
            if isinstance(state, tuple)
            else (rounded_states(state, form))
        )
