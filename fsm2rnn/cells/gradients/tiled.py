"""Whole matrices and pairs of factors on the CPU: compiled loops over all steps, whose products stay in registers."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any, final

import numpy.typing as npt
import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.autograd import Function
from torch.nn import functional

from fsm2rnn.cells.gradients.scales import first_order


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
    tiles: ModuleType


def _loops() -> _Loops:
    from fsm2rnn.cells.gradients.loops import dense_loops, gated_loops, tiles  # noqa: PLC0415

    return _Loops(dense_loops, gated_loops, tiles)


def _array(tensor: Tensor) -> npt.NDArray[Any]:
    """Return the numbers of a tensor, in one piece."""
    found: npt.NDArray[Any] = tensor.contiguous().numpy(force=True)
    return found


def _across(columns: int, like: Tensor) -> int:
    """Return as many columns in whole panels of numbers."""
    at_once: int = _loops().tiles.BYTES // like.element_size()
    return columns + -columns % at_once


def _panels(matrices: Float[Tensor, "D K N"]) -> npt.NDArray[Any]:
    """Return matrices by which rows are multiplied in panels (D, P, K, L) of L columns."""
    found = _empty_panels(matrices, *matrices.shape[1:])
    _loops().tiles.lay_out(_array(matrices), found)
    return found


def _empty_panels(matrices: Tensor, rows: int, columns: int) -> npt.NDArray[Any]:
    at_once = _across(1, matrices)
    return _array(matrices.new_empty(len(matrices), -(-columns // at_once), rows, at_once))


class _Multiplied(Function):
    """States (T, B, H) of whole matrices (D, H, H), from ids (T, B)."""

    @staticmethod
    def forward(ctx: Any, every: int, ids: Tensor, matrices: Tensor, h: Tensor) -> Tensor:  # noqa: ANN401  torch's own
        """Return the states."""
        hidden = h.shape[1]
        counts, orders = ids.new_zeros(len(ids) + 1, len(matrices)), ids.new_empty(4, ids.numel())
        states = h.new_empty(len(ids) + 1, len(h), _across(hidden, h))
        states[0, :, :hidden], states[0, :, hidden:] = h, 0
        scales = h.new_empty(len(h), len(ids) // every if every else 0)
        loops = _loops().dense
        given = [_array(one) for one in (ids, counts, orders)]
        loops.order_rows(*given)
        loops.multiply(every, *given, _panels(matrices.mT), states.numpy(), scales.numpy())
        ctx.every = every
        ctx.save_for_backward(ids, counts, orders, matrices, states, scales)
        return states[1:, :, :hidden]

    @staticmethod
    def backward(ctx: Any, *given: Tensor) -> tuple[None, None, Tensor, Tensor]:  # noqa: ANN401  torch's own
        """Return the gradients of matrices and h."""
        with first_order(given[0].device):
            *order, matrices, states, scales = ctx.saved_tensors
            carried, hidden = torch.empty_like(states), matrices.shape[1]
            carried[1:, :, :hidden], carried[0], carried[..., hidden:] = given[0], 0, 0
            sums = matrices.new_zeros(len(matrices), hidden, states.shape[2])
            arrays = [one.numpy() for one in (states, scales, carried, sums)]
            _loops().dense.multiply_back(ctx.every, *map(_array, order), _panels(matrices), *arrays)
            return None, None, sums[..., :hidden], carried[0, :, :hidden]


class _Gated(Function):
    """States (T, B, H) of factors U (H, R), V (R, H) and gates (D, R), from ids (T, B)."""

    @staticmethod
    def forward(ctx: Any, every: int, ids: Tensor, gates: Tensor, output: Tensor, given: Tensor, h: Tensor) -> Tensor:  # noqa: ANN401  torch's own
        """Return the states."""
        opens = functional.pad(gates, (0, _across(gates.shape[1], h) - gates.shape[1]))
        inner = h.new_empty(*ids.shape, opens.shape[1])
        states = h.new_empty(*ids.shape, _across(h.shape[1], h))
        scales = h.new_empty(len(h), len(ids) // every if every else 0)
        panels = [_panels(one.mT.unsqueeze(0))[0] for one in (given, given @ output, output)]
        arrays = [one.numpy() for one in (inner, states, scales)]
        _loops().gated.gate(every, *map(_array, (ids, torch.arange(len(h)), h, opens)), *panels, *arrays)
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
                *map(_array, (ids, torch.arange(len(h)), opens)),
                _panels((given @ output).unsqueeze(0))[0],
                _panels(output.unsqueeze(0))[0],
                *map(_array, (inner, scales, grads[0].transpose(0, 1))),
                *(one.numpy() for one in (of_gates, of_both, of_output, of_first)),
            )
            first, both = of_first[:, :rank], of_both[:, :rank]
            of_all = of_output[:, :rank] + given.T @ both
            of_given = both @ output.T + first.T @ h
            return None, None, of_gates[:, :rank].to(gates.dtype), of_all, of_given, first @ given
