"""Machines in one line: perm:, act: and maps:, their labels, and errors with their columns."""

from __future__ import annotations

import pytest

from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.source.draft.reading import ReadOptions
from fsm2rnn.source.read import read
from fsm2rnn.tracing.compare import isomorphism


def test_a_group_acts_on_itself():
    machine = read("perm:(1,2,3,4,5);(1,2)")
    assert len(machine.states) == 120
    assert machine.states[:3] == ("()", "(1,2,3,4,5)", "(1,2)")
    assert machine.symbols == ("(1,2,3,4,5)", "(1,2)")
    assert machine.outputs == machine.states
    assert isomorphism(read("perm:(1,2);(1,2,3,4,5)"), read("S5@gens")) is not None


def test_products_are_left_to_right():
    machine = read("perm:(1,2);(2,3)")
    assert machine.states[machine.run(["(1,2)", "(2,3)"])[-1]] == "(1,3,2)"


def test_cycles_are_written_in_one_way():
    machine = read("perm: ( 3 , 1,2 ) (5, 4) ; (4)(2,1)() ")
    assert machine.symbols == ("(1,2,3)(4,5)", "(1,2)")
    assert read("perm:()").states == ("()",)
    assert read("perm:(3);(1,2)").symbols == ("()", "(1,2)")


def test_an_action_on_points():
    machine = read("act:(2,3);(1,2,3,4,5)")
    assert machine.states == ("1", "2", "3", "4", "5")
    assert machine.table == ((0, 1), (2, 2), (1, 3), (3, 4), (4, 0))
    assert read("act:(2,3)").states == ("1", "2", "3")


def test_maps():
    machine = read("maps:0,0,1;1,2,2")
    assert machine.states == ("0", "1", "2")
    assert machine.symbols == ("0,0,1", "1,2,2")
    assert machine.table == ((0, 1), (0, 2), (1, 2))
    assert read("maps: 2 ,1,0").states == ("0", "2", "1")


ERRORS = {
    "perm:": (6, "expected a cycle"),
    "perm:(1,2);": (12, "expected a cycle"),
    "perm:(1,2)x": (11, "expected a cycle such as (1,2,3), found 'x'"),
    "perm:(1,(2": (6, "expected a cycle"),
    "perm:(1,2)(2,3)": (12, "the point 2 stands twice"),
    "perm:(1,2);(3,3)": (15, "the point 3 stands twice"),
    "perm:(0,1)": (7, "points count from 1"),
    "perm:(1, 0)": (10, "points count from 1"),
    "perm:(1,,2)": (9, "expected a number, found ''"),
    "perm:(1,-2)": (9, "expected a number, found '-2'"),
    "perm:(1,\u0662)": (9, "expected a number"),
    "perm:(1,2);(2,1)": (12, "the generator (1,2) stands twice"),
    "act:(1 2)": (6, "expected a number, found '1 2'"),
    "maps:": (6, "expected a number"),
    "maps:0,1;": (10, "expected a number"),
    "maps:0,3": (8, "the image 3 is outside 0..1"),
    "maps:0,1;0": (10, "a map of 1 images among maps of 2"),
    "maps:0,1;0,1": (10, "stands twice"),
    "maps:0," + "9" * 5000: (8, "outside 0..1"),
}


@pytest.mark.parametrize(("text", "expected"), ERRORS.items(), ids=range(len(ERRORS)))
def test_errors_say_where(text, expected):
    with pytest.raises(InputError) as caught:
        read(text)
    assert caught.value.column == expected[0]
    assert expected[1] in caught.value.message


@pytest.mark.parametrize(
    "text",
    [
        "perm:(1,2,3,4,5,6,7,8,9,10,11);(1,2)",
        "perm:(1,4194305)",
        "perm:(1,99999999999999999999)",
        "act:(1,1000000)",
        "perm:" + ";".join(f"(1,{point})" for point in range(2, 3000)),
    ],
    ids=range(5),
)
def test_limits(text):
    with pytest.raises(LimitError):
        read(text)


def test_the_limit_is_the_callers():
    with pytest.raises(LimitError) as caught:
        read("perm:(1,2,3,4,5);(1,2)", ReadOptions(max_states=119))
    assert caught.value.limit == 119
    with pytest.raises(LimitError):
        read("maps:0,0,0", ReadOptions(max_states=2))
