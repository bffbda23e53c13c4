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

from fsm2rnn.exact.activations import BITS, UNIT, sigmoid, tanh
from fsm2rnn.proof.claim.cell import Cell
from fsm2rnn.proof.claim.cell_kinds import CellKind

Interval: TypeAlias = tuple[int, int]
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
    step = _STEPS[cell.kind]
    sums = _hidden_sums(cell, box)
    old = list(zip(box.low, box.high, strict=True))
    for letter in cell.inputs:
        low, high = zip(*step(cell, sums, letter, old), strict=True)
        yield Box(low, high)


def linear_range(row: Sequence[int], middles: Sequence[int], widths: Sequence[int]) -> Interval:
    """Return twice the least and the greatest sum_j row_j h_j over the box with these low + high and high - low."""
    middle, width = sum(map(mul, row, middles)), sum(map(mul, map(abs, row), widths))
    return middle - width, middle + width


def spans(box: Box, size: int) -> tuple[list[int], list[int]]:
    """Return low + high and high - low of the first `size` coordinates."""
    pairs = list(zip(box.low[:size], box.high[:size], strict=True))
    return [low + high for low, high in pairs], [high - low for low, high in pairs]


def _hidden_sums(cell: Cell, box: Box) -> Sums:
    """Return bounds of W_hh h + b_hh, in units of 2^-(BITS + scale + 1)."""
    middles, widths = spans(box, cell.size)
    found = []
    for row, bias in zip(cell.hidden, cell.hidden_bias, strict=True):
        low, high = linear_range(row, middles, widths)
        shift = bias << (BITS + _HALF)
        found.append((low + shift, high + shift))
    return found


def _entering(cell: Cell, sums: Sums, letter: Sequence[int], gate: int) -> Iterator[Interval]:
    """Yield outward bounds of one gate's sums with the symbol's part."""
    fine = cell.scale + _HALF
    for place in range(gate * cell.size, (gate + 1) * cell.size):
        low, high = sums[place]
        shift = letter[place] << (BITS + _HALF)
        yield (low + shift) >> fine, -(-(high + shift) >> fine)


def _elman(cell: Cell, sums: Sums, letter: Sequence[int], _: Sums) -> Sums:
    return [_tanh(total) for total in _entering(cell, sums, letter, 0)]


def _relu(cell: Cell, sums: Sums, letter: Sequence[int], _: Sums) -> Sums:
    return [(max(0, low), max(0, high)) for low, high in _entering(cell, sums, letter, 0)]


def _gru(cell: Cell, sums: Sums, letter: Sequence[int], old: Sums) -> Sums:
    size, fine = cell.size, cell.scale + _HALF
    resets = map(_sigmoid, _entering(cell, sums, letter, 0))
    updates = map(_sigmoid, _entering(cell, sums, letter, 1))
    found = []
    for place, (reset, update, before) in enumerate(zip(resets, updates, old, strict=True), 2 * size):
        low, high = sums[place]
        # The reset gate multiplies what comes from the state, its bias included, and not the symbol's part.
        low, high = _gated(reset, (low >> fine, -(-high >> fine)))
        shift = letter[place] << BITS
        new = _tanh((_floor(low) + (shift >> cell.scale), _ceil(high) - (-shift >> cell.scale)))
        found.append(_between(update, new, before))
    return found


def _lstm(cell: Cell, sums: Sums, letter: Sequence[int], old: Sums) -> Sums:
    entering, forgetting, outgoing = (map(_sigmoid, _entering(cell, sums, letter, gate)) for gate in (0, 1, 3))
    written = map(_tanh, _entering(cell, sums, letter, 2))
    shown, kept = [], []
    for i, f, g, o, c in zip(entering, forgetting, written, outgoing, old[cell.size :], strict=True):
        held, added = _gated(f, c), _gated(i, g)
        low, high = _floor(held[0] + added[0]), _ceil(held[1] + added[1])
        kept.append((low, high))
        least, greatest = _gated(o, _tanh((low, high)))
        shown.append((_floor(least), _ceil(greatest)))
    return [*shown, *kept]


_STEPS: Final[dict[CellKind, Callable[[Cell, Sums, Sequence[int], Sums], Sums]]] = {
    CellKind.ELMAN: _elman,
    CellKind.RELU: _relu,
    CellKind.GRU: _gru,
    CellKind.LSTM: _lstm,
}


def _tanh(total: Interval) -> Interval:
    return tanh(total[0])[0], tanh(total[1])[1]


def _sigmoid(total: Interval) -> Interval:
    return sigmoid(total[0])[0], sigmoid(total[1])[1]


def _gated(gate: Interval, number: Interval) -> Interval:
    """Return bounds of the product of a gate, never negative, and a number, in units of 2^-(2 BITS)."""
    low, high = number
    return low * gate[low < 0], high * gate[high > 0]


def _between(gate: Interval, new: Interval, old: Interval) -> Interval:
    """Return bounds of (1 - z) n + z h."""
    low = min((UNIT - z) * new[0] + z * old[0] for z in gate)
    high = max((UNIT - z) * new[1] + z * old[1] for z in gate)
    return _floor(low), _ceil(high)


def _floor(product: int) -> int:
    return product >> BITS


def _ceil(product: int) -> int:
    return -(-product >> BITS)
