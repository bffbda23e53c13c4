"""Chains over whole words on the CPU: one compiled loop forward, one backward, beside the states nothing is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Final, TypeAlias, final

import numpy as np
import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.autograd import Function

from fsm2rnn.cells.gradients.arrays import array_of, empty_states
from fsm2rnn.cells.gradients.scales import first_order

LOOPED_ON: Final = "cpu"  # the device whose words are read in compiled loops
_Compiled: TypeAlias = Callable[..., None]


@final
class Chain(Enum):
    """Chains that have loops, and the tables (D, ...) that each reads."""

    SCALED = auto()  # factors (D, H)
    TURNED = auto()  # factors (D, L), cosines (D, P), sines (D, P) of L lines, then P planes
    SHIFTED = auto()  # factors (D, H), offsets (D, H)
    MOVED = auto()  # index (D, H), factors (D, H)
    UPDATED = auto()  # keys (D, R, H), betas (D, R), values (D, R)


Looped: TypeAlias = tuple[Chain, Sequence[Tensor]]  # a chain and its tables


@final
@dataclass(frozen=True)
class _Loops:
    there: _Compiled
    back: _Compiled


def runs_in_loops(h: Tensor) -> bool:
    """Tell whether words are read from states h in compiled loops, which numba makes when the first words are."""
    return h.device.type == LOOPED_ON


def looped_over_words(
    chain: Chain, tables: Sequence[Tensor], ids: Int64[Tensor, "B T"], h: Float[Tensor, "B H"], *, divided: bool
) -> Float[Tensor, "B T H"]:
    """Return the states of all steps, each divided by its norm where `divided`; tables and h on the CPU."""
    found: Tensor = _Looped.apply(_loops(chain), divided, ids, h, *tables)  # type: ignore[no-untyped-call]
    return found


def _loops(chain: Chain) -> _Loops:
    from fsm2rnn.cells.gradients.loops import line_loops, moving_loops, updating_loops  # noqa: PLC0415  loads numba

    match chain:
        case Chain.SCALED:
            return _Loops(line_loops.scale, line_loops.scale_back)
        case Chain.TURNED:
            return _Loops(line_loops.turn, line_loops.turn_back)
        case Chain.SHIFTED:
            return _Loops(line_loops.shift, line_loops.shift_back)
        case Chain.MOVED:
            return _Loops(moving_loops.move, moving_loops.move_back)
        case Chain.UPDATED:
            return _Loops(updating_loops.update, updating_loops.update_back)


class _Looped(Function):
    """States (B, T, H) of a chain; the gradients of tables are summed in float64."""

    @staticmethod
    def forward(ctx: Any, loops: _Loops, divided: bool, ids: Tensor, h: Tensor, *tables: Tensor) -> Tensor:  # noqa: ANN401, FBT001  torch's own
        """Return the states."""
        states = empty_states(h, *ids.shape, h.shape[1])
        scales = h.new_empty(ids.shape) if divided else None
        arrays = [None if one is None else array_of(one) for one in (ids, h, *tables, states, scales)]
        loops.there(*arrays)
        ctx.loops = loops
        ctx.save_for_backward(ids, h, *tables, states, scales)
        return states

    @staticmethod
    def backward(ctx: Any, *given: Tensor) -> tuple[Tensor | None, ...]:  # noqa: ANN401  torch's own
        """Return the gradients of h and of the tables that are not whole numbers."""
        with first_order(given[0].device):
            ids, h, *tables, states, scales = ctx.saved_tensors
            saved = ids, h, *tables, states, scales, given[0]
            arrays = [None if one is None else array_of(one) for one in saved]
            sums = [np.zeros(one.shape) for one in tables if one.is_floating_point()]
            passed = empty_states(h, *h.shape)
            ctx.loops.back(*arrays, *sums, passed.numpy())
            summed = map(torch.from_numpy, sums)
            found = [next(summed).to(one.dtype) if one.is_floating_point() else None for one in tables]
            return None, None, None, passed, *found
