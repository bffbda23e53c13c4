"""The distinct maps q -> delta(q, x) of a machine as rows of an array, each with the first symbol that acts so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias, final

import numpy as np
import numpy.typing as npt

from fsm2rnn.algebra.letters.words_between import Word
from fsm2rnn.machine.permutations import letters_permute
from fsm2rnn.machine.reachable import reachable_states
from fsm2rnn.machine.state_machine import StateMachine

Numbers: TypeAlias = npt.NDArray[np.integer[Any]]


@final
@dataclass(frozen=True, eq=False)
class LetterMaps:
    """One row per distinct letter map, in the order of the symbols that show it first."""

    maps: Numbers  # (D', Q)
    symbols: Word  # D' symbol indices of the machine

    @property
    def permutation(self) -> bool:
        """Whether every letter permutes the states."""
        return bool((np.sort(self.maps, axis=1) == np.arange(self.maps.shape[1])).all())

    @property
    def commutative(self) -> bool:
        """Whether xy = yx for all letters, in |Q| |Sigma'|^2 steps."""
        # maps[:, x] is q x y for all y, x[maps] is q y x for all y.
        return all(np.array_equal(self.maps[:, letter], letter[self.maps]) for letter in self.maps)

    def word(self, letters: Word) -> Word:
        """Return the symbol indices of a word given by rows."""
        return tuple([self.symbols[letter] for letter in letters])


def letter_maps(machine: StateMachine) -> LetterMaps:
    """Return the distinct letter maps in |Q| |Sigma| steps."""
    columns = np.ascontiguousarray(np.array(machine.table, dtype=np.intp).T)
    first: dict[bytes, int] = {}
    for symbol, column in enumerate(columns):
        first.setdefault(column.tobytes(), symbol)
    symbols = tuple(first.values())
    return LetterMaps(columns[list(symbols)], symbols)


def permutes_transitively(machine: StateMachine) -> bool:
    """Return whether every symbol permutes the states and words reach all of them from the start."""
    return letters_permute(machine) and len(reachable_states(machine)) == len(machine.states)
