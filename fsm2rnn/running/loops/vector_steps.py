"""h <- A h with one vector instruction per column: what numba's own loops do not become, as LLVM instructions.

Sums run over columns from the first to the last, every product and sum rounded by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias, no_type_check

import numba
from llvmlite import ir
from numba import types
from numba.core.base import BaseContext
from numba.core.typing.templates import Signature
from numba.extending import intrinsic

from fsm2rnn.running.loops.kept_format import Floats, Kept, keep_numbers
from fsm2rnn.running.walk.walk import Indices

Generator: TypeAlias = Callable[[BaseContext, ir.IRBuilder, Signature, tuple[ir.Value, ...]], ir.Value]

WIDTHS = (2, 4, 8, 16)  # numbers of a vector


def lanes_of(width: int) -> tuple[int, ...] | None:
    """Return a tuple as long as the narrowest vector of `width` numbers, whose type tells the length; None beyond."""
    return next(((0,) * wide for wide in WIDTHS if width <= wide), None)


@no_type_check
def _vectors(
    context: BaseContext, builder: ir.IRBuilder, signature: Signature, args: tuple[ir.Value, ...]
) -> tuple[list[ir.Value], ir.VectorType]:
    """Return pointers to vectors at the data of all arguments but the last, whose length they have, and their type."""
    kind = signature.args[0].dtype
    vector = ir.VectorType(context.get_value_type(kind), len(signature.args[-1]))
    arrays = zip(signature.args[:-1], args[:-1], strict=True)
    data = [context.make_array(array)(context, builder, value).data for array, value in arrays]
    return [builder.bitcast(place, vector.as_pointer()) for place in data], vector


@no_type_check
def _loaded(builder: ir.IRBuilder, pointer: ir.Value, kind: types.Float) -> ir.LoadInstr:
    value = builder.load(pointer)
    value.align = kind.bitwidth // 8
    return value


@intrinsic
@no_type_check
def apply_columns(
    _typing: object, matrix: types.Array, state: types.Array, moved: types.Array, lanes: types.UniTuple
) -> tuple[Signature, Generator]:
    """A h = sum_j A_j h_j, put into `moved`; arrays (W, W), (W,), (W,) contiguous in the last axis, W = len(lanes)."""

    def generate(
        context: BaseContext, builder: ir.IRBuilder, signature: Signature, args: tuple[ir.Value, ...]
    ) -> ir.Value:
        (columns, source, target), vector = _vectors(context, builder, signature, args)
        kind, numbers, total = signature.args[0].dtype, len(signature.args[-1]), None
        start = _loaded(builder, source, kind)
        for column in range(numbers):
            place = builder.gep(columns, [ir.Constant(ir.IntType(32), column)])
            everywhere = ir.Constant(ir.VectorType(ir.IntType(32), numbers), [column] * numbers)
            factor = builder.shuffle_vector(start, ir.Constant(vector, ir.Undefined), everywhere)
            product = builder.fmul(_loaded(builder, place, kind), factor)
            total = product if total is None else builder.fadd(total, product)
        builder.store(total, target).align = kind.bitwidth // 8
        return context.get_dummy_value()

    return types.void(matrix, state, moved, lanes), generate


@intrinsic
@no_type_check
def are_equal(
    _typing: object, state: types.Array, code: types.Array, lanes: types.UniTuple
) -> tuple[Signature, Generator]:
    """All state[i] = code[i], of arrays (W,) contiguous along the last axis, W = len(lanes)."""

    def generate(
        context: BaseContext, builder: ir.IRBuilder, signature: Signature, args: tuple[ir.Value, ...]
    ) -> ir.Value:
        pointers, _ = _vectors(context, builder, signature, args)
        kind, numbers = signature.args[0].dtype, len(signature.args[-1])
        left, right = (_loaded(builder, pointer, kind) for pointer in pointers)
        same = builder.bitcast(builder.fcmp_ordered("==", left, right), ir.IntType(numbers))
        return builder.icmp_unsigned("==", same, ir.Constant(ir.IntType(numbers), -1))

    return types.boolean(state, code, lanes), generate


@numba.njit(cache=True, nogil=True)
@no_type_check
def column_steps(
    columns: Floats, words: Indices, first: int, found: Floats, lanes: tuple[int, ...], kept: Kept
) -> None:
    """Fill found[:, 1:] (S, T + 1, W) from found[:, 0], columns (D, W, W) [x, j, i] = (A_x)_ij, words[:, first:].

    Every number is rounded to the format `kept`.
    """
    for step in range(found.shape[1] - 1):
        for stream in range(found.shape[0]):
            matrix = columns[words[stream, first + step]]
            moved = found[stream, step + 1]
            apply_columns(matrix, found[stream, step], moved, lanes)
            keep_numbers(moved, kept)


@numba.njit(cache=True, nogil=True)
@no_type_check
def wide_column_steps(columns: Floats, words: Indices, first: int, found: Floats, kept: Kept) -> None:
    """Fill found[:, 1:] (S, T + 1, W) as `column_steps` does, for widths W that have no vectors of their own."""
    width = found.shape[2]
    for step in range(found.shape[1] - 1):
        for stream in range(found.shape[0]):
            matrix, state = columns[words[stream, first + step]], found[stream, step]
            moved = found[stream, step + 1]
            for row in range(width):
                moved[row] = matrix[0, row] * state[0]
            fours = width - (width - 1) % 4
            for column in range(1, fours, 4):
                a, b, c, d = state[column], state[column + 1], state[column + 2], state[column + 3]
                for row in range(width):
                    total = moved[row] + matrix[column, row] * a
                    total += matrix[column + 1, row] * b
                    total += matrix[column + 2, row] * c
                    moved[row] = total + matrix[column + 3, row] * d
            for column in range(fours, width):
                factor = state[column]
                for row in range(width):
                    moved[row] += matrix[column, row] * factor
            keep_numbers(moved, kept)


@numba.njit(cache=True, nogil=True)
@no_type_check
def count_departures(found: Floats, codes: Floats, trace: Indices, first: int, lanes: tuple[int, ...]) -> int:
    """Return how many states found[s, t + 1] differ from codes[trace[s, first + t]], both of W = len(lanes) numbers."""
    count = 0
    for stream in range(found.shape[0]):
        for step in range(found.shape[1] - 1):
            if not are_equal(found[stream, step + 1], codes[trace[stream, first + step]], lanes):
                count += 1
    return count


@numba.njit(cache=True, nogil=True)
@no_type_check
def count_wide_departures(found: Floats, codes: Floats, trace: Indices, first: int) -> int:
    """Return how many states found[s, t + 1] differ from codes[trace[s, first + t]], of any width."""
    count = 0
    for stream in range(found.shape[0]):
        for step in range(found.shape[1] - 1):
            code, left = codes[trace[stream, first + step]], False
            for place in range(found.shape[2]):
                left |= found[stream, step + 1, place] != code[place]
            count += left
    return count
