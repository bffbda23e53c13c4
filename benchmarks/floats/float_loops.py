"""Compiled loops over words: where a random word is first misread, and words that chase the least lead.

Products are summed in column order in float32, and the state is rounded once, as in `stored_floats`.
"""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np

from benchmarks.floats.stored_floats import Floats, Indices, StoredFloats, Wide
from fsm2rnn.exact.rounding import BFLOAT16, FLOAT16

CHUNK = 1 << 20  # symbols drawn at once
BESIDE = 1.2  # prototypes are looked at that are nearer than so many times the nearest
SHORTENED = {BFLOAT16: 16, FLOAT16: 13}  # bits of float32 that are rounded off


class Numbers(NamedTuple):
    """What the loops read."""

    letters: Floats  # (D, H, H)
    rows: Wide  # (K, H)
    bias: Wide  # (K,)
    reads: Indices  # (K,)
    prototypes: Wide  # (Q, H)
    table: Indices  # (Q, D)
    bits: int  # of float32 that are rounded off
    near: float  # states nearer than that to the prototype of their state are read right, as is proved


def numbers_of(network: StoredFloats, near: float) -> Numbers:
    """Return the numbers of a network with one prototype for each state."""
    own = np.array([np.flatnonzero(network.reads == state)[0] for state in range(len(network.table))])
    prototypes = np.ascontiguousarray(network.rows[own])
    bits = SHORTENED.get(network.form, 0)
    return Numbers(network.letters, network.rows, network.bias, network.reads, prototypes, network.table, bits, near)


def first_misread(network: StoredFloats, near: float, seed: int, longest: int) -> int | None:
    """Return the step at which a random word is first misread, None if it is not within `longest` steps."""
    generator, numbers = np.random.default_rng(seed), numbers_of(network, near)
    state, place = network.start.copy(), np.array([network.first])
    for first in range(0, longest, CHUNK):
        word = generator.integers(len(network.letters), size=min(CHUNK, longest - first), dtype=np.uint16)
        found = walk(numbers, word, state, place)
        if found >= 0:
            return first + int(found) + 1
    return None


def chased_misread(network: StoredFloats, near: float, width: int, longest: int) -> int | None:
    """Return the length of a word that is misread, found by the `width` worst states; None within `longest` steps.

    After every symbol the float states are kept whose right score leads those of the nearest other prototypes least,
    one per lead, and all letters are tried on them but those that change nothing.
    """
    eye = np.eye(len(network.start), dtype=np.float32)
    moving = np.flatnonzero((network.letters != eye).any(axis=(1, 2)))
    numbers = numbers_of(network, near)
    beside = _nearest_others(numbers.prototypes)
    found = int(_chase(numbers, moving, beside, network.start, network.first, width, longest))
    return found if found > 0 else None


def _nearest_others(prototypes: Wide) -> Indices:
    """Return for each prototype the nearest others, the nearest again where there are fewer."""
    gaps = np.linalg.norm(prototypes[:, None] - prototypes, axis=-1)
    np.fill_diagonal(gaps, np.inf)
    counts = (gaps < BESIDE * gaps.min(axis=1, keepdims=True)).sum(axis=1)
    order = gaps.argsort(axis=1, kind="stable")[:, : counts.max()]
    return np.where(np.arange(counts.max()) < counts[:, None], order, order[:, :1])


@numba.njit(cache=True)
def shortened(value, bits):
    """Return a float32 rounded to 32 - `bits` bits, to nearest even; float16's subnormals are multiples of 2^-24."""
    if bits == 0:
        return value
    if bits == 13 and abs(value) < np.float32(2.0**-14):
        return np.float32(np.float32(value + np.float32(0.75)) - np.float32(0.75))
    raw = np.float32(value).view(np.uint32)
    half = np.uint32((1 << (bits - 1)) - 1)
    raw = np.uint32(raw + half + ((raw >> np.uint32(bits)) & np.uint32(1)))
    return np.uint32(raw & np.uint32(0xFFFFFFFF << bits & 0xFFFFFFFF)).view(np.float32)


@numba.njit(cache=True)
def walk(numbers, word, state, place):
    """Move `state` and `place` along the word; return where it is misread, -1 if nowhere."""
    moved = np.empty_like(state)
    for step in range(len(word)):
        _move(numbers, word[step], state, moved)
        state[:] = moved
        place[0] = numbers.table[place[0], word[step]]
        if _misread(numbers, state, place[0]):
            return step
    return -1


@numba.njit(cache=True)
def _chase(numbers, moving, beside, start, first, width, longest):
    """Return after how many symbols a chase misreads a state, 0 if it does not."""
    count, moved = 1, np.empty_like(start)
    states, places = np.empty((width, len(start)), np.float32), np.empty(width, np.int64)
    states[0], places[0] = start, first
    others, behind = np.empty_like(states), np.empty_like(places)
    leads, ways = np.empty(width), np.empty((width, 2), np.int64)
    for step in range(longest):
        kept = 0
        for parent in range(count):
            for symbol in moving:
                _move(numbers, symbol, states[parent], moved)
                reached = numbers.table[places[parent], symbol]
                if _misread(numbers, moved, reached):
                    return step + 1
                lead = _lead(numbers.prototypes, reached, beside[reached], moved)
                kept = _insert(leads, ways, kept, lead, parent, symbol)
        for at in range(kept):
            parent, symbol = ways[at]
            _move(numbers, symbol, states[parent], others[at])
            behind[at] = numbers.table[places[parent], symbol]
        states, others, places, behind, count = others, states, behind, places, kept
    return 0


@numba.njit(cache=True)
def _move(numbers, symbol, state, target):
    """Write A_x state, rounded."""
    letter = numbers.letters[symbol]
    for row in range(len(state)):
        total = letter[row, 0] * state[0]
        for column in range(1, len(state)):
            total = np.float32(total + np.float32(letter[row, column] * state[column]))
        target[row] = shortened(total, numbers.bits)


@numba.njit(cache=True)
def _misread(numbers, state, place):
    """Tell whether a state far from the prototype of its machine state has the greatest score of another."""
    apart = 0.0
    for at in range(len(state)):
        gap = np.float64(state[at]) - numbers.prototypes[place, at]
        apart += gap * gap
    if apart < numbers.near * numbers.near:
        return False
    best, found = -np.inf, -1
    for row in range(len(numbers.rows)):
        score = numbers.bias[row]
        for at in range(len(state)):
            score += numbers.rows[row, at] * state[at]
        if score > best:
            best, found = score, numbers.reads[row]
    return found != place


@numba.njit(cache=True)
def _lead(prototypes, place, others, state):
    """Return the least of <v - w, state> over the others w of the prototype v, all of one norm."""
    least = np.inf
    for other in others:
        lead = 0.0
        for at in range(len(state)):
            lead += (prototypes[place, at] - prototypes[other, at]) * state[at]
        least = min(least, lead)
    return least


@numba.njit(cache=True)
def _insert(leads, ways, kept, lead, parent, symbol):
    """Insert into rising leads, unless they are full of smaller ones or hold an equal one; return their number."""
    if kept == len(leads) and lead >= leads[kept - 1]:
        return kept
    low, high = 0, kept
    while low < high:
        middle = (low + high) // 2
        if leads[middle] < lead:
            low = middle + 1
        else:
            high = middle
    if low < kept and leads[low] == lead:
        return kept
    for at in range(min(kept, len(leads) - 1), low, -1):
        leads[at], ways[at] = leads[at - 1], ways[at - 1]
    leads[low], ways[low, 0], ways[low, 1] = lead, parent, symbol
    return min(kept + 1, len(leads))
