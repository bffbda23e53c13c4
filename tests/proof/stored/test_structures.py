"""Tensors that do not fit a structure, one at a time: each structure refuses them by itself."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from fsm2rnn.errors import CertificateError
from fsm2rnn.exact.rounding import FLOAT32, FLOAT64
from fsm2rnn.operators.structure_tensors import dense_tensor, index_tensor
from fsm2rnn.proof.stored.structures import Structure
from fsm2rnn.proof.stored.tensor_file import StoredTensor

# Two letters, three states, of factored matrices four products, of a product of updates five.
SHAPES = {
    Structure.DENSE: {"weight": (3, 3, 2)},
    Structure.COLUMN_ONE_HOT: {"index": (2, 3), "diagonal": (2, 3)},
    Structure.FACTORED: {"output_factor": (3, 4), "gates": (2, 4), "input_factor": (4, 3)},
    Structure.DIAGONAL: {"diagonal": (2, 3)},
    Structure.AFFINE_DIAGONAL: {"diagonal": (2, 3), "offset": (2, 3)},
    Structure.ROTATION: {"cosine": (2, 1), "sine": (2, 1), "diagonal": (2, 1)},
    Structure.BLOCK_DIAGONAL: {"block.0": (2, 2, 2), "block.1": (2, 1, 1)},
    Structure.HOUSEHOLDER: {"key": (2, 5, 3), "beta": (2, 5), "value": (2, 5)},
}
OPTIONAL = {
    (Structure.HOUSEHOLDER, "value"),
    (Structure.BLOCK_DIAGONAL, "block.1"),
    (Structure.ROTATION, "diagonal"),
}
ALONE = (Structure.DIAGONAL,)  # a lone tensor: any size is one
EACH = [(structure, name) for structure, shapes in SHAPES.items() for name in shapes]


def filled(name: str, shape: tuple[int, ...], form=FLOAT32) -> StoredTensor:
    """Return a tensor of ones, or of indices 0."""
    count = 1
    for axis in shape:
        count *= axis
    if name == "index":
        return index_tensor(shape, [0] * count)
    return dense_tensor(shape, ((place, 1) for place in range(count)), form)


def tensors_of(structure: Structure) -> dict[str, StoredTensor]:
    """Return tensors that the structure takes."""
    return {name: filled(name, shape) for name, shape in SHAPES[structure].items()}


def refused(structure: Structure, tensors, text: str) -> None:
    """The structure refuses the tensors with these words."""
    with pytest.raises(CertificateError, match=text) as caught:
        structure.read(tensors)
    assert caught.value.field == "weights"


def test_every_structure_is_here():
    assert set(SHAPES) == set(Structure)


@pytest.mark.parametrize("structure", Structure)
def test_a_structure_takes_its_tensors(structure):
    found = structure.read(tensors_of(structure))
    assert len(found.matrices) == 2
    assert found.form is FLOAT32


@pytest.mark.parametrize("structure", Structure)
def test_a_tensor_of_no_meaning_is_refused(structure):
    refused(structure, tensors_of(structure) | {"other": filled("other", (2, 3))}, "expected the tensors")


@pytest.mark.parametrize(("structure", "name"), EACH)
def test_a_tensor_that_is_missing_is_named(structure, name):
    tensors = tensors_of(structure)
    del tensors[name]
    if (structure, name) in OPTIONAL:
        structure.read(tensors)
    else:
        refused(structure, tensors, "expected the tensors")


@pytest.mark.parametrize(("structure", "name"), EACH)
def test_a_tensor_of_more_axes_is_refused(structure, name):
    tensors = tensors_of(structure)
    more = filled(name, (*SHAPES[structure][name], 1))
    refused(structure, tensors | {name: more}, f"{re.escape(name)} has shape")


@pytest.mark.parametrize(("structure", "name"), EACH)
def test_a_tensor_of_another_format_is_refused(structure, name):
    tensors = tensors_of(structure)
    if name == "index":
        refused(structure, tensors | {name: filled("float", SHAPES[structure][name])}, "index has dtype F32")
    elif len(tensors) == 1:
        assert structure.read({name: filled(name, SHAPES[structure][name], FLOAT64)}).form is FLOAT64
    elif set(tensors) == {"index", name}:
        assert structure.read(tensors | {name: filled(name, SHAPES[structure][name], FLOAT64)}).form is FLOAT64
    else:
        other = filled(name, SHAPES[structure][name], FLOAT64)
        refused(structure, tensors | {name: other}, "need one float dtype")


SIZED = [
    (structure, name, axis)
    for structure, name in EACH
    if structure not in ALONE
    for axis in range(len(SHAPES[structure][name]))
    if not (structure is Structure.DENSE and axis == 2)  # letters: any number of them
    and not (structure is Structure.HOUSEHOLDER and name == "key" and axis == 2)  # states: stored here alone
    and not (structure is Structure.FACTORED and name == "gates" and axis == 0)  # letters: stored here alone
    and not (structure is Structure.ROTATION and name == "diagonal" and axis == 1)  # lines: stored here alone
]


@pytest.mark.parametrize(("structure", "name", "axis"), SIZED)
@pytest.mark.parametrize("more", [1, -1])
def test_a_tensor_of_another_size_is_refused(structure, name, axis, more):
    shape = list(SHAPES[structure][name])
    shape[axis] += more
    refused(structure, tensors_of(structure) | {name: filled(name, tuple(shape))}, "has shape")


@pytest.mark.parametrize("entry", [-1, 3])
def test_an_index_stays_among_the_states(entry):
    tensors = tensors_of(Structure.COLUMN_ONE_HOT)
    outside = index_tensor((2, 3), [0, 1, 2, 2, 1, entry % 2**64])
    refused(Structure.COLUMN_ONE_HOT, tensors | {"index": outside}, r"index has an entry outside 0\.\.2")


def test_an_empty_tensor_is_refused():
    empty = replace(filled("weight", (3, 3, 1)), shape=(3, 3, 0), data=b"")
    refused(Structure.DENSE, {"weight": empty}, "none empty")
