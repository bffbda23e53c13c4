"""The numbers of a stored network as arrays, and its step in numpy: products summed in column order in float32."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from fsm2rnn.exact.rounding import FloatFormat
from fsm2rnn.exact.sparse import Vector
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.stored.meaning import Meaning
from fsm2rnn.tracing.float_states import rounded_to

Floats: TypeAlias = NDArray[np.float32]
Wide: TypeAlias = NDArray[np.float64]
Indices: TypeAlias = NDArray[np.int64]


@final
@dataclass(frozen=True, eq=False)
class StoredFloats:
    """h <- round(A_x h) of letters (D, H, H), read as the greatest of the scores `rows` h + `bias`, in float64."""

    form: FloatFormat  # float32 or shorter
    letters: Floats
    start: Floats  # (H,)
    rows: Wide  # (K, H)
    bias: Wide  # (K,)
    reads: Indices  # (K,)
    table: Indices  # (Q, D)
    first: int  # the start's index

    @classmethod
    def of(cls, stored: Meaning, machine: StateMachine) -> StoredFloats:
        """Return the numbers of stored weights."""
        size, decoder = stored.matrices[0].height, stored.decoder
        letters = [_dense(stored.columns(symbol), size).T for symbol in range(len(stored.matrices))]
        return cls(
            stored.form,
            np.ascontiguousarray(letters, np.float32),
            _dense([stored.initial_state], size)[0].astype(np.float32),
            np.ascontiguousarray(_dense(decoder.readout.columns, len(decoder.reads)).T),
            _dense([decoder.bias], len(decoder.reads))[0],
            np.array(decoder.reads),
            np.array(machine.table),
            machine.start,
        )

    def step(self, symbol: int, states: Floats) -> Floats:
        """Return the states (N, H) that follow under one letter."""
        columns = self.letters[symbol].T
        total = states[:, :1] * columns[0]
        for place in range(1, len(columns)):
            total += states[:, place : place + 1] * columns[place]
        return rounded_to(total, self.form)

    def read(self, states: Floats) -> Indices:
        """Return the machine states that states (N, H) are read as."""
        return self.reads[(states.astype(np.float64) @ self.rows.T + self.bias).argmax(axis=1)]


def _dense(columns: list[Vector] | tuple[Vector, ...], height: int) -> Wide:
    """Return sparse columns as rows (columns, height)."""
    found = np.zeros((len(columns), height))
    for place, column in enumerate(columns):
        for row, entry in column:
            found[place, row] = float(entry)
    return found
