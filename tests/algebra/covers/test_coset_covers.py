"""Groups on smaller cosets: how many states, how large the subgroups, and resets that stay resets."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fsm2rnn.algebra.facts import Facts
from fsm2rnn.algebra.group import group_action as actions
from fsm2rnn.errors import LimitError
from fsm2rnn.machine.permutations import letters_permute
from fsm2rnn.machine.reachable import reachable
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.source.named.permutation_groups import closure
from fsm2rnn.source.read import read
from tests.strategies import permutation_machines

# fmt: off
COVERS = [  # states of the covers, the group itself first, then by falling subgroups
    ("act:(1,2,3);(1,2,3,4,5)",      [60, 15, 20, 30]),            # A4 > V4, Z3, Z2
    ("act:(1,2,3,4);(1,2)",          [24, 8, 12]),                 # S3 > Z3, Z2
    ("act:(1,2);(2,3)",              [6]),                         # Z2 is prime
    ("act:(1,2,3,4,5);(1,6)(2,5)",   [60, 12, 30]),                # Dih(5) > Z5, Z2
    ("A5@gens",                      []),
    ("Z60",                          []),
    ("flip-flop",                    []),
    ("register(2)",                  []),
    ("maps:1,0,2;0,0,0",             []),                          # the swap does not reach the third state
    ("maps:1,2,0;1,0,2;2,2,2",       [6]),
]
# fmt: on


def covers_of(facts):
    return [] if facts.covers.regular_coset is None else [facts.covers.regular_coset, *facts.covers.smaller_cosets]


@pytest.mark.parametrize(("name", "sizes"), COVERS, ids=lambda value: value if isinstance(value, str) else "")
def test_covers_are_the_group_and_its_cosets(name, sizes):
    assert [len(cover.quotient().source.states) for cover in covers_of(Facts(read(name)))] == sizes


@settings(max_examples=40)
@given(st.data())
def test_the_group_acts_on_all_cosets_as_on_the_states(data):
    machine = reachable(data.draw(permutation_machines(max_states=5)))
    resets = data.draw(st.lists(st.integers(0, len(machine.states) - 1), max_size=2))
    rows = [(*row, *resets) for row in machine.table]
    symbols = range(len(rows[0]))
    both = StateMachine(machine.states, tuple(symbols), tuple(rows), machine.start, machine.outputs)
    order = len(closure(list(zip(*machine.table, strict=True)), limit=120))
    found = covers_of(Facts(both))
    assert bool(found) == (order > len(machine.states) > 1)
    for cover in found:
        quotient = cover.quotient()  # proves that it maps onto the machine
        assert quotient.target == both
        # Every state has equally many cosets, and their number divides the order of the group.
        counts = set(Counter(quotient.image).values())
        assert len(counts) == 1
        assert order % len(quotient.image) == 0
        assert cover.resets == bool(resets)
        columns = list(zip(*quotient.source.table, strict=True))
        assert all(len(set(column)) == 1 for column in columns[len(machine.symbols) :])
    if found:
        regular = found[0].quotient().source
        assert len(regular.states) == order
        assert letters_permute(regular) != bool(resets)
        sizes = [len(cover.image) for cover in found[1:]]
        assert sizes == sorted(sizes)


def test_large_groups_are_refused_before_anything_is_listed(monkeypatch):
    monkeypatch.setattr(actions, "ORDER_LIMIT", 59)
    with pytest.raises(LimitError, match="elements of a transition group: 60 needed, the limit is 59"):
        _ = Facts(read("act:(1,2,3);(1,2,3,4,5)")).covers.regular_coset
