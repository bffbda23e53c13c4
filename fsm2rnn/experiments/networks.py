"""The models of the experiments: the papers' layers with a linear readout, drawn anew from a seed.

All take ids (B, T) to logits (B, T, K). Homogeneous recurrences have no additive term and a readout without bias, and
divide their state by its norm after every letter, in training too: the founding paper trains without the division,
which leaves every direction as it is.
"""

from __future__ import annotations

from enum import Enum
from typing import Final, final

import torch
from torch import Tensor, nn

from fsm2rnn.cells.bilinear import BilinearRNN
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.learn.models import Model, new_network
from fsm2rnn.machine.state_machine import StateMachine


class ModelKind(Enum):
    """A model by the name that tables give it. ADDITIVE is FULL with an input-dependent additive term."""

    FULL = "full"
    FACTORED = "factored"
    BLOCK_1 = "block 1"
    BLOCK_2 = "block 2"
    BLOCK_4 = "block 4"
    R2 = "r2"
    LSTM = "lstm"
    ELMAN = "elman"
    ADDITIVE = "additive"


_NAMED: Final = {
    ModelKind.FULL: Model.FULL,
    ModelKind.FACTORED: Model.FACTORED,
    ModelKind.BLOCK_1: Model.REAL_DIAGONAL,
    ModelKind.LSTM: Model.LSTM,
    ModelKind.ELMAN: Model.ELMAN,
}
BLOCKS: Final = {ModelKind.BLOCK_1: 1, ModelKind.BLOCK_2: 2, ModelKind.BLOCK_4: 4}


def drawn_network(kind: ModelKind, machine: StateMachine, hidden: int, seed: int) -> nn.Module:
    """Return a model of `hidden` numbers for a machine, its weights a function of the seed."""
    if kind in _NAMED:
        return new_network(_NAMED[kind], machine, hidden, seed=seed)
    symbols, answers = len(machine.symbols), len(machine.output_labels)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        match kind:
            case ModelKind.R2:
                return Angles(symbols, hidden, answers)
            case ModelKind.ADDITIVE:
                return Additive(symbols, hidden, answers)
            case _:
                layer = BilinearRNN(symbols, hidden, structure="block-diagonal", inner=BLOCKS[kind], normalize=True)
                return Tracker(layer, nn.Linear(hidden, answers, bias=False), machine)


@final
class Angles(nn.Module):
    """R2: H/2 planes, each turned by an angle of the letter; a word turns a plane by the sum of its letters' angles.

    The start is (1, 0) in every plane: another one is the same as another readout, since rotations of a plane commute.
    Angles are the parameters, (D, H/2), drawn uniformly, so that every step keeps the norm exactly.
    """

    def __init__(self, symbols: int, hidden: int, answers: int) -> None:
        """Draw angles and readout."""
        super().__init__()
        self.angles = nn.Parameter(2 * torch.pi * torch.rand(symbols, hidden // 2))
        self.readout = nn.Linear(2 * (hidden // 2), answers, bias=False)

    def forward(self, ids: Tensor) -> Tensor:
        """Return the logits after every letter."""
        turned = self.angles[ids].cumsum(1)
        return self.read(turned)

    def read(self, turned: Tensor) -> Tensor:
        """Return the logits (..., K) of planes that are turned so far (..., H/2)."""
        found: Tensor = self.readout(torch.cat((turned.cos(), turned.sin()), -1))
        return found


@final
class Additive(nn.Module):
    """h_t = n(A(x_t) h_{t-1} + b(x_t)) with n(v) = v / |v|: the full model with an additive term.

    Per letter a matrix with normal entries of variance 1/H and a vector with such entries, of norm about 1 as h is.
    """

    def __init__(self, symbols: int, hidden: int, answers: int) -> None:
        """Draw matrices, vectors and readout; the start has equal entries."""
        super().__init__()
        self.matrices = nn.Parameter(torch.randn(symbols, hidden, hidden) * hidden**-0.5)
        self.offsets = nn.Parameter(torch.randn(symbols, hidden) * hidden**-0.5)
        self.initial_state = nn.Parameter(torch.full((hidden,), hidden**-0.5))
        self.readout = nn.Linear(hidden, answers, bias=False)

    def forward(self, ids: Tensor) -> Tensor:
        """Return the logits after every letter."""
        state = self.initial_state.expand(len(ids), -1)
        states = []
        for letters in ids.unbind(1):
            moved = torch.bmm(self.matrices[letters], state.unsqueeze(-1)).squeeze(-1) + self.offsets[letters]
            state = moved / moved.norm(dim=-1, keepdim=True)
            states.append(state)
        found: Tensor = self.readout(torch.stack(states, 1))
        return found
