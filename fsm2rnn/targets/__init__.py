"""One file per rung or network family; `TARGETS` names them, in the order in which they are shown."""

from __future__ import annotations

from fsm2rnn.targets.affine_positive_diagonal import AFFINE_POSITIVE_DIAGONAL
from fsm2rnn.targets.affine_real_diagonal import AFFINE_REAL_DIAGONAL
from fsm2rnn.targets.block_cascade import BLOCK_CASCADE
from fsm2rnn.targets.block_diagonal import BLOCK_DIAGONAL
from fsm2rnn.targets.cascade import CASCADE
from fsm2rnn.targets.elman import ELMAN
from fsm2rnn.targets.factored import FACTORED
from fsm2rnn.targets.full import FULL
from fsm2rnn.targets.gru import GRU
from fsm2rnn.targets.householder import HOUSEHOLDER
from fsm2rnn.targets.integer import INTEGER
from fsm2rnn.targets.lstm import LSTM
from fsm2rnn.targets.minimal import MINIMAL
from fsm2rnn.targets.pd import PD
from fsm2rnn.targets.positive_diagonal import POSITIVE_DIAGONAL
from fsm2rnn.targets.real_diagonal import REAL_DIAGONAL
from fsm2rnn.targets.relu import RELU
from fsm2rnn.targets.rotation import ROTATION
from fsm2rnn.targets.target import Target

RUNGS: tuple[Target, ...] = (
    FULL,
    PD,
    MINIMAL,
    FACTORED,
    INTEGER,
    BLOCK_DIAGONAL,
    HOUSEHOLDER,
    ROTATION,
    REAL_DIAGONAL,
    POSITIVE_DIAGONAL,
    AFFINE_REAL_DIAGONAL,
    AFFINE_POSITIVE_DIAGONAL,
)
"""The linear recurrences, h <- A_x h."""

STOCK_CELLS: tuple[Target, ...] = (RELU, ELMAN, GRU, LSTM)
"""The nonlinear layers of torch.nn."""

STACKS: tuple[Target, ...] = (CASCADE, BLOCK_CASCADE)
"""Layers upon each other, which `explain` asks by name alone, and `table` beside the others."""

TARGETS: tuple[Target, ...] = (*RUNGS, *STOCK_CELLS)
"""Every target, in the order in which they are shown."""
