"""The catalogue: sizes, group laws, languages and limits of every named machine."""

from __future__ import annotations

import itertools
import math

import pytest
from automata.fa.dfa import DFA
from hypothesis import given
from hypothesis import strategies as st

from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.machine.reachable import canonical
from fsm2rnn.source.named.catalogue import TASKS, named_machine
from fsm2rnn.source.read import read

SIZES = {
    "parity": (2, 2),
    "flip-flop": (2, 3),
    "Z60": (60, 60),
    "C60": (60, 60),
    "Z1": (1, 1),
    "S1": (1, 1),
    "S2": (2, 2),
    "S5": (120, 120),
    "S5@gens": (120, 2),
    "A1": (1, 1),
    "A3@gens": (3, 1),
    "A5": (60, 60),
    "A5@gens": (60, 2),
    "A6@gens": (360, 2),
    "Q8": (8, 8),
    "Q8@gens": (8, 2),
    "Dih(4)": (8, 8),
    "Dih(3)@gens": (6, 2),
    "V4": (4, 4),
    "V4@gens": (4, 2),
    "Z2xZ4": (8, 8),
    "A4xZ5": (60, 60),
    "A4xZ5@gens": (60, 3),
    "Z2xZ2xZ2@gens": (8, 3),
    "PSL(2,2)": (6, 6),
    "PSL(2,3)": (12, 12),
    "PSL(2,5)": (60, 60),
    "PSL(2,7)": (168, 168),
    "PSL(2,7)@gens": (168, 2),
    "PSL(2,11)@gens": (660, 2),
    "tomita1": (2, 2),
    "tomita2": (3, 2),
    "tomita3": (5, 2),
    "tomita4": (4, 2),
    "tomita5": (4, 2),
    "tomita6": (3, 2),
    "tomita7": (5, 2),
    "modadd(10)": (10, 10),
    "modarith(5)": (5, 15),
    "even-pairs": (5, 2),
    "cycle-navigation(5)": (5, 3),
    "dyck(1,2)": (4, 2),
    "dyck(1,4)": (6, 2),
    "dyck(2,3)": (16, 4),
    "dyck(6,2)": (44, 12),
    "counter(7)": (8, 2),
    "register(4)": (16, 2),
    "random(states=20,symbols=4,seed=1)": (20, 4),
    "random-permutation(states=8,symbols=2,seed=1)": (8, 2),
    "random( 30 , symbols = 28 )": (30, 28),
}


@pytest.mark.parametrize(("name", "size"), SIZES.items())
def test_sizes_and_canonical_numbering(name, size):
    machine = read(name)
    assert (len(machine.states), len(machine.symbols)) == size
    assert machine == canonical(machine)


def _words(symbols, length):
    return itertools.chain.from_iterable(itertools.product(symbols, repeat=n) for n in range(length + 1))


def _runs(word):
    return [(symbol, len(list(group))) for symbol, group in itertools.groupby(word)]


TOMITA = {
    1: lambda w: "0" not in w,
    2: lambda w: w == "10" * (len(w) // 2),
    3: lambda w: not any(a == ("1", n) and b[1] % 2 and n % 2 for a, b in itertools.pairwise(_runs(w)) for n in [a[1]]),
    4: lambda w: "000" not in w,
    5: lambda w: w.count("0") % 2 == 0 == w.count("1") % 2,
    6: lambda w: (w.count("0") - w.count("1")) % 3 == 0,
    7: lambda w: len(_runs("0" + w)) <= 4,
}


@pytest.mark.parametrize("number", TOMITA)
def test_tomita_languages(number):
    machine = read(f"tomita{number}")
    for word in _words("01", 10):
        assert machine.accepts(word) == TOMITA[number]("".join(word)), word


@pytest.mark.parametrize("name", [f"tomita{n}" for n in range(1, 8)] + ["parity", "even-pairs", "dyck(2,3)"])
def test_acceptors_are_minimal(name):
    machine = read(name)
    dfa = DFA(
        states=set(machine.states),
        input_symbols=set(machine.symbols),
        transitions={
            q: {x: machine.states[target] for x, target in zip(machine.symbols, row, strict=True)}
            for q, row in zip(machine.states, machine.table, strict=True)
        },
        initial_state=machine.states[0],
        final_states={q for q, output in zip(machine.states, machine.outputs, strict=True) if output},
    )
    assert len(dfa.minify().states) == len(machine.states)


@given(st.lists(st.tuples(st.sampled_from("+-*"), st.integers(0, 6)), min_size=1))
def test_modular_arithmetic_evaluates_left_to_right(steps):
    value = 0
    for operator, digit in steps:
        value = {"+": value + digit, "-": value - digit, "*": value * digit}[operator] % 7
    machine = read("modarith(7)")
    assert machine.outputs[machine.run(f"{o}{x}" for o, x in steps)[-1]] == str(value)


@given(st.lists(st.sampled_from(["0", "1"]), min_size=1))
def test_registers_counters_and_parity(word):
    register, counter, parity = read("register(3)"), read("counter(4)"), read("parity")
    assert register.outputs[register.run(word)[-1]] == ("000" + "".join(word))[-3:]
    assert counter.outputs[counter.run(word)[-1]] == str(min(4, word.count("1")))
    assert parity.accepts(word) == (word.count("1") % 2 == 1)


@given(st.lists(st.sampled_from(["stay", "+1", "-1"]), min_size=1), st.integers(1, 6))
def test_cycle_navigation(moves, length):
    machine = read(f"cycle-navigation({length})")
    assert machine.outputs[machine.run(moves)[-1]] == str((moves.count("+1") - moves.count("-1")) % length)


@given(st.text("ab"))
def test_even_pairs(word):
    assert read("even-pairs").accepts(word) == (word[:1] == word[-1:])


def test_flip_flop_remembers_the_last_set():
    machine = read("flip-flop")
    states = machine.run(["hold", "set1", "hold", "set0", "set1", "hold"])
    assert [machine.outputs[state] for state in states] == ["0", "1", "1", "0", "1", "1"]


def _balanced(word, depth):
    stack = []
    for bracket in word:
        if bracket in "([":
            stack.append({"(": ")", "[": "]"}[bracket])
            if len(stack) > depth:
                return False
        elif not stack or stack.pop() != bracket:
            return False
    return not stack


def test_dyck_words_up_to_length_six():
    machine = read("dyck(2,2)")
    words = list(_words("()[]", 6))
    assert [machine.accepts(word) for word in words] == [_balanced(word, 2) for word in words]
    assert sum(machine.accepts(word) for word in words) > 20


def test_later_bracket_types_are_numbered():
    machine = read("dyck(6,1)")
    assert machine.symbols[6:] == ("<", ">", "<5", ">5", "<6", ">6")
    assert machine.accepts(["<5", ">5", "<", ">"])
    assert not machine.accepts(["<5", ">6"])


def test_random_machines_are_reproducible_and_depend_on_the_seed():
    assert read("random(4,2,seed=3)").table == ((0, 1), (1, 0), (2, 1), (0, 3))
    assert read("random") == read("random(20,4,1)") != read("random(20,4,2)")
    permutation = read("random-permutation(9,3,5)")
    for letter in range(3):
        assert sorted(row[letter] for row in permutation.table) == list(range(9))
    assert permutation != read("random-permutation(9,3,6)")


def test_words_may_be_written_in_any_case():
    assert read("Parity") == read(" PARITY ") == read("parity")


ERRORS = {
    "partiy": "did you mean 'parity'",
    "modad(3)": "did you mean 'modadd(m)'",
    "counter": "the argument n is missing",
    "counter()": "the argument n is missing",
    "counter(-1)": "found -1",
    "counter(0)": "found 0",
    "counter(1,2)": "too many arguments",
    "counter(x=1)": "no argument 'x'",
    "counter(one)": "must be an integer",
    "counter(1.5)": "must be an integer",
    "counter(9999999999999999999)": "at most 18 digits",
    "random(states=3,4)": "given twice or after a named one",
    "random(seed=1,seed=1)": "given twice",
    "parity(2)": "too many arguments",
    "tomita8": "unknown machine tomita8",
    "s5": "did you mean 'S5'",
    "z2xz4": "did you mean 'Z2xZ4'",
    "dih(4)@gens": "did you mean 'Dih(4)@gens'",
    "S0": "must be at least 1",
    "Z7x": "unknown machine Z7x",
    "Q9": "quaternion groups have order 8, 12, 16",
    "R9": "unknown machine R9",
    "Dih(2)": "Dih(2) is V4",
    "PSL(2,9)": "9 is no prime",
    "PSL(3,2)": "PSL(2,p)",
    "parity@gens": "unknown machine",
    "": "an empty machine name",
}


@pytest.mark.parametrize(("text", "said"), ERRORS.items())
def test_errors_say_what_helps(text, said):
    with pytest.raises(InputError) as caught:
        read(text)
    assert said in str(caught.value)


LIMITS = {
    "S20": math.factorial(20),
    "A20": math.factorial(20) // 2,
    "S99999999": None,
    "S8": 40320**2,
    "Z100000": 10**10,
    "Z100001@gens": 100001,
    "S5xS5xS5@gens": 120**3,
    "PSL(2,59)@gens": 59 * (59 * 59 - 1) // 2,
    "Dih(50000)@gens": 50000 * 100000,
    "register(17)": 2**17,
    "register(60)": None,
    "modadd(100000)": 10**10,
    "modadd(100000000)": 10**8,
    "dyck(2,16)": 2**17,
    "dyck(7,1000000)": None,
    "dyck(1,90000)": 90002 * 90000,
    "counter(100000)": 100001,
    "random(states=2000,symbols=100000)": 2 * 10**8,
}


@pytest.mark.parametrize(("text", "needed"), LIMITS.items())
def test_limits_hold_before_anything_large_is_built(text, needed):
    with pytest.raises(LimitError) as caught:
        read(text)
    assert caught.value.needed == needed


def test_max_states_is_respected():
    assert len(named_machine("counter(9)", max_states=10).states) == 10
    for text in ("counter(10)", "S4", "Q8xZ2", "V4xV4@gens"):
        with pytest.raises(LimitError):
            named_machine(text, max_states=10)


def test_every_entry_states_its_size():
    arguments = {"dyck": (2, 3), "random": (5, 3, 1), "random-permutation": (5, 3, 1)}
    for entry in TASKS:
        values = arguments.get(entry.name, (4,) * len(entry.parameters))
        machine = entry.build(*values)
        assert (len(machine.states), len(machine.symbols)) == (entry.states(*values), entry.symbols(*values))
