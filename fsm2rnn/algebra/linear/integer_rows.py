"""Rows of integers of any size: kernels, canonical bases over Q and short bases over Z, by python-flint."""

from __future__ import annotations

import flint
import numpy as np

from fsm2rnn.algebra.linear.lattice import BigIntegers


def kernel_rows(matrix: flint.fmpz_mat) -> BigIntegers:
    """Return a basis (n, k) of the rows y with matrix y = 0, matrix (m, k), each primitive."""
    kernel, nullity = matrix.nullspace()
    rows = integer_array(kernel.transpose())[: int(nullity)]
    return np.asarray(rows // np.gcd.reduce(rows, axis=1)[:, None]) if len(rows) else rows


def canonical_rows(rows: BigIntegers) -> BigIntegers:
    """Return the reduced echelon form of the rows' span, each row made primitive."""
    reduced, _, rank = flint.fmpz_mat(rows.tolist()).rref()
    values = integer_array(reduced)[: int(rank)]
    return np.asarray(values // np.gcd.reduce(values, axis=1)[:, None]) if len(values) else values


def reduced_rows(rows: BigIntegers) -> BigIntegers:
    """Return an LLL-reduced basis of the lattice of independent rows."""
    return integer_array(flint.fmpz_mat(rows.tolist()).lll()) if len(rows) else rows


def integer_array(matrix: flint.fmpz_mat) -> BigIntegers:
    """Return the entries as an array of Python integers."""
    entries = [int(entry) for entry in matrix.entries()]
    return np.array(entries, dtype=object).reshape(matrix.nrows(), matrix.ncols())
