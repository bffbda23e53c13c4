"""Hopcroft on arrays gives the partition of the plain algorithm, and nothing false passes its recheck."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.algebra.minimal import partition
from fsm2rnn.algebra.minimal.partition import UNREACHED, ArrayQuotient, minimise_array
from fsm2rnn.errors import CertificateError, InputError
from fsm2rnn.machine import minimise as plain
from fsm2rnn.machine.state_machine import StateMachine
from tests.strategies import machines


def machine_of(table, classes, start=0):
    return StateMachine(
        tuple(range(len(table))), tuple(range(table.shape[1])), tuple(map(tuple, table.tolist())), start, tuple(classes)
    )


def chain(count):
    """Return a cycle with one marked state, Moore's worst case."""
    classes = np.zeros(count, dtype=np.int64)
    classes[0] = 1
    return ((np.arange(count) + 1) % count)[:, None], classes


def random_arrays(seed, states, symbols, outputs, dtype=np.int64):
    generator = np.random.default_rng(seed)
    return generator.integers(states, size=(states, symbols), dtype=dtype), generator.integers(outputs, size=states)


@st.composite
def arrays(draw):
    """Draw small tables, which have many equal states, and larger ones."""
    states = draw(st.integers(1, 60))
    dtype = draw(st.sampled_from([np.uint8, np.uint32, np.int64]))
    return random_arrays(draw(st.integers(0, 1 << 32)), states, draw(st.integers(1, 4)), draw(st.integers(1, 3)), dtype)


@st.composite
def blown_up(draw):
    """Draw a table in which every state stands for one of a few, so that whole blocks must stay together."""
    small, outputs = random_arrays(draw(st.integers(0, 1 << 32)), draw(st.integers(1, 12)), draw(st.integers(1, 3)), 2)
    generator = np.random.default_rng(draw(st.integers(0, 1 << 32)))
    copies = draw(st.integers(1, 12))
    stands_for = np.concatenate([np.arange(len(small)), generator.integers(len(small), size=copies * len(small))])
    members = [np.flatnonzero(stands_for == state) for state in range(len(small))]
    table = [[generator.choice(members[reached]) for reached in small[state]] for state in stands_for]
    return np.array(table), outputs[stands_for]


@given(machines(max_states=12))
def test_minimise_is_the_plain_minimise(machine):
    assert partition.minimise(machine) == plain.minimise(machine)


@given(st.one_of(arrays(), blown_up()), st.data())
def test_minimise_array_is_the_plain_minimise(drawn, data):
    table, classes = drawn
    start = data.draw(st.integers(0, len(table) - 1))
    expected = plain.minimise(machine_of(table, classes.tolist(), start))
    found = minimise_array(table, classes, start)
    assert found.target_table.tolist() == [list(row) for row in expected.target.table]
    assert found.target_classes.tolist() == list(expected.target.outputs)
    image = dict(zip(expected.source.states, expected.image, strict=True))
    assert found.image.tolist() == [image.get(state, UNREACHED) for state in range(len(table))]


@pytest.mark.parametrize("count", [1, 2, 300, 3001])
def test_chains(count):
    table, classes = chain(count)
    assert minimise_array(table, classes).image.tolist() == list(range(count))
    line = np.minimum(np.arange(count) + 1, count - 1)[:, None]
    last = (np.arange(count) == count - 1).astype(np.int8)
    assert len(minimise_array(line, last).target_table) == count


def test_a_long_chain_folds_onto_its_period():
    table, _ = chain(3000)
    found = minimise_array(table, (np.arange(3000) % 5 == 0).astype(np.int64), 3)
    assert len(found.target_table) == 5


@pytest.mark.parametrize(("states", "symbols"), [(1, 1), (1, 5), (400, 1), (400, 7)])
def test_equal_outputs_make_one_block(states, symbols):
    table, _ = random_arrays(0, states, symbols, 1)
    assert len(minimise_array(table, np.full(states, -7)).target_table) == 1


@pytest.mark.parametrize("spread", [1, 300, 1 << 61])
def test_many_states_and_classes_of_any_size(spread):
    table, classes = random_arrays(1, 20_000, 2, 3)
    found = minimise_array(table, classes * spread - spread)
    assert found.target_table.tolist() == list(
        map(list, plain.minimise(machine_of(table, classes.tolist())).target.table)
    )


@pytest.mark.parametrize(
    ("table", "classes", "says"),
    [
        (np.zeros((2, 1), int), np.zeros(3, int), "are needed"),
        (np.zeros((0, 1), int), np.zeros(0, int), "are needed"),
        (np.zeros((2, 0), int), np.zeros(2, int), "are needed"),
        (np.zeros(2, int), np.zeros(2, int), "are needed"),
        (np.zeros((2, 1)), np.zeros(2, int), "integers"),
        (np.zeros((2, 1), int), np.zeros(2), "integers"),
        (np.full((2, 1), 2), np.zeros(2, int), "outside 0..1: 2"),
        (np.full((2, 1), -1), np.zeros(2, int), "outside 0..1: -1"),
    ],
)
def test_arrays_that_are_no_machine(table, classes, says):
    with pytest.raises(InputError, match=says):
        minimise_array(table, classes)


@pytest.mark.parametrize("start", [-1, 2])
def test_a_start_outside(start):
    with pytest.raises(InputError, match="start"):
        minimise_array(np.zeros((2, 1), int), np.zeros(2, int), start)


def quotient():
    """Return a proved quotient of 40 states, one of them unreachable, onto 5."""
    table = np.append((np.arange(39) + 1) % 40 % 39, 0)[:, None]
    table[38] = 0
    classes = (np.arange(40) % 3 == 0).astype(np.int64)
    found = minimise_array(table, classes)
    assert (len(found.target_table), found.image[39]) == (3, UNREACHED)
    return found


def altered(array, place, value):
    found = array.copy()
    found[place] = value
    return found


@pytest.mark.parametrize(
    ("field", "change", "part"),
    [
        ("image", lambda q: altered(q.image, 0, 1), "start"),
        ("image", lambda q: altered(q.image, 7, 0), "table"),
        ("image", lambda q: altered(q.image, 7, UNREACHED), "table"),
        ("image", lambda q: altered(q.image, 7, 3), "image"),
        ("image", lambda q: altered(q.image, 7, -2), "image"),
        ("start", lambda _: 1, "start"),
        ("target_table", lambda q: altered(q.target_table, (2, 0), 1), "table"),
        ("target_table", lambda q: np.append(q.target_table, [[0]], 0), "image"),
        ("target_classes", lambda q: 1 - q.target_classes, "outputs"),
        ("classes", lambda q: altered(q.classes, 38, 1), "outputs"),
    ],
)
def test_a_false_quotient_is_refused(field, change, part):
    true = quotient()
    values = {item.name: getattr(true, item.name) for item in dataclasses.fields(true)}
    with pytest.raises(CertificateError, match=part):
        ArrayQuotient(**values | {field: change(true)})


def test_a_wrong_partition_does_not_leave(monkeypatch):
    wrong = np.arange(10) // 2, np.arange(0, 10, 2)
    monkeypatch.setattr(partition, "_coarsest", lambda *_: wrong)
    table, classes = chain(10)
    machine = machine_of(table, classes.tolist())
    for call in (minimise_array, lambda *_: partition.minimise(machine)):
        with pytest.raises(CertificateError):
            call(table, classes)
