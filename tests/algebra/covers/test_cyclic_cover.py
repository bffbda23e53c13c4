"""Products of the cyclic groups of commuting letters: every letter moves one exponent, every state is read right."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings

from fsm2rnn.algebra.covers import cyclic_cover as module
from fsm2rnn.algebra.covers.cyclic_cover import cyclic_cover
from fsm2rnn.errors import LimitError
from fsm2rnn.source.read import read
from tests.strategies import abelian_groups


@pytest.mark.parametrize(
    ("name", "orders"),
    [
        ("parity", (2,)),
        ("Z5", (5,)),  # all letters are powers of one
        ("Z12@gens", (12,)),
        ("V4", (2, 2, 2)),
        ("V4@gens", (2, 2)),
        ("Z2xZ4", (4, 4, 2, 2)),
        ("Z3xZ3", (3, 3, 3, 3)),
        ("Z2xZ2xZ2", (2,) * 7),
    ],
)
def test_there_is_one_factor_for_each_maximal_cyclic_group_of_a_letter(name, orders):
    assert cyclic_cover(read(name)).orders == orders


@settings(max_examples=60)
@given(abelian_groups(periods=(2, 3, 4, 6), max_states=24))
def test_letters_move_their_own_exponent(machine):
    found = cyclic_cover(machine)
    if len(machine.states) == 1:
        assert found is None
        return
    quotient = found.quotient  # proved: it maps onto the machine
    assert quotient.target == machine
    assert len(quotient.image) == math.prod(found.orders)
    for state, exponents in enumerate(found.exponents):
        # The word that each exponent counts, run on the machine.
        word = [
            next(symbol for symbol, power in enumerate(found.powers) if power == (factor, 1))
            for factor, count in enumerate(exponents)
            for _ in range(count)
        ]
        reached = [machine.start, *machine.trajectory(word)][-1]
        assert quotient.image[state] == reached
        for symbol, (factor, turn) in enumerate(found.powers):
            moved = found.exponents[quotient.source.table[state][symbol]]
            assert moved[factor] == (exponents[factor] + turn) % found.orders[factor]
            assert [*moved[:factor], *moved[factor + 1 :]] == [*exponents[:factor], *exponents[factor + 1 :]]


@pytest.mark.parametrize("name", ["S3@gens", "flip-flop", "act:(1,2)(3,4)", "Z1"])
def test_other_machines_have_none(name):
    assert cyclic_cover(read(name)) is None


def test_the_states_are_counted_before_they_are_listed(monkeypatch):
    with pytest.raises(LimitError, match="32,768 needed, the limit is 1,024"):
        cyclic_cover(read("Z2xZ2xZ2xZ2"))
    monkeypatch.setattr(module, "STATE_LIMIT", 7)
    with pytest.raises(LimitError, match="8 needed, the limit is 7"):
        cyclic_cover(read("V4"))
