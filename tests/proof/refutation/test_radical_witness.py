"""Witnesses against sums of irreducible blocks: replayed, written, and refused when a condition is broken."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings

from fsm2rnn.algebra.functions.matrix_algebra import collapsing_sum, matrix_algebra
from fsm2rnn.algebra.letters.words_between import distinguishing_suffix
from fsm2rnn.constructions.integer_network import nearest_integers
from fsm2rnn.errors import LimitError
from fsm2rnn.exact.sparse import SparseMatrix, vector
from fsm2rnn.machine.minimise import minimise
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.simulation import Simulation
from fsm2rnn.proof.refutation import radical_witness as module
from fsm2rnn.proof.refutation.radical_witness import PRIME, Radical
from fsm2rnn.source.read import read
from tests.proof.refusals import refused
from tests.strategies import machines

FLIP_FLOP = read("flip-flop")  # hold, set0, set1
WITNESS = Radical(FLIP_FLOP, ((1,), (2,)), (1, -1), ())

change = dataclasses.replace


def witness_of(machine, found):
    """Return the witness of a sum of words, its suffix found from where the sum sends the start."""
    image = dict.fromkeys(range(len(machine.states)), 0)
    for word, entry in zip(found.words, found.coefficients, strict=True):
        state = machine.start
        for symbol in word:
            state = machine.table[state][symbol]
        image[state] += entry
    left, right = (state for state, entry in image.items() if entry)
    return Radical(machine, found.words, found.coefficients, distinguishing_suffix(machine, left, right))


def test_a_witness_is_written_in_the_machines_labels():
    assert WITNESS.to_json() == {
        "kind": "radical",
        "words": [["set0"], ["set1"]],
        "coefficients": [1, -1],
        "suffix": [],
        "scale": 1,
        "reaches": ["0", "1"],
    }
    assert str(WITNESS) == "+1 [set0] -1 [set1] lies in the radical and sends the start to '0' - '1'"
    codes = "one code per state, or outputs linear in the state"
    assert WITNESS.hypotheses == ("one layer", "no additive term", "a direct sum of irreducible blocks", codes)


def test_a_long_sum_is_cut_short_and_a_multiple_is_named():
    words = ((1,), (2,), (1, 0), (2, 0), (0, 1))
    found = Radical(FLIP_FLOP, words, (2, -3, 2, -2, 1), ())
    assert found.reaches == (0, 1)
    assert found.scale == 5
    assert str(found) == (
        "+2 [set0] -3 [set1] +2 [set0 hold] -2 [set1 hold] ... (5 words) lies in the radical and sends the start to "
        "5 times '0' - '1'"
    )


@pytest.mark.parametrize(
    "name", ["counter(6)", "tomita7", "register(4)", "even-pairs", "modarith(5)", "random(12,2,1)", "random(20,2,1)"]
)
def test_witnesses_of_catalogue_machines_hold(name):
    machine = minimise(read(name)).target
    found = witness_of(machine, collapsing_sum(matrix_algebra(machine)))
    assert found.scale >= 1


@given(machines(max_states=5, max_symbols=2))
@settings(max_examples=60, deadline=None)
def test_every_sum_found_is_a_witness(machine):
    machine = minimise(machine).target
    found = collapsing_sum(matrix_algebra(machine))
    if found is not None:
        witness_of(machine, found)


def test_a_cover_of_the_flip_flop_is_one_irreducible_block():
    matrices = tuple(SparseMatrix.from_rows(rows) for rows in ([[1, 0], [0, 1]], [[1, 0], [1, 0]], [[0, 1], [0, -1]]))
    codes = tuple(vector(enumerate(code)) for code in ((1, 1), (1, -1), (-1, -1), (-1, 1)))
    reads = (0, 1, 0, 1)
    decoder = nearest_integers(codes, reads, 2)
    assert Simulation(FLIP_FLOP, matrices, codes, reads, decoder, Contract.COVER).size == 2
    # Each reset keeps just two lines, its kernel and its image, and those of the other reset are not among them.
    first, second = matrices[1:]
    lines = [vector(enumerate(line)) for line in ((0, 1), (1, 1), (1, 0), (1, -1))]
    assert [first.apply(line) for line in lines] == [(), lines[1], lines[1], lines[1]]
    assert [second.apply(line) for line in lines] == [lines[3], lines[3], (), vector(((0, -1), (1, 1)))]


def test_sums_that_are_malformed_are_refused():
    integers = "words need as many integers"
    refused(integers, change, WITNESS, words=((1,),))
    refused(integers, change, WITNESS, coefficients=(1, -1, 0))
    for forged in ((1.0, -1.0), (True, -1)):
        refused(integers, change, WITNESS, coefficients=forged)
    refused("a word has a symbol outside 0..2", change, WITNESS, words=((1,), (3,)))
    refused("a word has a symbol outside 0..2", change, WITNESS, words=((1,), (-1,)))


def test_sums_that_send_the_start_elsewhere_are_refused():
    elsewhere = "does not send the start to a multiple of a difference of two states"
    refused(elsewhere, change, WITNESS, coefficients=(0, 0))
    refused(elsewhere, change, WITNESS, words=((1,), (1,)))
    refused(elsewhere, change, WITNESS, coefficients=(2, -1))
    refused(elsewhere, change, WITNESS, words=(), coefficients=())
    register = read("register(2)")
    refused(elsewhere, Radical, register, ((0, 1), (1, 0), (1, 1)), (1, 1, -2), ())


def test_states_that_the_suffix_does_not_tell_apart_are_refused():
    refused("not told apart by the suffix", change, WITNESS, suffix=(1,))
    doubled = change(FLIP_FLOP, outputs=(True, True))
    refused("not told apart by the suffix", change, WITNESS, machine=doubled)


def test_sums_outside_the_radical_are_refused():
    outside = "its product with a word has a trace that is not 0"
    # A difference of two elements of a group has a trace with some element.
    refused(outside, Radical, read("parity"), ((), (1,)), (1, -1), ())
    # hold - set1 has trace 1 alone.
    refused(outside, change, WITNESS, words=((0,), (2,)))
    # The sum itself has trace 0, its product with a letter has not.
    cycle = read("act:(1,2,3)")
    refused(outside, Radical, cycle, ((0,), (0, 0)), (1, -1), ())


def test_multiples_of_the_prime_do_not_hide_a_trace():
    refused("coefficients are too large", Radical, read("parity"), ((), (1,)), (PRIME, -PRIME), ())
    refused("coefficients are too large", change, WITNESS, coefficients=(PRIME // 4 + 1, -PRIME // 4))
    most = (PRIME - 1) // 4
    assert change(WITNESS, coefficients=(most, -most)).scale == most


def test_work_is_limited(monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(module, "WORK_LIMIT", 11)
        with pytest.raises(LimitError, match="steps of the words"):
            change(WITNESS, words=((1,), (2, 0, 0)))
    register = read("register(3)")
    words = ((0,), (1,))
    assert Radical(register, words, (1, -1), ()).scale == 1
    monkeypatch.setattr(module, "WORK_LIMIT", 128)
    with pytest.raises(LimitError, match="multiplications of the products"):
        Radical(register, words, (1, -1), ())


def test_a_machine_with_states_out_of_reach_is_judged_on_all_of_them():
    beyond = StateMachine.tracker(range(3), "hab", ((0, 0, 1), (1, 0, 1), (2, 0, 1)), 0)
    assert Radical(beyond, ((1,), (2,)), (1, -1), ()).reaches == (0, 1)
