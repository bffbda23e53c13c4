"""Any structure by its matrices: what the kernel reads from the stored tensors is what a step multiplies by.

Slower than a structure's own step, and without gradients, but it needs nothing except what reads the structure. A state
that ends in a constant is one number longer in the matrices, and not in the cell.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.autograd import Function

from fsm2rnn.cells.arithmetic import form_of, wide
from fsm2rnn.cells.packing import pack
from fsm2rnn.cells.structure.dense import dense_ids
from fsm2rnn.cells.structure.matrix_products import apply_blocks, empty_blocks, multiply_blocks
from fsm2rnn.cells.structure.recurrence import CellSizes, Product, Products, Recurrence, Shapes, Weights
from fsm2rnn.errors import InputError, NumericError
from fsm2rnn.exact.matrix import columns_of
from fsm2rnn.exact.rounding import rounded
from fsm2rnn.proof.stored.meaning import Matrices
from fsm2rnn.proof.stored.structures import Structure, matrices_of

MATRICES = "exact_matrices"  # among prepared weights; (D, W, W) with W = H, or H + 1 beside a constant


def by_matrices(structure: Structure, tensors: Mapping[str, Tensor]) -> Recurrence:
    """Return the recurrence of a structure that has no cell of its own, for tensors of these names and shapes."""
    floats = {name: tuple(one.shape) for name, one in tensors.items() if one.is_floating_point()}
    indices = {name: tuple(one.shape) for name, one in tensors.items() if not one.is_floating_point()}
    return Recurrence(
        structure.stored,
        structure,
        partial(_given, floats),
        _initialise,
        _ids,
        _features,
        index_shapes=partial(_given, indices),
        prepare=partial(_prepared, structure),
        products=Products(partial(_letters, structure), empty_blocks, multiply_blocks, apply_with_constant),
        blocks=partial(_blocks, structure),
        affine="offset" in floats or "value" in floats,
    )


def _given(shapes: Shapes, _: CellSizes) -> Shapes:
    return shapes


def _initialise(weights: Weights) -> None:
    for tensor in weights.values():
        tensor.zero_()


def _prepared(structure: Structure, weights: Weights) -> Weights:
    return {**weights, MATRICES: _matrices(structure, weights)}


def _matrices(structure: Structure, weights: Weights) -> Float[Tensor, "D W W"]:
    """Return A_x in the accumulating format; errors as for `_LaidOut`."""
    found: Tensor = _LaidOut.apply(structure, tuple(weights), *weights.values())  # type: ignore[no-untyped-call]
    return found


class _LaidOut(Function):
    """Stored tensors to the matrices that they mean, (D, W, W).

    CertificateError where the tensors mean nothing, NumericError where an entry is no number of the accumulating
    format, InputError where a gradient is asked for.
    """

    @staticmethod
    def forward(ctx: Any, structure: Structure, names: tuple[str, ...], *tensors: Tensor) -> Tensor:  # noqa: ANN401  torch's
        """Read the tensors as the kernel does."""
        ctx.structure = structure
        stored = {name: pack(name, tensor) for name, tensor in zip(names, tensors, strict=True)}
        kind = wide(next(tensor.dtype for tensor in tensors if tensor.is_floating_point()))
        return _dense(matrices_of(structure, stored), kind).to(tensors[0].device)

    @staticmethod
    def backward(ctx: Any, *_: Tensor) -> tuple[None, ...]:  # noqa: ANN401  as above
        """Refuse."""
        message = f"structure {ctx.structure.stored!r} is run by its exact matrices, which have no gradient"
        raise InputError(message)


def _dense(read: Matrices, kind: torch.dtype) -> Tensor:
    form, width = form_of(kind), read.matrices[0].height
    found = torch.zeros(len(read.matrices), width, width, dtype=kind)
    for symbol, matrix in enumerate(read.matrices):
        for place, column in enumerate(columns_of(matrix)):
            for row, value in column:
                if rounded(value, form) != value:
                    message = f"an entry of a matrix is no {form.name} number, and a step multiplies by it"
                    raise NumericError(message)
                found[symbol, row, place] = float(value)
    return found


def _ids(weights: Weights, ids: Int64[Tensor, " B"], h: Float[Tensor, "B H"]) -> Float[Tensor, "B H"]:
    """Return A_x h, or what A_x makes of (h, 1)."""
    matrices = weights[MATRICES]
    return dense_ids({"by_symbol": matrices}, ids, _with_constant(h, matrices))[:, : h.shape[-1]]


def _features(weights: Weights, x: Float[Tensor, "B D"], h: Float[Tensor, "B H"]) -> Float[Tensor, "B H"]:
    """Return sum_k x_k A_k h, or of (h, 1)."""
    matrices = weights[MATRICES]
    wider = _with_constant(h, matrices).to(matrices.dtype)
    return torch.einsum("kij,bk,bj->bi", matrices, x.to(matrices.dtype), wider)[:, : h.shape[-1]].to(h.dtype)


def _with_constant(h: Tensor, matrices: Tensor) -> Tensor:
    return torch.nn.functional.pad(h, (0, matrices.shape[-1] - h.shape[-1]), value=1.0)


def _blocks(structure: Structure, weights: Weights) -> list[Tensor]:
    """Return the matrices as one block, none where a state ends in a constant."""
    matrices = _matrices(structure, weights)
    return [matrices] if matrices.shape[-1] == len(weights["initial_state"]) else []


def _letters(structure: Structure, weights: Weights) -> Product:
    """Return the matrices in the stored format; InputError where an entry is no number of it."""
    matrices, kind = _matrices(structure, weights), weights["initial_state"].dtype
    if not torch.equal(matrices.to(kind).to(matrices.dtype), matrices):
        message = f"an entry of a matrix is no {form_of(kind).name} number, and scan order multiplies matrices in it"
        raise InputError(message, hint="use order sequential")
    return (matrices.to(kind),)


def apply_with_constant(product: Product, h: Float[Tensor, " H"]) -> Float[Tensor, "*B H"]:
    """Return a product times the state, with a last 1 where the matrices are wider."""
    return apply_blocks(product, _with_constant(h, product[0]))[..., : len(h)]
