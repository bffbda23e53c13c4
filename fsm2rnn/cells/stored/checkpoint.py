"""Checkpoints of other people: tensors under names of their own, found by how names end, and by shape.

The layer: names that end in weight_ih_l0, weight_hh_l0, ... after one prefix (`rnn.`, `model.lstm.`), or in those of a
single cell, without _l0; of a BilinearRNN those of one structure beside its initial_state. The readout: a matrix (K, H)
and its bias. The embedding: a matrix (symbols, inputs). Every tensor must have its place; where two readings are
possible and names do not tell them apart, none is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, TypeAlias

from torch import Tensor

from fsm2rnn.cells.stored.parts import BilinearKind, Parts, parts_of
from fsm2rnn.cells.structure.recurrence import CellSizes
from fsm2rnn.cells.structure.table import RECURRENCES
from fsm2rnn.choice import choose
from fsm2rnn.errors import InputError
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.cell_kinds import CellKind

STOCK: Final = re.compile(r"(?P<prefix>.*?)(?P<part>(weight|bias)_(ih|hh|hr))(?P<level>_l\d+)?(?P<back>_reverse)?")
READOUT_NAMES: Final = ("fc", "linear", "head", "readout", "classifier", "decoder", "out", "proj")
EMBEDDING_NAMES: Final = ("emb", "wte", "encoder", "lookup")
KINDS: Final = {kind.stored: kind for kind in CellKind} | {"rnn": CellKind.ELMAN}
BILINEAR: Final = "bilinear"
SHOWN: Final = 12  # names in a message
MOST_HEADS: Final = 3  # tensors beside the layer: the readout's two and the embedding

Placed: TypeAlias = dict[str, str]  # a name in a network file: the name in the checkpoint


def checkpoint_parts(kind: str, tensors: Mapping[str, Tensor], machine: StateMachine) -> Parts:
    """Return the parts of a tracker that a checkpoint holds, of the kind rnn, elman, relu, gru, lstm or bilinear.

    InputError, with the names found, where a tensor has no place or more than one.
    """
    cell = choose("kind of layer", kind, {**KINDS, BILINEAR: None})
    if cell is None:
        found, placed = _bilinear(tensors)
        return parts_of(found, _named(tensors, placed, (len(tensors[placed["initial_state"]]), found.inputs), machine))
    placed = _stock(tensors)
    sizes = (int(tensors[placed["weight_hh_l0"]].shape[-1]), int(tensors[placed["weight_ih_l0"]].shape[-1]))
    return parts_of(cell, _named(tensors, placed, sizes, machine))


def _named(
    tensors: Mapping[str, Tensor], placed: Placed, sizes: tuple[int, int], machine: StateMachine
) -> dict[str, Tensor]:
    """Return all tensors by their names in a network file, from those of the layer and its sizes H and inputs."""
    rest = {name: tensor for name, tensor in tensors.items() if name not in placed.values()}
    whole = {**placed, **_heads(rest, *sizes, machine)}
    return {name: tensors[own] for name, own in whole.items()}


def _stock(tensors: Mapping[str, Tensor]) -> Placed:
    """Return the tensors of the one layer of torch.nn."""
    matches = {name: found for name in tensors if (found := STOCK.fullmatch(name)) is not None}
    prefixes = sorted({found["prefix"] for found in matches.values()})
    if len(prefixes) != 1:
        what = f"several recurrent layers, {prefixes!r:.100}" if prefixes else "no weight_ih_l0 and weight_hh_l0"
        raise _untold(what, tensors)
    if any(found["back"] for found in matches.values()):
        what = "the layer is bidirectional, and a Tracker reads from left to right"
        raise _untold(what, matches)
    if any(found["part"].endswith("hr") for found in matches.values()):
        what = "the layer has projections (proj_size), which a Tracker does not take"
        raise _untold(what, matches)
    placed = {found["part"] + (found["level"] or "_l0"): name for name, found in matches.items()}
    matrices = [name for name in ("weight_ih_l0", "weight_hh_l0") if name in placed and tensors[placed[name]].dim()]
    if len(placed) != len(matches) or len(matrices) != 2:  # both
        what = "a layer of torch.nn has matrices weight_ih_l0 and weight_hh_l0, each once"
        raise _untold(what, matches)
    return placed


def _bilinear(tensors: Mapping[str, Tensor]) -> tuple[BilinearKind, Placed]:
    """Return the structure of the tensors beside the one initial_state, and these."""
    starts = [name for name in tensors if name.rpartition(".")[2] == "initial_state"]
    if len(starts) != 1:
        what = f"one initial_state expected, found {len(starts)}"
        raise _untold(what, tensors)
    prefix = starts[0].removesuffix("initial_state")
    own = {name.removeprefix(prefix): name for name in tensors if name.startswith(prefix)}
    own = {name: full for name, full in own.items() if "." not in name or name.startswith("block.")}
    shapes = {name: tuple(tensors[full].shape) for name, full in own.items()}
    start = shapes.pop("initial_state")
    axes = {len(shape) for shape in shapes.values()}
    fitting = next(_structures(shapes, start[0]), None) if len(start) == 1 and axes <= {2, 3} else None
    if fitting is None:
        what = "no structure of a BilinearRNN has these tensors"
        raise _untold(what, own.values())
    return fitting, own


def _structures(shapes: Mapping[str, tuple[int, ...]], hidden: int) -> Iterator[BilinearKind]:
    """Yield each structure that has exactly tensors of these shapes."""
    lengths = sorted({length for shape in shapes.values() for length in shape})
    for recurrence in RECURRENCES:
        blocks = any(name.startswith("block.") for name in shapes)
        if blocks and {len(shape) for shape in shapes.values()} != {3}:
            continue
        inner = recurrence.inner(shapes)
        for inputs in lengths:
            sizes = CellSizes(inputs, hidden, inner)
            try:
                recurrence.require_sizes(sizes)
            except InputError:
                continue
            if {**recurrence.float_shapes(sizes), **recurrence.index_shapes(sizes)} == shapes:
                yield BilinearKind(recurrence, inputs, inner)


def _heads(rest: Mapping[str, Tensor], hidden: int, inputs: int, machine: StateMachine) -> Placed:
    """Return the readout and, where there is one, the embedding among the tensors beside the layer, all of them."""
    readings = list(_readings(rest, (len(machine.output_labels), hidden), (len(machine.symbols), inputs)))
    telling = [reading for reading in readings if _by_names(reading)]
    if len(readings) > 1 and len(telling) != 1:
        what = "more than one tensor may be the readout or the embedding"
        raise _untold(what, rest)
    if not readings:
        wanted = f"a readout {(len(machine.output_labels), hidden)} for the machine's output labels"
        shown = f"an embedding {(len(machine.symbols), inputs)} or {len(machine.symbols)} inputs for its symbols"
        shapes = [f"{name} {tuple(tensor.shape)}" for name, tensor in rest.items()]
        message = f"beside the layer, of {inputs} inputs, {wanted} and {shown} expected, found "
        raise InputError(message + (", ".join(shapes[:SHOWN]) or "nothing"))
    return (telling if len(readings) > 1 else readings)[0]


def _readings(rest: Mapping[str, Tensor], readout: tuple[int, int], embedding: tuple[int, int]) -> Iterator[Placed]:
    """Yield each way to take all tensors for a readout and an embedding, or a readout where symbols enter one-hot."""
    if len(rest) > MOST_HEADS:
        return
    for matrix in (name for name, tensor in rest.items() if tuple(tensor.shape) == readout):
        bias = matrix.removesuffix("weight") + "bias"
        placed = {"readout.weight": matrix}
        if bias in rest and bias != matrix and rest[bias].shape == readout[:1]:
            placed["readout.bias"] = bias
        left = set(rest) - set(placed.values())
        if not left and embedding[0] == embedding[1]:
            yield placed
        if len(left) == 1 and tuple(rest[(*left,)[0]].shape) == embedding:
            yield {**placed, "embedding.weight": left.pop()}


def _by_names(placed: Placed) -> bool:
    """Tell whether the names say what the tensors are."""
    tables = placed.get("embedding.weight", EMBEDDING_NAMES[0]).lower()
    matrix = placed["readout.weight"].lower()
    return any(part in tables for part in EMBEDDING_NAMES) and (
        any(part in matrix for part in READOUT_NAMES) or not any(part in matrix for part in EMBEDDING_NAMES)
    )


def _untold(what: str, names: Iterable[str]) -> InputError:
    """Return the error that shows the names found."""
    found = sorted(names)
    shown = ", ".join(map(ascii, found[:SHOWN])) + (", ..." if len(found) > SHOWN else "")
    return InputError(f"{what}; the names are {shown or 'none'}", hint="rename the tensors, or leave out the others")
