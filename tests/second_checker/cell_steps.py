"""Steps of torch's cells on boxes, in decimals rounded outward; sums of integers of relu.

torch.nn.RNN:  h' = tanh or relu of (W_ih v + b_ih + W_hh h + b_hh)
torch.nn.GRU:  rows r, z, n: h' = (1 - z) n + z h, n = tanh(W_in v + b_in + r (W_hn h + b_hn))
torch.nn.LSTM: rows i, f, g, o: c' = f c + i g, h' = o tanh(c'); a box has the walls of h, then of c
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import NamedTuple

from tests.second_checker.enclosures import EXACT, ZERO, Interval, blend, decimal_of, plus, sigmoid, tanh, times, total

Number = int | Fraction
Row = dict[int, Number]

exactly = cache(decimal_of)


class Cell(NamedTuple):
    """Weights by row, each letter as the vector that enters, all without their zeros; boxes as walls."""

    kind: str
    size: int
    hidden: list[Row]
    hidden_bias: Row
    entering: list[Row]
    entering_bias: Row
    letters: list[Row]
    readout: list[Row]
    readout_bias: Row
    boxes: list[list[tuple[Decimal, Decimal]]]
    dtypes: list[str]  # of recurrence and readout
    weights: list[Number]  # all that are not zero
    features: int  # entries of a letter's vector


def in_rows(entries: Row, height: int, width: int) -> list[Row]:
    """Return the rows of a tensor of two axes."""
    rows: list[Row] = [{} for _ in range(height)]
    for place, value in entries.items():
        rows[place // width][place % width] = value
    return rows


def box_of(low: Row, high: Row, width: int) -> list[Interval]:
    """Return the walls of a box, coordinate by coordinate."""
    return [(exactly(low.get(place, 0)), exactly(high.get(place, 0))) for place in range(width)]


def entered(cell: Cell, letter: Row) -> list[Interval]:
    """Return W_ih v + b_ih, each as an interval of one number."""
    sums = []
    for place, row in enumerate(cell.entering):
        terms = [(exactly(row[at]), (exactly(value), exactly(value))) for at, value in letter.items() if at in row]
        sums.append(total(terms, exactly(cell.entering_bias.get(place, 0))))
    return sums


def kept(cell: Cell, box: list[Interval]) -> list[Interval]:
    """Return the ranges of W_hh h + b_hh."""
    return [
        total([(exactly(weight), box[at]) for at, weight in row.items()], exactly(cell.hidden_bias.get(place, 0)))
        for place, row in enumerate(cell.hidden)
    ]


def image(cell: Cell, box: list[Interval], own: list[Interval], letter: list[Interval]) -> list[Interval]:
    """Return intervals that hold every coordinate of a step, own and letter being its sums."""
    size = cell.size
    sums = [plus(one, other) for one, other in zip(own, letter, strict=True)]
    match cell.kind:
        case "elman":
            return [tanh(number) for number in sums]
        case "relu":
            return [(max(ZERO, low), max(ZERO, high)) for low, high in sums]
        case "gru":
            reset, update = map(sigmoid, sums[:size]), map(sigmoid, sums[size : 2 * size])
            inside = [times(gate, number) for gate, number in zip(reset, own[2 * size :], strict=True)]
            new = [tanh(plus(one, other)) for one, other in zip(inside, letter[2 * size :], strict=True)]
            return [blend(*parts) for parts in zip(update, new, box, strict=True)]
        case _:
            write, forget, show = (map(sigmoid, sums[at * size : (at + 1) * size]) for at in (0, 1, 3))
            value = map(tanh, sums[2 * size : 3 * size])
            held = map(times, forget, box[size:])
            memory = [plus(*parts) for parts in zip(held, map(times, write, value), strict=True)]
            return [*map(times, show, map(tanh, memory)), *memory]


def rooms(cell: Cell, box: int, moves: list[int]) -> Iterator[Decimal]:
    """Yield the distances between the images of a box and the walls of the boxes that letters lead to."""
    own = kept(cell, cell.boxes[box])
    for letter, move in zip(cell.letters, moves, strict=True):
        found = image(cell, cell.boxes[box], own, entered(cell, letter))
        for (least, greatest), (low, high) in zip(found, cell.boxes[move], strict=True):
            yield EXACT.subtract(least, low)
            yield EXACT.subtract(high, greatest)


def lead_on(cell: Cell, box: int, output: int | None) -> Iterator[Decimal]:
    """Yield how far the logit of the output leads each other one on a box, at least; nothing where none is shown."""
    for other, row in enumerate(cell.readout) if output is not None else ():
        if other != output:
            right = cell.readout[output]
            ahead = [(exactly(right.get(at, 0) - row.get(at, 0)), cell.boxes[box][at]) for at in {*right, *row}]
            bias = exactly(cell.readout_bias.get(output, 0) - cell.readout_bias.get(other, 0))
            yield total(ahead, bias)[0]


def all_whole(cell: Cell) -> bool:
    """Tell whether all weights and all boxes are single integers."""
    walls = [interval for box in cell.boxes for interval in box]
    return all(type(value) is int for value in cell.weights) and all(
        low == high and low == low.to_integral_value() for low, high in walls
    )


def largest(cell: Cell) -> int:
    """Return the greatest magnitude of a weight, or of what a step or the readout can add up on the listed states."""
    found = max(map(abs, cell.weights), default=0)
    enters = [
        max(sum(abs(row[at] * value) for at, value in letter.items() if at in row) for letter in cell.letters)
        + abs(cell.entering_bias.get(place, 0))
        for place, row in enumerate(cell.entering)
    ]
    for box in cell.boxes:
        state = [abs(int(low)) for low, _ in box]
        for rows, bias, more in (
            (cell.hidden, cell.hidden_bias, enters),
            (cell.readout, cell.readout_bias, [0] * len(cell.readout)),
        ):
            for place, row in enumerate(rows):
                sums = sum(abs(value) * state[at] for at, value in row.items())
                found = max(found, sums + abs(bias.get(place, 0)) + more[place])
    return int(found)
