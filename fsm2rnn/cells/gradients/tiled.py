"""Whole matrices and pairs of factors on the CPU: compiled loops over all steps, whose products stay in registers."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any, Final, final

import numpy.typing as npt
import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.autograd import Function
from torch.nn import functional

from fsm2rnn.cells.gradients.arrays import array_of, empty_states
from fsm2rnn.cells.gradients.loops import BYTES
from fsm2rnn.cells.gradients.scales import first_order

NEAR: Final = 1 << 20  # numbers of all matrices that a cache holds: laying out more takes longer than calling for each


def matrices_over_words(
    matrices: Float[Tensor, "D H H"], ids: Int64[Tensor, "B T"], h: Float[Tensor, "B H"], every: int
) -> Float[Tensor, "T B H"]:
    """Return the states of all steps of h <- A_x h on the CPU, scaled after every `every`-th (0: never).

    Where an id is below 0 the state stays as it is.
    """
    found: Tensor = _Multiplied.apply(every, ids.T.contiguous(), matrices, h)  # type: ignore[no-untyped-call]
    return found


def factors_over_words(
    gates: Float[Tensor, "D R"],
    output: Float[Tensor, "H R"],
    given: Float[Tensor, "R H"],
    ids: Int64[Tensor, "B T"],
    h: Float[Tensor, "B H"],
    every: int,
) -> Float[Tensor, "T B H"]:
    """Return the states of all steps of h <- U (g_x * V h) on the CPU, U = output, V = given, scaled likewise."""
    found: Tensor = _Gated.apply(every, ids.T.contiguous(), gates, output, given, h)  # type: ignore[no-untyped-call]
    return found


@final
@dataclass(frozen=True)
class _Loops:
    dense: ModuleType
    gated: ModuleType


def _loops() -> _Loops:
    from fsm2rnn.cells.gradients.loops import dense_loops, gated_loops  # noqa: PLC0415  loads numba

    return _Loops(dense_loops, gated_loops)


def _across(columns: int, like: Tensor) -> int:
    """Return as many columns in whole panels of numbers."""
    return columns + -columns % (BYTES // like.element_size())


def panels_of(matrices: Float[Tensor, "D K N"]) -> Float[Tensor, "D P K L"]:
    """Return matrices by which rows are multiplied in panels of L columns; the last ends in zeros."""
    columns = matrices.shape[2]
    whole = functional.pad(matrices, (0, _across(columns, matrices) - columns))
    return whole.reshape(*matrices.shape[:2], -1, _across(1, matrices)).transpose(1, 2).contiguous()


def _rows(given: Float[Tensor, "T B H"]) -> tuple[npt.NDArray[Any], tuple[int, int]]:
    """Return gradients as rows (T B, H), where they lie if they do, and rows from stream to stream and step to step."""
    steps, width, hidden = given.shape
    if given.is_contiguous():
        return array_of(given.view(-1, hidden)), (1, width)
    return array_of(given.transpose(0, 1).contiguous().view(-1, hidden)), (steps, 1)


class _Multiplied(Function):
    """States (T, B, H) of whole matrices (D, H, H), from ids (T, B)."""

    @staticmethod
    def forward(ctx: Any, every: int, ids: Tensor, matrices: Tensor, h: Tensor) -> Tensor:  # noqa: ANN401  torch's own
        """Return the states."""
        hidden = h.shape[1]
        counts, orders = ids.new_zeros(len(ids) + 1, len(matrices)), ids.new_empty(3, ids.numel())
        states = empty_states(h, len(ids) + 1, len(h), _across(hidden, h))
        states[0, :, :hidden], states[0, :, hidden:] = h, 0
        scales = h.new_ones(len(h), len(ids) // every if every else 0)
        loops = _loops().dense
        given = [array_of(one) for one in (ids, counts, orders)]
        loops.order_rows(*given)
        loops.multiply(every, *given, panels_of(matrices.mT).numpy(), states.numpy(), scales.numpy())
        ctx.every = every
        ctx.save_for_backward(ids, counts, orders, matrices, states, scales)
        return states[1:, :, :hidden]

    @staticmethod
    def backward(ctx: Any, *given: Tensor) -> tuple[None, None, Tensor, Tensor]:  # noqa: ANN401  torch's own
        """Return the gradients of matrices and h."""
        with first_order(given[0].device):
            *arrays, matrices, states, scales = ctx.saved_tensors
            loops, hidden, (width, columns) = _loops().dense, matrices.shape[1], states.shape[1:]
            carried = states.new_zeros(loops.KEPT + 1, width, columns)
            sums = states.new_zeros(*matrices.shape[:2], columns)
            loops.multiply_back(
                ctx.every,
                *map(array_of, arrays),
                panels_of(matrices).numpy(),
                *map(array_of, (states, scales)),
                *_rows(given[0]),
                *(one.numpy() for one in (carried, sums)),
            )
            return None, None, sums[..., :hidden], carried[0, :, :hidden]


class _Gated(Function):
    """States (T, B, H) of factors U (H, R), V (R, H) and gates (D, R), from ids (T, B)."""

    @staticmethod
    def forward(ctx: Any, every: int, ids: Tensor, gates: Tensor, output: Tensor, given: Tensor, h: Tensor) -> Tensor:  # noqa: ANN401  torch's own
        """Return the states."""
        opens = functional.pad(gates, (0, _across(gates.shape[1], h) - gates.shape[1]))
        inner = empty_states(h, *ids.shape, opens.shape[1])
        states = empty_states(h, *ids.shape, _across(h.shape[1], h))
        scales = h.new_empty(len(h), len(ids) // every if every else 0)
        panels = [panels_of(one.mT.unsqueeze(0))[0].numpy() for one in (given, given @ output, output)]
        arrays = [one.numpy() for one in (inner, states, scales)]
        _loops().gated.gate(every, *map(array_of, (ids, torch.arange(len(h)), h, opens)), *panels, *arrays)
        ctx.every = every
        ctx.save_for_backward(ids, gates, output, given, h, inner, scales)
        return states[..., : h.shape[1]]

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:  # noqa: ANN401  torch's own
        """Return the gradients of gates, both factors and h."""
        with first_order(grads[0].device):
            ids, gates, output, given, h, inner, scales = ctx.saved_tensors
            (letters, rank), across = gates.shape, inner.shape[2]
            opens = functional.pad(gates, (0, across - rank))
            of_gates = torch.zeros(letters, across, dtype=torch.float64)
            of_both, of_output = (h.new_zeros(rows, across) for rows in (rank, len(output)))
            of_first = h.new_empty(len(h), across)
            _loops().gated.gate_back(
                ctx.every,
                *map(array_of, (ids, torch.arange(len(h)), opens)),
                *(panels_of(one.unsqueeze(0))[0].numpy() for one in (given @ output, output)),
                *map(array_of, (inner, scales)),
                *_rows(grads[0]),
                *(one.numpy() for one in (of_gates, of_both, of_output, of_first)),
            )
            first, both = of_first[:, :rank], of_both[:, :rank]
            of_all = of_output[:, :rank] + given.T @ both
            of_given = both @ output.T + first.T @ h
            return None, None, of_gates[:, :rank].to(gates.dtype), of_all, of_given, first @ given
