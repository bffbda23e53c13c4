"""What answers symbol by symbol, side by side: a network, or a machine's own table."""

from __future__ import annotations

from typing import final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from fsm2rnn.cells.auditable import Auditable, State
from fsm2rnn.comparison.search.module_steps import strictly_greatest
from fsm2rnn.errors import InputError
from fsm2rnn.machine.labels import Label, label_text, typed
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.outputs import next_outputs

Numbers = npt.NDArray[np.int64]


@final
class TableSteps:
    """q_t = delta(q_{t-1}, x_t) as a network: the state is (q, output) in int64, a logit is 1 for the output."""

    def __init__(self, machine: StateMachine) -> None:
        """Keep the table as tensors."""
        self.machine = machine
        self._table = torch.tensor(machine.table)
        self._due = torch.tensor(next_outputs(machine))

    def begin(self, batch: int) -> State:
        """Return the start, (B, 2)."""
        return torch.tensor([[self.machine.start, 0]]).expand(batch, -1)

    def step(self, ids: Tensor, state: State) -> State:
        """Return the state and output after one more symbol of each word, ids (B,)."""
        (whole,) = state_parts(state)
        return torch.stack([self._table[whole[:, 0], ids], self._due[whole[:, 0], ids]], 1)

    def read(self, state: State) -> Tensor:
        """Return the logits (B, K) of the outputs."""
        (whole,) = state_parts(state)
        return torch.nn.functional.one_hot(whole[:, 1], len(self.machine.output_labels)).float()


@final
class Answering:
    """A network whose ids are those of `symbols`, and whose outputs have the numbers they have among `outputs`."""

    def __init__(self, network: Auditable, symbols: tuple[Label, ...], outputs: tuple[Label, ...]) -> None:
        """Take the network; InputError where its symbols are others."""
        own = network.machine
        if {typed(symbol) for symbol in own.symbols} != {typed(symbol) for symbol in symbols}:
            found, expected = (", ".join(map(label_text, names)) for names in (own.symbols, symbols))
            message = f"one network reads the symbols {found}, what it is compared with reads {expected}"
            raise InputError(message)
        self._network = network
        self._ids = torch.tensor(own.indices(symbols))
        known = {typed(label): number for number, label in enumerate(outputs)}
        self._numbers = np.array([*(known[typed(label)] for label in own.output_labels), -1])

    def begin(self, batch: int) -> State:
        """Return the state before the first symbol of `batch` words."""
        return self._network.begin(batch)

    @torch.no_grad()
    def step(self, ids: Tensor, state: State) -> State:
        """Return the state after one more symbol of each word, ids (B,)."""
        return self._network.step(self._ids[ids].to(state_parts(state)[0].device), state)

    @torch.no_grad()
    def shown(self, state: State) -> Numbers:
        """Return the number of the output whose logit is strictly the greatest, -1 where there is none.

        A logit of -inf is of an output that is out of the question here, as compiled Mealy machines have it.
        """
        logits = self._network.read(state)
        lowest = torch.finfo(logits.dtype).min
        found: Numbers = self._numbers[strictly_greatest(logits.masked_fill(logits == -torch.inf, lowest))]
        return found


def all_outputs(*machines: StateMachine) -> tuple[Label, ...]:
    """Return the distinct outputs of several machines, told apart by type and value."""
    return tuple({typed(label): label for machine in machines for label in machine.output_labels}.values())


def state_parts(state: State) -> tuple[Tensor, ...]:
    """Return the tensors (B, H) of a state."""
    return state if isinstance(state, tuple) else (state,)


def chosen_rows(state: State, rows: Numbers) -> State:
    """Return the states of some words, in that order."""
    index = torch.from_numpy(rows).to(state_parts(state)[0].device)
    return tuple(part[index] for part in state) if isinstance(state, tuple) else state[index]
