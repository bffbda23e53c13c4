"""What the stored tensors of a gated stack mean: integers, of layers that read the letter and lower layers.

layers.l.units.weight (U, D + C) and layers.l.units.bias (U,): columns of the D letters, then of the C channels of the
layers below. layers.l.erase.weight and layers.l.write.weight (C_l, U), of zeros and ones, and, of a layer that turns,
layers.l.turn.weight (M, U), of zeros and ones, with layers.l.turn_source (M, C_l), per turn and channel the channel of
the layer that it gets, C_l for none. initial_state (C,), of zeros and ones. shown.weight (F, C) and
shown.bias (F,) on all channels, readout.weight (K, F) and readout.bias (K,): row k scores for the machine's output
label k. Layers are numbered from 0.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Final

from fsm2rnn.errors import CertificateError, NumericError
from fsm2rnn.exact.rounding import FloatFormat
from fsm2rnn.proof.claim.stack_units import StackUnits, Terms
from fsm2rnn.proof.stored.stored_tensors import (
    indices,
    nonzero,
    one_format,
    require_room,
    require_shapes,
    require_tensors,
    shape_of,
)
from fsm2rnn.proof.stored.tensor_file import StoredTensor

START: Final = "initial_state"
SHOWN: Final = ("shown.weight", "shown.bias", "readout.weight", "readout.bias")
OF_LAYER: Final = ("units.weight", "units.bias", "erase.weight", "write.weight")
OF_TURNS: Final = ("turn.weight", "turn_source")


def stack_layer_tensors(layer: int) -> tuple[str, ...]:
    """Return the names of the tensors that every layer has."""
    return tuple(f"layers.{layer}.{name}" for name in OF_LAYER)


def turn_tensors(layer: int) -> tuple[str, ...]:
    """Return the names of the tensors of a layer that turns."""
    return tuple(f"layers.{layer}.{name}" for name in OF_TURNS)


def stored_stack(tensors: Mapping[str, StoredTensor], symbols: int) -> StackUnits:
    """Return the units that `tensors` mean; CertificateError if none, LimitError for too many numbers."""
    layers = sum(name.endswith(".units.weight") for name in tensors)
    turning = [layer for layer in range(layers) if turn_tensors(layer)[0] in tensors]
    names = [*(stack_layer_tensors(layer) for layer in range(layers)), *map(turn_tensors, turning)]
    require_tensors(tensors, [START, *SHOWN, *chain.from_iterable(names)])
    widths = _require_shapes(tensors, layers, symbols)
    form = one_format(tensor for name, tensor in tensors.items() if not name.endswith(OF_TURNS[1]))
    # A turn of each unit carries each channel at most.
    carried = sum(math.prod(tensors[turn_tensors(layer)[0]].shape) * widths[layer] for layer in turning)
    require_room(carried + sum(math.prod(tensor.shape) for tensor in tensors.values()), form.exponent_bits)
    try:
        floats = {name: tensor for name, tensor in tensors.items() if not name.endswith(OF_TURNS[1])}
        rows = {name: _integers(name, tensor, form) for name, tensor in floats.items()}
    except NumericError as error:
        raise CertificateError("weights", str(error)) from error
    sources = {layer: indices(tensors, turn_tensors(layer)[1], widths[layer] + 1) for layer in turning}
    return _joined(rows, sources, widths, symbols, form)


def _require_shapes(tensors: Mapping[str, StoredTensor], layers: int, symbols: int) -> list[int]:
    """Return the channels of each layer, all shapes proved."""
    widths: list[int] = []
    shapes: dict[str, tuple[int, ...]] = {}
    for layer in range(layers):
        weight, bias, *gates = stack_layer_tensors(layer)
        own, units = shape_of(tensors, gates[0], 2)
        shapes |= {weight: (units, symbols + sum(widths)), bias: (units,)} | dict.fromkeys(gates, (own, units))
        if turn_tensors(layer)[0] in tensors:
            weight, source = turn_tensors(layer)
            turns = shape_of(tensors, weight, 2)[0]
            shapes |= {weight: (turns, units), source: (turns, own)}
        widths.append(own)
    shown, labels = shape_of(tensors, SHOWN[0], 2)[0], shape_of(tensors, SHOWN[2], 2)[0]
    sizes = [(shown, sum(widths)), (shown,), (labels, shown), (labels,)]
    require_shapes(tensors, shapes | {START: (sum(widths),)} | dict(zip(SHOWN, sizes, strict=True)))
    return widths


def _integers(name: str, tensor: StoredTensor, form: FloatFormat) -> list[Terms]:
    """Return each row of a matrix, or the one row of a vector; CertificateError where an entry is no integer."""
    width = tensor.shape[-1]
    rows: list[list[tuple[int, int]]] = [[] for _ in range(math.prod(tensor.shape) // width)]
    for place, value in nonzero(tensor, form):
        if not isinstance(value, int):
            message = f"{name} has an entry that is no integer"
            raise CertificateError("weights", message)
        rows[place // width].append((place % width, value))
    return [tuple(row) for row in rows]


def _joined(
    rows: Mapping[str, list[Terms]],
    sources: Mapping[int, list[int]],
    widths: list[int],
    symbols: int,
    form: FloatFormat,
) -> StackUnits:
    """Return the units of all layers in one list."""
    weights: list[Terms] = []
    bias: list[int] = []
    gates: list[tuple[int, int]] = []
    turns: list[Terms] = []
    for layer, width in enumerate(widths):
        weight, own_bias, erase, write = (rows[name] for name in stack_layer_tensors(layer))
        first = sum(widths[:layer])
        weights += weight
        bias += _dense(own_bias, len(weight))
        gates += _gates(_masks(erase, len(weight), first), _masks(write, len(weight), first), layer)
        turns += _turns(rows.get(turn_tensors(layer)[0], []), sources.get(layer, []), len(weight), (first, width))
    shown_weight, shown_bias, logits, logit_bias = (rows[name] for name in SHOWN)
    shown = _dense(shown_bias, len(shown_weight))
    return StackUnits(
        sum(widths),
        tuple(bias),
        _columns([_after(row, symbols) for row in weights], sum(widths)),
        _columns([_before(row, symbols) for row in weights], symbols),
        tuple(erased for erased, _ in gates),
        tuple(written for _, written in gates),
        tuple(turns),
        sum(1 << channel for channel, value in rows[START][0] if _is_one(value, START)),
        tuple(shown),
        _columns(shown_weight, sum(widths)),
        tuple(logits),
        tuple(_dense(logit_bias, len(logits))),
        form,
        max(_widest(weights, bias, symbols), _widest(shown_weight, shown, 0)),
    )


def _gates(erased: list[int], written: list[int], layer: int) -> list[tuple[int, int]]:
    """Return per unit what it erases and writes; CertificateError where it writes what it does not erase."""
    pairs = list(zip(erased, written, strict=True))
    if any(one & ~gone for gone, one in pairs):
        message = f"a unit of layer {layer} writes a channel that it does not erase"
        raise CertificateError("weights", message)
    return pairs


def _masks(gates: list[Terms], units: int, first: int) -> list[int]:
    """Return per unit the channels whose gate it moves, the layer's own starting at `first`."""
    found = [0] * units
    for channel, row in enumerate(gates, first):
        for unit, value in row:
            if _is_one(value, "a gate"):
                found[unit] |= 1 << channel
    return found


def _turns(turn: list[Terms], sources: list[int], units: int, own: tuple[int, int]) -> list[Terms]:
    """Return per unit what its turns carry, the layer's own channels being `own`: the first, and how many."""
    first, width = own
    found: list[list[tuple[int, int]]] = [[] for _ in range(units)]
    for number, row in enumerate(turn):
        carried = enumerate(sources[number * width : (number + 1) * width])
        pairs = [(first + source, first + target) for target, source in carried if source < width]
        for unit, value in row:
            if _is_one(value, "a turn"):
                found[unit] += pairs
    return [tuple(pairs) for pairs in found]


def _is_one(value: int, what: str) -> bool:
    """Refuse a number that is not 0 where it is not 1, by CertificateError."""
    if value != 1:
        message = f"{what} has the entry {value}, expected 0 or 1"
        raise CertificateError("weights", message)
    return True


def _dense(rows: list[Terms], width: int) -> list[int]:
    """Return the numbers of a vector, which is one row."""
    values = dict(rows[0])
    return [values.get(place, 0) for place in range(width)]


def _columns(rows: Iterable[Terms], width: int) -> tuple[Terms, ...]:
    columns: list[list[tuple[int, int]]] = [[] for _ in range(width)]
    for number, row in enumerate(rows):
        for place, value in row:
            columns[place].append((number, value))
    return tuple(tuple(column) for column in columns)


def _before(row: Terms, symbols: int) -> Terms:
    return tuple((place, value) for place, value in row if place < symbols)


def _after(row: Terms, symbols: int) -> Terms:
    return tuple((place - symbols, value) for place, value in row if place >= symbols)


def _widest(rows: list[Terms], bias: list[int], symbols: int) -> int:
    """Return the greatest sum of magnitudes of a row and its bias, of letters only the greatest, since one is read."""
    return max(
        abs(own)
        + sum(abs(value) for _, value in _after(row, symbols))
        + max((abs(value) for _, value in _before(row, symbols)), default=0)
        for row, own in zip(rows, bias, strict=True)
    )
