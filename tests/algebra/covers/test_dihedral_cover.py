"""Groups on which squares commute, covered in blocks of two: against brute force, and all of a family."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fsm2rnn.algebra.covers import dihedral_cover as module
from fsm2rnn.algebra.facts import Facts
from fsm2rnn.algebra.group.characters import character_table
from fsm2rnn.algebra.group.group_action import group_action
from fsm2rnn.algebra.representation.least_representation import least_block
from fsm2rnn.errors import LimitError
from fsm2rnn.machine.minimise import minimise
from fsm2rnn.machine.permutations import letters_permute
from fsm2rnn.source.read import read
from tests.algebra.metacyclic_groups import metacyclic, parameters

# fmt: off
ORDERS = [  # elements of the covering group; None where squares do not commute, or letters do
    ("Q8@gens",                       16),
    ("Q8",                            16),
    ("S3@gens",                       6),
    ("Dih(5)@gens",                   10),
    ("S3xS3@gens",                    36),
    ("perm:(1,2,3);(2,3)(4,5,6,7)",   12),   # b^2 is central, and no covering is needed
    ("Q8xZ2@gens",                    32),
    ("Q8xZ3@gens",                    48),
    ("Q8xS3@gens",                    96),
    ("act:(1,2);(2,3)",               6),
    ("Z5",                            None),
    ("A4@gens",                       None),
    ("S4@gens",                       None),
    ("A5@gens",                       None),
    ("flip-flop",                     None),
    ("act:(1,2)(3,4)",                None),
]
# fmt: on
TURN, FLIP = np.array([[0, -1], [1, 0]]), np.diag([1, -1])
SQUARE = [
    np.linalg.matrix_power(TURN, turns) @ np.linalg.matrix_power(FLIP, flips) for flips in (0, 1) for turns in range(4)
]


def cover_of(machine):
    cover = Facts(machine).covers.dihedral
    return None if cover is None else cover.quotient


def widest_block(machine):
    """Return the least b for which blocks of b coordinates are faithful for the group of the letters."""
    action = group_action(machine)
    return least_block(character_table(action.group), action)


@pytest.mark.parametrize(("name", "order"), ORDERS, ids=lambda value: value if isinstance(value, str) else "")
def test_known_groups(name, order):
    cover = cover_of(minimise(read(name)).target)
    assert (cover and len(cover.source.states)) == order
    if cover is not None:
        assert letters_permute(cover.source)
        assert widest_block(cover.source) <= 2


def lifted(machine, letters):
    """Return how many elements words reach when letters are tuples of matrices; None where one has two states."""
    size = len(letters[0])
    start = (np.eye(2, dtype=int),) * size
    reads, order = {b"".join(part.tobytes() for part in start): machine.start}, [(start, machine.start)]
    for element, state in order:
        for symbol, letter in enumerate(letters):
            moved = tuple(a @ b for a, b in zip(letter, element, strict=True))
            key, target = b"".join(part.tobytes() for part in moved), machine.table[state][symbol]
            if reads.setdefault(key, target) != target:
                return None
            if len(reads) > len(order):
                order.append((moved, target))
    return len(order)


def test_two_squares_and_no_fewer_cover_the_quaternions_by_sixteen_elements_at_least():
    machine = read("Q8@gens")
    blocks = list(itertools.product(SQUARE, repeat=len(machine.symbols)))
    assert all(lifted(machine, [(matrix,) for matrix in block]) is None for block in blocks)
    pairs = itertools.combinations(blocks, 2)
    orders = [lifted(machine, list(zip(*pair, strict=True))) for pair in pairs]
    assert min(order for order in orders if order) == len(Facts(machine).covers.dihedral.quotient.source.states) == 16


@settings(max_examples=30)
@given(st.sampled_from(parameters(31)))
def test_metacyclic_groups_have_covers_in_blocks_of_two(group):
    machine = metacyclic(*group)
    cover = cover_of(machine)
    abelian = all(machine.table[a][1] == machine.table[b][0] for a, b in machine.table)
    assert (cover is None) == abelian
    if cover is not None:
        assert cover.target == machine
        assert widest_block(cover.source) <= 2


@pytest.mark.parametrize(
    ("name", "limit", "value", "message"),
    [
        ("Q8@gens", "BLOCK_LIMIT", 63, "elements of a dihedral group: 64 needed, the limit is 63"),
        ("Q8@gens", "ELEMENT_LIMIT", 7, "elements of a covering group: 8 needed, the limit is 7"),
        ("Q8@gens", "ELEMENT_LIMIT", 15, "elements of a covering group: more needed, the limit is 15"),
        ("Q8@gens", "ROUND_LIMIT", 1, "sets of blocks looked at: more needed, the limit is 1"),
        ("perm:(1,2,3,4,5,6,7,8);(1,5)(3,7)", "ORDERS", (4,), "rotations of a block: more needed, the limit is 4"),
    ],
)
def test_searches_end_at_stated_limits(monkeypatch, name, limit, value, message):
    monkeypatch.setattr(module, limit, value)
    with pytest.raises(LimitError, match=message):
        _ = Facts(read(name)).covers.dihedral
