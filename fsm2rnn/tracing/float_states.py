"""The shortest word that a short format reads wrongly, or all float states that words reach: a search breadth first.

One numpy step per symbol and level, in the arithmetic of which `proof.rounding.float_orbit` speaks: both products of a
coordinate are exact in float32, so that neither order nor fused multiply-add matters. A state is kept as the bits of
its numbers beside the machine state that it should be read as. The search proves nothing: `proof.rounding.float_orbit`
proves what closed, and a word that fails can be run.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from fsm2rnn.errors import LimitError, NumericError
from fsm2rnn.exact.rounding import BFLOAT16, FLOAT16, FLOAT32, FLOAT64, FloatFormat
from fsm2rnn.exact.sparse import Vector, simplest, vector
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.rounding.float_orbit import STATE_LIMIT, STEP_LIMIT, TERMS, letter_rows
from fsm2rnn.proof.stored.meaning import Meaning

STATES: Final = 1 << 20  # float states that are looked at unless said otherwise, 16 MiB of them at 4 coordinates
LONGEST: Final = 1 << 13  # words are no longer than that: a level costs numpy calls however few its states are
NUMBERS: Final = 1 << 24  # numbers of letters, and scores of states read at once: 128 MiB in float64
BITS: Final = 1 << 16  # values of one digit of 16 bits, the item of a state's bits
Floats: TypeAlias = NDArray[np.float32]
Keys: TypeAlias = NDArray[Any]  # of numbers or of bytes


@final
@dataclass(frozen=True)
class Closed:
    """All float states that words reach, the start first, and how each is read: right at every length."""

    states: tuple[Vector, ...]
    reads: tuple[int, ...]


@final
@dataclass(frozen=True)
class Fails:
    """A shortest word, in symbol indices, after which the state is read wrongly."""

    word: tuple[int, ...]


@final
@dataclass(frozen=True)
class Open:
    """The search ended at its limit; all words of at most `length` symbols are read right."""

    length: int


FloatSearch: TypeAlias = Closed | Fails | Open
"""What a search through float states ends with, matched by its three classes."""


def search_float_states(stored: Meaning, machine: StateMachine, *, limit: int = STATES) -> FloatSearch:
    """Return what words of at most LONGEST symbols reach, at most `limit` float states being looked at.

    Raises CertificateError where the result of a step depends on more than the format (`letter_rows`), NumericError
    where the readout is not in float64, LimitError for letters too large to lay out.
    """
    if stored.readout_form != FLOAT64:
        message = f"float states are read in float64, not in {stored.readout_form.name}"
        raise NumericError(message)
    return _searched(stored, machine, limit)


def closed_float_states(stored: Meaning, machine: StateMachine) -> Closed | None:
    """Return the float states that words reach, None where they do not close within what a proof may replay.

    They are read in float64 whatever the readout's format: what is found has to be proved. Errors as for
    `search_float_states`, but for the readout's.
    """
    found = _searched(stored, machine, affordable(stored))
    return found if isinstance(found, Closed) else None


def _searched(stored: Meaning, machine: StateMachine, limit: int) -> FloatSearch:
    with np.errstate(over="ignore", invalid="ignore"):
        return _Search(stored, machine, limit).run()


def affordable(stored: Meaning, states: int = STATE_LIMIT, steps: int = STEP_LIMIT) -> int:
    """Return how many float states may be looked at, given how many of them and of coordinates of steps."""
    return max(1, min(states, steps // (len(stored.matrices) * stored.matrices[0].height)))


@final
class _Search:
    """The states seen, sorted, and for every level its own with the way that led there."""

    def __init__(self, stored: Meaning, machine: StateMachine, limit: int) -> None:
        self.machine, self.limit = machine, limit
        self.table = np.array(machine.table)
        self.gathers = _Gathers(stored)
        self.layout = _Layout(self.gathers.size, len(machine.states), stored.form)

    def run(self) -> FloatSearch:
        """Search level by level; a state that overflows is read wrongly."""
        self.levels = [self.layout.keys(self.gathers.start[None], np.array([self.machine.start]))]
        self.parents: list[NDArray[np.int64]] = []
        self.seen = self.levels[0]
        if self._misread(self.seen).any():
            return Fails(())
        while len(self.levels[-1]):
            found = self._level() if len(self.levels) <= LONGEST else Open(LONGEST)
            if found is not None:
                return found
        return self._closed()

    def _level(self) -> FloatSearch | None:
        """Add the states that follow those of the last level."""
        floats, states = self.layout.parts(self.levels[-1])
        fresh, ways = self.levels[-1][:0], np.zeros(0, np.int64)
        symbols = len(self.machine.symbols)
        for symbol in range(symbols):
            keys = self.layout.keys(self.gathers.step(symbol, floats), self.table[states, symbol])
            keys, first = np.unique(keys, return_index=True)
            way, met = first * symbols + symbol, _among(fresh, keys)
            places = np.searchsorted(fresh, keys[met])
            ways[places] = np.minimum(ways[places], way[met])
            new = ~(met | _among(self.seen, keys))
            keys, way = keys[new], way[new]
            wrong = np.flatnonzero(self._misread(keys))
            if len(wrong):
                return Fails(self._word(int(way[wrong].min())))
            places = np.searchsorted(fresh, keys)
            fresh, ways = np.insert(fresh, places, keys), np.insert(ways, places, way)
            if len(self.seen) + len(fresh) > self.limit:
                return Open(len(self.levels) - 1)
        # States are listed in the order in which a queue would meet them.
        order = np.argsort(ways)
        self.levels.append(fresh[order])
        self.parents.append(ways[order])
        self.seen = np.insert(self.seen, np.searchsorted(self.seen, fresh), fresh)
        return None

    def _misread(self, keys: Keys) -> NDArray[np.bool_]:
        floats, states = self.layout.parts(keys)
        wrong: NDArray[np.bool_] = self.gathers.read(floats) != states
        return wrong | ~np.isfinite(floats).all(axis=1)

    def _word(self, way: int) -> tuple[int, ...]:
        """Return the symbols that lead along a way out of the last level."""
        word = []
        for ways in (*reversed(self.parents), None):
            place, symbol = divmod(way, len(self.machine.symbols))
            word.append(symbol)
            way = 0 if ways is None else int(ways[place])
        return tuple(reversed(word))

    def _closed(self) -> Closed:
        parts = [self.layout.parts(level) for level in self.levels]
        states = (vector(enumerate(map(_exact, row))) for floats, _ in parts for row in floats.tolist())
        return Closed(tuple(states), tuple(read for _, reads in parts for read in reads.tolist()))


@final
class _Gathers:
    """Letters as two gathers each, and the readout, as float arrays."""

    def __init__(self, stored: Meaning) -> None:
        letters = letter_rows(stored)
        self.size, self.form, decoder = stored.matrices[0].height, stored.form, stored.decoder
        needed = self.size * max(TERMS * len(letters), len(decoder.reads))
        if needed > NUMBERS:
            what = "numbers of letters and readout"
            raise LimitError(what, limit=NUMBERS, needed=needed)
        self.columns = np.zeros((len(letters), TERMS, self.size), np.int64)
        self.weights = np.zeros((len(letters), TERMS, self.size), np.float32)
        for symbol, rows in enumerate(letters):
            for place, row in rows:
                for term, (column, entry) in enumerate(row):
                    self.columns[symbol, term, place] = column
                    self.weights[symbol, term, place] = float(entry)
        self.start = _dense(stored.initial_state, self.size).astype(np.float32)
        self.readout = np.array([_dense(column, len(decoder.reads)) for column in decoder.readout.columns])
        self.bias, self.reads = _dense(decoder.bias, len(decoder.reads)), np.array(decoder.reads)

    def step(self, symbol: int, floats: Floats) -> Floats:
        """Return the states (N, H) that follow under one letter, as float32."""
        (first, second), (left, right) = self.columns[symbol], self.weights[symbol]
        return rounded_to(left * floats[:, first] + right * floats[:, second], self.form)

    def read(self, floats: Floats) -> NDArray[np.int64]:
        """Return the machine states that states (N, H) are read as."""
        part = max(1, NUMBERS // len(self.reads))
        scores = (floats[at : at + part].astype(np.float64) @ self.readout for at in range(0, len(floats), part))
        found = [np.argmax(some + self.bias, axis=1) for some in scores]
        return self.reads[np.concatenate(found)] if found else np.zeros(0, np.int64)


@final
@dataclass(frozen=True)
class _Layout:
    """Float states (N, H) beside machine states as one sortable item each: a number of 64 bits, or bytes."""

    size: int
    states: int
    form: FloatFormat

    def __post_init__(self) -> None:
        """Prove that 16 bits hold a number: those of float16, or the upper ones of float32."""
        if not any(wide.holds(self.form) for wide in (FLOAT16, BFLOAT16)):
            message = f"float states are numbers of 16 bits, not of {self.form.name}"
            raise NumericError(message)

    def keys(self, floats: Floats, states: NDArray[np.int64]) -> Keys:
        """Return the items; -0 is 0."""
        digits = 1 if self.states <= BITS else 2
        rows = np.zeros((len(floats), -(-(self.size + digits) // 4) * 4), np.uint16)
        for digit in range(digits):
            rows[:, digit] = states >> (16 * digit) & (BITS - 1)
        plain = floats + np.float32(0)
        if FLOAT16.holds(self.form):
            rows[:, digits : digits + self.size] = plain.astype(np.float16).view(np.uint16)
        else:
            rows[:, digits : digits + self.size] = plain.view(np.uint32) >> 16
        width = 2 * rows.shape[1]
        return rows.view(np.uint64 if width == np.uint64().itemsize else f"S{width}")[:, 0]

    def parts(self, keys: Keys) -> tuple[Floats, NDArray[np.int64]]:
        """Return float states and machine states."""
        digits = 1 if self.states <= BITS else 2
        rows = np.ascontiguousarray(keys)[:, None].view(np.uint16)
        states = np.zeros(len(rows), np.int64)
        for digit in range(digits):
            states |= rows[:, digit].astype(np.int64) << (16 * digit)
        bits = np.ascontiguousarray(rows[:, digits : digits + self.size])
        if FLOAT16.holds(self.form):
            return bits.view(np.float16).astype(np.float32), states
        return (bits.astype(np.uint32) << 16).view(np.float32), states


def rounded_to(values: Floats, form: FloatFormat) -> Floats:
    """Return finite float32 numbers rounded to a format, nearest even, as float32 numbers.

    What overflows is infinite. NumericError for a format that float32 does not hold.
    """
    if form == FLOAT16:
        return values.astype(np.float16).astype(np.float32)
    if form == BFLOAT16:
        bits = values.view(np.uint32)
        return ((bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF0000).astype(np.uint32).view(np.float32)
    if not FLOAT32.holds(form):
        message = f"float32 does not hold the numbers of {form.name}"
        raise NumericError(message)
    # Units of the last bit that is kept, 2^e with 2^(precision - 1) of them in the number, or of the least number.
    units = np.maximum(np.frexp(values)[1] - form.precision, form.lowest)
    nearest = np.ldexp(np.rint(np.ldexp(values.astype(np.float64), -units)), units)
    kept: Floats = np.where(np.abs(nearest) <= form.largest, nearest, np.copysign(np.inf, nearest)).astype(np.float32)
    return kept


def _among(known: Keys, keys: Keys) -> NDArray[np.bool_]:
    """Tell for each item whether it is among sorted ones."""
    if not len(known):
        return np.zeros(len(keys), np.bool_)
    return np.equal(known[np.minimum(np.searchsorted(known, keys), len(known) - 1)], keys)


def _dense(entries: Vector, size: int) -> NDArray[np.float64]:
    dense = np.zeros(size)
    for place, entry in entries:
        dense[place] = float(entry)
    return dense


def _exact(value: float) -> int | Fraction:
    return simplest(Fraction(value))
