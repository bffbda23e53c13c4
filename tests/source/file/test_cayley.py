"""Cayley tables: what is read, what is proved about them, and which machines can be written as one."""

from __future__ import annotations

import itertools
import random

import pytest

from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.source.file import cayley
from fsm2rnn.source.file.cayley import machine_to_cayley, read_cayley
from fsm2rnn.source.read import read


def _read(text, max_states=100):
    return read_cayley(text, file="m.csv", max_states=max_states)


Z2 = StateMachine.tracker(["0", "1"], ["0", "1"], [[0, 1], [1, 0]])


@pytest.mark.parametrize("text", ["0,1\n1,0\n", "*,0,1\n0,0,1\n1,1,0\n", '\n"",0,1\r\n"0",0,1\r\n1,1,0\r\n\r\n'])
def test_the_group_of_two(text):
    assert _read(text) == Z2


def test_numbers_from_one_and_an_identity_that_is_not_first():
    assert _read("1,2\n2,1").states == ("1", "2")
    machine = _read("1,0\n0,1")
    assert machine.states == ("1", "0")
    assert machine.symbols == ("0", "1")
    assert machine.table == ((1, 0), (0, 1))


def test_rows_come_first():
    text = "*,e,a,b\ne,e,a,b\na,a,a,a\nb,b,b,b\n"
    machine = _read(text)
    assert machine.states[machine.run(["a", "b"])[-1]] == "a"
    assert machine_to_cayley(machine) == text


@pytest.mark.parametrize("name", ["S4", "A5", "Q8", "Z2xZ4", "Z1", "modadd(7)"])
def test_catalogue_groups_round_trip(name):
    machine = read(name)
    assert _read(machine_to_cayley(machine)) == machine


ERRORS = {
    "": (1, "an empty table"),
    "\n\n": (1, "an empty table"),
    "*": (1, "a table without elements"),
    "0,1\n1": (2, "1 cells in a table of 2 rows"),
    "0,1\n1,0\n0,1": (1, "2 cells in a table of 3 rows"),
    "*,a,b\na,a,b\nc,b,a": (3, "the row is named 'c'"),
    "*,a,a\na,a,a\na,a,a": (1, "named twice"),
    "*,a,b\na,a,b\nb,b,x": (3, "the product 'x' is not an element"),
    "e,a\na,x": (2, "the product 'x' is not an element"),
    "*,a,b\na,a,a\nb,b,b": (None, "no element is an identity"),
    "0,1\n0,0": (None, "no element is an identity on both sides"),
    "e,a,b\na,b,e\nb,b,e": (None, "not associative: (a * a) * a is not a * (a * a)"),
    'a,"b': (1, "not comma-separated values"),
}


@pytest.mark.parametrize(("text", "expected"), ERRORS.items(), ids=range(len(ERRORS)))
def test_errors_say_where(text, expected):
    with pytest.raises(InputError) as caught:
        _read(text)
    assert (caught.value.file, caught.value.line) == ("m.csv", expected[0])
    assert expected[1] in caught.value.message


def test_limits(monkeypatch):
    with pytest.raises(LimitError):
        _read("0,1\n1,0", max_states=1)
    monkeypatch.setattr(cayley, "PRODUCT_LIMIT", 3)
    with pytest.raises(LimitError):
        _read("0,1\n1,0")


def _is_associative(table):
    elements = range(len(table))
    return all(table[table[x][y]][z] == table[x][table[y][z]] for x, y, z in itertools.product(elements, repeat=3))


def test_lights_test_agrees_with_all_triples():
    """Every unital table of three elements, and random ones of four, against n^3 products."""
    found = 0
    draw = random.Random(1)
    tables = [([0, 1, 2], [1, *cells[:2]], [2, *cells[2:]]) for cells in itertools.product(range(3), repeat=4)]
    tables += [
        ([0, 1, 2, 3], *([row, *(draw.choice((0, row)) for _ in range(3))] for row in (1, 2, 3))) for _ in range(400)
    ]
    for table in tables:
        text = "\n".join(",".join(map(str, row)) for row in table)
        try:
            _read(text)
        except InputError as error:
            assert "not associative" in error.message  # noqa: PT017  both outcomes are compared with the triples
            assert not _is_associative(table)
        else:
            found += 1
            assert _is_associative(table)
    assert found > 11


REFUSED = {
    "parity": "states, symbols and outputs differ",
    "S4@gens": "states, symbols and outputs differ",
    "tomita1": "states, symbols and outputs differ",
}


@pytest.mark.parametrize(("name", "said"), REFUSED.items())
def test_other_machines_are_refused(name, said):
    with pytest.raises(InputError) as caught:
        machine_to_cayley(read(name))
    assert said in caught.value.message
    assert ".json" in caught.value.hint


def test_near_monoids_are_refused():
    names = ("e", "a", "b")
    not_from_start = StateMachine.tracker(names, names, [[0, 2, 1], [1, 2, 0], [2, 0, 1]])
    not_associative = StateMachine.tracker(names, names, [[0, 1, 2], [1, 2, 0], [2, 2, 0]])
    no_identity = StateMachine.tracker(names, names, [[0, 1, 2], [0, 2, 0], [0, 0, 1]])
    for machine, said in [
        (not_from_start, "does not lead from the start"),
        (not_associative, "not associative"),
        (no_identity, "no element is an identity"),
    ]:
        with pytest.raises(InputError, match=said):
            machine_to_cayley(machine)
