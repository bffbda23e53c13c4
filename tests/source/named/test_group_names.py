"""Spellings of groups, and what independent code knows of the groups they name: order, classes, orders of elements."""

from __future__ import annotations

from collections import Counter

import pytest
from sympy.combinatorics import Permutation, PermutationGroup

from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.source.named.group_names import name_notes
from fsm2rnn.source.read import reading

# Sizes of the conjugacy classes and how many elements have each order, as textbooks tabulate them.
FACTS = {
    "Q16": ({1: 2, 2: 3, 4: 2}, {1: 1, 2: 1, 4: 10, 8: 4}),
    "QD16": ({1: 2, 2: 3, 4: 2}, {1: 1, 2: 5, 4: 6, 8: 4}),
    "C3:C4": ({1: 2, 2: 2, 3: 2}, {1: 1, 2: 1, 3: 2, 4: 6, 6: 2}),
    "Dic(5)": ({1: 2, 2: 4, 5: 2}, {1: 1, 2: 1, 4: 10, 5: 4, 10: 4}),
    "D4": ({1: 2, 2: 3}, {1: 1, 2: 5, 4: 2}),
    "F20": ({1: 1, 4: 1, 5: 3}, {1: 1, 2: 5, 4: 10, 5: 4}),
    "F21": ({1: 1, 3: 2, 7: 2}, {1: 1, 3: 14, 7: 6}),
    "SL(2,3)": ({1: 2, 4: 4, 6: 1}, {1: 1, 2: 1, 3: 8, 4: 6, 6: 8}),
    "GL(2,3)": ({1: 2, 6: 3, 8: 2, 12: 1}, {1: 1, 2: 13, 3: 8, 4: 6, 6: 8, 8: 12}),
    "SL(2,5)": ({1: 2, 12: 4, 20: 2, 30: 1}, {1: 1, 2: 1, 3: 20, 4: 30, 5: 24, 6: 20, 10: 24}),
}


def read(name):
    """Return the machine of a name, whatever is noted of it."""
    return reading(name).machine


def sympy_group(machine):
    """Return the letters of a machine as permutations of its states."""
    return PermutationGroup([Permutation(list(column)) for column in zip(*machine.table, strict=True)])


@pytest.mark.parametrize(("name", "facts"), FACTS.items())
def test_classes_and_orders_are_those_of_the_textbooks(name, facts):
    sizes, orders = facts
    group = sympy_group(read(f"{name}@gens"))
    assert Counter(map(len, group.conjugacy_classes())) == sizes
    assert Counter(element.order() for element in group.elements) == orders
    assert len(read(name).states) == group.order() == sum(orders.values())


@pytest.mark.parametrize("name", ["Q16", "Q12", "Dic(1)", "QD32", "F21", "F20", "SL(2,3)", "GL(2,3)", "SL(2,2)", "D5"])
def test_all_elements_and_generators_give_one_group(name):
    full, generated = read(name), read(f"{name}@gens")
    assert set(full.states) == set(generated.states)
    assert full.states == full.symbols
    column = {symbol: index for index, symbol in enumerate(full.symbols)}
    number = {state: index for index, state in enumerate(full.states)}
    for state, row in zip(generated.states, generated.table, strict=True):
        for symbol, target in zip(generated.symbols, row, strict=True):
            reached = full.table[number[state]][column[symbol]]
            assert full.states[reached] == generated.states[target]
    # Light's test with the generators, and every element is its own column's image of the identity.
    assert list(full.table[0]) == list(range(len(full.states)))
    for symbol in generated.symbols:
        s = column[symbol]
        for g in range(len(full.states)):
            assert [full.table[full.table[g][s]][h] for h in number.values()] == [
                full.table[g][full.table[s][h]] for h in number.values()
            ]


@pytest.mark.parametrize(("degree", "order"), [(11, 7_920), (12, 95_040)])
def test_mathieu_groups_have_their_orders(degree, order):
    symbols = read(f"M{degree}@gens").symbols if degree == 11 else ()
    cycles = [[[int(point) - 1 for point in part.split(",")] for part in text[1:-1].split(")(")] for text in symbols]
    cycles = cycles or [
        [list(range(11))],
        [[2, 6, 10, 7], [3, 9, 4, 5]],
        [[0, 11], [1, 10], [2, 5], [3, 7], [4, 8], [6, 9]],
    ]
    group = PermutationGroup([Permutation(part, size=degree) for part in cycles])
    assert group.order() == order
    assert group.is_transitive()


@pytest.mark.slow
def test_the_larger_mathieu_group_is_built():
    machine = read("M12@gens")
    assert len(machine.states) == 95_040
    assert len(machine.symbols) == 3


SAME = {
    "Z_5": "Z5",
    "C_5": "Z5",
    "S_4": "S4",
    "Sym(4)": "S4",
    "Sym( 4 )@gens": "S4@gens",
    "Alt(5)": "A5",
    "A_4": "A4",
    "D4": "Dih(4)",
    "D_6": "Dih(6)",
    "Q12": "C3:C4",
    "Dic(3)": "C3:C4",
    "Dic(4)": "Q16",
    "SD16": "QD16",
    "SL( 2 , 3 )": "SL(2,3)",
    "Sym(3)xZ_2": "S3xZ2",
    "V_4": "V4",
    "Q_8": "Q8",
}


@pytest.mark.parametrize(("text", "name"), SAME.items())
def test_spellings_of_one_machine(text, name):
    assert read(text) == read(name)


@pytest.mark.parametrize(("text", "order"), [("M11", "7,920"), ("M12", "95,040"), ("S8", "40,320")])
def test_beyond_all_elements_the_hint_says_that_generators_are_other_letters(text, order):
    with pytest.raises(LimitError, match=f"transitions of {order} states") as caught:
        read(text)
    assert "@gens is another machine" in str(caught.value)


ERRORS = {
    "SmallGroup(24,3)": "write its generators as permutations",
    "SmallGroup( 24 , 3 )@gens": "library of small groups",
    "M13": "M11 and M12 are",
    "F15": "F15 is not in the catalogue",
    "F1": "F1 is not in the catalogue",
    "F0": "F0 is not in the catalogue",
    "Q10": "8, 12, 16",
    "QD8": "16, 32, 64",
    "QD24": "16, 32, 64",
    "Dic(0)": "at least 1",
    "SL(2,4)": "4 is no prime",
    "SL(3,2)": "SL(2,p) for a prime p is",
    "GL(2,1)": "GL(2,p) for a prime p is",
    "D2": "at least 3 corners",
    "gl(2,3)": "did you mean 'GL(2,3)'",
    "dic(3)": "did you mean 'Dic(3)'",
    "sym(3)@gens": "did you mean 'Sym(3)@gens'",
}


@pytest.mark.parametrize(("text", "said"), ERRORS.items())
def test_errors_say_what_helps(text, said):
    with pytest.raises(InputError) as caught:
        read(text)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "text", ["F999999999999999989", "SL(2,999999999999999989)", "Dic(999999999999)", "QD131072", "Q400000"]
)
def test_limits_hold_before_anything_is_built(text):
    with pytest.raises(LimitError):
        read(text)


def test_notes_say_which_of_two_groups_is_read():
    assert name_notes("D4@gens") == ("D4 is read as Dih(4), the square's group of order 8",)
    assert name_notes("Z2xD5xD5") == ("D5 is read as Dih(5), the group of the 5-gon of order 10",)
    assert name_notes("Dih(4)") == name_notes("dyck(2,2)") == name_notes("Decomposed") == ()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("SymmetricGroup(4)", "S4"),
        ("AlternatingGroup( 4 )", "A4"),
        ("CyclicGroup(6)", "Z6"),
        ("DihedralGroup(8)", "Dih(4)"),
        ("QuaternionGroup(8)", "Q8"),
        ("QuaternionGroup(16)", "Q16"),
        ("MathieuGroup(11)@gens", "M11@gens"),
        ("CyclicGroup(2)xSymmetricGroup(3)", "Z2xS3"),
    ],
)
def test_the_names_of_gap_are_spellings(text, name):
    assert read(text) == read(name)


def test_a_dihedral_group_of_gap_is_told_by_its_order():
    assert name_notes("DihedralGroup(8)") == ("DihedralGroup(8) is read as GAP's, Dih(4) of order 8",)
    with pytest.raises(InputError, match="its number is the order"):
        reading("DihedralGroup(7)")


@pytest.mark.parametrize("text", ["PGL(2,5)", "S3@gens@gens", "parity@gens", "Z2^3", "S4@gen", "C7:C3", "PSU(3,3)"])
def test_no_hint_leads_to_another_group(text):
    with pytest.raises(InputError) as caught:
        reading(text)
    assert caught.value.hint.startswith("groups are Zn, ")


def test_a_number_out_of_place_is_no_slip_of_the_pen():
    with pytest.raises(InputError) as caught:
        reading("tomita8")
    names = ", ".join(f"'tomita{number}'" for number in range(1, 8))
    assert caught.value.hint == f"did you mean {names}?"
    with pytest.raises(InputError, match="did you mean 'flip-flop'"):
        reading("flipflop")
