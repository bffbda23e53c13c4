"""Words as blocks of symbol ids (B, T): drawn uniformly, or read from a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import final, no_type_check

import numba
import numpy as np

from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.machine.labels import label_text
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.verify.walk import Indices, smallest_type

BLOCK = 1 << 20  # symbols drawn and compared at once, over all streams
GOLDEN = np.uint64(0x9E3779B97F4A7C15)  # the odd number next to 2^64 over the golden ratio
_CHUNK = re.compile(r"[^\s,]+")


@final
@dataclass(frozen=True)
class RandomWords:
    """`batch` uniformly random words of `steps` symbols, drawn in blocks that can each be drawn alone.

    Raises InputError for counts below 1, LimitError for more than `BLOCK` streams.
    """

    steps: int
    batch: int = 1
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse counts that mean nothing."""
        if self.steps < 1 or self.batch < 1 or self.seed < 0:
            found = f"{self.steps}, {self.batch} and {self.seed}"
            message = f"steps and batch count from 1 and the seed from 0, found {found}"
            raise InputError(message)
        if self.batch > BLOCK:
            what = "streams"
            raise LimitError(what, limit=BLOCK, needed=self.batch)

    @property
    def block(self) -> int:
        """The symbols per stream in every block but the last."""
        return max(1, BLOCK // self.batch)

    @property
    def count(self) -> int:
        """The number of blocks."""
        return -(-self.steps // self.block)

    def blocks(self, symbols: int, numbers: range | None = None) -> Iterator[Indices]:
        """Yield the blocks of these numbers, all by default, as ids of `symbols` symbols."""
        return random_blocks(
            symbols, steps=self.steps, batch=self.batch, seed=self.seed, block=self.block, numbers=numbers
        )


def random_blocks(
    symbols: int, *, steps: int, batch: int, seed: int, block: int, numbers: range | None = None
) -> Iterator[Indices]:
    """Yield ids (batch, <= block) of the blocks of these numbers, by default all that `steps` per stream make.

    Each id is a function of `symbols`, the seed, the stream and the place alone, so no block needs another before it.
    """
    key = np.random.SeedSequence(seed).generate_state(1, np.uint64)[0]
    for number in range(-(-steps // block)) if numbers is None else numbers:
        ids = np.empty((batch, min(block, steps - number * block)), dtype=smallest_type(symbols))
        _draw(key, number * block, symbols, ids)
        yield ids


@numba.njit(cache=True, nogil=True)
@no_type_check
def _draw(key: np.uint64, first: int, symbols: int, ids: Indices) -> None:
    """Fill ids (B, T) of the places from `first`, each symbol as often as any other to within 2^-32.

    Stream b is SplitMix64 (Steele, Lea and Flood, OOPSLA 2014) from its own number b + 1 from the key.
    """
    for stream in range(ids.shape[0]):
        start = _mixed(key + np.uint64(stream + 1) * GOLDEN)
        for place in range(ids.shape[1]):
            high = _mixed(start + np.uint64(first + place + 1) * GOLDEN) >> np.uint64(32)
            ids[stream, place] = high * np.uint64(symbols) >> np.uint64(32)


@numba.njit
@no_type_check
def _mixed(z: np.uint64) -> np.uint64:
    """Return what SplitMix64 makes of its counter."""
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def split_word(text: str, machine: StateMachine) -> list[int]:
    """Return the symbol ids of a word written with spaces or commas between symbols.

    A symbol may hold spaces and commas itself, as (1,2) does: the longest symbol is taken at each place.
    One unbroken run of one-character symbols is read letter by letter. InputError names a symbol outside
    the alphabet.
    """
    by_text = {label_text(symbol): symbol for symbol in machine.symbols}
    spans = [found.span() for found in _CHUNK.finditer(text)]
    if len(spans) == 1 and text.strip() not in by_text and all(letter in by_text for letter in text.strip()):
        return machine.indices(by_text[letter] for letter in text.strip())
    longest = max(len(_CHUNK.findall(name)) for name in by_text)
    word, place = [], 0
    while place < len(spans):
        ends = range(min(place + longest, len(spans)), place, -1)
        names = ((text[spans[place][0] : spans[end - 1][1]], end) for end in ends)
        name, place = next(
            (found for found in names if found[0] in by_text), (_unknown(text, spans[place][0]), len(spans))
        )
        word.append(by_text.get(name, name))
    return machine.indices(word)


def _unknown(text: str, start: int) -> str:
    """Return what stands at `start` up to the next space, for the message that it is no symbol."""
    return text[start:].split(maxsplit=1)[0].rstrip(",")


def read_words(path: Path, machine: StateMachine) -> Iterator[Indices]:
    """Yield one block (1, T) per non-empty line of a UTF-8 file; InputError names file and line."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        message = f"cannot read words: {error}"
        raise InputError(message, file=str(path)) from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                ids = split_word(line, machine)
            except InputError as error:
                raise InputError(error.message, file=str(path), line=number, hint=error.hint) from error
            yield np.array([ids], dtype=smallest_type(len(machine.symbols)))
