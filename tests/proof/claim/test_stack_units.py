"""What a step makes of sets of states is what it makes of each of them."""

from __future__ import annotations

import random
from itertools import product

from fsm2rnn.exact.rounding import FLOAT32
from fsm2rnn.proof.claim.stack_units import StackUnits, added, carried_to, ranges


def drawn_units(draw: random.Random, channels: int, units: int) -> StackUnits:
    """Return units with small weights, gates and turns of all kinds."""

    def columns(count: int, rows: int) -> tuple[tuple[tuple[int, int], ...], ...]:
        return tuple(
            tuple((row, draw.choice([-2, -1, 1, 2])) for row in range(rows) if draw.random() < 0.5)
            for _ in range(count)
        )

    erases = tuple(draw.randrange(1 << channels) for _ in range(units))
    turns = tuple(
        tuple((draw.randrange(channels), target) for target in range(channels) if draw.random() < 0.2)
        for _ in range(units)
    )
    return StackUnits(
        channels,
        tuple(draw.randint(-2, 1) for _ in range(units)),
        columns(channels, units),
        columns(2, units),
        erases,
        tuple(one & draw.randrange(1 << channels) for one in erases),
        turns,
        0,
        (0, -1),
        columns(channels, 2),
        (((0, 1),), ((1, -2),)),
        (0, 1),
        FLOAT32,
        9,
    )


def stepped(units: StackUnits, state: int, letter: int) -> int:
    """Return the state after one letter by the formula, channel by channel."""
    h = [state >> place & 1 for place in range(units.channels)]
    u = list(units.bias)
    for place, column in enumerate(units.columns):
        for row, weight in column:
            u[row] += weight * h[place]
    for row, weight in units.letters[letter]:
        u[row] += weight
    u = [max(0, one) for one in u]
    found = 0
    for j in range(units.channels):
        erased = sum(one for unit, one in enumerate(u) if units.erases[unit] >> j & 1)
        written = sum(one for unit, one in enumerate(u) if units.writes[unit] >> j & 1)
        carried = sum(
            min(1, one) * h[s] for unit, one in enumerate(u) for s, target in units.turns[unit] if target == j
        )
        found |= min(1, max(0, 1 - erased) * h[j] + min(1, written) + carried) << j
    return found


def test_one_state_has_one_after_it_by_the_formula():
    draw = random.Random(2)
    for _ in range(150):
        units = drawn_units(draw, 4, 3)
        for state in range(16):
            for letter, (ones, zeros) in enumerate(units.images(state, 0)):
                assert (ones, ones | zeros, ones & zeros) == (stepped(units, state, letter), 15, 0)


def test_all_states_of_a_set_go_where_the_set_goes():
    draw = random.Random(3)
    certain = 0
    for _ in range(150):
        units = drawn_units(draw, 4, 3)
        free = draw.randrange(16)
        on = draw.randrange(16) & ~free
        images = list(units.images(on, free))
        for state in (state for state in range(16) if state & ~free == on):
            for letter, (ones, zeros) in enumerate(images):
                after = stepped(units, state, letter)
                assert after & ones == ones
                assert not after & zeros
                certain += bool(ones) + bool(zeros)
            least, most = zip(*units.shown(on, free), strict=True)
            now = [value for value, _ in units.shown(state, 0)]
            assert all(low <= value <= high for low, value, high in zip(least, now, most, strict=True))
    assert certain > 1000


def test_a_channel_that_is_erased_and_written_by_the_same_units_stays_on():
    """Whether a unit that may fire does so or not: kept, or written anew."""
    units = StackUnits(2, (0,), (((0, 1),), ()), ((),), (2,), (2,), ((),), 0, (0,), ((), ()), ((),), (0,), FLOAT32, 1)
    assert list(units.images(on=2, free=1)) == [(2, 0)]
    assert list(units.images(on=0, free=1)) == [(0, 0)]


def test_a_turn_carries_what_is_there():
    turn = ((0, 1), (1, 2), (2, 0))
    assert [carried_to(turn, state) for state in (1, 2, 4, 5)] == [2, 4, 1, 3]
    units = StackUnits(
        2, (1,), ((), ()), ((),), (3,), (0,), (((0, 1), (1, 0)),), 0, (0,), ((), ()), ((),), (0,), FLOAT32, 1
    )
    assert list(units.images(on=1, free=0)) == [(2, 1)]
    assert list(units.images(on=0, free=1)) == [(0, 1)]
    assert list(units.images(on=0, free=0)) == [(0, 3)]


def test_ranges_are_those_of_all_states():
    draw = random.Random(4)
    for _ in range(50):
        units = drawn_units(draw, 3, 3)
        low, high = ranges(units.bias, units.columns, 0b001, 0b110)
        values = [
            added(ranges(units.bias, units.columns, 1 | two * 2 | four * 4, 0)[0], ())
            for two, four in product((0, 1), repeat=2)
        ]
        assert low == [min(column) for column in zip(*values, strict=True)]
        assert high == [max(column) for column in zip(*values, strict=True)]
