"""h <- exp(-dt a) h + w B x with dt = softplus: Mamba's selective scan, and that with eigenvalues down to -1.

As written w is the zero-order hold (1 - exp(-dt a)) / a of the rate -a; the released scan takes w = dt. With negative
eigenvalues the factor is 2 exp(-dt a) - 1, and w = dt.
"""

from __future__ import annotations

from typing import Final, final

import torch
from torch import Tensor
from torch.nn.functional import softplus

from fsm2rnn.cells.network import Network
from fsm2rnn.cells.published.published_cell import (
    SATURATED,
    Convention,
    Gates,
    PublishedCell,
    Written,
    written,
)
from fsm2rnn.errors import InputError

NEAR: Final = 8  # floats to either side of a quotient among which one times the divisor is the number wanted


@final
class Mamba(PublishedCell):
    """h <- exp(-dt a) h + w b, dt = softplus(step) (D, H), a = exp(log_a) (H,), b the input through B, (D, H)."""

    def letters(self) -> Gates:
        """Return factors and written values."""
        step, rate = softplus(self.raw["step"]), self.raw["log_a"].exp()
        factors = torch.exp(-step * rate)
        weight = step if self.convention is Convention.RELEASED else (1 - factors) / rate
        return factors, weight * self.raw["input"]

    def step(self, gates: Gates, state: Tensor) -> Tensor:
        """Return factor times state, plus what is written."""
        factors, values = gates
        return factors * state + values


@final
class NegativeMamba(PublishedCell):
    """h <- (2 exp(-dt a) - 1) h + dt b, of `step` (D, H), `log_a` (H,) and `input` (D, H)."""

    def letters(self) -> Gates:
        """Return factors and written values."""
        step = softplus(self.raw["step"])
        return 2 * torch.exp(-step * self.raw["log_a"].exp()) - 1, step * self.raw["input"]

    def step(self, gates: Gates, state: Tensor) -> Tensor:
        """Return factor times state, plus what is written."""
        factors, values = gates
        return factors * state + values


def mamba_cell(network: Network, convention: Convention = Convention.RELEASED) -> Mamba:
    """Return the cell: a step of 0 keeps and writes nothing, one of 1024 erases and writes."""
    table = written(network)
    scale = SATURATED if convention is Convention.RELEASED else 1.0
    raw = table.rounded(
        step=-SATURATED * table.kept(), log_a=torch.zeros_like(table.start), input=table.offsets / scale
    )
    return Mamba(raw, table.zero(), table.shift(), convention)


def mamba_negative(network: Network) -> NegativeMamba:
    """Return the cell: steps 0, log 2 and 1024 keep, erase and turn around.

    InputError where log 2, rounded, has no multiple that is the number to be written.
    """
    table = written(network)
    step = torch.where(table.factors == 0, 0.0, -SATURATED * table.factors)
    raw = table.rounded(step=step, log_a=torch.zeros_like(table.start))
    raw["input"] = _inputs(table, softplus(raw["step"]))
    return NegativeMamba(raw, table.zero(), table.shift())


def _inputs(table: Written, step: Tensor) -> Tensor:
    """Return x with step * x, rounded, the offsets."""
    wanted = table.offsets.to(table.dtype)
    first = torch.where(step > 0, wanted / step, 0.0).to(table.dtype)
    found, low, high = first, first, first
    most = torch.full_like(first, torch.finfo(table.dtype).max)
    for _ in range(NEAR):
        low, high = torch.nextafter(low, -most), torch.nextafter(high, most)
        for near in (low, high):
            found = torch.where(step * found == wanted, found, near)
    if not torch.equal(step * found, wanted):
        message = f"no input times the rounded log 2 is each of the numbers to be written in {table.dtype}"
        raise InputError(message)
    return found
