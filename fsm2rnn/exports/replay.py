"""An exported program is read back and run beside its network on words of several shapes before it is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import torch
from torch import Tensor

from fsm2rnn.cells.network import Network
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.errors import NumericError
from fsm2rnn.exports.plain import answers_of

SHAPES: Final = ((3, 200), (1, 1000))  # streams and symbols: neither is the shape that a program is traced with
SEED: Final = 0


def replay(network: Network | Tracker, run: Callable[[Tensor], Tensor], where: str) -> int:
    """Return how many random symbols `run`, ids (B, T) -> answers (B, T), answers as the network does.

    NumericError at the first that it answers otherwise.
    """
    draws = torch.Generator().manual_seed(SEED)
    for shape in SHAPES:
        ids = torch.randint(len(network.machine.symbols), shape, generator=draws)
        wrong = (run(ids) != answers_of(network, ids).cpu()).nonzero()
        if len(wrong):
            stream, step = wrong[0].tolist()
            message = (
                f"{where} answers otherwise than the network, {len(wrong)} times among {shape[0] * shape[1]} symbols, "
                f"first in word {stream + 1} at symbol {step + 1}; nothing is written"
            )
            raise NumericError(message)
    return sum(streams * steps for streams, steps in SHAPES)
