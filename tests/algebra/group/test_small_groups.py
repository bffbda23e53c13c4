"""Every group of order below 64 but 32 has a name, and where the name is no catalogue's, it is GAP's."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest

from fsm2rnn.algebra.group.group_name import transition_group
from fsm2rnn.algebra.group.split_extensions import ORDERS
from fsm2rnn.machine.minimise import minimise
from fsm2rnn.source.read import read
from tests.algebra.group.small_groups import small_groups

GROUPS = tuple(group for group in small_groups() if group.order > 1)
# How many groups there are of the orders that have most (H. Besche, B. Eick, E. O'Brien).
SEVERAL = {4: 2, 8: 5, 12: 5, 16: 14, 18: 5, 24: 15, 27: 5, 36: 14, 40: 14, 48: 52, 54: 15, 56: 13, 60: 13, 63: 4}
QUICK = {
    "C5 : C8",
    "(C4 x C2) : C2",
    "C2 . S4 = SL(2,3) . C2",
    "C2 x (C3 : C8)",
    "A4 : C4",
    "(C3 : Q8) : C2",
    "C3 : C4",
}
QUICK |= {"QD16", "GL(2,3)", "C7 : C3", "C4 x S3"}
SHARED = 7  # names that GAP, too, gives to two of these groups


def name_of(text):
    return transition_group(minimise(read(text)).target).name


def factors(name):
    """Return what is multiplied in a name of GAP or of ours, without blanks and outer brackets, Zn spelled as Cn."""
    parts, depth = [""], 0
    for sign in name.replace(" ", ""):
        depth += (sign == "(") - (sign == ")")
        if sign == "x" and not depth:
            parts.append("")
        else:
            parts[-1] += sign
    whole = [part[1:-1] if part[0] + part[-1] == "()" and part.find(")") == len(part) - 1 else part for part in parts]
    return Counter(part.replace("Z", "C") for part in whole)


def is_split(name):
    return any(sign in name.replace("C3:C4x", "").removesuffix("C3:C4") for sign in ":.")


def test_the_table_has_all_groups_of_its_orders():
    counts = Counter(group.order for group in small_groups())
    assert set(counts) == set(ORDERS)
    assert {order: counts[order] for order in SEVERAL} == SEVERAL


@pytest.mark.parametrize(
    "group",
    [pytest.param(one, id=str(one), marks=() if one.description in QUICK else pytest.mark.slow) for one in GROUPS],
)
def test_a_group_has_a_name_of_the_catalogue_or_that_of_gap(group):
    name = name_of(f"perm:{group.generators}")
    if is_split(name):
        assert factors(name) == factors(group.description)
    else:
        assert not name.startswith("order")
        assert name_of(f"{name}@gens") == name


@pytest.mark.slow
def test_groups_of_one_name_have_one_name_in_gap():
    names = defaultdict(set)
    for group in GROUPS:
        names[name_of(f"perm:{group.generators}")].add(group)
    shared = [alike for alike in names.values() if len(alike) > 1]
    assert len(shared) == SHARED
    assert all(len({group.description for group in alike}) == 1 for alike in shared)
