"""A recipe to the tensors of torch.nn, every number rounded once, with boxes around its units; proved as stored.

The walls lie at a distance rho from the units' values, zero for relu, whose states are integers. A power of two rho is
chosen so that from every point of a box the sums keep half of their magnitude, and the leads of logits half of theirs:
rho times the greatest sum of magnitudes of a row is at most that half. Then an image is within 1 - tanh 8 < 3e-7 of the
unit's value, and the slack is rho less that. Whether rounded weights still do so is the kernel's to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Final

from fsm2rnn.constructions.cells.unit_rows import (
    ALWAYS,
    SHOWN,
    TwoValued,
    UnitRow,
    least_magnitude,
    readout_rows,
    unit_rows,
)
from fsm2rnn.errors import CertificateError, LimitError
from fsm2rnn.exact.rounding import FLOAT32, FloatFormat, encode, rounded
from fsm2rnn.exact.sparse import Scalar
from fsm2rnn.operators.stock_cell import StockCell
from fsm2rnn.proof.claim.cell import PRODUCT_LIMIT
from fsm2rnn.proof.claim.cell_kinds import CellKind
from fsm2rnn.proof.file.cell_network import HIGH, LOW, BoxNodes, ProvedCell
from fsm2rnn.proof.stored.tensor_file import StoredTensor

WIDEST: Final = Fraction(1, 16)
"""Most distance of walls: all the slack that a rounded state needs, and far from where tanh 8 ends."""
# The signs of the gates that are open or shut by their bias alone, before and after the rows of the units.
GATES: Final[Mapping[CellKind, tuple[tuple[int, ...], tuple[int, ...]]]] = {
    CellKind.RELU: ((), ()),
    CellKind.ELMAN: ((), ()),
    CellKind.GRU: ((1, -1), ()),
    CellKind.LSTM: ((1, -1), (1,)),
}


def store_cell(cell: StockCell, form: FloatFormat, evidence: Mapping[str, str]) -> ProvedCell:
    """Return the cell whose tensors are the recipe's numbers rounded to `form`, proved as stored.

    Raises CertificateError where rounded numbers do not carry the proof, LimitError for too many products.
    """
    if cell.products > PRODUCT_LIMIT:
        what = f"products of weights and walls that the proof of {cell.size:,} units takes"
        raise LimitError(what, limit=PRODUCT_LIMIT, needed=cell.products)
    rows, (readout, lead) = unit_rows(cell), readout_rows(cell)
    radius = Fraction(0) if cell.kind is CellKind.RELU else _radius(cell, rows, readout, lead)
    tensors = _weights(cell, rows, form) | _readout(cell, readout, form) | _walls(cell, radius)
    try:
        return ProvedCell(cell.letters.machine, cell.kind, _nodes(cell), tensors, evidence)
    except CertificateError as error:
        message = f"the recipe's numbers rounded to {form.name} do not carry the proof: {error.message}"
        raise CertificateError(error.field, message) from error


def _radius(cell: StockCell, rows: Sequence[UnitRow], readout: Sequence[TwoValued], lead: Fraction) -> Fraction:
    """Return the greatest power of two that leaves half of every sum, and of every lead of two logits."""
    summed = max(Fraction(row.hidden.magnitude) for row in rows)
    scored = 2 * max(Fraction(row.magnitude) for row in readout)
    radius = WIDEST
    while radius * summed > least_magnitude(cell) / 2 or radius * scored > lead / 2:
        radius /= 2
    return radius


def _weights(cell: StockCell, rows: Sequence[UnitRow], form: FloatFormat) -> dict[str, StoredTensor]:
    size, letters = cell.size, cell.letters
    symbols = len(letters.map_of)
    of_map: list[list[int]] = [[] for _ in letters.maps]
    for symbol, number in enumerate(letters.map_of):
        of_map[number].append(symbol)
    before, after = GATES[cell.kind]
    hidden = [row.hidden for row in rows]
    entering = [TwoValued(() if row.map is None else tuple(of_map[row.map]), row.entering, 0, symbols) for row in rows]
    biases = [row.bias for row in rows]
    first, last = [ALWAYS * sign for sign in before], [ALWAYS * sign for sign in after]
    bias = [*(gate for gate in first for _ in rows), *biases, *(gate for gate in last for _ in rows)]
    gates = len(before) * size, len(after) * size
    return {
        "weight_ih_l0": _tensor(_padded(entering, gates, symbols), symbols, form),
        "weight_hh_l0": _tensor(_padded(hidden, gates, size), size, form),
        "bias_ih_l0": _vector(bias, form),
        "bias_hh_l0": _vector([0] * len(bias), form),
    }


def _padded(rows: Sequence[TwoValued], gates: tuple[int, int], width: int) -> list[TwoValued]:
    """Return the rows between those of gates that read neither state nor symbol."""
    empty = TwoValued((), 0, 0, width)
    return [*[empty] * gates[0], *rows, *[empty] * gates[1]]


def _readout(cell: StockCell, rows: Sequence[TwoValued], form: FloatFormat) -> dict[str, StoredTensor]:
    spoken = _said_at_start(cell)
    bias = [int(place == spoken) for place in range(len(rows))]
    return {"readout.weight": _tensor(rows, cell.size, form), "readout.bias": _vector(bias, form)}


def _said_at_start(cell: StockCell) -> int | None:
    """Return the output of the empty word; a Mealy machine has none."""
    letters = cell.letters
    return None if letters.machine.is_mealy else letters.outputs[letters.start]


def _walls(cell: StockCell, radius: Fraction) -> dict[str, StoredTensor]:
    """Return the point zero, and a box around the value of each unit."""
    off = 0 if cell.kind is CellKind.RELU else -1
    scales = (SHOWN, 1) if cell.kind is CellKind.LSTM else (1,)
    count, size = len(cell.letters.units), cell.size

    def walls(shift: Fraction) -> list[list[TwoValued]]:
        return [
            [TwoValued((place,), scale + shift, off * scale + shift, size) for scale in scales]
            for place in range(count)
        ]

    start = [TwoValued((), 0, 0, size) for _ in scales]
    shape = (count + 1, len(scales) * size)
    encoded = {
        name: b"".join(_bytes(row, FLOAT32) for node in [start, *walls(shift)] for row in node)
        for name, shift in ((LOW, -radius), (HIGH, radius))
    }
    return {name: StoredTensor(FLOAT32.stored, shape, data) for name, data in encoded.items()}


def _nodes(cell: StockCell) -> BoxNodes:
    letters = cell.letters
    tracked = [state for state, _ in letters.units]
    return BoxNodes(
        (letters.states[letters.start], *(letters.states[state] for state in tracked)),
        (_said_at_start(cell), *(letters.outputs[state] for state in tracked)),
        tuple(letters.moves()),
    )


def _tensor(rows: Sequence[TwoValued], width: int, form: FloatFormat) -> StoredTensor:
    known: dict[TwoValued, bytes] = {}
    data = b"".join(known.get(row) or known.setdefault(row, _bytes(row, form)) for row in rows)
    return StoredTensor(form.stored, (len(rows), width), data)


def _bytes(row: TwoValued, form: FloatFormat) -> bytes:
    """Return the entries of a row, rounded."""
    size, inside = form.item_size, _number(row.inside, form)
    data = bytearray(_number(row.outside, form) * row.width)
    for place in row.places:
        data[place * size : (place + 1) * size] = inside
    return bytes(data)


def _vector(values: Iterable[Scalar], form: FloatFormat) -> StoredTensor:
    data = b"".join(_number(value, form) for value in values)
    return StoredTensor(form.stored, (len(data) // form.item_size,), data)


def _number(value: Scalar, form: FloatFormat) -> bytes:
    return encode(rounded(value, form), form).to_bytes(form.item_size, "little")
