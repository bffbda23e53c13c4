"""Classes, degrees, indicators and character tables of groups against those that GAP finds."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.gap_program import ABSENT, answers, command
from fsm2rnn.algebra.group.character_numbers import indicators
from fsm2rnn.algebra.group.characters import character_table, element_orders
from fsm2rnn.algebra.group.group_action import group_action
from fsm2rnn.source.read import read

GROUPS = [
    "Z12",
    "Q8",
    "Dih(12)",
    "S4xZ3@gens",
    "A5",
    "S5@gens",
    "A6@gens",
    "S6@gens",
    "PSL(2,7)@gens",
    "PSL(2,11)@gens",
    "A5xA4@gens",
    "Q8xZ3@gens",
    "act:(1,2,3,4,5);(2,3,5,4)",  # of order 20
    "act:(1,2,3,4,5,6,7);(2,3,5)(4,7,6)",  # of order 21
    "act:(1,2,3,4,5,6,7);(2,4)(3,7)",  # of order 168, on the points of the plane of order 2
]
PROGRAM = """
described := function(generators)
  local group, table, order;
  group := Group(List(generators, PermList));
  table := CharacterTable(group);
  order := Exponent(group);
  return [
    Size(group), order, SizesConjugacyClasses(table), OrdersClassRepresentatives(table),
    List(ConjugacyClasses(table), class -> ListPerm(Representative(class), Length(generators[1]))),
    Indicator(table, 2),
    List(Irr(table), character -> List(ValuesOfClassFunction(character), value -> CoeffsCyc(value, order)))
  ];
end;;
"""


@pytest.fixture(scope="module")
def described():
    """Return what GAP says of each group, all asked in one run."""
    if command() is None:
        pytest.skip(ABSENT)
    asked = [PROGRAM]
    for name in GROUPS:
        images = [[target + 1 for target in column] for column in zip(*read(name).table, strict=True)]
        asked.append(f"line(described({images}));\n")
    return dict(zip(GROUPS, answers("".join(asked)), strict=True))


@pytest.mark.parametrize("name", GROUPS)
def test_characters_are_those_of_gap(name, described):
    order, exponent, sizes, orders, representatives, signs, rows = described[name]
    machine = read(name)
    action = group_action(machine)
    table = character_table(action.group)
    assert (len(table.group), table.exponent, len(table)) == (order, exponent, len(rows))
    # GAP's classes by their representatives: the element that permutes the states in that way.
    number = numbered(machine, action)
    classes = table.class_of[[number[tuple(point - 1 for point in images)] for images in representatives]]
    assert sorted(classes) == list(range(len(rows)))
    assert table.sizes[classes].tolist() == sizes
    assert element_orders(table.group, table.representatives)[classes].tolist() == orders
    # One prime ideal for all rows: what takes zeta_e to the root permutes conjugate characters, and no more.
    powers = [pow(table.root, power, table.prime) for power in range(exponent)]
    theirs = sorted(
        (sign, *(reduced(value, powers, table.prime) for value in row)) for sign, row in zip(signs, rows, strict=True)
    )
    assert theirs == sorted(
        (sign, *row) for sign, row in zip(indicators(table).tolist(), table.values[:, classes].tolist(), strict=True)
    )


def reduced(value, powers, prime):
    """Return sum_i value_i zeta^i modulo the prime."""
    return sum(entry * power for entry, power in zip(value, powers, strict=True)) % prime


def numbered(machine, action):
    """Return the element that every permutation of the states is, breadth first from the identity."""
    letters = list(zip(*machine.table, strict=True))
    found = {tuple(range(len(machine.states))): 0}
    queue = list(found)
    for images in queue:
        for letter, element in zip(letters, action.letters.tolist(), strict=True):
            moved = tuple(letter[state] for state in images)
            if moved not in found:
                found[moved] = int(action.group.product(np.array(found[images]), np.array(element)))
                queue.append(moved)
    return found
