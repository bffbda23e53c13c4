"""Words in which item i is a function of the seed and i alone, drawn and led through a machine in one compiled loop.

Item i is stream i of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014) under a key that the seed and the purpose give:
its first number says how long the word is, of a biased word the next D - 1 how likely each letter is, and the further
ones the letters. All is integer arithmetic, so that words are
equal on every computer.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias, final, no_type_check

import numba
import numpy as np
import numpy.typing as npt

from fsm2rnn.data.answers import Indices, answers, next_states
from fsm2rnn.data.traps import AvoidingLetters, avoiding_letters
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.running.words.random_words import GOLDEN, mixed

Numbers: TypeAlias = npt.NDArray[np.uint64]


class Letters(Enum):
    """By which law the letters of one word are drawn.

    UNIFORM: each letter as often as any other. BIASED: the probabilities of the letters are drawn anew for each word,
    uniformly from all that sum to 1 (the spacings of D - 1 uniform points). AVOIDING: uniformly among the letters that
    keep the word out of traps, the states after which every answer is one and the same (`fsm2rnn.data.traps`); where
    no letter does, uniformly among all.
    """

    UNIFORM = "uniform"
    BIASED = "biased"
    AVOIDING = "avoiding"


class Purpose(Enum):
    """What words are for: equal seeds of different purposes have nothing in common, so no test word is trained on."""

    TRAINING = "training"
    EVALUATION = "evaluation"


_BRANCHES = {Purpose.TRAINING: 1, Purpose.EVALUATION: 2}
_CODES = {Letters.UNIFORM: 0, Letters.BIASED: 1, Letters.AVOIDING: 2}
_BIASED, _AVOIDING = _CODES[Letters.BIASED], _CODES[Letters.AVOIDING]


@final
@dataclass(frozen=True)
class Drawing:
    """The machine's arrays and the laws: item i follows laws[i mod len(laws)]."""

    table: Indices  # (Q, D)
    answers: Indices  # (Q, D)
    avoiding: AvoidingLetters
    start: int
    laws: npt.NDArray[np.uint8]
    key: np.uint64

    def lengths(self, items: Indices, among: range) -> Indices:
        """Return how long the items (N,) are, uniformly from `among`."""
        places = np.empty(len(items), dtype=np.int64)
        _draw_places(self._starts(items), len(among), places)
        return among.start + among.step * places

    def words(self, items: Indices, length: int) -> tuple[Indices, Indices]:
        """Return the letters and the answers after each of them, (N, T) each, of items that are `length` long."""
        ids = np.empty((len(items), length), dtype=np.int64)
        targets = np.empty_like(ids)
        laws = self.laws[items % len(self.laws)]
        starts = self._starts(items)
        biased = laws == _BIASED
        cuts = np.empty((len(items), self.table.shape[1] - 1 if biased.any() else 0), dtype=np.uint64)
        _draw_cuts(starts, cuts)
        cuts.sort(axis=1)
        machine = (self.table, self.answers, self.start)
        avoiding = (self.avoiding.offsets, self.avoiding.letters)
        _draw_words(starts, laws, cuts, machine, avoiding, ids, targets)
        return ids, targets

    def _starts(self, items: Indices) -> Numbers:
        starts = np.empty(len(items), dtype=np.uint64)
        _start_streams(self.key, items.astype(np.uint64), starts)
        return starts


def drawing(machine: StateMachine, letters: tuple[Letters, ...], seed: int, purpose: Purpose) -> Drawing:
    """Return the drawing of words of a machine."""
    table, read = next_states(machine), answers(machine)
    if Letters.AVOIDING in letters:
        avoiding = avoiding_letters(table, read)
    else:
        avoiding = AvoidingLetters(np.zeros(1, dtype=np.int64), np.zeros(0, dtype=np.int64))
    key = np.random.SeedSequence(seed, spawn_key=(_BRANCHES[purpose],)).generate_state(1, np.uint64)[0]
    laws = np.array([_CODES[law] for law in letters], dtype=np.uint8)
    return Drawing(table, read, avoiding, machine.start, laws, key)


@numba.njit(cache=True, nogil=True)
@no_type_check
def _start_streams(key: np.uint64, items: Numbers, starts: Numbers) -> None:
    """Fill the counters (N,) from which the streams of the items (N,) go on."""
    for row in range(items.shape[0]):
        starts[row] = mixed(key + (items[row] + np.uint64(1)) * np.uint64(GOLDEN))


@numba.njit(cache=True, nogil=True)
@no_type_check
def _draw_places(starts: Numbers, count: int, places: Indices) -> None:
    """Fill places (N,) in 0 .. count - 1, the first number of each stream."""
    for row in range(starts.shape[0]):
        places[row] = (_number(starts[row], 0) >> np.uint64(32)) * np.uint64(count) >> np.uint64(32)


@numba.njit(cache=True, nogil=True)
@no_type_check
def _draw_words(
    starts: Numbers,
    laws: npt.NDArray[np.uint8],
    cuts: Numbers,
    machine: tuple[Indices, Indices, int],
    avoiding: tuple[Indices, Indices],
    ids: Indices,
    targets: Indices,
) -> None:
    """Fill ids and targets (N, T) of the streams that begin at `starts` (N,), each by its law (N,)."""
    table, answers, state_at_start = machine
    offsets, letters = avoiding
    symbols = np.uint64(table.shape[1])
    for row in range(ids.shape[0]):
        law = laws[row]
        first = table.shape[1] if law == _BIASED else 1
        state = state_at_start
        for step in range(ids.shape[1]):
            number = _number(starts[row], first + step)
            high = number >> np.uint64(32)
            if law == _BIASED:
                letter = _cuts_up_to(cuts[row], number)
            elif law == _AVOIDING:
                count = np.uint64(offsets[state + 1] - offsets[state])
                letter = letters[offsets[state] + np.int64(high * count >> np.uint64(32))]
            else:
                letter = np.int64(high * symbols >> np.uint64(32))
            ids[row, step] = letter
            targets[row, step] = answers[state, letter]
            state = table[state, letter]


@numba.njit(cache=True, nogil=True)
@no_type_check
def _draw_cuts(starts: Numbers, cuts: Numbers) -> None:
    """Fill cuts (N, D - 1), the numbers after the first of each stream."""
    for row in range(cuts.shape[0]):
        for place in range(cuts.shape[1]):
            cuts[row, place] = _number(starts[row], place + 1)


@numba.njit
@no_type_check
def _cuts_up_to(cuts: Numbers, number: np.uint64) -> int:
    """Return how many of the ascending cuts (D - 1,) are at most `number`."""
    least, most = 0, cuts.shape[0]
    while least < most:
        middle = (least + most) // 2
        if cuts[middle] <= number:
            least = middle + 1
        else:
            most = middle
    return least


@numba.njit
@no_type_check
def _number(start: np.uint64, place: int) -> np.uint64:
    """Return the number of that place in the stream."""
    return mixed(start + np.uint64(place + 1) * np.uint64(GOLDEN))
