"""The diagonal rungs against exhaustive search: no verdict is contradicted, on machines of four kinds."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from fsm2rnn.compiler import ask
from fsm2rnn.constructions.verdict import Compiled, Impossible
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.targets.positive_diagonal import POSITIVE_DIAGONAL
from fsm2rnn.targets.real_diagonal import REAL_DIAGONAL
from fsm2rnn.targets.rotation import ROTATION
from tests.laws.monoid_search import (
    has_one_code_per_state,
    has_several_codes_per_state,
    index_and_period,
    minimal,
)
from tests.laws.replay import shows

ANY = 60  # no period of five states is longer
RUNGS = [(ROTATION, ANY), (REAL_DIAGONAL, 2), (POSITIVE_DIAGONAL, 1)]


def permutations(source, count, width):
    return [source.sample(range(count), count) for _ in range(width)]


def arbitrary(source, count, width):
    return [[source.randrange(count) for _ in range(count)] for _ in range(width)]


def aperiodic(source, count, width):
    """Return maps that keep an order of the states, or never go down in it."""
    if source.random() < 0.5:
        return [sorted(source.randrange(count) for _ in range(count)) for _ in range(width)]
    return [[source.randrange(state, count) for state in range(count)] for _ in range(width)]


def commuting(source, count, width):
    """Return maps each of which commutes with those before it, found state by state."""
    letters = [arbitrary(source, count, 1)[0]]
    while len(letters) < width:
        letters.append(next(_completed(source, letters, [None] * count)))
    return letters


def _completed(source, letters, partial):
    """Yield completions of a partial map that commutes with all letters."""
    if any(
        partial[q] is not None and partial[a[q]] is not None and partial[a[q]] != a[partial[q]]
        for a in letters
        for q in range(len(partial))
    ):
        return
    if None not in partial:
        yield partial
        return
    place = partial.index(None)
    for value in source.sample(range(len(partial)), len(partial)):
        yield from _completed(source, letters, [*partial[:place], value, *partial[place + 1 :]])


KINDS = [permutations, commuting, aperiodic, arbitrary]


def drawn(source, kind):
    """Return a table of at most five states and three letters, and outputs: the states themselves, or one of two."""
    count, width = source.choice([2, 3, 4, 5, 5, 5]), source.choice([1, 2, 3, 3])
    table = [list(row) for row in zip(*kind(source, count, width), strict=True)]
    outputs = list(range(count)) if source.random() < 0.75 else [source.randrange(2) for _ in range(count)]
    return table, outputs


def expected(table):
    """Return the verdicts that search and the conditions on the letters give, by target and contract."""
    letters = list(zip(*table, strict=True))
    orders = [index_and_period(letter) for letter in letters]
    commute = all(b[a[q]] == a[b[q]] for a in letters for b in letters for q in range(len(table)))
    found = {}
    for target, longest in RUNGS:
        held = commute and all(period <= longest for _, period in orders)
        found[target, Contract.ROBUST] = held
        finite = held and all(index <= 1 for index, _ in orders)
        assert has_one_code_per_state(table, longest) == finite
        assert has_several_codes_per_state(table, longest) == finite
        found[target, Contract.INJECTIVE] = found[target, Contract.COVER] = finite
    return found


def compare(seed, count):
    """Return how many verdicts of each kind agree with the search, over machines of all kinds."""
    source = random.Random(seed)
    agreed = Counter()
    for number in range(count):
        table, outputs = drawn(source, KINDS[number % len(KINDS)])
        machine = StateMachine(
            tuple(range(len(table))), tuple(range(len(table[0]))), tuple(map(tuple, table)), 0, tuple(outputs)
        )
        rows, _ = minimal(table, outputs)
        for (target, contract), held in expected(rows).items():
            answer = ask(machine, target, contract)
            assert len(answer.machine.states) == len(rows)
            assert isinstance(answer.verdict, Compiled if held else Impossible), (table, outputs, target, contract)
            assert held or shows(machine, answer.verdict.witness)
            agreed[target.name, contract.value, held] += 1
    return agreed


def held_often_enough(agreed, count):
    """Say that both answers occur for every target and contract, in at least a tenth of the machines."""
    assert sum(agreed.values()) == count * len(RUNGS) * 3
    assert len(agreed) == 2 * len(RUNGS) * 3
    assert min(agreed.values()) >= count // 10


def test_no_verdict_on_200_machines_is_contradicted_by_search():
    held_often_enough(compare(1, 200), 200)


@pytest.mark.slow
def test_no_verdict_on_2000_machines_is_contradicted_by_search():
    held_often_enough(compare(2, 2000), 2000)
