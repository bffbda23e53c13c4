"""Rounded rotations run over many words at once, and the shortest word that they read wrongly.

One numpy step per symbol: products and their sum in the accumulating format, each rounded, the state rounded once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fsm2rnn.exact.rounding import BFLOAT16, FLOAT16, FLOAT32, FLOAT64, decode
from fsm2rnn.proof.stored.stored_tensors import FLOATS, stored_rows

ACCUMULATORS = {FLOAT64: np.float64, FLOAT32: np.float32, BFLOAT16: np.float32, FLOAT16: np.float32}


def rounded_to(values, form):
    """Return float32 values rounded to a short format, nearest even, as float32; others as they are."""
    if form == FLOAT16:
        return values.astype(np.float16).astype(np.float32)
    if form != BFLOAT16:
        return values
    bits = values.view(np.uint32)
    return ((bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF0000).astype(np.uint32).view(np.float32)


@dataclass(frozen=True)
class FloatPlanes:
    """The stored blocks of a network of planes alone, and how its readout reads."""

    form: object
    cosine: np.ndarray  # (D, P) in the accumulating format
    sine: np.ndarray
    turns: np.ndarray  # (D, P) parts of a turn
    table: np.ndarray  # (Q, D)
    weight: np.ndarray  # (K, 2 P) float64
    bias: np.ndarray
    reads: np.ndarray  # (K,)
    start: int

    @classmethod
    def of(cls, network):
        tensors, machine = network.tensors, network.machine
        wide = ACCUMULATORS[network.form]
        readout = network.stored.decoder
        return cls(
            network.form,
            array_of(tensors["cosine"]).astype(wide),
            array_of(tensors["sine"]).astype(wide),
            np.array([[float(turn) for turn in letter.planes] for letter in network.trace.letters]),
            np.array(machine.table),
            _dense(tensors["readout.weight"]),
            array_of(tensors["readout.bias"]),
            np.array(readout.reads),
            machine.start,
        )

    def first(self, count):
        """Return `count` start states (u, v), each of shape (count, P)."""
        ones = np.ones((count, self.cosine.shape[1]), self.cosine.dtype)
        return ones, np.zeros_like(ones)

    def step(self, u, v, symbols):
        """Return the next states; `symbols` are whole numbers in the shape of the states without the planes."""
        c, s = self.cosine[symbols], self.sine[symbols]
        return rounded_to(c * u - s * v, self.form), rounded_to(s * u + c * v, self.form)

    def errors(self, u, v, phases):
        """Return |h - v| plane by plane; `phases` are the exact parts of a turn, shape as u."""
        angles = 2 * np.pi * phases
        return np.hypot(u.astype(np.float64) - np.cos(angles), v.astype(np.float64) - np.sin(angles))

    def read(self, u, v):
        """Return the machine states that float states (N, P) are read as."""
        pairs = np.stack((u, v), -1).reshape(len(u), 2 * u.shape[1]).astype(np.float64)
        return self.reads[np.argmax(pairs @ self.weight.T + self.bias, axis=1)]


def array_of(tensor):
    form = FLOATS[tensor.dtype]
    size = form.width // 8
    values = [
        float(decode(int.from_bytes(tensor.data[place : place + size], "little"), form))
        for place in range(0, len(tensor.data), size)
    ]
    return np.array(values).reshape(tensor.shape)


def _dense(tensor):
    matrix = stored_rows(tensor, FLOATS[tensor.dtype])
    out = np.zeros((matrix.height, matrix.width))
    for place, column in enumerate(matrix.columns):
        for row, value in column:
            out[row, place] = float(value)
    return out


def worst_errors(planes, words):
    """Return the greatest error over words (N, T) and planes after every step."""
    u, v = planes.first(len(words))
    phases = np.zeros(u.shape)
    worst = []
    for symbols in words.T:
        u, v = planes.step(u, v, symbols)
        phases = (phases + planes.turns[symbols]) % 1
        worst.append(planes.errors(u, v, phases).max())
    return np.array(worst)


def greedy_words(planes, count, length, generator):
    """Return words that begin at random and then, symbol by symbol, take the greatest error."""
    alphabet = len(planes.cosine)
    words = generator.integers(0, alphabet, (count, length))
    free = generator.integers(0, length // 2, count)
    u, v = planes.first(count)
    phases = np.zeros(u.shape)
    every = np.broadcast_to(np.arange(alphabet), (count, alphabet))
    for step in range(length):
        following = planes.step(u[:, None], v[:, None], every)
        turned = (phases[:, None] + planes.turns[every]) % 1
        best = planes.errors(*following, turned).max(axis=2).argmax(axis=1)
        words[:, step] = np.where(step < free, words[:, step], best)
        chosen = np.arange(count), words[:, step]
        (u, v), phases = (part[chosen] for part in following), turned[chosen]
    return words


def beam_errors(planes, width, length):
    """Return the greatest error after every step over the `width` worst distinct float states of the step before."""
    alphabet = np.arange(len(planes.cosine))
    u, v = planes.first(1)
    phases = np.zeros(u.shape)
    worst = []
    for _ in range(length):
        symbols = np.broadcast_to(alphabet, (len(u), len(alphabet)))
        following = planes.step(u[:, None], v[:, None], symbols)
        u, v = (part.reshape(-1, u.shape[1]) for part in following)
        phases = ((phases[:, None] + planes.turns[symbols]) % 1).reshape(u.shape)
        found = planes.errors(u, v, phases).max(axis=1)
        # Equal states have equal errors to the last bits: keep one state per error.
        kept = np.unique(np.round(found, 12), return_index=True)[1][-width:]
        u, v, phases = u[kept], v[kept], phases[kept]
        worst.append(found.max())
    return np.array(worst)


@dataclass(frozen=True)
class Search:
    """The length of the shortest word read wrongly, None where none was found, and what was seen."""

    failure: int | None
    states: int
    depth: int
    closed: bool


def shortest_failure(planes, cap=1_000_000):
    """Search the float states of one plane in a short format breadth first, each with its machine state."""
    keys = _keys(*planes.first(1), np.array([planes.start]))
    seen, depth = keys, 0
    while len(keys) and len(seen) <= cap:
        depth += 1
        following = []
        u, v, states = _from_keys(keys)
        for symbol in range(len(planes.cosine)):
            symbols = np.full(len(u), symbol)
            turned = planes.step(u, v, symbols)
            following.append(_keys(*turned, planes.table[states, symbols]))
        found = np.unique(np.concatenate(following))
        places = np.minimum(np.searchsorted(seen, found), len(seen) - 1)
        keys = found[seen[places] != found]
        u, v, states = _from_keys(keys)
        if (planes.read(u, v) != states).any():
            return Search(depth, len(seen), depth, closed=False)
        seen = np.sort(np.concatenate((seen, keys)), kind="stable")
    return Search(None, len(seen), depth, closed=not len(keys))


def _keys(u, v, states):
    """Return machine state and the bits of both coordinates as one number; -0 is 0."""
    bits = [(part[:, 0] + np.float32(0)).view(np.uint32).astype(np.uint64) for part in (u, v)]
    # A short format's values in float32 have their last 13 bits zero, more in bfloat16.
    short = [part >> np.uint64(13) for part in bits]
    return (states.astype(np.uint64) << np.uint64(38)) | (short[0] << np.uint64(19)) | short[1]


def _from_keys(keys):
    mask = np.uint64((1 << 19) - 1)
    parts = [((keys >> np.uint64(shift)) & mask).astype(np.uint32) << np.uint32(13) for shift in (19, 0)]
    u, v = (part.view(np.float32)[:, None] for part in parts)
    return u, v, (keys >> np.uint64(38)).astype(np.int64)
