"""S <- g (S - b k (k^T S)) + b k v^T, |k| = 1, b = 2 sigmoid: DeltaNet, and with a gate g Gated DeltaNet.

The first paper's b is a sigmoid, which ends at 1; the range up to 2 has been added since, and is what is compiled to.
A key of norm 1 with numbers that do not round is had by writing the state twice: (e_i - e_j, e_i - e_j) / 2. A
diagonal network is one head for each coordinate, of one number whose key is 1: b = 1 - a, and v = offset / b.

A word may be read letter by letter, in chunks, or by a scan; equal in integers. The chunk's form is that of products of
updates: with L the strictly lower triangle of diag(b) K K^T, the values that are written in the end are
U = (I + L)^-1 diag(b) (V - K S_0), and S_t = S_0 + sum over s <= t of k_s u_s. I + L is unit triangular, so nothing is
divided: integers stay integers. A scan multiplies the matrices of letters as pairs (A, B) of h <- A h + B.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, final

import torch
from torch import Tensor
from torch.nn.functional import normalize

from fsm2rnn.cells.network import Network
from fsm2rnn.cells.published.published_cell import SATURATED, Gates, PublishedCell, tensors_of_layer, written
from fsm2rnn.proof.stored.structures import Structure

MOST: Final = 2
"""The end of the range of beta: a reflection."""


@final
class DeltaNet(PublishedCell):
    """State (c H,), c copies of H numbers; `key` (D, c H) before its norm, `beta` (D, 1) logit, `value`, `gate` (D, 1).

    Without `gate` nothing is gated. `read` gives the first copy. Of heads of one number the state is (H, 1), and all
    others are (D, H, 1).
    """

    def letters(self) -> Gates:
        """Return unit keys, betas, values and gates."""
        key = normalize(self.raw["key"], dim=-1)
        gate = torch.sigmoid(self.raw["gate"]) if "gate" in self.raw else torch.ones_like(self.raw["beta"])
        return key, MOST * torch.sigmoid(self.raw["beta"]), self.raw["value"], gate

    def step(self, gates: Gates, state: Tensor) -> Tensor:
        """Return the gated state with what lies along the key replaced in part."""
        key, beta, value, gate = gates
        kept = gate * state
        return kept + beta * (value - (key * kept).sum(-1, keepdim=True)) * key

    def read(self, state: Tensor) -> Tensor:
        """Return the network's states."""
        return headed_reading(self, state)


@final
@dataclass(frozen=True)
class DeltaRule:
    """Keys (D, c H) before their norm, betas and values (D, 1) of unit keys, and h_0 (H,), from which it is moved.

    Of H heads of one number all three are (D, H, 1).
    """

    key: Tensor
    beta: Tensor
    value: Tensor
    start: Tensor
    dtype: torch.dtype

    def parameters(self) -> tuple[dict[str, Tensor], Tensor, Tensor]:
        """Return parameters, first state and shift in the network's dtype."""
        logits = torch.log(self.beta / (MOST - self.beta)).clamp(-SATURATED, SATURATED)
        raw = {"key": self.key, "beta": logits, "value": self.value}
        first = torch.zeros_like(self.key[0], dtype=self.dtype)
        return {name: one.to(self.dtype) for name, one in raw.items()}, first, self.start.to(self.dtype)


def headed_reading(cell: PublishedCell, state: Tensor) -> Tensor:
    """Return the first copy of one head's state, or the numbers of all heads, moved."""
    numbers = state.flatten(-2) if cell.initial_state.dim() > 1 else state[..., : len(cell.shift)]
    return numbers + cell.shift


def headed_rule(network: Network) -> DeltaRule:
    """Return one update a letter of one head, or of a diagonal network one for each coordinate."""
    if network.structure is not Structure.AFFINE_DIAGONAL:
        return unit_update(network)
    table = written(network)
    beta = 1 - table.factors
    value = torch.where(beta == 0, 0, table.offsets / beta.clamp(min=1))
    key, beta, value = (one.unsqueeze(-1) for one in (torch.ones_like(beta), beta, value))
    return DeltaRule(key, beta, value, table.start, table.dtype)


def unit_update(network: Network) -> DeltaRule:
    """Return one update a letter: of B K (v - <K, h>) key K, beta B |K|^2 and value v / |K|, moved to start at zero.

    With c copies the norm of the key is sqrt(c) |K|, and v is multiplied by sqrt(c) / |K| in place of 1 / |K|.
    """
    tensors = tensors_of_layer(network, "key", "beta")
    keys, betas = tensors["key"][:, 0].clone(), tensors["beta"]
    start = network.initial_state.double()
    values = tensors.get("value", torch.zeros_like(betas)) - keys @ start.unsqueeze(-1)
    squares = (keys**2).sum(-1, keepdim=True)
    copies = _copies(squares)
    value = torch.where(squares > 0, values * (copies / squares.clamp(min=1)).sqrt(), 0)
    keys[squares[:, 0] == 0, 0] = 1  # a letter without an update has b = 0, and some key that has a norm
    return DeltaRule(keys.repeat(1, copies), betas * squares, value, start, network.rnn.initial_state.dtype)


def deltanet(network: Network) -> DeltaNet:
    """Return the cell of one update a letter, moved to start at zero."""
    return DeltaNet(*headed_rule(network).parameters())


def gated_deltanet(network: Network) -> DeltaNet:
    """Return the cell of one update a letter with gates of 1, moved to start at zero."""
    raw, first, shift = headed_rule(network).parameters()
    return DeltaNet(raw | {"gate": torch.full_like(raw["beta"], SATURATED)}, first, shift)


def _copies(squares: Tensor) -> int:
    """Return 2 where that makes the norm of every key a power of two, which one copy does not; else 1."""
    sizes = {int(one) for one in squares.flatten().tolist()} - {0}
    return 2 if any(not _four(one) for one in sizes) and all(_four(2 * one) for one in sizes) else 1


def _four(number: int) -> bool:
    """Return whether a number is a power of four."""
    return number > 0 and math.log2(number) % 2 == 0


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
