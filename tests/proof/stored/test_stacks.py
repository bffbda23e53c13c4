"""The tensors of a stack: names, shapes, integers, gates and turns, each refused by its place."""

from __future__ import annotations

import math
import struct

import numpy as np
import pytest

from fsm2rnn.errors import CertificateError, LimitError
from fsm2rnn.proof.stored import stored_tensors
from fsm2rnn.proof.stored.stacks import stored_stack
from fsm2rnn.proof.stored.tensor_file import StoredTensor
from tests.proof.stack_networks import flip_flop_tensors, proved_stack, tensor


def index(rows: list[list[int]]) -> StoredTensor:
    values = [value for row in rows for value in row]
    return StoredTensor("I64", (len(rows), len(rows[0])), struct.pack(f"<{len(values)}q", *values))


TURNING = {"layers.0.turn.weight": tensor([[1, 0]]), "layers.0.turn_source": index([[1]])}


def refusal(changes: dict[str, StoredTensor | None]) -> str:
    tensors = {name: one for name, one in (flip_flop_tensors() | changes).items() if one is not None}
    with pytest.raises(CertificateError) as caught:
        stored_stack(tensors, 3)
    assert caught.value.field == "weights"
    return caught.value.message


def test_the_units_are_those_of_all_layers():
    found = stored_stack(flip_flop_tensors(), 3)
    assert (found.channels, found.bias, found.columns, found.start) == (1, (0, 0), ((),), 0)
    assert found.letters == (((0, 1),), ((1, 1),), ())
    assert (found.erases, found.writes, found.turns) == ((1, 1), (1, 0), ((), ()))
    assert (found.shown_bias, found.shown_columns) == ((0,), (((0, 1),),))
    assert (found.logits, found.logit_bias, found.widest) == (((), ((0, 2),)), (1, 0), 1)
    stack = proved_stack("re:(a|b)*abb")
    units = stored_stack(stack.tensors, 2)
    first = stack.tensors["layers.0.erase.weight"].shape
    second = stack.tensors["layers.1.erase.weight"].shape
    # Units of the second layer erase channels of their own.
    own = range(first[1], first[1] + second[1])
    assert {units.erases[unit] >> first[0] for unit in own} <= set(range(1, 1 << second[0]))
    assert all(not units.erases[unit] & ((1 << first[0]) - 1) for unit in own)


def test_turns_name_channels_of_their_layer():
    plain = {"layers.0.write.weight": tensor([[0, 0]])}
    found = stored_stack(flip_flop_tensors() | plain | TURNING | {"layers.0.turn_source": index([[0]])}, 3)
    assert found.turns == (((0, 0),), ())
    none = stored_stack(flip_flop_tensors() | TURNING, 3)
    assert none.turns == ((), ())
    stack = proved_stack("S3@gens")
    units = stored_stack(stack.tensors, 2)
    first = stack.tensors["layers.0.erase.weight"].shape[0]
    carried = {channel for turn in units.turns[-2:] for pair in turn for channel in pair}
    assert carried == set(range(first, units.channels))
    assert units.start == 1 | 1 << first


@pytest.mark.parametrize(
    "changes",
    [
        {"shown.bias": None},
        {"more": tensor([1])},
        {"layers.1.units.weight": tensor([[1, 0, 0, 0]])},
        {"layers.0.turn.weight": tensor([[1, 0]])},
        {"layers.0.turn_source": index([[0]])},
        {"initial_state": None},
    ],
)
def test_names(changes):
    assert "expected the tensors" in refusal(changes)


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("layers.0.units.weight", [[1, 0], [0, 1]]),
        ("layers.0.units.weight", [[1, 0, 0, 0], [0, 1, 0, 0]]),
        ("layers.0.units.bias", [0]),
        ("layers.0.erase.weight", [1, 1]),
        ("layers.0.write.weight", [[1]]),
        ("initial_state", [0, 0]),
        ("shown.weight", [[1, 0]]),
        ("shown.weight", [1]),
        ("shown.bias", [0, 0]),
        ("readout.weight", [[0, 0], [2, 0]]),
        ("readout.weight", [2]),
        ("readout.bias", [1]),
    ],
)
def test_shapes(name, rows):
    message = refusal({name: tensor(rows)})
    assert "shape" in message
    assert "expected" in message


def test_shapes_of_turns():
    assert "shape" in refusal(TURNING | {"layers.0.turn.weight": tensor([[1]])})
    assert "shape" in refusal(TURNING | {"layers.0.turn.weight": tensor([1, 0])})
    assert "shape" in refusal(TURNING | {"layers.0.turn_source": index([[0], [0]])})
    assert "outside 0..1" in refusal(TURNING | {"layers.0.turn_source": index([[2]])})
    assert "dtype" in refusal(TURNING | {"layers.0.turn_source": tensor([[0]])})


@pytest.mark.parametrize("name", sorted(flip_flop_tensors()))
def test_every_number_is_an_integer(name):
    halves = flip_flop_tensors()[name].shape
    assert refusal({name: tensor(np.full(halves, 0.5).tolist())}) == f"{name} has an entry that is no integer"
    with pytest.raises(CertificateError, match="a NaN is stored"):
        stored_stack(flip_flop_tensors() | {name: tensor(np.full(halves, np.nan).tolist())}, 3)


@pytest.mark.parametrize("name", ["layers.0.erase.weight", "layers.0.write.weight", "initial_state"])
def test_gates_and_states_are_zeros_and_ones(name):
    for value in (2, -1):
        shape = flip_flop_tensors()[name].shape
        assert f"the entry {value}, expected 0 or 1" in refusal({name: tensor(np.full(shape, value).tolist())})
    assert "a turn has the entry 2" in refusal(
        TURNING | {"layers.0.turn.weight": tensor([[2, 0]]), "layers.0.turn_source": index([[0]])}
    )


def test_what_is_written_is_erased():
    assert "writes a channel that it does not erase" in refusal({"layers.0.erase.weight": tensor([[0, 1]])})


def test_one_format_holds_all_numbers():
    double = np.array([[1.0]], dtype="<f8")
    assert "one float dtype" in refusal({"shown.weight": StoredTensor("F64", (1, 1), double.tobytes())})
    assert "one float dtype" in refusal({"shown.weight": index([[1]])})


def test_too_many_numbers_are_refused(monkeypatch):
    monkeypatch.setattr(stored_tensors, "BIT_LIMIT", 1)
    with pytest.raises(LimitError, match="bits of weights"):
        stored_stack(flip_flop_tensors(), 3)


def test_the_widest_row_counts_one_letter():
    """Of a row's letters one is read at a time; its channels, and the bias, all may count."""
    wide = {
        "layers.0.units.weight": tensor([[3, -5, 4], [0, 1, 0]]),
        "layers.0.units.bias": tensor([-2, 0]),
    }
    assert stored_stack(flip_flop_tensors() | wide, 3).widest == 7
    shown = {"shown.weight": tensor([[-6]]), "shown.bias": tensor([3])}
    assert stored_stack(flip_flop_tensors() | wide | shown, 3).widest == 9


def test_what_turns_carry_is_counted_before_it_is_read(monkeypatch):
    """A turn of each unit carries each channel: a file of 2 n^2 numbers may mean n^3 pairs."""
    turning = {"layers.0.turn.weight": tensor([[0, 0]] * 40), "layers.0.turn_source": index([[1]] * 40)}
    tensors = flip_flop_tensors() | turning
    stored_stack(tensors, 3)
    entries = sum(math.prod(one.shape) for one in tensors.values())
    monkeypatch.setattr(stored_tensors, "BIT_LIMIT", entries * (288 + 256))  # of float32
    with pytest.raises(LimitError, match="bits of weights"):
        stored_stack(tensors, 3)
