"""Layers with divided states learn machines from words of up to ten symbols, and read longer ones right."""

from __future__ import annotations

import pytest
import torch

from fsm2rnn.cells.bilinear import BilinearRNN
from tests.cells.word_problems import accuracy, trained


@pytest.fixture(autouse=True)
def one_thread():
    """Multiply small matrices in one thread: the sums do not depend on how many cores there are, and are quicker."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize(
    ("structure", "inner"),
    [
        ("full", None),
        pytest.param("factored", None, marks=pytest.mark.slow),
        pytest.param("block-diagonal", 4, marks=pytest.mark.slow),
        pytest.param("householder", 2, marks=pytest.mark.slow),
    ],
)
def test_a_layer_learns_the_symmetric_group_from_short_words(structure, inner):
    torch.manual_seed(0)
    layer = BilinearRNN(2, 32, structure=structure, inner=inner, normalize=True)
    readout, loss = trained(layer, "S3@gens", steps=400)
    assert loss < 0.25
    assert accuracy(layer, readout, "S3@gens", 10) == 1.0
    assert accuracy(layer, readout, "S3@gens", 50) >= 0.99
    torch.manual_seed(0)
    fresh = BilinearRNN(2, 32, structure=structure, inner=inner, normalize=True)
    assert accuracy(fresh, readout, "S3@gens", 10) < 0.5


@pytest.mark.slow
def test_commuting_matrices_do_not_learn_it():
    torch.manual_seed(0)
    layer = BilinearRNN(2, 32, structure="rotation", normalize=True)
    readout, loss = trained(layer, "S3@gens", steps=400)
    assert loss > 0.25
    assert accuracy(layer, readout, "S3@gens", 10) < 0.75
