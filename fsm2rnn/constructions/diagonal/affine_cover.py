"""Several codes per state: the affine diagonal network of every machine that obeys the laws of these networks.

By the laws (`algebra.letters.affine_laws`) the state is given by the order of the last occurrences of the letters and,
with real factors, by the parity of each letter between them. Coordinates that show this: a pair of letters that reset
to two values shows which came last; a letter that resets, or none, and one that reflects show the parity since. The
orbit of these coordinates is finite, several codes are read as one state: contract cover. Coordinates that the readings
do not need are left out, one after the other.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Final, TypeAlias

from fsm2rnn.algebra.letters.product import merge_letters
from fsm2rnn.constructions.integer_network import integer_network
from fsm2rnn.constructions.sizes import BEST, width_only
from fsm2rnn.constructions.verdict import Compiled
from fsm2rnn.errors import LimitError
from fsm2rnn.exact.sparse import vector
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.operators.diagonal import AffineDiagonal
from fsm2rnn.proof.claim.contract import Contract

CODE_LIMIT: Final = 1000
"""Most codes: the proof scores every code by every prototype, 10^6 dot products, and the search lists them again for
each coordinate that it tries to leave out."""

BEGIN: Final = 3  # a value that no letter resets to, and that is not its own reflection

# What each letter does to one coordinate: keep (1, 0), reset (0, b), reflect (-1, 0).
Role: TypeAlias = tuple[int, int]
KEEP, FIRST, SECOND, REFLECT = (1, 0), (0, 1), (0, 2), (-1, 0)
Coordinate: TypeAlias = tuple[Role, ...]
Code: TypeAlias = tuple[int, ...]


def resetting_coordinates(letters: int) -> Iterator[Coordinate]:
    """Yield the coordinates of the non-negative law: each letter alone resets, each pair to two values."""
    for letter in range(letters):
        yield _roles(letters, {letter: FIRST})
    for first, second in itertools.combinations(range(letters), 2):
        yield _roles(letters, {first: FIRST, second: SECOND})


def reflecting_coordinates(letters: int) -> Iterator[Coordinate]:
    """Yield the coordinates of the real laws: those of `resetting_coordinates`, and those that one letter reflects.

    Beside the one that reflects no letter resets, or one other.
    """
    yield from resetting_coordinates(letters)
    for letter in range(letters):
        yield _roles(letters, {letter: REFLECT})
    for reset, reflect in itertools.permutations(range(letters), 2):
        yield _roles(letters, {reset: FIRST, reflect: REFLECT})


def affine_cover_network(machine: StateMachine, coordinates: list[Coordinate]) -> Compiled:
    """Return the network under contract cover; `coordinates` are over the distinct letter maps, from h_0 = 3.

    Raises LimitError beyond CODE_LIMIT codes.
    """
    # Coordinates that tell all readings apart still do with more of them: what cannot be left out now cannot be left
    # out of fewer, and one pass is enough.
    merge = merge_letters(machine)
    chosen = list(coordinates)
    for coordinate in coordinates:
        fewer = [other for other in chosen if other != coordinate]
        if fewer and _orbit(merge.machine, fewer) is not None:
            chosen = fewer
    found = _orbit(merge.machine, chosen)
    if found is None:
        message = "codes of a machine that breaks the laws"
        raise LimitError(message, limit=CODE_LIMIT)
    codes, reads = tuple(found), tuple(found.values())
    by_letter = list(zip(*chosen, strict=True))
    roles = [by_letter[letter] for letter in merge.letter_of]
    operator = AffineDiagonal(
        tuple(tuple(slope for slope, _ in row) for row in roles), tuple(tuple(b for _, b in row) for row in roles)
    )
    vectors = tuple(vector(enumerate(code)) for code in codes)
    return integer_network(machine, operator, vectors, Contract.COVER, width_only(operator, BEST), reads=reads)


def _roles(letters: int, special: dict[int, Role]) -> Coordinate:
    return tuple(special.get(letter, KEEP) for letter in range(letters))


def _orbit(machine: StateMachine, coordinates: list[Coordinate]) -> dict[Code, int] | None:
    """Return the codes that words reach with their readings; None where one code would be read as two states."""
    start = (BEGIN,) * len(coordinates)
    found = {start: machine.start}
    order = [start]
    # Breadth first over codes with the state each is read as; a code met under two states refutes the coordinates.
    for code in order:
        for letter, reached in enumerate(machine.table[found[code]]):
            moved = tuple(
                value * roles[letter][0] + roles[letter][1] for value, roles in zip(code, coordinates, strict=True)
            )
            if found.setdefault(moved, reached) != reached:
                return None
            if len(found) > len(order):
                order.append(moved)
        if len(order) > CODE_LIMIT:
            what = "codes of an affine network"
            raise LimitError(what, limit=CODE_LIMIT)
    return found
