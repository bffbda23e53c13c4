"""U = span of o(delta(., w)) over functions o on the states and words w, modulo a prime.

Of the output functions it is the row space of the Hankel matrix. A function is its row of values on the states.
Products of residues run in float64, exactly: a prime below 2^23 and sums of at most 64 products stay below 2^53.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias, final

import numpy as np
import numpy.typing as npt

from fsm2rnn.errors import LimitError

Integers: TypeAlias = npt.NDArray[np.int64]
Word: TypeAlias = tuple[int, ...]

PRIMES = (8_388_593, 8_388_587, 8_388_581, 8_388_571)
"""The largest primes below 2^23, one after the other where a rank is smaller modulo one."""
BATCH = 64
"""Functions reduced together, in one product of matrices: large enough for its speed, small enough to waste little."""
BLOCK = 8
"""Rows reduced one by one before all others meet them in one product."""
RANK_LIMIT = 1024
"""Most functions in a span: sums of as many products of residues and values stay below 2^53."""
STEP_LIMIT = 1 << 40
"""Most multiplications D Q k^2, about: some minutes."""
VALUE_LIMIT = 1 << 20
"""Largest value of a function, so that RANK_LIMIT products with residues stay below 2^53."""


@final
@dataclass(frozen=True, eq=False)
class WordSpan:
    """k functions o_i(delta(., w_i)), independent modulo the prime, hence over Q, and spanning U modulo the prime.

    `reduced` spans the same space modulo the prime: row i is 1 at pivot i and 0 at every other pivot.
    """

    prime: int
    basis: Integers  # (k, Q), entries of the functions o, shortest words first
    words: tuple[Word, ...]  # k, over the letters
    functions: tuple[int, ...]  # k, row numbers of functions o
    pivots: Integers  # (k,), states, rising
    reduced: Integers  # (k, Q), entries 0 ... prime - 1

    def ends(self, maps: Integers) -> Integers:
        """Return q w_i (k, Q) for the words; `maps` (D, Q) are the letters that the closure is of."""
        found: dict[Word, Integers] = {(): np.arange(maps.shape[1])}
        for word in self.words:
            if word:
                # The rest of a word is the word of a function found before.
                found[word] = found[word[1:]][maps[word[0]]]
        return np.stack([found[word] for word in self.words])


def backward_closure(maps: Integers, outputs: Integers, prime: int, *, most: int | None = None) -> WordSpan:
    """Return the closure of `outputs` (O, Q) under f -> f o delta_x, breadth first; `maps` (D, Q) are the letters.

    D Q k^2 steps. LimitError for a rank beyond `most` or else RANK_LIMIT (unless it is that of all functions), beyond
    STEP_LIMIT steps, and for values beyond VALUE_LIMIT.
    """
    letters, states = maps.shape
    _require_within("value of a function", int(np.abs(outputs).max(initial=0)), VALUE_LIMIT)
    residue = outputs % prime
    rows, columns = _echelon(residue, prime)
    functions = rows.tolist()
    words: list[Word] = [()] * len(functions)
    basis = _Rows(outputs[rows])
    reduced = _Reduced(prime, _Rows(residue[rows].astype(np.float64)), columns)
    done = 0
    # Candidate number i D + x is basis function i after letter x; words of equal length are neighbours.
    while done < len(words) * letters and len(words) < states:
        _require_within("Hankel rank", len(words), RANK_LIMIT if most is None else most)
        _require_within("steps of the backward closure", len(words) ** 2 * letters * states, STEP_LIMIT)
        chosen = np.arange(done, min(done + BATCH, len(words) * letters))
        done += len(chosen)
        sources, read = np.divmod(chosen, letters)
        candidates = np.take_along_axis(basis.kept[sources], maps[read], axis=1)
        residue = reduced.residue(candidates)
        rows, columns = _echelon(residue, prime)
        reduced.extend(residue[rows], columns)
        basis.extend(candidates[rows])
        # f o delta_x reads x before the word of f.
        words += [(int(read[row]), *words[sources[row]]) for row in rows]
        functions += [functions[sources[row]] for row in rows]
    order = np.argsort(reduced.pivots)
    rows_in_order = reduced.rows.kept[order].astype(np.int64)
    return WordSpan(prime, basis.kept.copy(), tuple(words), tuple(functions), reduced.pivots[order], rows_in_order)


@final
class _Rows:
    """Rows in an array with room for more, so that a few at a time are not a copy of all."""

    def __init__(self, first: npt.NDArray[Any]) -> None:
        self.array, self.count = first, len(first)

    @property
    def kept(self) -> npt.NDArray[Any]:
        return self.array[: self.count]

    def extend(self, rows: npt.NDArray[Any]) -> None:
        count = self.count + len(rows)
        if count > len(self.array):
            room = np.zeros((count, self.array.shape[1]), self.array.dtype)
            self.array = np.concatenate([self.kept, room])
        self.array[self.count : count] = rows
        self.count = count


@final
@dataclass
class _Reduced:
    """Independent rows modulo a prime, each 1 at its own pivot and 0 at all others; what does not meet is left."""

    prime: int
    rows: _Rows
    pivots: Integers

    def residue(self, functions: Integers) -> Integers:
        """Return what the rows leave of the functions."""
        factors = functions[:, self.pivots].astype(np.float64)
        met = np.flatnonzero(factors.any(axis=0))
        left: Integers = (functions - (factors[:, met] @ self.rows.kept[met]).astype(np.int64)) % self.prime
        return left

    def extend(self, fresh: Integers, columns: Integers) -> None:
        """Take in rows that are 0 at the pivots, with pivots of their own."""
        kept = self.rows.kept
        factors = kept[:, columns]
        met = np.flatnonzero(factors.any(axis=1))
        kept[met] = (kept[met] - factors[met] @ fresh.astype(np.float64)).astype(np.int64) % self.prime
        self.rows.extend(fresh)
        self.pivots = np.concatenate([self.pivots, columns])


def _echelon(residue: Integers, prime: int) -> tuple[Integers, Integers]:
    """Reduce the rows in place; return the rows that stay, in order, and the column of the leading 1 of each."""
    rows = columns = [np.zeros(0, dtype=np.int64)]
    for start in range(0, len(residue), BLOCK):
        block = residue[start : start + BLOCK]
        stay, leads = _echelon_row_by_row(block, prime)
        factors = residue[:, leads].astype(np.float64)
        factors[start : start + BLOCK] = 0  # these have met each other
        met = np.flatnonzero(factors.any(axis=1))
        residue[met] = (residue[met] - (factors[met] @ block[stay].astype(np.float64)).astype(np.int64)) % prime
        rows, columns = [*rows, stay + start], [*columns, leads]
    return np.concatenate(rows), np.concatenate(columns)


def _echelon_row_by_row(residue: Integers, prime: int) -> tuple[Integers, Integers]:
    """Do this for few rows: each takes a pass over all."""
    rows, columns = [], []
    for row in range(len(residue)):
        support = residue[row].nonzero()[0]
        if support.size:
            column = int(support[0])
            leading = residue[row] * pow(int(residue[row, column]), -1, prime) % prime
            others = residue[:, column].nonzero()[0]
            residue[others] = (residue[others] - residue[others, column, np.newaxis] * leading) % prime
            residue[row] = leading
            rows.append(row)
            columns.append(column)
    return np.array(rows, dtype=np.int64), np.array(columns, dtype=np.int64)


def _require_within(what: str, needed: int, limit: int) -> None:
    if needed > limit:
        raise LimitError(what, limit=limit, needed=needed)
