"""Expressions modulo m and the flip-flop language against their own definitions, and their known sizes."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fsm2rnn.errors import LimitError
from fsm2rnn.machine.minimise import minimise
from fsm2rnn.source.read import read

EXPRESSION = re.compile(r"\d+( [-+*] \d+)*")
OPEN = re.compile(r"(\d+ [-+*] )*")
CASES = st.integers(1, 12).flatmap(
    lambda m: st.tuples(st.just(m), st.lists(st.sampled_from([*map(str, range(m)), "+", "-", "*"]), max_size=12))
)


def by_python(word, modulus):
    """What Python makes of the text, where products bind first."""
    text = " ".join(word)
    if EXPRESSION.fullmatch(text):
        return str(eval(text) % modulus)  # noqa: S307  digits and operators alone
    return "open" if OPEN.fullmatch(f"{text} " if text else "") else "invalid"


def by_calculator(word, modulus):
    """Left to right, one key at a time."""
    value, waiting = 0, "+"
    for key in word:
        if key in "+-*":
            waiting = key
        else:
            digit = int(key)
            value = {"+": value + digit, "-": value - digit, "*": value * digit, None: digit}[waiting] % modulus
            waiting = None
    return "open" if waiting else str(value)


@st.composite
def expressions(draw):
    modulus = draw(st.integers(1, 12))
    digit = st.integers(0, modulus - 1).map(str)
    tail = draw(st.lists(st.tuples(st.sampled_from("+-*"), digit), max_size=8))
    return modulus, [draw(digit), *(token for pair in tail for token in pair)]


@settings(max_examples=150)
@given(case=st.one_of(CASES, expressions()))
def test_expressions_have_the_values_of_their_definition(case):
    modulus, word = case
    for name, value in (("modarith-precedence", by_python), ("modarith-tokens", by_calculator)):
        machine = read(f"{name}({modulus})")
        states = [machine.start, *machine.run(word)]
        assert machine.outputs[states[-1]] == value(word, modulus)


@settings(max_examples=60)
@given(case=expressions())
def test_left_to_right_is_python_with_brackets(case):
    modulus, word = case
    text = "(" * (len(word) // 2) + word[0] + "".join(f"{sign}{digit})" for sign, digit in zip(word[1::2], word[2::2]))  # noqa: B905
    assert read(f"modarith-tokens({modulus})").answers(word)[-1] == str(eval(text) % modulus)  # noqa: S307


def monoid_size(machine):
    columns = list(zip(*machine.table, strict=True))
    found = [tuple(range(len(machine.states)))]
    seen = set(found)
    for element in found:
        for product in (tuple(column[state] for state in element) for column in columns):
            if product not in seen:
                seen.add(product)
                found.append(product)
    return len(found)


@pytest.mark.parametrize(
    ("name", "states", "monoid"),
    [
        ("modarith-precedence(2)", 9, 38),
        ("modarith-precedence(3)", 19, 118),
        ("modarith-precedence(5)", 51, None),
        ("modarith-tokens(2)", 6, 25),
        ("modarith-tokens(3)", 12, 109),
        ("modarith-tokens(5)", 20, None),
        ("modarith-tokens(10)", 40, None),
        ("flip-flop-language", 9, None),
    ],
)
def test_minimal_sizes_are_those_known(name, states, monoid):
    machine = minimise(read(name)).target
    assert len(machine.states) == states
    assert monoid is None or monoid_size(machine) == monoid


def must_follow(word):
    """What the language of flip-flops asks for after a word, from the word itself."""
    if not re.fullmatch(r"(w[01]([wri][01])*)?[wri]?", "".join(word)):
        return "invalid"
    memory = None
    for instruction, bit in zip(word[::2], word[1::2], strict=False):
        if instruction == "w":
            memory = bit
        if instruction == "r" and bit != memory:
            return "invalid"
    if len(word) % 2 == 0:
        return "instruction"
    if memory is None and word != ["w"]:
        return "invalid"
    return memory if word[-1] == "r" else "bit"


@settings(max_examples=200)
@given(
    word=st.one_of(
        st.lists(st.sampled_from("wri01"), max_size=7),
        st.lists(st.sampled_from(["w0", "w1", "i0", "i1", "r0", "r1", "r"]), max_size=8).map(
            lambda parts: list("w1" + "".join(parts))
        ),
    )
)
def test_the_flip_flop_language_asks_for_what_it_should(word):
    machine = read("flip-flop-language")
    assert machine.outputs[[machine.start, *machine.run(word)][-1]] == must_follow(word)


def test_sizes_are_refused_before_anything_is_built():
    for text, needed in (("modarith-precedence(1000)", 2_000_001), ("modarith-tokens(100000000)", 400_000_000)):
        with pytest.raises(LimitError) as caught:
            read(text)
        assert caught.value.needed == needed
