"""Every structure's step is its exact matrix applied: bit for bit where nothing rounds, else to rounding."""

from __future__ import annotations

from fractions import Fraction

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from fsm2rnn.cells.bilinear import BilinearRNNCell
from fsm2rnn.exact.rounding import BFLOAT16, FLOAT16, FLOAT32, FLOAT64, rounded
from tests.cells.structure.exact_layers import each_structure, exact_layer, exact_step, fill, inner_sizes, one_hot

SEEDS = st.integers(0, 2**32 - 1)


@st.composite
def sizes_and_seed(draw, structure):
    """Draw up to 3 symbols, up to 5 hidden numbers, an inner size and a seed."""
    symbols, hidden = draw(st.integers(1, 3)), draw(st.integers(2 if structure == "rotation" else 1, 5))
    return symbols, hidden, draw(st.sampled_from(inner_sizes(structure, hidden))), draw(SEEDS)


def filled_cell(structure, drawn, *, parts):
    """Return a cell in float64 with ids (4,), states (4, H) and features (4, D), all of the same kind of numbers."""
    symbols, hidden, inner, seed = drawn
    cell = fill(
        BilinearRNNCell(symbols, hidden, structure=structure, inner=inner, dtype=torch.float64), seed, parts=parts
    )
    generator = torch.Generator().manual_seed(seed)
    shape = (4, hidden + symbols)
    whole = torch.randint(-16, 17, shape, generator=generator) / (parts or 1)
    numbers = (torch.randn(shape, generator=generator) if parts is None else whole).double()
    return cell, torch.randint(symbols, (4,), generator=generator), numbers[:, :hidden], numbers[:, hidden:]


@each_structure
@settings(max_examples=60)
@given(data=st.data())
def test_short_numbers_are_multiplied_without_rounding(structure, data):
    cell, ids, h, x = filled_cell(structure, data.draw(sizes_and_seed(structure)), parts=8)
    stored, names = exact_layer(cell), one_hot(ids, cell.input_size, torch.float64)
    by_ids, by_names, by_features = cell(ids, h), cell(names, h), cell(x, h)
    assert torch.equal(by_ids, by_names)
    for stream in range(len(ids)):
        assert by_ids[stream].tolist() == exact_step(stored, names[stream].tolist(), h[stream].tolist())
        assert by_features[stream].tolist() == exact_step(stored, x[stream].tolist(), h[stream].tolist())


@each_structure
@settings(max_examples=60)
@given(data=st.data())
def test_any_numbers_are_multiplied_to_rounding(structure, data):
    cell, ids, h, x = filled_cell(structure, data.draw(sizes_and_seed(structure)), parts=None)
    stored, names = exact_layer(cell), one_hot(ids, cell.input_size, torch.float64)
    by_ids, by_names, by_features = cell(ids, h), cell(names, h), cell(x, h)
    for stream in range(len(ids)):
        by_symbol = exact_step(stored, names[stream].tolist(), h[stream].tolist())
        for found, wanted in (
            (by_ids, by_symbol),
            (by_names, by_symbol),
            (by_features, exact_step(stored, x[stream].tolist(), h[stream].tolist())),
        ):
            expected = torch.tensor([float(value) for value in wanted], dtype=torch.float64)
            torch.testing.assert_close(found[stream], expected, rtol=1e-12, atol=1e-12)


FORMS = {
    torch.float64: (FLOAT64, FLOAT64),
    torch.float32: (FLOAT32, FLOAT32),
    torch.bfloat16: (BFLOAT16, FLOAT32),
    torch.float16: (FLOAT16, FLOAT32),
}


def turned_as_certified(c, s, u, v, form, accumulator):
    """Return (c u - s v, s u + c v): products and sums rounded in the accumulator, the sums once more to the format."""

    def times(left, right):
        return rounded(Fraction(left) * Fraction(right), accumulator)

    sums = (times(c, u) - times(s, v), times(s, u) + times(c, v))
    return [float(rounded(rounded(value, accumulator), form)) for value in sums]


@pytest.mark.parametrize("dtype", FORMS)
@settings(max_examples=30)
@given(seed=SEEDS, scale=st.sampled_from([1.0, 1e-3, 2.0**-14]))
def test_planes_are_turned_in_the_arithmetic_of_their_certificates(dtype, seed, scale):
    form, accumulator = FORMS[dtype]
    cell = fill(BilinearRNNCell(2, 5, structure="rotation", inner=1, dtype=dtype), seed)
    generator = torch.Generator().manual_seed(seed)
    h = (scale * torch.randn(3, 5, generator=generator)).to(dtype)
    ids = torch.randint(2, (3,), generator=generator)
    after = cell(ids, h).tolist()
    cosine, sine, factor = cell.cosine.tolist(), cell.sine.tolist(), cell.diagonal.tolist()
    for before, symbol, found in zip(h.tolist(), ids.tolist(), after, strict=True):
        wanted = [float(rounded(Fraction(factor[symbol][0]) * Fraction(before[0]), form))]
        for plane in range(2):
            block, pair = (cosine[symbol][plane], sine[symbol][plane]), before[1 + 2 * plane : 3 + 2 * plane]
            wanted += turned_as_certified(*block, *pair, form, accumulator)
        assert found == wanted


def test_products_are_not_rounded_to_bfloat16_before_they_are_added():
    cell = BilinearRNNCell(1, 2, structure="rotation", dtype=torch.bfloat16)
    with torch.no_grad():
        cell.cosine.fill_(1 + 2**-7)
        cell.sine.fill_(1.0)
    h = torch.tensor([[1 + 2**-6, 1 + 2**-6 + 2**-7]], dtype=torch.bfloat16)
    # c u = 1 + 2^-6 + 2^-7 + 2^-13 and s v = 1 + 2^-6 + 2^-7: of 8 bits per product nothing would be left.
    assert cell(torch.tensor([0]), h)[0, 0].item() == 2**-13
