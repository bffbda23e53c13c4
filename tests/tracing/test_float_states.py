"""The search over float states against published figures, exact replay, and a search number by number."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fsm2rnn.errors import CertificateError, NumericError
from fsm2rnn.exact.rounding import BFLOAT16, FLOAT16, FLOAT32, FLOAT64, rounded
from fsm2rnn.exact.sparse import SparseMatrix, vector
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.decoder import Decoder
from fsm2rnn.proof.claim.enclosure import Letter
from fsm2rnn.proof.rounding.float_orbit import letter_rows, stepped
from fsm2rnn.proof.stored.meaning import Meaning
from fsm2rnn.tracing import float_states
from fsm2rnn.tracing.float_states import Closed, Fails, Open, search_float_states
from tests.proof.networks import diagonal_parity
from tests.proof.region_networks import cycle, enclosed, region_network, stored, turning
from tests.proof.rounding.drift_networks import drift_network
from tests.proof.turning_networks import cyclic_network

# Cycles with these letters: the proven steps, and the length of the shortest word that fails or how many states close.
FAILING = [
    (10, range(10), BFLOAT16, 46, 183),
    (50, range(50), BFLOAT16, 10, 26),
    (50, [1], BFLOAT16, 14, 220),
]
LONG = [(5, range(5), BFLOAT16, 79, 360), (25, range(25), BFLOAT16, 20, 51)]
CLOSED = [
    (5, range(5), FLOAT16, 744, 5),
    (10, range(10), FLOAT16, 433, 10),
    (5, [1], BFLOAT16, 79, 289),
    (50, [1], FLOAT16, 107, 1916),
]


def read_exactly(meaning, state):
    """Return the state that exact scores tell, ties to the first row."""
    scores = dict(meaning.decoder.scores(state))
    best = max(range(len(meaning.decoder.reads)), key=lambda row: scores.get(row, 0))
    return meaning.decoder.reads[best]


def assert_fails_only_at_the_end(network, word):
    """Run the word by the kernel's rounding: every prefix is read right, the whole word is not."""
    rows, state, machine = letter_rows(network.stored), network.stored.initial_state, network.machine.start
    for place, symbol in enumerate(word, 1):
        state = stepped(rows[symbol], dict(state), network.form)
        machine = network.machine.table[machine][symbol]
        assert (read_exactly(network.stored, state) == machine) == (place < len(word))


def assert_fails(order, letters, form, proved, length):
    network = stored(turning(order, letters), form)
    assert network.steps == proved
    found = search_float_states(network.stored, network.machine)
    assert isinstance(found, Fails)
    assert len(found.word) == length
    assert_fails_only_at_the_end(network, found.word)


@pytest.mark.parametrize(("order", "letters", "form", "proved", "length"), FAILING)
def test_the_shortest_failing_word(order, letters, form, proved, length):
    assert_fails(order, letters, form, proved, length)


@pytest.mark.slow
@pytest.mark.parametrize(("order", "letters", "form", "proved", "length"), LONG)
def test_the_shortest_failing_word_after_many_states(order, letters, form, proved, length):
    assert_fails(order, letters, form, proved, length)


@pytest.mark.parametrize(("order", "letters", "form", "proved", "states"), CLOSED)
def test_the_float_states_that_close(order, letters, form, proved, states):
    network = stored(turning(order, letters), form)
    assert network.steps == proved
    found = search_float_states(network.stored, network.machine)
    assert isinstance(found, Closed)
    assert len(found.states) == len(set(found.states)) == len(found.reads) == states
    assert found.states[0] == network.stored.initial_state


def test_a_search_that_is_cut_says_how_far_it_came():
    network = cyclic_network(5, BFLOAT16)
    found = [search_float_states(network.stored, network.machine, limit=limit) for limit in (10, 100, 2000)]
    assert all(isinstance(one, Open) for one in found)
    assert [one.length for one in found] == sorted({one.length for one in found})
    assert found[-1].length < 360


def test_words_have_a_greatest_length(monkeypatch):
    monkeypatch.setattr(float_states, "LONGEST", 5)
    assert search_float_states(cyclic_network(5, BFLOAT16).stored, cycle(5, range(5))) == Open(5)
    monkeypatch.setattr(float_states, "LONGEST", 220)
    network = stored(turning(50, [1]), BFLOAT16)
    assert isinstance(search_float_states(network.stored, network.machine), Fails)
    monkeypatch.setattr(float_states, "LONGEST", 219)
    assert search_float_states(network.stored, network.machine) == Open(219)


@pytest.mark.parametrize(
    ("network", "error"),
    [
        (cyclic_network(5, FLOAT32), CertificateError),
        (cyclic_network(5, FLOAT64), CertificateError),
        (drift_network("A5-dense", BFLOAT16), CertificateError),
        (drift_network("D5-householder", BFLOAT16), CertificateError),
        (diagonal_parity(BFLOAT16), NumericError),
    ],
    ids=["float32", "float64", "three products", "updates", "short readout"],
)
def test_arithmetic_that_depends_on_more_than_the_format_is_refused(network, error):
    with pytest.raises(error):
        search_float_states(network.stored, network.machine)


def test_a_plane_beside_a_line_and_two_planes():
    two = enclosed_pair()
    for network in (region_network("killed-float16"), stored(two, FLOAT16), stored(two, BFLOAT16)):
        assert_same_as_number_by_number(network.stored, network.machine, 800)


def enclosed_pair():
    """Return the product of a cycle of three and one of two, on two planes and a line."""
    pairs = [(a, b) for a in range(5) for b in range(2)]
    table = [[pairs.index(((a + 1) % 5, b)), pairs.index((a, 1 - b))] for a, b in pairs]
    machine = StateMachine.tracker(pairs, ["turn", "flip"], table)
    letters = (Letter((1,), (Fraction(1, 5), Fraction(2, 5))), Letter((-1,), (Fraction(0), Fraction(0))))
    return enclosed(machine, letters, Contract.INJECTIVE, (1,))


def assert_same_as_number_by_number(meaning, machine, limit):
    """Search by exact numbers: the same states and readings, or the same length of the shortest failure."""
    rows = letter_rows(meaning)
    seen = {(meaning.initial_state, machine.start): 0}
    found = search_float_states(meaning, machine, limit=limit)
    queue = list(seen)
    for state, read in queue:
        if read_exactly(meaning, state) != read:
            assert isinstance(found, Fails)
            assert len(found.word) == seen[state, read]
            return
        for symbol, letter in enumerate(rows):
            try:
                pair = stepped(letter, dict(state), meaning.form), machine.table[read][symbol]
            except NumericError:  # a state that overflows is read wrongly
                assert isinstance(found, Fails)
                assert len(found.word) == seen[state, read] + 1
                return
            if pair not in seen:
                seen[pair] = seen[state, read] + 1
                queue.append(pair)
        if len(queue) > limit:
            assert not isinstance(found, Closed)
            return
    assert isinstance(found, Closed)
    assert list(zip(found.states, found.reads, strict=True)) == queue


@st.composite
def meanings(draw):
    """Draw letters of short numbers on one to six coordinates, at most two entries a row, and a readout of integers."""
    form, size = draw(st.sampled_from([BFLOAT16, FLOAT16])), draw(st.integers(1, 6))
    number = st.fractions(-1, 1, max_denominator=9).map(lambda value: rounded(value, form))
    letters = []
    for _ in range(draw(st.integers(1, 2))):
        rows = [[0] * size for _ in range(size)]
        for row in rows:
            for _ in range(2):
                row[draw(st.integers(0, size - 1))] = draw(number)
        letters.append(SparseMatrix.from_rows(rows))
    states = draw(st.integers(1, 3))
    whole = st.integers(-3, 3)
    readout = SparseMatrix.from_rows([[draw(whole) for _ in range(size)] for _ in range(states)])
    bias = vector(enumerate(draw(whole) for _ in range(states)))
    start = vector(enumerate(draw(number) for _ in range(size)))
    table = [[draw(st.integers(0, states - 1)) for _ in letters] for _ in range(states)]
    machine = StateMachine.tracker(range(states), range(len(letters)), table)
    return Meaning(tuple(letters), start, Decoder.linear(readout, bias), None, form, FLOAT64, blocks=(size,)), machine


@settings(max_examples=60, deadline=None)
@given(drawn=meanings())
def test_the_search_does_what_a_search_number_by_number_does(drawn):
    meaning, machine = drawn
    assume(meaning.initial_state)
    assert_same_as_number_by_number(meaning, machine, 150)


def test_a_wrong_start_fails_at_the_empty_word():
    network = cyclic_network(5, BFLOAT16)
    machine = StateMachine.tracker(range(5), range(5), [[(q + k) % 5 for k in range(5)] for q in range(5)], start=1)
    assert search_float_states(network.stored, machine) == Fails(())


def test_a_state_that_overflows_is_read_wrongly():
    for form in (BFLOAT16, FLOAT16):
        letter = SparseMatrix.from_rows([[2]])
        decoder = Decoder.linear(SparseMatrix.from_rows([[1]]))
        machine = cycle(1, [0])
        meaning = Meaning((letter,), ((0, 1),), decoder, None, form, FLOAT64, lines=1)
        found = search_float_states(meaning, machine)
        assert isinstance(found, Fails)
        assert len(found.word) == (1 << (form.exponent_bits - 1))
