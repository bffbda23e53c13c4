"""A tracker's parts made from tensors under their names in a network file; the tensors are not copied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

from torch import Tensor, nn

from fsm2rnn.cells.bilinear import BilinearRNN
from fsm2rnn.cells.gated_stack import stack_of
from fsm2rnn.cells.layer import Layer, stock_layer
from fsm2rnn.cells.structure.recurrence import CellSizes, Inner, Recurrence
from fsm2rnn.errors import InputError
from fsm2rnn.proof.claim.cell_kinds import CellKind

READOUT, EMBEDDING = "readout.", "embedding."


@final
@dataclass(frozen=True)
class BilinearKind:
    """A BilinearRNN: its structure, the number of its inputs, its inner size, and whether the state is divided."""

    recurrence: Recurrence
    inputs: int
    inner: Inner
    normalize: bool = False


@final
@dataclass(frozen=True)
class StackKind:
    """A GatedStack: its tensors say its layers."""


@final
@dataclass(frozen=True)
class Parts:
    """What a Tracker is put together from, beside its machine and its state format."""

    rnn: Layer
    readout: nn.Linear
    embedding: nn.Embedding | None


def parts_of(kind: CellKind | BilinearKind | StackKind, tensors: Mapping[str, Tensor]) -> Parts:
    """Return the parts that hold the tensors; InputError where they do not fit a kind and each other."""
    own = {name: tensor for name, tensor in tensors.items() if not name.startswith((READOUT, EMBEDDING))}
    readout = {name.removeprefix(READOUT): tensor for name, tensor in tensors.items() if name.startswith(READOUT)}
    embedding = {name.removeprefix(EMBEDDING): tensor for name, tensor in tensors.items() if name.startswith(EMBEDDING)}
    indices = ("index",) if isinstance(kind, BilinearKind) else ()
    for name, tensor in tensors.items():
        if not tensor.is_floating_point() and name not in indices and not name.endswith(".turn_source"):
            message = f"{name} holds {tensor.dtype}, where floats are expected"
            raise InputError(message)
    return Parts(_layer(kind, own), _linear(readout), _embedding(embedding) if embedding else None)


def _layer(kind: CellKind | BilinearKind | StackKind, tensors: dict[str, Tensor]) -> Layer:
    match kind:
        case CellKind():
            return stock_layer(kind, tensors)
        case BilinearKind():
            return _bilinear(kind, tensors)
        case StackKind():
            return stack_of(tensors)


def _linear(tensors: dict[str, Tensor]) -> nn.Linear:
    names, weight, bias = set(tensors), tensors.get("weight"), tensors.get("bias")
    plain = names in ({"weight"}, {"weight", "bias"}) and weight is not None and weight.dim() == 2
    if weight is None or not plain or (bias is not None and bias.shape != weight.shape[:1]):
        shapes = {READOUT + name: tuple(tensor.shape) for name, tensor in tensors.items()}
        message = f"the readout is readout.weight (K, H) and readout.bias (K,), found {shapes!r:.200}"
        raise InputError(message)
    outputs, hidden = weight.shape
    linear = nn.Linear(hidden, outputs, bias=bias is not None, device="meta")
    linear.load_state_dict(tensors, assign=True)
    return linear


def _embedding(tensors: dict[str, Tensor]) -> nn.Embedding:
    weight = tensors.get("weight")
    if weight is None or set(tensors) != {"weight"} or weight.dim() != 2:  # a matrix
        shapes = {EMBEDDING + name: tuple(tensor.shape) for name, tensor in tensors.items()}
        message = f"the embedding is embedding.weight (symbols, inputs), found {shapes!r:.200}"
        raise InputError(message)
    embedding = nn.Embedding(weight.shape[0], weight.shape[1], device="meta")
    embedding.load_state_dict(tensors, assign=True)
    return embedding


def _bilinear(kind: BilinearKind, tensors: dict[str, Tensor]) -> BilinearRNN:
    start = tensors.get("initial_state")
    if start is None or start.dim() != 1:
        message = f"a bilinear layer has initial_state (H,), found {sorted(tensors)!r:.200}"
        raise InputError(message)
    sizes = CellSizes(kind.inputs, len(start), kind.inner)
    kind.recurrence.require_sizes(sizes)
    indices = kind.recurrence.index_shapes(sizes)
    wanted = {**kind.recurrence.float_shapes(sizes), **indices, "initial_state": (len(start),)}
    found = {name: tuple(tensor.shape) for name, tensor in tensors.items()}
    if wanted != found:
        message = f"structure {kind.recurrence.name!r} has {wanted!r:.200}, found {found!r:.200}"
        raise InputError(message)
    for name in indices:
        index = tensors[name]
        if index.is_floating_point() or (index.numel() and not 0 <= int(index.min()) <= int(index.max()) < len(start)):
            message = f"{name} holds numbers outside 0..{len(start) - 1}"
            raise InputError(message)
    layer = BilinearRNN(
        kind.inputs,
        len(start),
        structure=kind.recurrence,
        inner=kind.inner,
        normalize=kind.normalize,
        device="meta",
    )
    layer.load_state_dict(tensors, assign=True)
    return layer
