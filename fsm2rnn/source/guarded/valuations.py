"""Valuations of n Boolean inputs as letters: bit strings in binary order, the first input first.

Valuation number v is the string of v's n binary digits. A set of valuations is the integer whose bit v is set for
each of its members, so that conditions combine by &, | and ^.
"""

from __future__ import annotations

from typing import Final

from fsm2rnn.errors import LimitError

EXPANSION_LIMIT: Final = 2**18
"""Most letters of such a machine, and most pairs of an edge and a valuation of its label.

An arc takes some hundred bytes, so this stays below 128 MB; of the circuits that the MCNC benchmarks hold as tables,
all with 13 inputs or fewer pass.
"""

_SAID: Final = 10**18
"""Needs above this are not spelled out: Python writes no number of more than 4,300 digits."""


def letters(inputs: int) -> tuple[str, ...]:
    """Return the 2^n valuations in binary order; LimitError past EXPANSION_LIMIT."""
    if inputs >= EXPANSION_LIMIT.bit_length():
        what = f"letters, the valuations of {inputs:,} Boolean inputs"
        raise LimitError(what, limit=EXPANSION_LIMIT, needed=2**inputs if inputs < _SAID.bit_length() else None)
    return tuple(format(number, f"0{inputs}b") for number in range(2**inputs)) if inputs else ("",)


def require_expansion(pairs: int) -> None:
    """Raise LimitError where more than EXPANSION_LIMIT pairs of an edge and a valuation are stated."""
    if pairs > EXPANSION_LIMIT:
        what = "valuations in the labels of all edges together"
        raise LimitError(what, limit=EXPANSION_LIMIT, needed=pairs if pairs < _SAID else None)


def cube_size(cube: str) -> int:
    """Return how many valuations a cube such as 1-0 holds."""
    return 1 << cube.count("-")


def cube_valuations(cube: str) -> list[int]:
    """Return the numbers of the valuations in a cube of 0, 1 and - for both, rising."""
    found = [0]
    for bit in cube:
        digits = (0, 1) if bit == "-" else (int(bit),)
        found = [2 * number + digit for number in found for digit in digits]
    return found


def everything(inputs: int) -> int:
    """Return the set of all valuations."""
    return (1 << (1 << inputs)) - 1


def holding(inputs: int, place: int) -> int:
    """Return the set of valuations in which the input at that place, counted from 0, is true."""
    run = 1 << (inputs - 1 - place)
    # Runs of zeros and of ones of that length take turns.
    found, width = ((1 << run) - 1) << run, 2 * run
    while width < 1 << inputs:
        found |= found << width
        width *= 2
    return found


def members(valuations: int) -> list[int]:
    """Return the numbers in a set, rising."""
    digits = f"{valuations:b}"[::-1]
    found = []
    place = digits.find("1")
    while place >= 0:
        found.append(place)
        place = digits.find("1", place + 1)
    return found
