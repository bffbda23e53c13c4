"""frozen-parity: P(a frozen random diagonal cell with a readout of two examples is right) = 1 - 2^-H if 0 is neutral.

A diagonal cell multiplies unit i by the sign of a normal number a_i(x) for the letter x, so that a word with n0 zeros
and n1 ones leaves s_i(0)^n0 s_i(1)^n1. The readout is w = (state of an even word) - (state of an odd word), which is
also the direction of least squares on these two examples; the word is called even where w . state > 0.

*Neutral*: s_i(0) = 1. Unit i has s_i(1) = -1 with probability 1/2, then w_i = 2 and it is right after every word; else
w_i = 0. So the cell is right after every word where one of H units is useful: probability 1 - 2^-H.

*Without*: both signs random. With examples of L letters w_i differs from 0 where s_i(0) s_i(1) = -1. For L even, units
(+, -) then vote for the parity of n1, which is right, and units (-, +) for that of n0; so all words are right where the
former are more: probability (1 - P(as many of both)) / 2, each kind having probability 1/4. It stays below 1/2. Tested
on words as long as the examples, n0 and n1 have one parity and both kinds are right: 1 - 2^-H again.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from enum import Enum
from functools import partial
from math import comb
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from fsm2rnn.experiments.plan import ExperimentPlan, Part, Tables
from fsm2rnn.experiments.presets import FrozenSettings, settings_json
from fsm2rnn.experiments.row_store import Row
from fsm2rnn.learn.tasks import FOUNDING

SOURCES: Final = (f"{FOUNDING}, Proposition 3: probability 1 - 2^-H",)
CHOSEN: Final = (
    "how letters are coded, on which the law depends: letter 0 neutral in `rows`, both signs random in `without`",
    "normal numbers are reduced to their signs, which is what dividing by magnitudes leaves",
    "one even and one odd word of 10 letters are the examples, and w is the difference of their states",
)

PART: Final = 100

Signs: TypeAlias = npt.NDArray[np.int8]
Parities: TypeAlias = npt.NDArray[np.int64]


class Coding(Enum):
    """Which signs are random, and the lengths of the words to test on."""

    NEUTRAL = "0 neutral"
    BOTH = "both signs random"
    BOTH_AT_ONE_LENGTH = "both signs random, tested at the length of the examples"


def frozen_parity(settings: FrozenSettings, reduced: tuple[str, ...]) -> ExperimentPlan:
    """Return a run for every number of units and coding."""
    runs = tuple(
        Part(
            f"{coding.value}, H = {hidden}",
            partial(_rows, settings, hidden, coding),
            partial(_seconds, settings, hidden, coding),
        )
        for coding in Coding
        for hidden in settings.hidden
    )
    return ExperimentPlan(runs, settings_json(settings), reduced, CHOSEN, SOURCES, _told)


def law(hidden: int, coding: Coding) -> float:
    """Return the probability that H units are right after all words, as the module says."""
    if coding is not Coding.BOTH:
        return 1.0 - 2.0**-hidden
    equal = sum(comb(hidden, k) * comb(hidden - k, k) * 2 ** (hidden - 2 * k) for k in range(hidden // 2 + 1))
    return float((1 - equal / 4**hidden) / 2)


def successes(settings: FrozenSettings, hidden: int, coding: Coding) -> int:
    """Return in how many trials all test words are answered rightly."""
    code = list(Coding).index(coding)
    generator = np.random.Generator(np.random.PCG64([settings.seed, hidden, code]))
    shape = (settings.trials, hidden)
    signs = [np.sign(generator.standard_normal(shape)).astype(np.int8) for _ in range(2)]
    if coding is Coding.NEUTRAL:
        signs[0] = np.ones(shape, dtype=np.int8)
    odd = generator.integers(2, size=settings.trials)  # of the first example; the second has the other parity
    weights = np.zeros(shape, dtype=np.int64)
    for example in (0, 1):
        words = _words(generator, np.full(settings.trials, settings.example), odd ^ example)
        vote = 1 - 2 * (odd ^ example)
        weights += vote[:, None] * _states(signs, words)
    right = np.ones(settings.trials, dtype=bool)
    for _ in range(settings.words):
        lengths = generator.integers(1, settings.longest + 1, size=settings.trials)
        if coding is Coding.BOTH_AT_ONE_LENGTH:
            lengths[:] = settings.example
        wanted = generator.integers(2, size=settings.trials)
        states = _states(signs, _words(generator, lengths, wanted))
        right &= (1 - 2 * wanted) * (weights * states).sum(1) > 0
    return int(right.sum())


def _words(generator: np.random.Generator, lengths: Parities, odd: Parities) -> tuple[Parities, Parities]:
    """Return how many zeros and ones random words of these lengths and parities have.

    Of T letters all but the last are uniform, and the last makes the parity right: so all words of length T and that
    parity are equally likely.
    """
    ones = generator.binomial(lengths - 1, 0.5)
    ones += (ones % 2) ^ odd
    return lengths - ones, ones


def _states(signs: Sequence[Signs], words: tuple[Parities, Parities]) -> Signs:
    """Return s(0)^n0 s(1)^n1 for each trial and unit."""
    powers = [np.where((count % 2 == 1)[:, None], sign, np.int8(1)) for sign, count in zip(signs, words, strict=True)]
    return powers[0] * powers[1]


def _seconds(settings: FrozenSettings, hidden: int, coding: Coding) -> float:
    """Return how long all trials take, judged by a hundredth of them."""
    part = replace(settings, trials=settings.trials // PART + 1)
    began = time.monotonic()
    successes(part, hidden, coding)
    return (time.monotonic() - began) * settings.trials / part.trials


def _rows(settings: FrozenSettings, hidden: int, coding: Coding) -> list[Row]:
    found = successes(settings, hidden, coding) / settings.trials
    return [
        {
            "hidden": hidden,
            "success": found,
            "law": law(hidden, coding),
            "trials": settings.trials,
            "coding": coding.value,
        }
    ]


def _told(rows: Sequence[Row]) -> Tables:
    neutral = [row for row in rows if row["coding"] == Coding.NEUTRAL.value]
    return {"rows": neutral, "without": [row for row in rows if row["coding"] != Coding.NEUTRAL.value]}
