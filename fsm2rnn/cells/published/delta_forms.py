"""S_t = (I - b k k^T) S_{t-1} + b k v^T over a word: letter by letter, in chunks, and by a scan; equal in integers.

The chunk's form is that of products of updates: with L the strictly lower triangle of diag(b) K K^T, the values that
are written in the end are U = (I + L)^-1 diag(b) (V - K S_0), and S_t = S_0 + sum over s <= t of k_s u_s. I + L is
unit triangular, so nothing is divided: integers stay integers. A scan multiplies the matrices of letters as pairs
(A, B) of h <- A h + B.
"""

from __future__ import annotations

import torch
from torch import Tensor


def recurrent(key: Tensor, beta: Tensor, value: Tensor, state: Tensor) -> Tensor:
    """Return all states (T, K, V) of keys (T, K), betas (T,), values (T, V) and a first state (K, V)."""
    states = []
    for k, b, v in zip(key, beta, value, strict=True):
        state = state + b * torch.outer(k, v - k @ state)
        states.append(state)
    return torch.stack(states)


def chunked(key: Tensor, beta: Tensor, value: Tensor, state: Tensor, size: int) -> Tensor:
    """Return all states (T, K, V), a chunk of `size` letters at a time, each from the state before it."""
    states = []
    for k, b, v in zip(*(torch.split(one, size) for one in (key, beta, value)), strict=True):
        written = _unit_lower_solve(b.unsqueeze(1) * (k @ k.T), b.unsqueeze(1) * (v - k @ state))
        states.append(state + (k.unsqueeze(2) * written.unsqueeze(1)).cumsum(0))
        state = states[-1][-1]
    return torch.cat(states)


def scanned(key: Tensor, beta: Tensor, value: Tensor, state: Tensor) -> Tensor:
    """Return all states (T, K, V), by log2 T rounds in which each place is multiplied by one further back."""
    scaled = beta.unsqueeze(1) * key
    eye = torch.eye(key.shape[1], dtype=key.dtype)
    matrix = eye - scaled.unsqueeze(2) * key.unsqueeze(1)
    offset = scaled.unsqueeze(2) * value.unsqueeze(1)
    back = 1
    while back < len(key):
        joined = matrix[back:] @ matrix[:-back], matrix[back:] @ offset[:-back] + offset[back:]
        matrix, offset = (torch.cat((old[:back], new)) for old, new in zip((matrix, offset), joined, strict=True))
        back *= 2
    return matrix @ state + offset


def _unit_lower_solve(products: Tensor, right: Tensor) -> Tensor:
    """Return (I + L)^-1 R with L the strictly lower triangle of the products, row after row: no division."""
    rows: list[Tensor] = []
    for place, row in enumerate(right):
        known = torch.stack(rows) if rows else right[:0]
        rows.append(row - products[place, :place] @ known)
    return torch.stack(rows)
