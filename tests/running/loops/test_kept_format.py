"""Rounding in compiled loops against torch's own conversions, over all kinds of float32 numbers."""

from __future__ import annotations

import numba
import numpy as np
import pytest
import torch

from fsm2rnn.cells.arithmetic import form_of, kept
from fsm2rnn.cells.packing import FORMAT_DTYPES
from fsm2rnn.running.loops.kept_format import AS_COMPUTED, KEPT, keep_numbers


def numbers():
    """Return float32 numbers of random bits, near the subnormals of all formats, at ties and beyond the largest."""
    generator = np.random.default_rng(0)
    bits = generator.integers(1 << 32, size=200_000, dtype=np.uint32).view(np.float32)
    small = (generator.normal(size=50_000) * 2.0 ** -generator.integers(8, 149, size=50_000)).astype(np.float32)
    ties = ((generator.integers(1 << 12, size=20_000) + 0.5) * 2.0 ** generator.integers(-30, 5, size=20_000)).astype(
        "f4"
    )
    eighths = (
        (generator.integers(1 << 6, size=20_000) + 0.5) * 2.0 ** generator.integers(-20, 16, size=20_000)
    ).astype("f4")
    edges = np.float32([0, -0.0, 2**-24, 2**-25, 3 * 2**-25, 2**-14, 65504, 65519.99, 65520, 3.39e38, 2**-133, 2**-134])
    edges = np.concatenate([edges, np.float32([448, 463.9, 464, 464.1, 480, 57344, 61439, 61440, 65536, 1e9])])
    found = np.concatenate([bits, small, ties, -ties, eighths, -eighths, edges, -edges])
    return found[np.isfinite(found)]


@pytest.mark.parametrize("dtype", [dtype for dtype, kept in KEPT.items() if kept], ids=str)
def test_numbers_are_rounded_as_torch_rounds_them(dtype):
    given = numbers()
    found = given.copy()
    keep_numbers(found, KEPT[dtype])
    states = torch.from_numpy(given)
    wanted = (states.to(dtype).to(torch.float32) if form_of(dtype).native else kept(states, dtype)).numpy()
    assert np.array_equal(np.isnan(found), np.isnan(wanted))
    assert np.array_equal(found[~np.isnan(found)].view(np.uint32), wanted[~np.isnan(found)].view(np.uint32))
    assert (found != given).any()


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_numbers_of_the_loops_own_format_stay(kind):
    given = numbers().astype(kind)
    found = given.copy()
    keep_numbers(found, AS_COMPUTED)
    assert np.array_equal(found.view(np.uint8), given.view(np.uint8))


def test_loops_are_compiled_for_every_format():
    assert set(KEPT) == set(FORMAT_DTYPES.values())
    assert all(isinstance(numba.typeof(kept), numba.types.BaseTuple) for kept in KEPT.values())
    assert len({numba.typeof(kept) for kept in KEPT.values()}) == 5
