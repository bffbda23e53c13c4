"""Errors measured along random words, constant words and words that chase the greatest error, beside the bound."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tests.proof.rounding.float_steps import ROUNDED

CHECKED = 16  # readings are looked at once in so many steps, and at the end


@dataclass(frozen=True)
class Errors:
    """The greatest error after every step, how many steps of words were looked at, and how many were misread."""

    worst: np.ndarray  # (T,)
    steps: int
    misread: int
    word: np.ndarray  # (T,) symbols, one that ends in the greatest error


def along(floats, words, ways):
    """Return the errors along words (N, T), word k summed in the way k of `ways`, taking turns."""
    states, points = floats.first(len(words))
    worst, misread = [], 0
    groups = [(way, slice(place, None, len(ways))) for place, way in enumerate(ways)]
    for step, symbols in enumerate(words.T):
        following = np.empty_like(states)
        for way, part in groups:
            following[part] = floats.step(states[part], symbols[part], way)
        states, points = following, floats.exact.following[points, symbols]
        errors = floats.errors(states, points)
        worst.append(errors.max())
        if step % CHECKED == 0 or step == words.shape[1] - 1:
            misread += floats.misread(states, points)
    return Errors(np.array(worst), words.size, misread, words[errors.argmax()])


def chased(floats, width, length):
    """Return the errors over all letters and ways from the `width` worst distinct float states of the step before."""
    letters, ways = np.arange(floats.arithmetic.letters), floats.ways
    states, points = floats.first(1)
    worst, misread, looked, back = [], 0, 0, []
    for step in range(length):
        moved = np.stack([floats.step(states[:, None], letters[None], way) for way in ways], axis=1)
        targets = np.repeat(floats.exact.following[points][:, None], len(ways), axis=1).ravel()
        moved = moved.reshape(-1, states.shape[1])
        errors = floats.errors(moved, targets)
        # Equal states have equal errors: one state per error is kept.
        kept = np.unique(errors, return_index=True)[1][-width:]
        back.append((kept // (len(ways) * len(letters)), kept % len(letters)))
        states, points = moved[kept], targets[kept]
        worst.append(errors.max())
        looked += len(errors)
        if step % CHECKED == 0 or step == length - 1:
            misread += floats.misread(states, points)
    return Errors(np.array(worst), looked, misread, _word(back))


def _word(back):
    """Return the symbols that led to the last state kept."""
    place, word = -1, []
    for parents, symbols in reversed(back):
        word.append(symbols[place])
        place = parents[place]
    return np.array(word[::-1])


def drawn(floats, count, length, generator):
    """Return `count` random words and, among them, one of each letter for ever (at most half of them)."""
    letters = floats.arithmetic.letters
    words = generator.integers(0, letters, (count, length))
    constant = min(letters, count // 2)
    words[:constant] = generator.permutation(letters)[:constant, None]
    return words


def exceeds(errors, proved):
    """Tell whether an error measured in float64 is above the bound, whatever both have been rounded by."""
    return bool((errors.worst > proved[: len(errors.worst)] * (1 + ROUNDED)).any())
