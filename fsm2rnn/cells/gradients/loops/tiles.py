"""Products of rows by a matrix whose sums stay in registers: a tile of up to MOST rows and one panel of columns.

Libraries of matrix products copy both sides into an order of their own at every call, which for some dozen rows takes
as long as the product. Here rows are read where they lie, by their numbers, and a matrix is laid out once for all steps
of all words: in panels of as many columns as BYTES hold, each row after row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, final, no_type_check

import numba
from llvmlite import ir
from numba import types
from numba.core.base import BaseContext
from numba.core.typing.templates import Signature
from numba.extending import intrinsic

from fsm2rnn.cells.gradients.loops import BYTES
from fsm2rnn.cells.gradients.loops.carried import Numbers, Places

Generator: TypeAlias = Callable[[BaseContext, ir.IRBuilder, Signature, tuple[ir.Value, ...]], ir.Value]
_Bounds: TypeAlias = tuple[ir.Value, ir.Value]
_Term: TypeAlias = Callable[[ir.Value], tuple[ir.Value, list[ir.Value]]]  # k to where a row lies, and its factors

MOST: Final = 6  # rows of a tile: its sums, in registers of 32 bytes, and what is added to them fill sixteen
AT_ONCE: Final = 64  # terms that are added one after another before they meet the others
_INDEX: Final = ir.IntType(64)


@final
@dataclass(frozen=True)
class _Array:
    """Where the numbers of an array lie that a compiled function was given."""

    builder: ir.IRBuilder
    data: ir.Value
    shape: list[ir.Value]

    @classmethod
    @no_type_check
    def of(cls, context: BaseContext, builder: ir.IRBuilder, kind: types.Array, value: ir.Value) -> _Array:
        found = context.make_array(kind)(context, builder, value)
        return cls(builder, found.data, [builder.extract_value(found.shape, axis) for axis in range(kind.ndim)])

    def at(self, *places: ir.Value) -> ir.Value:
        """Return the address of a number."""
        number = places[0]
        for place, length in zip(places[1:], self.shape[1:], strict=True):
            number = self.builder.add(self.builder.mul(number, length), place)
        return self.builder.gep(self.data, [number])

    def read(self, *places: ir.Value) -> ir.Value:
        """Return a number."""
        return self.builder.load(self.at(*places))


@final
@dataclass(frozen=True)
class _Tile:
    """out_r += sum over k of factor_r(k) row(k), for the rows r of a tile and numbers of `size` bytes."""

    builder: ir.IRBuilder
    scalar: ir.Type
    size: int

    def add(self, bounds: _Bounds, outs: Sequence[ir.Value], term: _Term) -> None:
        """Write the loop over k from the one bound to before the other, which is greater."""
        builder, zero = self.builder, ir.Constant(self._vector, None)
        before, loop, done = builder.block, builder.append_basic_block(), builder.append_basic_block()
        builder.branch(loop)
        builder.position_at_end(loop)
        k, sums = builder.phi(_INDEX), [builder.phi(self._vector) for _ in outs]
        row_at, factors = term(k)
        row, found = builder.load(self._across(row_at), align=self.size), []
        for total, factor in zip(sums, factors, strict=True):
            product = builder.fmul(row, self._everywhere(factor), flags=("contract",))
            found.append(builder.fadd(product, total, flags=("contract",)))
        after = builder.add(k, _INDEX(1))
        for phi, first, last in zip([k, *sums], [bounds[0], *[zero] * len(outs)], [after, *found], strict=True):
            phi.add_incoming(first, before)
            phi.add_incoming(last, loop)
        builder.cbranch(builder.icmp_signed("<", after, bounds[1]), loop, done)
        builder.position_at_end(done)
        for total, out in zip(found, map(self._across, outs), strict=True):
            builder.store(builder.fadd(builder.load(out, align=self.size), total), out, align=self.size)

    @property
    def _vector(self) -> ir.VectorType:
        return ir.VectorType(self.scalar, BYTES // self.size)

    def _across(self, address: ir.Value) -> ir.Value:
        return self.builder.bitcast(address, self._vector.as_pointer())

    def _everywhere(self, number: ir.Value) -> ir.Value:
        """Return a vector with one number in every place."""
        unknown, kind = ir.Constant(self._vector, ir.Undefined), ir.IntType(32)
        single = self.builder.insert_element(unknown, number, kind(0))
        return self.builder.shuffle_vector(single, unknown, ir.Constant(ir.VectorType(kind, BYTES // self.size), None))


@no_type_check
def _opened(
    context: BaseContext, builder: ir.IRBuilder, signature: Signature, args: tuple[ir.Value, ...]
) -> tuple[_Tile, list[Any]]:
    """Return the tile of a call's numbers, which are those of its first array, and its arguments, arrays opened."""
    kind = signature.args[0].dtype
    tile = _Tile(builder, context.get_value_type(kind), kind.bitwidth // 8)
    given = zip(signature.args, args, strict=True)
    return tile, [_Array.of(context, builder, k, a) if isinstance(k, types.Array) else a for k, a in given]


@no_type_check
def _product_of(rows: int) -> Any:  # noqa: ANN401  what numba calls
    """Return out[places[i], panel] += x[sources[i]] M[:, panel] for i from `at` on, as many as there are rows."""

    def generate(
        context: BaseContext, builder: ir.IRBuilder, signature: Signature, args: tuple[ir.Value, ...]
    ) -> ir.Value:
        tile, (out, places, x, sources, at, panels, panel) = _opened(context, builder, signature, args)
        numbers = [builder.add(at, _INDEX(row)) for row in range(rows)]
        column, from_rows = builder.mul(panel, panels.shape[2]), [sources.read(one) for one in numbers]
        tile.add(
            (_INDEX(0), panels.shape[1]),
            [out.at(places.read(one), column) for one in numbers],
            lambda k: (panels.at(panel, k, _INDEX(0)), [x.read(one, k) for one in from_rows]),
        )
        return context.get_dummy_value()

    @intrinsic
    def product(_typing, out, places, x, sources, at, panels, panel):  # noqa: ANN001, ANN202  numba's
        return types.none(out, places, x, sources, at, panels, panel), generate

    return product


@no_type_check
def _sum_of(rows: int) -> Any:  # noqa: ANN401  what numba calls
    """Return out[row + r, column:] += the sum of g[of[k], row + r] s[by[k], column:] over k, for all r < rows."""

    def generate(
        context: BaseContext, builder: ir.IRBuilder, signature: Signature, args: tuple[ir.Value, ...]
    ) -> ir.Value:
        tile, (out, row, column, g, of, s, by, begin, end) = _opened(context, builder, signature, args)
        numbers = [builder.add(row, _INDEX(one)) for one in range(rows)]

        def term(k: ir.Value) -> tuple[ir.Value, list[ir.Value]]:
            found = of.read(k)
            return s.at(by.read(k), column), [g.read(found, one) for one in numbers]

        tile.add((begin, end), [out.at(one, column) for one in numbers], term)
        return context.get_dummy_value()

    @intrinsic
    def outer(_typing, out, row, column, g, of, s, by, begin, end):  # noqa: ANN001, ANN202, PLR0913, PLR0917  numba's
        return types.none(out, row, column, g, of, s, by, begin, end), generate

    return outer


_one, _two, _three, _four, _five, _six = (_product_of(rows) for rows in range(1, MOST + 1))
_one_sum, _two_sums, _three_sums, _four_sums, _five_sums, _six_sums = (_sum_of(rows) for rows in range(1, MOST + 1))


@numba.njit(cache=True, nogil=True)
@no_type_check
def add_row_products(
    out: Numbers, places: Places, x: Numbers, sources: Places, begin: int, end: int, panels: Numbers
) -> None:
    """Add x[sources[i]] M to out[places[i]] for begin <= i < end, M in panels (P, K, L); out has P L columns."""
    for panel in range(len(panels)):
        at = begin
        while at < end:
            rows = _next_rows(end - at)
            if rows == 6:  # so many rows
                _six(out, places, x, sources, at, panels, panel)
            elif rows == 5:
                _five(out, places, x, sources, at, panels, panel)
            elif rows == 4:
                _four(out, places, x, sources, at, panels, panel)
            elif rows == 3:
                _three(out, places, x, sources, at, panels, panel)
            elif rows == 2:
                _two(out, places, x, sources, at, panels, panel)
            else:
                _one(out, places, x, sources, at, panels, panel)
            at += rows


@numba.njit(cache=True, nogil=True)
@no_type_check
def add_outer_sums(  # noqa: PLR0913, PLR0917  arrays with the stretch of each
    out: Numbers, height: int, g: Numbers, of: Places, s: Numbers, by: Places, begin: int, end: int
) -> None:
    """Add the sum of g[of[k], :height] s[by[k]]^T over begin <= k < end to out (height, W), W columns of whole panels.

    Terms are added AT_ONCE by AT_ONCE.
    """
    for first in range(begin, end, AT_ONCE):
        for column in range(0, out.shape[1], BYTES // out.itemsize):
            _add_column(out, height, column, g, of, s, by, first, min(end, first + AT_ONCE))


@numba.njit(cache=True, nogil=True)
@no_type_check
def _add_column(  # noqa: PLR0913, PLR0917  arrays with the stretch of each
    out: Numbers, height: int, column: int, g: Numbers, of: Places, s: Numbers, by: Places, begin: int, end: int
) -> None:
    """Add the sum to the columns of one panel."""
    row = 0
    while row < height:
        rows = _next_rows(height - row)
        if rows == 6:  # so many rows
            _six_sums(out, row, column, g, of, s, by, begin, end)
        elif rows == 5:
            _five_sums(out, row, column, g, of, s, by, begin, end)
        elif rows == 4:
            _four_sums(out, row, column, g, of, s, by, begin, end)
        elif rows == 3:
            _three_sums(out, row, column, g, of, s, by, begin, end)
        elif rows == 2:
            _two_sums(out, row, column, g, of, s, by, begin, end)
        else:
            _one_sum(out, row, column, g, of, s, by, begin, end)
        row += rows


@numba.njit(cache=True, nogil=True, inline="always")
@no_type_check
def _next_rows(left: int) -> int:
    """Return how many rows the next tile has: tiles of nearly equal heights, since low ones wait for their sums."""
    tiles = (left + MOST - 1) // MOST
    return (left + tiles - 1) // tiles
