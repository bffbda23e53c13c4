"""The pytest plugin: kernel vectors as fixtures, for whoever writes kernels of linear recurrences.

A test that takes `diagonal_vectors`, `householder_vectors` or `block_vectors` runs once for each machine listed here;
`kernel_vectors` is the function that draws any others. pytest loads this module wherever the package is installed, so
it loads nothing else before a fixture is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from fsm2rnn import testing

if TYPE_CHECKING:
    from fsm2rnn.testing import KernelVectors

DIAGONAL = ("parity", "flip-flop")
HOUSEHOLDER = ("parity", "act:(1,2,3);(1,2)", "act:(1,2,3,4,5);(1,2)")
BLOCK = ("parity", "flip-flop", "act:(1,2,3,4,5);(1,2)", "S4@gens", "re:(a|b)*abb")


@pytest.fixture(scope="session")
def kernel_vectors() -> Callable[..., KernelVectors]:
    """Return `fsm2rnn.testing.draw_vectors`: (machine, form, *, steps, batch, seed, dtype) -> KernelVectors."""
    return testing.draw_vectors


@pytest.fixture(scope="session", params=DIAGONAL)
def diagonal_vectors(request: pytest.FixtureRequest, kernel_vectors: Callable[..., KernelVectors]) -> KernelVectors:
    """Return vectors of h_t = a_t h_{t-1} + b_t in float32, for one machine after the other."""
    return kernel_vectors(request.param, "diagonal")


@pytest.fixture(scope="session", params=HOUSEHOLDER)
def householder_vectors(request: pytest.FixtureRequest, kernel_vectors: Callable[..., KernelVectors]) -> KernelVectors:
    """Return vectors of products of reflections h <- h - beta k (k . h) in float32, for one machine after the other."""
    return kernel_vectors(request.param, "householder")


@pytest.fixture(scope="session", params=BLOCK)
def block_vectors(request: pytest.FixtureRequest, kernel_vectors: Callable[..., KernelVectors]) -> KernelVectors:
    """Return vectors of h_t = A_t h_{t-1} in float32, for one machine after the other."""
    return kernel_vectors(request.param, "block")
