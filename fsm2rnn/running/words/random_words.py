"""Uniformly random words, in which every id can be found alone: a function of the seed, the stream and the place.

Stream b is SplitMix64 (Steele, Lea and Flood, OOPSLA 2014) from its own number b + 1 from the key that the seed gives,
and an id is the upper half of one number, times the number of symbols, over 2^32: each symbol as often as any other to
within 2^-32.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias, final, no_type_check

import numba
import numpy as np
from numpy.typing import NDArray

from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.running.walk.walk import Indices, smallest_type

Counters: TypeAlias = NDArray[np.uint64]

BLOCK = 1 << 20  # symbols drawn and compared at once, over all streams
SYMBOLS_LIMIT = 10**15  # a fortnight at a thousand million symbols a second
GOLDEN = 0x9E3779B97F4A7C15  # the odd number next to 2^64 over the golden ratio
MIXING = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))  # shifts and factors; then a shift by `LAST`
LAST = 31


@final
@dataclass(frozen=True)
class RandomWords:
    """`batch` uniformly random words of `steps` symbols, drawn in blocks that can each be drawn alone.

    Raises InputError for counts below 1, LimitError for more than `BLOCK` streams or
    `SYMBOLS_LIMIT` symbols.
    """

    steps: int
    batch: int = 1
    seed: int = 0
    at_once: int | None = None  # symbols of a block over all streams, `BLOCK` by default

    def __post_init__(self) -> None:
        """Refuse counts that mean nothing."""
        if self.steps < 1 or self.batch < 1 or self.seed < 0:
            found = f"{self.steps}, {self.batch} and {self.seed}"
            message = f"steps and batch count from 1 and the seed from 0, found {found}"
            raise InputError(message)
        if self.batch > BLOCK:
            what = "streams"
            raise LimitError(what, limit=BLOCK, needed=self.batch)
        if self.steps * self.batch > SYMBOLS_LIMIT:
            what = "symbols to read"
            raise LimitError(what, limit=SYMBOLS_LIMIT, needed=self.steps * self.batch)

    @property
    def block(self) -> int:
        """The symbols per stream in every block but the last."""
        return max(1, (self.at_once or BLOCK) // self.batch)

    @property
    def count(self) -> int:
        """The number of blocks."""
        return -(-self.steps // self.block)

    def places(self, number: int) -> range:
        """Return the places of each word that the block of that number holds."""
        return range(number * self.block, min(self.steps, (number + 1) * self.block))

    def drawn(self, symbols: int, number: int) -> Indices:
        """Return the block of that number, ids (batch, T) of `symbols` symbols."""
        places = self.places(number)
        return ids_from(self.counters(places.start, 1, len(places)), symbols, len(places))

    def blocks(self, symbols: int) -> Iterator[Indices]:
        """Yield all blocks."""
        return (self.drawn(symbols, number) for number in range(self.count))

    def counters(self, first: int, chunks: int, length: int) -> Counters:
        """Return what `ids_from` counts from, (batch * chunks,), in chunks of that length from the place `first` on."""
        key = np.random.SeedSequence(self.seed).generate_state(1, np.uint64)[0]
        found = np.empty((self.batch, chunks), np.uint64)
        _count(key, first, length, found)
        return found.ravel()


def ids_from(counters: Counters, symbols: int, length: int) -> Indices:
    """Return ids (S, T) of `symbols` symbols from counters (S,)."""
    ids = np.empty((len(counters), length), dtype=smallest_type(symbols))
    _draw(counters, symbols, ids)
    return ids


@numba.njit(cache=True, nogil=True)
@no_type_check
def _count(key: np.uint64, first: int, length: int, counters: Counters) -> None:
    """Fill counters (B, N) of the N chunks of each stream."""
    golden = np.uint64(GOLDEN)
    for stream in range(counters.shape[0]):
        start = mixed(key + np.uint64(stream + 1) * golden)
        for chunk in range(counters.shape[1]):
            counters[stream, chunk] = start + np.uint64(first + chunk * length + 1) * golden


@numba.njit(cache=True, nogil=True)
@no_type_check
def _draw(counters: Counters, symbols: int, ids: Indices) -> None:
    """Fill ids (S, T)."""
    golden = np.uint64(GOLDEN)
    for stream in range(ids.shape[0]):
        for step in range(ids.shape[1]):
            high = mixed(counters[stream] + np.uint64(step) * golden) >> np.uint64(32)
            ids[stream, step] = high * np.uint64(symbols) >> np.uint64(32)


@numba.njit
@no_type_check
def mixed(z: np.uint64) -> np.uint64:
    """Return what SplitMix64 makes of its counter."""
    z = (z ^ (z >> np.uint64(MIXING[0][0]))) * np.uint64(MIXING[0][1])
    z = (z ^ (z >> np.uint64(MIXING[1][0]))) * np.uint64(MIXING[1][1])
    return z ^ (z >> np.uint64(LAST))
