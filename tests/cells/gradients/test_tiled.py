"""Compiled products of rows in tiles are those of torch, for every height of a tile and any number of panels."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from fsm2rnn.cells.bilinear import BilinearRNN
from fsm2rnn.cells.gradients.gated import gated_over_words
from fsm2rnn.cells.gradients.grouped import Grouped
from fsm2rnn.cells.gradients.loops import BYTES
from fsm2rnn.cells.gradients.loops.tiles import AT_ONCE, add_outer_sums, add_row_products
from fsm2rnn.cells.gradients.tiled import factors_over_words, matrices_over_words, panels_of
from fsm2rnn.cells.structure import dense
from fsm2rnn.cells.structure.recurrence import rows_of

each_kind = pytest.mark.parametrize("kind", ["float32", "float64"])


@each_kind
@settings(max_examples=25)
@given(rows=st.integers(1, 20), depth=st.integers(1, 40), columns=st.integers(1, 40), seed=st.integers(0, 2**32 - 1))
def test_products_of_rows_are_exact_of_whole_numbers(kind, rows, depth, columns, seed):
    numbers, wide = np.random.default_rng(seed), BYTES // np.dtype(kind).itemsize
    x, matrix = (numbers.integers(-4, 5, shape).astype(kind) for shape in ((rows + 3, depth), (depth, columns)))
    panels = panels_of(torch.from_numpy(np.stack([matrix, 2 * matrix]))).numpy()
    assert panels.shape == (2, -(-columns // wide), depth, wide)
    out = numbers.integers(-4, 5, (rows + 5, panels.shape[1] * wide)).astype(kind)
    places, sources = numbers.permutation(rows + 5)[: rows + 2], numbers.integers(0, rows + 3, rows + 2)
    wanted = out.copy()
    wanted[places[1 : 1 + rows], :columns] += 2 * x[sources[1 : 1 + rows]] @ matrix
    add_row_products(out, places, x, sources, 1, 1 + rows, panels[1])
    np.testing.assert_array_equal(out, wanted)


@each_kind
@settings(max_examples=25)
@given(
    height=st.integers(1, 20),
    panels=st.integers(1, 3),
    terms=st.one_of(st.integers(0, 20), st.integers(AT_ONCE - 1, 2 * AT_ONCE + 1)),
    seed=st.integers(0, 2**32 - 1),
)
def test_sums_of_outer_products_are_exact_of_whole_numbers(kind, height, panels, terms, seed):
    numbers, columns = np.random.default_rng(seed), panels * BYTES // np.dtype(kind).itemsize
    g, s, out = (
        numbers.integers(-4, 5, shape).astype(kind) for shape in ((9, height + 2), (7, columns), (height, columns))
    )
    of, by = numbers.integers(0, 9, terms + 3), numbers.integers(0, 7, terms + 3)
    wanted = out + g[of[2 : 2 + terms], :height].T @ s[by[2 : 2 + terms]]
    add_outer_sums(out, height, g, of, s, by, 2, 2 + terms)
    np.testing.assert_array_equal(out, wanted)


def drawn(generator, kind, *shape):
    return (torch.randn(shape, generator=generator, dtype=torch.float64) / shape[-1] ** 0.5).to(kind).requires_grad_()


def agree(one, other, weights, given, bound):
    """Compare states, and the gradients of a loss over all of them."""
    mine, wanted = ([states, *torch.autograd.grad(states, weights, given)] for states in (one, other))
    for found, expected in zip(mine, wanted, strict=True):
        assert float((found - expected).detach().norm()) <= bound * float(expected.detach().norm())


@pytest.mark.parametrize(("kind", "bound"), [(torch.float32, 1e-5), (torch.float64, 1e-12)])
@settings(max_examples=15)
@given(
    letters=st.integers(1, 4),
    hidden=st.integers(1, 40),
    rank=st.integers(1, 40),
    batch=st.integers(1, 20),
    steps=st.integers(1, 12),
    every=st.integers(0, 3),
    seed=st.integers(0, 2**32 - 1),
)
def test_states_and_gradients_are_those_of_operations_of_torch(  # noqa: PLR0913, PLR0917  the sizes
    kind, bound, letters, hidden, rank, batch, steps, every, seed
):
    generator = torch.Generator().manual_seed(seed)
    ids = torch.randint(letters, (batch, steps), generator=generator)
    matrices, h = drawn(generator, kind, letters, hidden, hidden), drawn(generator, kind, batch, hidden)
    output, given_ = drawn(generator, kind, hidden, rank), drawn(generator, kind, rank, hidden)
    gates, loss = drawn(generator, kind, letters, rank), drawn(generator, kind, steps, batch, hidden).detach()
    grouped = Grouped.apply(every, ids.T.contiguous(), matrices.unsqueeze(1), h).transpose(0, 1)
    agree(matrices_over_words(matrices, ids, h, every), grouped, (matrices, h), loss, bound)
    gated = gated_over_words(rows_of(gates, ids), output, given_, h, every)
    agree(factors_over_words(gates, output, given_, ids, h, every), gated, (gates, output, given_, h), loss, bound)


def test_matrices_that_no_cache_holds_are_multiplied_by_calls(monkeypatch):
    layer, ids = BilinearRNN(3, 4), torch.tensor([[0, 1, 2]])
    near = layer(ids)[0]
    monkeypatch.setattr(dense, "NEAR", layer.weight.numel() - 1)
    monkeypatch.setattr(dense, "matrices_over_words", None)
    torch.testing.assert_close(layer(ids)[0], near)
