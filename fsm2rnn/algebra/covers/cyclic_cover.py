r"""Z_m1 x ... x Z_mk onto an abelian group: letters that commute, each in a cyclic group of its own.

Letters that commute and permute the states send (e_1, ..., e_k) to the state that x_1^e_1 ... x_k^e_k leads the start
to. Here x_1, ..., x_k are letters, m_i the order of x_i, and every letter is a power of one of them, so that it moves
one exponent alone. No fewer factors have that property than there are maximal ones among the groups <x>, x a letter.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, final

from fsm2rnn.algebra.letters.letter_maps import permutes_transitively
from fsm2rnn.algebra.letters.letter_orders import letter_orders, noncommuting
from fsm2rnn.errors import LimitError
from fsm2rnn.machine.permutations import Permutation, compose
from fsm2rnn.machine.quotient import QuotientMap
from fsm2rnn.machine.state_machine import StateMachine

STATE_LIMIT: Final = 1024
"""Most states of the product of the cyclic groups: each is a code with a row in the readout, so a network has a
million numbers."""


@final
@dataclass(frozen=True)
class CyclicCover:
    """The product of cyclic groups as a machine, mapped onto the one that it covers; its states count exponents."""

    quotient: QuotientMap
    orders: tuple[int, ...]  # m_i
    powers: tuple[tuple[int, int], ...]  # per symbol: i and e with x = x_i^e, e = 0 where no state moves
    exponents: tuple[tuple[int, ...], ...]  # per state


def cyclic_cover(machine: StateMachine) -> CyclicCover | None:
    """Return the cover of letters that commute and permute the states; None for other ones, or where no state moves.

    LimitError beyond STATE_LIMIT states.
    """
    if not permutes_transitively(machine) or noncommuting(machine):
        return None
    columns = list(zip(*machine.table, strict=True))
    periods = dict(zip(columns, (order.period for order in letter_orders(machine)), strict=True))
    generators, power_of = _generators(periods)
    orders = tuple(periods[one] for one in generators)
    if not orders:
        return None
    if math.prod(orders) > STATE_LIMIT:
        what = "codes of a product of the cyclic groups of all letters"
        raise LimitError(what, limit=STATE_LIMIT, needed=math.prod(orders))
    powers = tuple(power_of.get(column, (0, 0)) for column in columns)
    exponents = tuple(itertools.product(*map(range, orders)))
    number = {exponent: state for state, exponent in enumerate(exponents)}
    rows = tuple(tuple(number[_moved(exponent, orders, power)] for power in powers) for exponent in exponents)
    image = tuple(_reached(machine.start, generators, exponent) for exponent in exponents)
    outputs = tuple(machine.outputs[state] for state in image)
    cover = StateMachine(exponents, machine.symbols, rows, 0, outputs)
    return CyclicCover(QuotientMap(cover, machine, image), orders, powers, exponents)


def _generators(periods: dict[Permutation, int]) -> tuple[list[Permutation], dict[Permutation, tuple[int, int]]]:
    """Return letters of which all others that move a state are powers, and of which, those of large order first."""
    generators = list[Permutation]()
    power_of: dict[Permutation, tuple[int, int]] = {}
    for letter in sorted(periods, key=lambda one: -periods[one]):
        if periods[letter] == 1 or letter in power_of:
            continue
        power = letter
        for exponent in range(1, periods[letter]):
            power_of.setdefault(power, (len(generators), exponent))
            power = compose(power, letter)
        generators.append(letter)
    return generators, power_of


def _moved(exponent: tuple[int, ...], orders: Sequence[int], power: tuple[int, int]) -> tuple[int, ...]:
    place, turn = power
    return (*exponent[:place], (exponent[place] + turn) % orders[place], *exponent[place + 1 :])


def _reached(state: int, generators: Sequence[Permutation], exponent: Sequence[int]) -> int:
    for generator, count in zip(generators, exponent, strict=True):
        for _ in range(count):
            state = generator[state]
    return state
