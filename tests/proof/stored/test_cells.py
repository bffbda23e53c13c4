"""What stored tensors of a cell mean, and what is refused before a number of them is read."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.errors import LimitError
from fsm2rnn.exact.rounding import FLOAT8_E5M2
from fsm2rnn.proof.claim.cell_kinds import CellKind
from fsm2rnn.proof.stored import cells, stored_tensors
from fsm2rnn.proof.stored.cells import stored_cell
from fsm2rnn.proof.stored.tensor_file import StoredTensor
from fsm2rnn.source.read import read
from tests.proof.cell_networks import proved_cell, stored


def drawn(seed: int, kind: CellKind, *, embedded: bool) -> dict[str, np.ndarray]:
    draw = np.random.default_rng(seed)
    rows, size, letters = 2 * kind.gates, 2, 3
    features = 4 if embedded else letters
    shapes = {"weight_ih_l0": (rows, features), "weight_hh_l0": (rows, size), "readout.weight": (2, size)}
    shapes |= {"bias_ih_l0": (rows,), "bias_hh_l0": (rows,), "readout.bias": (2,)}
    shapes |= {"embedding.weight": (letters, features)} if embedded else {}
    return {name: draw.normal(size=shape) * 2.0 ** draw.integers(-9, 9) for name, shape in shapes.items()}


@given(seed=st.integers(0, 10_000), kind=st.sampled_from(CellKind), embedded=st.booleans())
def test_a_cell_is_the_numbers_that_are_stored(seed, kind, embedded):
    arrays = drawn(seed, kind, embedded=embedded)
    cell = stored_cell(kind, {name: stored(array, "F64") for name, array in arrays.items()})
    exact = {name: np.vectorize(Fraction, otypes=[object])(array) for name, array in arrays.items()}
    entering = exact["weight_ih_l0"].T
    sums = abs(entering)
    if embedded:
        entering, sums = exact["embedding.weight"] @ entering, abs(exact["embedding.weight"]) @ sums
    wanted = {
        "hidden": exact["weight_hh_l0"],
        "hidden_bias": exact["bias_hh_l0"],
        "inputs": entering + exact["bias_ih_l0"],
        "input_sums": sums + abs(exact["bias_ih_l0"]),
        "readout": exact["readout.weight"],
        "readout_bias": exact["readout.bias"],
    }
    for name, array in wanted.items():
        found = np.array(getattr(cell, name), dtype=object)
        assert (found == array * 2**cell.scale).all(), name
    assert cell.greatest is None


@given(seed=st.integers(0, 10_000), embedded=st.booleans())
def test_the_greatest_integer_is_the_greatest_of_all_that_is_stored(seed, embedded):
    arrays = {name: np.round(array) for name, array in drawn(seed, CellKind.RELU, embedded=embedded).items()}
    cell = stored_cell(CellKind.RELU, {name: stored(array, "F64") for name, array in arrays.items()})
    assert cell.greatest == max(np.abs(array).max() for array in arrays.values())


def zeros(*shape: int) -> StoredTensor:
    return StoredTensor(FLOAT8_E5M2.stored, shape, bytes(int(np.prod(shape))))


def test_an_embedding_of_few_bytes_is_not_multiplied_out_to_many():
    """A file of 4 MB whose 2^13 symbols would enter as 2^26 numbers."""
    tensors = {
        "weight_ih_l0": zeros(1 << 12, 1),
        "weight_hh_l0": zeros(1 << 12, 1 << 10),
        "readout.weight": zeros(1, 1 << 10),
        "embedding.weight": zeros(1 << 13, 1),
    }
    with pytest.raises(LimitError, match="bits of weights or walls as integers"):
        stored_cell(CellKind.LSTM, tensors)


@pytest.mark.parametrize(("kind", "size"), [(CellKind.LSTM, 3), (CellKind.RELU, 2)])
def test_numbers_are_counted_by_the_bits_of_their_format(kind, size, monkeypatch):
    rows = kind.gates * size
    arrays = {
        "weight_ih_l0": np.zeros((rows, 2)),
        "weight_hh_l0": np.zeros((rows, size)),
        "readout.weight": np.zeros((2, size)),
    }
    numbers = rows * (2 + size + 2 * 2) + 2 * size
    for forms, bits in ((("F32", "F32"), 256), (("F64", "F64"), 2048), (("F32", "F64"), 2048)):
        tensors = {name: stored(array, forms[name == "readout.weight"]) for name, array in arrays.items()}
        monkeypatch.setattr(stored_tensors, "BIT_LIMIT", numbers * (288 + bits))
        stored_cell(kind, tensors)
        monkeypatch.setattr(stored_tensors, "BIT_LIMIT", numbers * (288 + bits) - 1)
        with pytest.raises(LimitError):
            stored_cell(kind, tensors)


def test_products_of_an_embedding_have_a_limit(monkeypatch):
    arrays = {
        "weight_ih_l0": np.ones((2, 3)),
        "weight_hh_l0": np.ones((2, 2)),
        "readout.weight": np.ones((1, 2)),
        "embedding.weight": np.ones((4, 3)),
    }
    tensors = {name: stored(array) for name, array in arrays.items()}
    monkeypatch.setattr(cells, "EMBEDDED_LIMIT", 2 * 3 * 4 * 256)
    stored_cell(CellKind.RELU, tensors)
    monkeypatch.setattr(cells, "EMBEDDED_LIMIT", 2 * 3 * 4 * 256 - 1)
    with pytest.raises(LimitError, match="products of an embedding"):
        stored_cell(CellKind.RELU, tensors)
    del tensors["embedding.weight"]
    stored_cell(CellKind.RELU, tensors)


def test_walls_have_a_limit_of_their_own(monkeypatch):
    network = proved_cell(CellKind.RELU, read("tomita3"))
    walls = {name: np.frombuffer(network.tensors[name].data, "<f4").reshape(-1, 7) for name in ("box.low", "box.high")}
    wide = {**network.tensors, **{name: stored(array, "F64") for name, array in walls.items()}}
    needed = walls["box.low"].size * (288 + 2048)
    monkeypatch.setattr(stored_tensors, "BIT_LIMIT", needed)
    assert replace(network, tensors=wide).grade == network.grade
    monkeypatch.setattr(stored_tensors, "BIT_LIMIT", needed - 1)
    replace(network)
    with pytest.raises(LimitError, match="bits of weights or walls as integers"):
        replace(network, tensors=wide)
