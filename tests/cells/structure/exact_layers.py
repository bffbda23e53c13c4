"""Layers of every structure beside the exact matrices that their stored bits mean."""

from __future__ import annotations

from fractions import Fraction

import pytest
import torch

from fsm2rnn.cells.packing import pack
from fsm2rnn.cells.structure.table import RECURRENCES
from fsm2rnn.exact.sparse import vector
from fsm2rnn.proof.stored.structures import meaning

STRUCTURES = tuple(recurrence.name for recurrence in RECURRENCES)
each_structure = pytest.mark.parametrize("structure", STRUCTURES)


def inner_sizes(structure, hidden):
    """Return the inner sizes that a structure takes, None among them."""
    match structure:
        case "factored":
            return (None, 1, 2 * hidden)
        case "rotation":
            return (None, *range(hidden % 2, hidden - 1, 2))
        case _:
            return (None,)


@torch.no_grad()
def fill(layer, seed, *, parts=None):
    """Draw all float tensors: whole numbers from -16 to 16 over `parts`, or normal numbers; return the layer."""
    generator = torch.Generator().manual_seed(seed)
    for tensor in layer.state_dict().values():
        if not tensor.is_floating_point():
            tensor.random_(layer.hidden_size, generator=generator)
        elif parts is None:
            tensor.normal_(generator=generator)
        else:
            tensor.copy_(torch.randint(-16, 17, tensor.shape, generator=generator) / parts)
    return layer


def exact_layer(layer):
    """Return the exact network of a layer's stored bits, its readout zero."""
    tensors = {name: pack(name, tensor) for name, tensor in layer.state_dict().items()}
    if layer.structure == "pd":
        tensors["readout.index"] = pack("index", torch.zeros(layer.hidden_size, dtype=torch.int64))
    else:
        tensors["readout.weight"] = pack("weight", torch.zeros(1, layer.hidden_size))
        tensors["readout.bias"] = pack("bias", torch.zeros(1))
    return meaning(layer.recurrence.structure, tensors, 1)


def exact_step(stored, x, h):
    """Return sum_k x_k A_k h as fractions; affine matrices act on (h, 1)."""
    size = stored.matrices[0].height
    state = vector(enumerate([*map(Fraction, h), *[Fraction(1)] * (size - len(h))]))
    total = dict(
        vector(
            (row, Fraction(weight) * value)
            for weight, matrix in zip(x, stored.matrices, strict=True)
            for row, value in matrix.apply(state)
        )
    )
    return [total.get(row, Fraction(0)) for row in range(len(h))]


def one_hot(ids, symbols, dtype):
    """Return ids as features."""
    return torch.nn.functional.one_hot(ids, symbols).to(dtype)
