"""Blocks of words as chunks on a device: random words are drawn there, given ones are copied there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, final, runtime_checkable

import numpy as np
import torch
from torch import Tensor

from fsm2rnn.running.device.device_steps import time_major
from fsm2rnn.running.walk.walk import Indices
from fsm2rnn.running.words.random_words import GOLDEN, LAST, MIXING, Counters, RandomWords, ids_from


@runtime_checkable
class Chunks(Protocol):
    """Chunks of one length: ids (S, T)."""

    def ids(self, device: torch.device) -> Tensor:
        """Return the ids on the device, time-major (T, S)."""

    def one(self) -> tuple[int, Indices]:
        """Return the number of a chunk, and its ids (1, T) as the CPU has them."""


@runtime_checkable
class WordBlock(Protocol):
    """A block of words, of which chunks can be had."""

    @property
    def shape(self) -> tuple[int, int]:
        """How many words, of how many symbols each."""

    def chunks(self, first: int, count: int, length: int) -> Chunks:
        """Return `count` chunks of each word from its place `first` in the block on, those of a word side by side."""


@final
@dataclass(frozen=True)
class DrawnBlock:
    """The block of that number of random words over `symbols` symbols."""

    words: RandomWords
    number: int
    symbols: int

    @property
    def shape(self) -> tuple[int, int]:
        """How many words, of how many symbols each."""
        return self.words.batch, len(self.words.places(self.number))

    def chunks(self, first: int, count: int, length: int) -> Chunks:
        """Return what is drawn from the counters of these places."""
        start = self.words.places(self.number).start + first
        return _DrawnChunks(self.words.counters(start, count, length), self.symbols, length)


@final
@dataclass(frozen=True, eq=False)
class GivenBlock:
    """Words (B, T)."""

    words: Indices

    @property
    def shape(self) -> tuple[int, int]:
        """How many words, of how many symbols each."""
        batch, steps = self.words.shape
        return batch, steps

    def chunks(self, first: int, count: int, length: int) -> Chunks:
        """Return them as rows."""
        return _GivenChunks(self.words[:, first : first + count * length].reshape(-1, length))


@final
@dataclass(frozen=True, eq=False)
class _DrawnChunks:
    counters: Counters  # (S,) what ids are drawn from
    symbols: int
    length: int

    def ids(self, device: torch.device) -> Tensor:
        return drawn_on_device(self.counters, self.symbols, self.length, device)

    def one(self) -> tuple[int, Indices]:
        chunk = int(self.counters[0] % np.uint64(len(self.counters)))
        return chunk, ids_from(self.counters[chunk : chunk + 1], self.symbols, self.length)


@final
@dataclass(frozen=True, eq=False)
class _GivenChunks:
    words: Indices  # (S, T)

    def ids(self, device: torch.device) -> Tensor:
        return time_major(self.words, device)

    def one(self) -> tuple[int, Indices]:
        chunk = len(self.words) // 2
        return chunk, self.words[chunk : chunk + 1]


def drawn_on_device(counters: Counters, symbols: int, length: int, device: torch.device) -> Tensor:
    """Return SplitMix64's ids drawn on a device, time-major (T, S), uint8 or int32; products modulo 2^64 in int64."""
    starts = torch.from_numpy(counters.view(np.int64)).to(device)
    z = torch.arange(length, device=device)[:, None] * _signed(GOLDEN) + starts
    for shift, factor in MIXING:
        z.bitwise_xor_(_shifted(z, shift)).mul_(_signed(factor))
    z.bitwise_xor_(_shifted(z, LAST))
    ids = _shifted(z, 32).mul_(symbols) >> 32
    return ids.to(torch.uint8 if symbols <= 1 << 8 else torch.int32)


def _signed(number: int) -> int:
    """Return the signed number of the same 64 bits."""
    return number - (1 << 64) if number >> 63 else number


def _shifted(z: Tensor, places: int) -> Tensor:
    """Return 64 bits shifted right, with zeros from the left."""
    return (z >> places).bitwise_and_((1 << (64 - places)) - 1)
