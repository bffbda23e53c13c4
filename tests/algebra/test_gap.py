"""Classes, degrees, indicators and character tables of groups against those that GAP finds.

GAP is the program `gap`, or the command line in the variable GAP, or that of the package passagemath-gap.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shlex
import shutil
import subprocess
import sys

import numpy as np
import pytest

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
SECONDS = 120
# GAP's own printer breaks lines, and some abbreviate lists as ranges: entries are printed one by one.
PROGRAM = """
SetPrintFormattingStatus("*stdout*", false);;
shown := function(value)
  local place;
  if IsList(value) then
    Print("[");
    for place in [1 .. Length(value)] do
      if place > 1 then Print(","); fi;
      shown(value[place]);
    od;
    Print("]");
  else
    Print(value);
  fi;
end;;
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


def command():
    """Return the command line of GAP, None where it is not installed."""
    if "GAP" in os.environ:
        return shlex.split(os.environ["GAP"])
    if program := shutil.which("gap"):
        return [program]
    return [sys.executable, "-m", "sage.interfaces.gap"] if importlib.util.find_spec("passagemath_gap") else None


@pytest.fixture(scope="module")
def described():
    """Return what GAP says of each group, all asked in one run."""
    line = command()
    if line is None:
        pytest.skip("GAP is not installed: neither `gap` nor the variable GAP nor passagemath-gap")
    asked = [PROGRAM]
    for name in GROUPS:
        images = [[target + 1 for target in column] for column in zip(*read(name).table, strict=True)]
        asked.append(f'shown(described({images})); Print(";\\n");\n')
    run = subprocess.run(
        [*line, "-q", "-b"], input="".join(asked), capture_output=True, text=True, timeout=SECONDS, check=True
    )
    found = run.stdout.split(";")[:-1]
    assert len(found) == len(GROUPS), run.stdout[:2000] + run.stderr[:2000]
    return {name: json.loads(text) for name, text in zip(GROUPS, found, strict=True)}


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
