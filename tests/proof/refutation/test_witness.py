"""Witnesses in words: true ones on machines of the catalogue, every refusal, and the laws tried on networks."""

from __future__ import annotations

import dataclasses
import itertools

import pytest

from fsm2rnn.algebra.letters.words_between import distinguishing_suffix, word_to_state
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.refutation import replay
from fsm2rnn.proof.refutation.law import KINDS, Law
from fsm2rnn.proof.refutation.merging_witness import Merge
from fsm2rnn.proof.refutation.replay import answer_after, require_told_apart, state_after, word_text
from fsm2rnn.proof.refutation.witness import BrokenLaw, Cycle, Transient
from tests.proof.refusals import minimal, refused


def spelled_word(machine, text):
    """Return the word of these symbols, given by their texts with spaces between."""
    names = [str(symbol) for symbol in machine.symbols]
    return tuple(names.index(name) for name in text.split())


def broken(name, law, *texts, prefix=""):
    machine = minimal(name)
    words = tuple(spelled_word(machine, text) for text in texts)
    start = state_after(machine, machine.start, spelled_word(machine, prefix))
    ends = [
        state_after(machine, start, tuple(symbol for letter in side for symbol in words["xyzw".index(letter)]))
        for side in law.value
    ]
    suffix = distinguishing_suffix(machine, *ends)
    return BrokenLaw(machine, law, words, spelled_word(machine, prefix), suffix)


FLIP_FLOP = minimal("flip-flop")
ORDER = broken("flip-flop", Law.ORDER, "set0", "set1")

TRUE = [
    ORDER,
    broken("S3", Law.ORDER, "(1,2)", "(2,3)"),
    broken("tomita3", Law.ORDER, "0", "1"),
    broken("parity", Law.RIGHT_REGULAR, "1", ""),
    broken("Z4", Law.RIGHT_REGULAR, "1", "2"),
    broken("Z3", Law.SQUARES_BEFORE, "1", ""),
    broken("A5", Law.SQUARES_BEFORE, "(3,4,5)", "(2,3)(4,5)"),
    broken("S3", Law.ORDER_BEFORE, "(1,2)", "(2,3)", "", ""),
    broken("S3", Law.ORDER_BEFORE, "(1,2)", "(1,2,3)", "(1,2)", "(2,3)", prefix="(1,2,3)"),
    broken("A4", Law.SQUARES, "(2,3,4)", "(1,2,3)"),
    broken("A5", Law.SQUARES, "(3,4,5)", "(2,3,4)"),
]


@pytest.mark.parametrize("witness", TRUE, ids=lambda witness: f"{witness.law.name}-{len(witness.machine.states)}")
def test_broken_laws_of_catalogue_machines_are_replayed(witness):
    machine = witness.machine
    outputs = [machine.outputs[state_after(machine, state, witness.suffix)] for state in witness.reaches]
    assert outputs[0] != outputs[1]
    assert witness.to_json()["kind"] == KINDS[witness.law]
    for output in outputs:
        assert f"gives {output}" in str(witness)


def test_order_matters_is_written_as_the_contract_of_the_command_says():
    assert ORDER.to_json() == {
        "kind": "order-matters",
        "law": "xy = yx",
        "prefix": [],
        "left": ["set0"],
        "right": ["set1"],
        "suffix": [],
        "reaches": ["1", "0"],
    }
    assert str(ORDER) == "set0 set1 gives 1, set1 set0 gives 0"
    assert ORDER.hypotheses == ("one layer", "no additive term")


def test_other_laws_name_their_letters():
    witness = broken("S3", Law.ORDER_BEFORE, "(1,2)", "(2,3)", "", "(1,2,3)")
    body = witness.to_json()
    assert [body[name] for name in "xyzw"] == [["(1,2)"], ["(2,3)"], [], ["(1,2,3)"]]
    assert body["law"] == "xyzxwy = yxzxwy"
    assert str(witness).startswith("xyzxwy = yxzxwy fails: (1,2) (2,3) (1,2) (1,2,3) (2,3) gives ")
    assert witness.hypotheses == ("one layer",)
    assert TRUE[-1].hypotheses == ("one layer", "no additive term", "2 x 2 blocks", "finite orbit")
    assert set(KINDS) == set(Law)
    assert len(set(KINDS.values())) == len(Law)


def test_a_law_needs_its_words_and_a_difference():
    change = dataclasses.replace
    refused("the law xy = yx needs 2 words, found 1", change, ORDER, words=((1,),))
    refused("the law xy = yx needs 2 words, found 3", change, ORDER, words=((1,), (2,), (0,)))
    message = "states '0' and '0' are not told apart by the suffix"
    refused(message, change, ORDER, words=((1,), (0,)), prefix=(2,), law=Law.RIGHT_REGULAR)
    refused("are not told apart by the suffix", change, ORDER, words=((1,), (1,)))
    refused("are not told apart by the suffix", change, ORDER, suffix=(1,))
    refused("are not told apart by the suffix", change, ORDER, law=Law.RIGHT_REGULAR)


def test_outputs_that_only_python_calls_equal_differ():
    machine = StateMachine("pq", "ab", ((0, 1), (0, 1)), 0, (1, True))
    assert BrokenLaw(machine, Law.ORDER, ((0,), (1,)), (), ()).reaches == (1, 0)
    same = StateMachine("pq", "ab", ((0, 1), (0, 1)), 0, (1, 1))
    refused("are not told apart", BrokenLaw, same, Law.ORDER, ((0,), (1,)), (), ())


@pytest.mark.parametrize("word", [(3,), (-1,), (True,), (1.0,), ("1",)])
def test_words_hold_symbol_indices(word):
    change = dataclasses.replace
    for changes in ({"words": (word, (2,))}, {"prefix": word}, {"suffix": word}):
        refused("a word has a symbol outside 0..2", change, ORDER, **changes)


def test_words_have_a_limit(monkeypatch):
    monkeypatch.setattr(replay, "WORD_LIMIT", 2)
    assert dataclasses.replace(ORDER) == ORDER
    refused("or more than 2 symbols", dataclasses.replace, ORDER, prefix=(0,))


def test_the_law_of_squares_speaks_of_permutations_only():
    machine = StateMachine.tracker(range(13), "abz", [*_with_sink("A4"), [12] * 3], 0)
    words = ((0,), (1,))
    refused("letters permute the states", BrokenLaw, machine, Law.SQUARES, words, (), ())
    permuting = StateMachine.tracker(range(12), "ab", [row[:2] for row in _with_sink("A4")], 0)
    assert BrokenLaw(permuting, Law.SQUARES, words, (), ()).reaches[0] != 0


def _with_sink(name):
    """Return the rows of two letters of a group and of a letter that leads nowhere."""
    machine = minimal(name)
    chosen = [spelled_word(machine, text)[0] for text in ("(2,3,4)", "(1,2,3)")]
    return [[*(row[letter] for letter in chosen), 12] for row in machine.table]


def test_a_mealy_machine_says_nothing_after_the_empty_word():
    machine = StateMachine(("p", "q"), ("a", "b"), ((1, 0), (0, 1)), 0, ((0, 1), (1, 0)), is_mealy=True)
    assert answer_after(machine, 0, (0,)) == 0
    refused("no output after the empty word", answer_after, machine, 0, ())
    refused("no output after the empty word", require_told_apart, machine, 0, 1, ())


def test_long_words_are_cut_short_in_sentences():
    machine = minimal("parity")
    assert word_text(machine, ()) == "the empty word"
    assert word_text(machine, (1,) * 12) == " ".join("1" * 12)
    assert word_text(machine, (1,) * 13) == " ".join("1" * 12) + " ... (13 symbols)"


def test_labels_are_written_as_a_reader_writes_them():
    machine = StateMachine((("a", 1), None), (0, ("x", "y")), ((0, 1), (0, 1)), 0, ("p", "q"))
    witness = BrokenLaw(machine, Law.ORDER, ((0,), (1,)), (), ())
    assert (witness.to_json()["left"], witness.to_json()["right"]) == ([0], ["x/y"])
    assert witness.to_json()["reaches"] == [None, "a/1"]


# Cycles


def cycle(name, text, stride, prefix=""):
    machine = minimal(name)
    word, first = spelled_word(machine, text), spelled_word(machine, prefix)
    state = state_after(machine, machine.start, first)
    suffix = distinguishing_suffix(machine, state, state_after(machine, state, word * stride))
    return Cycle(machine, first, word, stride, suffix)


PARITY = cycle("parity", "1", 1)


def test_cycles_of_catalogue_machines_are_walked():
    assert PARITY.to_json() == {
        "kind": "cycle",
        "prefix": [],
        "word": ["1"],
        "length": 2,
        "stride": 1,
        "suffix": [],
        "reaches": ["even", "odd"],
    }
    assert str(PARITY) == "after the empty word, 1 leads around a cycle of 2 states"
    assert PARITY.hypotheses == ("one layer",)
    for name, text, length in [("Z3", "1", 3), ("Z4", "1", 4), ("S3", "(1,2,3)", 3), ("A5", "(1,5,2,3,4)", 5)]:
        witness = cycle(name, text, 2)
        assert witness.length == length
        assert witness.reaches[0] == witness.machine.start


def test_a_cycle_is_walked_from_the_state_after_the_prefix():
    # p leads into the cycle q, r and is never met again.
    machine = StateMachine.tracker("pqr", "a", [[1], [2], [1]], 0)
    assert Cycle(machine, (0,), (0,), 1, ()).reaches == (1, 2)
    refused("the word never leads back", Cycle, machine, (), (0,), 1, ())


def test_false_cycles_are_refused():
    change = dataclasses.replace
    for stride in (0, 3, -1):
        refused("the word never leads back", change, PARITY, stride=stride)
    refused("are not told apart", change, PARITY, stride=2)
    refused("are not told apart", change, PARITY, word=(0,))
    refused("are not told apart", change, PARITY, word=())
    constant = StateMachine("pq", "1", ((1,), (0,)), 0, ("same", "same"))
    refused("are not told apart", Cycle, constant, (), (0,), 1, ())


# Words that never return

COUNTER = minimal("counter(5)")


def transient(machine, prefix, word):
    first = state_after(machine, machine.start, prefix + word)
    later = []
    state = state_after(machine, first, word)
    while state not in later:
        later.append(state)
        state = state_after(machine, state, word)
    return Transient(machine, prefix, word, tuple(distinguishing_suffix(machine, first, other) for other in later))


def saturating(count):
    return StateMachine.tracker(range(count), ["more"], [[min(state + 1, count - 1)] for state in range(count)], 0)


def test_words_that_never_return_are_followed():
    witness = transient(saturating(4), (), (0,))
    assert (witness.reaches, witness.suffixes) == ((1, 2, 3), ((), ()))
    assert witness.to_json() == {
        "kind": "never-returns",
        "prefix": [],
        "word": ["more"],
        "suffixes": [[], []],
        "reaches": [1, 2, 3],
    }
    assert str(witness) == "after the empty word, the state reached by more is never met again on repeating more"
    assert witness.hypotheses == ("one layer",)
    assert transient(saturating(5), (0,), (0,)).reaches == (2, 3, 4)


def test_a_word_of_the_catalogue_never_returns():
    assert transient(minimal("tomita3"), (), (1, 0)).to_json()["kind"] == "never-returns"


def test_words_that_return_or_are_not_told_apart_are_refused():
    witness = transient(saturating(4), (), (0,))
    change = dataclasses.replace
    refused("2 states need as many suffixes, found 1", change, witness, suffixes=((),))
    refused("2 states need as many suffixes, found 3", change, witness, suffixes=((), (), ()))
    refused("are not told apart", change, witness, suffixes=((), (0, 0)))
    refused("is met again", change, witness, word=())
    refused("is met again", change, witness, prefix=(0, 0))
    ring = StateMachine.tracker(range(3), "a", [[1], [2], [1]], 0)
    refused("is met again", Transient, ring, (), (0,), ((),))


# Merging letters


MERGE = Merge(FLIP_FLOP, (1,), (2,), 1, ())


def test_a_letter_that_merges_two_states_is_replayed():
    assert MERGE.to_json() == {
        "kind": "merge",
        "left": ["set0"],
        "right": ["set1"],
        "letter": ["set0"],
        "suffix": [],
        "reaches": ["0", "1"],
    }
    assert str(MERGE) == "set0 leads from the states after set0 and set1 to one state"
    assert MERGE.hypotheses == ("one layer", "no additive term", "invertible matrices", "finite orbit")
    machine = minimal("tomita3")
    letter, left, right = next(
        (letter, left, right)
        for letter, column in enumerate(zip(*machine.table, strict=True))
        for left, right in itertools.combinations(range(len(column)), 2)
        if column[left] == column[right]
    )
    words = [word_to_state(machine, state) for state in (left, right)]
    witness = Merge(machine, *words, letter, distinguishing_suffix(machine, left, right))
    assert witness.reaches == (left, right)


def test_letters_that_do_not_merge_are_refused():
    change = dataclasses.replace
    refused("the letter leads to two different states", change, MERGE, letter=0)
    refused("are not told apart", change, MERGE, right=(1, 1))
    refused("are not told apart", change, MERGE, suffix=(1,))
    refused("a word has a symbol outside", change, MERGE, letter=3)
    parity = minimal("parity")
    for letter in (0, 1):
        refused("two different states", Merge, parity, (), (1,), letter, ())
