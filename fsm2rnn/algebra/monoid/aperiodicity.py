"""Aperiodicity: m^k = m^(k+1) for some k and all m of the transition monoid; no word permutes states in a cycle.

Equivalent (M. P. Schutzenberger, 1965, for the languages): no state q and word w with q w^p = q, q w != q. Such a
cycle refutes the law for w; conversely, m^k = m^(k+p) with p least and p > 1 moves some state of the image of m^k.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from fsm2rnn.algebra.letters.letter_maps import Numbers, letter_maps
from fsm2rnn.algebra.letters.words_between import Word, word_to_state
from fsm2rnn.algebra.monoid.image_sets import image_sets, return_words, strong_components
from fsm2rnn.errors import LimitError
from fsm2rnn.machine.state_machine import StateMachine


@final
@dataclass(frozen=True)
class WordCycle:
    """q = the state after `prefix`; `length` >= 2 is the least p > 0 with q word^p = q."""

    prefix: Word
    word: Word
    length: int


@final
@dataclass(frozen=True)
class Aperiodicity:
    """Whether the transition monoid is aperiodic; None where a limit on image sets stopped the search."""

    aperiodic: bool | None
    cycle: WordCycle | None  # exactly where not aperiodic


def aperiodicity(machine: StateMachine) -> Aperiodicity:
    """Return whether the transition monoid is aperiodic, with a cycle where it is not.

    Three steps, the cheap ones first: a letter with a cycle; a state graph without cycles but loops, since q and
    q w of a cycle lie in one strong component; the groups of the image sets (image_sets.py).
    """
    letters = letter_maps(machine)
    found = _letter_cycle(letters.maps)
    if found is not None:
        letter, state = found
        return _periodic(
            machine, state, letters.symbols[letter : letter + 1], _cycle_length(letters.maps[letter], state)
        )
    if len(strong_components(letters.maps.T.tolist())) == len(machine.states):
        return Aperiodicity(aperiodic=True, cycle=None)
    sets = image_sets(letters, least=2)
    try:
        group = next(return_words(sets), None)
    except LimitError:
        return Aperiodicity(aperiodic=None, cycle=None)
    if group is None:
        return Aperiodicity(aperiodic=True if sets.complete else None, cycle=None)
    moved = int(np.argmax(group.permutations[0] != np.arange(len(group.points))))
    return _periodic(machine, group.points[moved], group.word(0), _cycle_length(group.permutations[0], moved))


def _letter_cycle(maps: Numbers) -> tuple[int, int] | None:
    """Return a letter and a state on one of its cycles that is no loop; the state of least index."""
    powers = maps
    for _ in range(maps.shape[1].bit_length()):
        powers = np.take_along_axis(powers, powers, axis=1)
    # The power is beyond |Q|, so that its images are the states on cycles.
    moved = np.take_along_axis(maps, powers, axis=1) != powers
    if not moved.any():
        return None
    states = np.where(moved, powers, maps.shape[1])
    letter, place = np.unravel_index(int(np.argmin(states)), states.shape)
    return int(letter), int(states[letter, place])


def _cycle_length(images: Numbers, point: int) -> int:
    length, image = 1, int(images[point])
    while image != point:
        length, image = length + 1, int(images[image])
    return length


def _periodic(machine: StateMachine, state: int, word: Word, length: int) -> Aperiodicity:
    return Aperiodicity(aperiodic=False, cycle=WordCycle(word_to_state(machine, state), word, length))
