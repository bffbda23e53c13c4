"""f_x(B): outward bounds of the image of a box of states under one step of a nonlinear cell, in units of 2^-BITS.

Interval arithmetic, all of it monotone. A sum sum_j w_j h_j over a box with centre m and radius d is w . m -+ |w| . d,
exactly. tanh and sigmoid rise, so their bounds are those at the ends. A product of a gate in [0, 1] and a number takes
its least value at one end of the gate, by the number's sign. For GRU, (1 - z) n + z h does not fall in n and in h,
since 0 <= z <= 1, and is linear in z: its least value over the box is at the lower ends of n and h and an end of z.

Source of the cells' equations: torch.nn.RNN, torch.nn.GRU and torch.nn.LSTM, PyTorch 2.13.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from operator import mul
from typing import Final, TypeAlias, final

from fsm2rnn.exact.activations import BITS
from fsm2rnn.proof.claim.cell import Cell
from fsm2rnn.proof.claim.cell_arithmetic import EXACT, Interval, StepBounds
from fsm2rnn.proof.claim.cell_kinds import CellKind

Sums: TypeAlias = list[Interval]
_HALF: Final = 1  # centres and radii are counted twice, so that they are integers


@final
@dataclass(frozen=True)
class Box:
    """low <= s <= high, coordinate by coordinate, in units of 2^-BITS; of LSTM h stands before c."""

    low: tuple[int, ...]
    high: tuple[int, ...]

    @property
    def is_point(self) -> bool:
        """Whether the box holds one state only."""
        return self.low == self.high


def images(cell: Cell, box: Box) -> Iterator[Box]:
    """Yield a box that holds f_x(s) for every state s of `box`, for each symbol x in turn."""
    middles, widths = spans(box, cell.size)
    sums = []
    for row, bias in zip(cell.hidden, cell.hidden_bias, strict=True):
        low, high = linear_range(row, middles, widths)
        shift = bias << (BITS + _HALF)
        sums.append(outward(low + shift, high + shift, cell.scale + _HALF))
    old = list(zip(box.low, box.high, strict=True))
    for letter in cell.inputs:
        walls = STEPS[cell.kind](EXACT, cell, sums, parts(letter, cell), old)
        yield Box(tuple(low for low, _ in walls), tuple(high for _, high in walls))


def linear_range(row: Sequence[int], middles: Sequence[int], widths: Sequence[int]) -> Interval:
    """Return twice the least and the greatest sum_j row_j h_j over the box with these low + high and high - low."""
    middle, width = sum(map(mul, row, middles)), sum(map(mul, map(abs, row), widths))
    return middle - width, middle + width


def spans(box: Box, size: int) -> tuple[list[int], list[int]]:
    """Return low + high and high - low of the first `size` coordinates."""
    pairs = list(zip(box.low[:size], box.high[:size], strict=True))
    return [low + high for low, high in pairs], [high - low for low, high in pairs]


def outward(low: int, high: int, fine: int) -> Interval:
    """Return bounds of both ends over 2^fine."""
    return low >> fine, -(-high >> fine)


def parts(letter: Sequence[int], cell: Cell) -> Sums:
    """Return bounds of a symbol's part of all sums."""
    return [outward(entry << BITS, entry << BITS, cell.scale) for entry in letter]


def _entering(cell: Cell, sums: Sums, letter: Sums, gate: int) -> Iterator[Interval]:
    """Yield outward bounds of one gate's sums with the symbol's part."""
    for place in range(gate * cell.size, (gate + 1) * cell.size):
        yield _plus(sums[place], letter[place])


def _elman(arithmetic: StepBounds, cell: Cell, sums: Sums, letter: Sums, _: Sums) -> Sums:
    return arithmetic.tanh(_entering(cell, sums, letter, 0))


def _relu(_: StepBounds, cell: Cell, sums: Sums, letter: Sums, __: Sums) -> Sums:
    return [(max(0, low), max(0, high)) for low, high in _entering(cell, sums, letter, 0)]


def _gru(arithmetic: StepBounds, cell: Cell, sums: Sums, letter: Sums, old: Sums) -> Sums:
    resets, updates = (arithmetic.sigmoid(_entering(cell, sums, letter, gate)) for gate in (0, 1))
    # The reset gate multiplies what comes from the state, its bias included, and not the symbol's part.
    kept = arithmetic.rounded(map(_gated, resets, sums[2 * cell.size :]))
    new = arithmetic.tanh(arithmetic.rounded(map(_plus, kept, letter[2 * cell.size :])))
    blend = arithmetic.blend
    return [(low - blend, high + blend) for low, high in map(_between, updates, new, old)]


def _lstm(arithmetic: StepBounds, cell: Cell, sums: Sums, letter: Sums, old: Sums) -> Sums:
    entering, forgetting, outgoing = (arithmetic.sigmoid(_entering(cell, sums, letter, gate)) for gate in (0, 1, 3))
    written = arithmetic.tanh(_entering(cell, sums, letter, 2))
    held = arithmetic.rounded(map(_gated, forgetting, old[cell.size :]))
    added = arithmetic.rounded(map(_gated, entering, written))
    kept = arithmetic.rounded(map(_plus, held, added))
    return [*arithmetic.rounded(map(_gated, outgoing, arithmetic.tanh(kept))), *kept]


STEPS: Final[dict[CellKind, Callable[[StepBounds, Cell, Sums, Sums, Sums], Sums]]] = {
    CellKind.ELMAN: _elman,
    CellKind.RELU: _relu,
    CellKind.GRU: _gru,
    CellKind.LSTM: _lstm,
}


def _plus(left: Interval, right: Interval) -> Interval:
    return left[0] + right[0], left[1] + right[1]


def _gated(gate: Interval, number: Interval) -> Interval:
    """Return bounds of the product of a gate, never negative, and a number."""
    low, high = number
    return low * gate[low < 0] >> BITS, -(-high * gate[high > 0] >> BITS)


def _between(gate: Interval, new: Interval, old: Interval) -> Interval:
    """Return bounds of (1 - z) n + z h = n + z (h - n)."""
    (shut, wide), (low, high) = gate, new
    fall, rise = old[0] - low, old[1] - high
    return low + (fall * (shut if fall > 0 else wide) >> BITS), high - (-rise * (shut if rise < 0 else wide) >> BITS)
