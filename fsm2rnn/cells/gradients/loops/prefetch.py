"""Rows asked for before they are read: what is walked backwards, page by page, the processor does not foresee."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias, no_type_check

import numba
from llvmlite import ir
from numba import types
from numba.core.base import BaseContext
from numba.core.typing.templates import Signature
from numba.extending import intrinsic

from fsm2rnn.cells.gradients.loops.carried import LOOSE, Numbers

Generator: TypeAlias = Callable[[BaseContext, ir.IRBuilder, Signature, tuple[ir.Value, ...]], ir.Value]

AHEAD: Final = 16  # rows
LINE: Final = 64  # bytes that come at once


@intrinsic
@no_type_check
def _ask(_typing: object, rows: types.Array, row: types.Integer, place: types.Integer) -> tuple[Signature, Generator]:
    """Ask for the line of the cache with rows[row, place]."""

    def generate(
        context: BaseContext, builder: ir.IRBuilder, signature: Signature, args: tuple[ir.Value, ...]
    ) -> ir.Value:
        found = context.make_array(signature.args[0])(context, builder, args[0])
        number = builder.add(builder.mul(args[1], builder.extract_value(found.shape, 1)), args[2])
        byte, kind = ir.IntType(8).as_pointer(), ir.IntType(32)
        there = builder.bitcast(builder.gep(found.data, [number]), byte)
        called = ir.FunctionType(ir.VoidType(), [byte, kind, kind, kind])
        asked = builder.module.declare_intrinsic("llvm.prefetch", [byte], called)
        builder.call(asked, [there, kind(0), kind(2), kind(1)])  # to read, into the second cache, data
        return context.get_dummy_value()

    return types.none(rows, row, place), generate


@numba.njit(cache=True, nogil=True)
@no_type_check
def rows_of_words(found: Numbers) -> Numbers:
    """Return the states of words (B, T, H) as rows (B T, H), which are walked from the last."""
    return found.reshape(-1, found.shape[2])


@numba.njit(cache=True, nogil=True, inline="always")
@no_type_check
def ask_for(rows: Numbers, row: int) -> None:
    """Ask for a row, of which there is none below 0: then for the first."""
    there = max(0, row)
    for place in range(0, rows.shape[1], LINE // rows.itemsize):
        _ask(rows, there, place)


@numba.njit(cache=True, nogil=True, inline="always")
@no_type_check
def ask_before(row: int, given: Numbers, states: Numbers) -> None:
    """Ask for the rows AHEAD of this one."""
    there = max(0, row - AHEAD)
    for place in range(0, given.shape[1], LINE // given.itemsize):
        _ask(given, there, place)
        _ask(states, there, place)


@numba.njit(cache=True, nogil=True, fastmath=LOOSE, inline="always")
@no_type_check
def add_given(step: int, given: Numbers, strides: tuple[int, int], carried: Numbers) -> None:
    """Add the gradients given of the states after a step to carried (B, W), and ask for those of the step before.

    Those of stream b after step t are row b strides[0] + t strides[1] of `given`.
    """
    for stream in range(len(carried)):
        row = stream * strides[0] + step * strides[1]
        for place in range(given.shape[1]):
            carried[stream, place] += given[row, place]
        ask_for(given, row - strides[1])
