"""A stack's recipe as tensors of one float format, in which its small integers do not round; proved as stored."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence

from fsm2rnn.errors import NumericError
from fsm2rnn.exact.rounding import NATIVE, FloatFormat, encode, rounded
from fsm2rnn.operators.stack_recipe import GateUnit, StackLayer, StackRecipe
from fsm2rnn.proof.file.stack_network import ProvedStack
from fsm2rnn.proof.stored.stacks import SHOWN, START, stack_layer_tensors, turn_tensors
from fsm2rnn.proof.stored.tensor_file import INDEX, StoredTensor


def store_stack(recipe: StackRecipe, form: FloatFormat, evidence: Mapping[str, str]) -> ProvedStack:
    """Return the stack as tensors of `form`, proved as stored.

    CertificateError where numbers of that format do not carry the proof, LimitError for too many tuples and units,
    NumericError for a format that is only stored: a stack computes in its own.
    """
    if not form.native:
        others = ", ".join(one.name for one in NATIVE)
        message = (
            f"a stack computes in the format of its weights, and {form.name} only stores numbers; {others} compute"
        )
        raise NumericError(message)
    tensors = {
        name: tensor for place, layer in enumerate(recipe.layers) for name, tensor in _layer(recipe, place, form)
    }
    tensors |= _shown(recipe, form)
    for place, layer in enumerate(recipe.layers):
        if layer.turns:
            tensors |= dict(zip(turn_tensors(place), _turns(layer, form), strict=True))
    return ProvedStack(recipe.machine, recipe.nodes, tensors, evidence)


def _layer(recipe: StackRecipe, place: int, form: FloatFormat) -> Iterable[tuple[str, StoredTensor]]:
    layer, symbols = recipe.layers[place], len(recipe.machine.symbols)
    rows = [_unit_row(unit, symbols) for unit in layer.units]
    erases = [unit.erases for unit in layer.units]
    writes = [unit.writes for unit in layer.units]
    return zip(
        stack_layer_tensors(place),
        (
            _matrix(rows, symbols + layer.first, form),
            _vector([unit.bias for unit in layer.units], form),
            _matrix(_gates(layer, erases), len(layer.units), form),
            _matrix(_gates(layer, writes), len(layer.units), form),
        ),
        strict=True,
    )


def _unit_row(unit: GateUnit, symbols: int) -> Mapping[int, int]:
    letters = dict.fromkeys(unit.letters, 1)
    return {**letters, **{symbols + channel: weight for channel, weight in unit.weights.items()}}


def _gates(layer: StackLayer, moved: Sequence[tuple[int, ...]]) -> list[Mapping[int, int]]:
    """Return per channel of the layer the units that move it, each with weight 1."""
    return [
        {unit: 1 for unit, channels in enumerate(moved) if layer.first + channel in channels}
        for channel in range(layer.channels)
    ]


def _turns(layer: StackLayer, form: FloatFormat) -> tuple[StoredTensor, StoredTensor]:
    """Return which units turn the layer how, and per turn the channel of the layer that each channel gets."""
    units = [{unit: 1 for unit, own in enumerate(layer.units) if own.turn == turn} for turn in layer.turns]
    sources = []
    for turn in layer.turns:
        row = [layer.channels] * layer.channels
        for source, target in turn:
            row[target - layer.first] = source - layer.first
        sources += row
    data = struct.pack(f"<{len(sources)}q", *sources)
    return _matrix(units, len(layer.units), form), StoredTensor(INDEX, (len(layer.turns), layer.channels), data)


def _shown(recipe: StackRecipe, form: FloatFormat) -> dict[str, StoredTensor]:
    labels = range(len(recipe.machine.output_labels))
    logits = [{place: 2 for place, unit in enumerate(recipe.shown) if unit.output == label} for label in labels]
    parts = (
        _matrix([unit.weights for unit in recipe.shown], recipe.size, form),
        _vector([unit.bias for unit in recipe.shown], form),
        _matrix(logits, len(recipe.shown), form),
        _vector([int(label == recipe.usual) for label in labels], form),
    )
    start = _vector([int(channel in recipe.start) for channel in range(recipe.size)], form)
    return {START: start, **dict(zip(SHOWN, parts, strict=True))}


def _matrix(rows: Sequence[Mapping[int, int]], width: int, form: FloatFormat) -> StoredTensor:
    size = form.item_size
    data = bytearray(len(rows) * width * size)
    for number, row in enumerate(rows):
        for place, value in row.items():
            start = (number * width + place) * size
            data[start : start + size] = _number(value, form)
    return StoredTensor(form.stored, (len(rows), width), bytes(data))


def _vector(values: Sequence[int], form: FloatFormat) -> StoredTensor:
    return StoredTensor(form.stored, (len(values),), b"".join(_number(value, form) for value in values))


def _number(value: int, form: FloatFormat) -> bytes:
    return encode(rounded(value, form), form).to_bytes(form.item_size, "little")
