"""What is drawn is of its class and within its sizes, and failures shrink to small machines and short words."""

from __future__ import annotations

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

import fsm2rnn
from fsm2rnn.errors import InputError
from fsm2rnn.machine.permutations import letters_permute
from fsm2rnn.testing import MachineClass, groups, machines, networks, words
from fsm2rnn.testing.group_strategies import named_groups

ONCE = settings(database=None, derandomize=True, max_examples=500)


def composed(first, second):
    """Return the transformation of the first, then the second."""
    return tuple(second[state] for state in first)


def letters(machine):
    """Return the transformation of each symbol."""
    return [tuple(row[letter] for row in machine.table) for letter in range(len(machine.symbols))]


def is_aperiodic(machine):
    """Return whether x^n = x^(n + 1) for every x of the monoid, n the number of states."""
    found = [tuple(range(len(machine.states)))]
    for element in found:
        found += [new for letter in letters(machine) if (new := composed(element, letter)) not in found]
    for element in found:
        power = element
        for _ in machine.states:
            power = composed(power, element)
        if composed(power, element) != power:
            return False
    return True


def is_commutative(machine):
    return all(composed(x, y) == composed(y, x) for x in letters(machine) for y in letters(machine))


def is_idempotent(machine):
    return all(composed(x, x) == x for x in letters(machine))


HOLDS = {
    MachineClass.ANY: lambda machine: not machine.is_mealy,
    MachineClass.PERMUTATION: letters_permute,
    MachineClass.COMMUTATIVE: is_commutative,
    MachineClass.APERIODIC: is_aperiodic,
    MachineClass.RESETS: lambda machine: is_aperiodic(machine) and is_idempotent(machine),
    MachineClass.MEALY: lambda machine: machine.is_mealy,
}


@pytest.mark.parametrize("kind", MachineClass)
@settings(max_examples=60)
@given(data=st.data())
def test_machines_are_of_their_class_and_within_their_sizes(kind, data):
    machine = data.draw(machines(kind, max_states=5, max_symbols=2))
    assert HOLDS[kind](machine)
    assert len(machine.states) <= 5
    assert len(machine.symbols) <= 2


@pytest.mark.parametrize("kind", MachineClass)
def test_failures_shrink_to_one_state_and_one_symbol(kind):
    machine = find(machines(kind), lambda _: True, settings=ONCE)
    assert (len(machine.states), len(machine.symbols)) == (1, 1)


def test_what_is_not_aperiodic_shrinks_to_a_swap():
    machine = find(machines(outputs=st.just(0)), lambda machine: not is_aperiodic(machine), settings=ONCE)
    assert machine.table == ((1,), (0,))


def test_a_cascade_that_is_no_product_of_resets_is_drawn():
    found = find(machines("aperiodic"), lambda machine: not is_idempotent(machine), settings=ONCE)
    assert len(found.states) <= 4


def test_labels_and_outputs_are_drawn_where_asked():
    machine = find(
        machines(labels=st.sampled_from(["p", "q", "r"]), outputs=st.just("out"), max_states=3),
        lambda machine: len(machine.states) == 2,
        settings=ONCE,
    )
    assert set(machine.states) <= {"p", "q", "r"}
    assert machine.outputs == ("out", "out")


def test_every_name_of_a_group_is_read_with_its_order():
    for name, order in named_groups(24):
        machine = fsm2rnn.read(f"{name}@gens")
        assert len(machine.states) == order
        assert letters_permute(machine)
    assert {"Z1", "S4", "A4", "Dih(3)", "Q8", "V4", "Dic(3)", "Z2xS3"} <= {name for name, _ in named_groups(24)}
    assert named_groups(1) == [("Z1", 1)]
    assert {name for name, order in named_groups(60) if order == 60} >= {"A5", "Z60"}


def test_groups_shrink_to_the_least():
    assert find(groups(), lambda _: True, settings=ONCE) == "Z1"


@settings(max_examples=60)
@given(data=st.data(), least=st.integers(0, 3))
def test_words_are_within_their_sizes(data, least):
    machine = data.draw(machines())
    word = data.draw(words(machine, min_size=least, max_size=7))
    assert least <= len(word) <= 7
    assert set(word) <= set(machine.symbols)


PARITY = fsm2rnn.read("parity")


@pytest.mark.parametrize("symbol", PARITY.symbols)
def test_words_shrink_and_run_far(symbol):
    assert find(words(PARITY), lambda word: symbol in word, settings=ONCE) == [symbol]
    assert find(words(PARITY, max_size=40), lambda word: word.count(symbol) >= 20, settings=ONCE) == [symbol] * 20


def test_favoured_symbols_come_often():
    machine = fsm2rnn.read("Z8")
    counts = []

    @settings(max_examples=50, phases=[Phase.generate], database=None, derandomize=True)
    @given(words(machine, min_size=20, max_size=20, favoured=["3"]))
    def count(word):
        counts.append(word.count("3"))

    count()
    assert sum(counts) > 10 * len(counts)


@settings(max_examples=25, deadline=None)
@given(data=st.data(), net=networks())
def test_networks_answer_as_their_machines(data, net):
    word = data.draw(words(net.machine))
    assert net.outputs(word) == net.machine.answers(word)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: machines("permutations"), "did you mean 'permutation'"),
        (lambda: machines(max_states=0), "a state and a symbol at least"),
        (lambda: groups(max_order=0), "1 element at least"),
        (lambda: words(PARITY, favoured=["2"]), "not in the alphabet"),
        (lambda: words(PARITY, favoured=[]), "favoured symbols expected"),
    ],
)
def test_what_means_nothing_is_refused(call, says):
    with pytest.raises(InputError, match=says):
        find(call(), lambda _: True, settings=ONCE)
