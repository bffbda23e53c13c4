"""Facts that the letter maps q -> delta(q, x) show by themselves: how many differ, bijections, commutation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from fsm2rnn.machine.product import merge_letters
from fsm2rnn.machine.state_machine import StateMachine


@final
@dataclass(frozen=True)
class LetterFacts:
    """`letter_maps` distinct maps; `permutation`: all are bijections; `commutative`: xy = yx for all letters."""

    letter_maps: int
    permutation: bool
    commutative: bool


def letter_facts(machine: StateMachine) -> LetterFacts:
    """Return the facts in |Q| |Sigma'|^2 steps, Sigma' the letters with distinct maps."""
    merged = merge_letters(machine).machine
    maps = np.array(merged.table, dtype=np.int32).T  # (D', Q)
    everything = np.arange(maps.shape[1])
    permutation = bool((np.sort(maps, axis=1) == everything).all())
    # maps[:, x] is q x y for all y, x[maps] is q y x for all y.
    commutative = all(np.array_equal(maps[:, letter], letter[maps]) for letter in maps)
    return LetterFacts(len(maps), permutation, commutative)
