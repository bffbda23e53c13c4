"""Witnesses against published recurrences: true ones and every refusal."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fsm2rnn.algebra.facts import Facts
from fsm2rnn.constructions.family_refutation import (
    complex_gates,
    earlier_of_one_length,
    more_than_last_and_length,
    one_key,
    repeated_letters,
    short_turn,
    something_moves,
    words_of_one_length,
)
from fsm2rnn.errors import LimitError
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.refutation.fixed_transition_witness import EqualLengths, Repeated
from fsm2rnn.proof.refutation.key_witness import STATES, OneKey, pairs_of_one_key
from fsm2rnn.proof.refutation.law import Law
from fsm2rnn.proof.refutation.turn_witness import ShortTurn
from fsm2rnn.proof.refutation.witness import BrokenLaw
from tests.proof.refusals import minimal, refused

PARITY = minimal("parity")
ONE, ZERO = (PARITY.table[PARITY.start].index(state) for state in (1 - PARITY.start, PARITY.start))
FLIP_FLOP = minimal("flip-flop")
RING = minimal("perm:(1,2,3,4)")
# x merges p and q, and r and s; y merges p and q alone.
PAIRS = StateMachine.tracker("pqrstu", "xy", [[4, 4], [4, 4], [5, 0], [5, 1], [0, 2], [2, 3]])


def test_two_words_of_one_length_need_one_length_and_a_word_that_keeps_both_ends():
    witness = EqualLengths(PARITY, (ONE,), (ZERO,), (ZERO,), ())
    assert witness.reaches[0] != witness.reaches[1]
    assert str(witness) == "1 and 0 have one length and end apart, and 0 keeps both ends"
    assert witness.to_json()["kept"] == [PARITY.symbols[ZERO]]
    refused("2 and 1 symbols", replace, witness, left=(ONE, ZERO))
    refused("keeps both states is empty", replace, witness, kept=())
    refused("a state is not kept", replace, witness, kept=(ONE,))
    refused("are not told apart", replace, witness, right=(ONE,))
    assert replace(witness, kept=(ONE, ONE)).kept == (ONE, ONE)
    # One of the two ends is kept, the other is not.
    lopsided = StateMachine.tracker("abc", "xyk", [[1, 2, 0], [1, 1, 1], [2, 2, 0]], 0)
    refused("a state is not kept", EqualLengths, lopsided, (0,), (1,), (2,), ())
    refused("a state is not kept", EqualLengths, lopsided, (1,), (0,), (2,), ())


def test_letters_that_lead_back_are_those_in_which_the_words_differ():
    witness = Repeated(PARITY, (ONE, ZERO), (ZERO, ZERO), ())
    assert witness.repeated == ((ONE,), (ZERO,))
    assert replace(witness, frames=(((), (ZERO,)),)).repeated == ((ONE, ZERO), (ZERO, ZERO))
    refused("1 places where the words differ need as many frames, found 2", replace, witness, frames=(((), ()),) * 2)
    assert str(witness) == "1 0 and 0 0 have one length and end apart, and 1, 0, repeated, leads back to both ends"
    assert witness.to_json()["kind"] == "repeated-letters-lead-back"
    refused("1 and 2 symbols", replace, witness, left=(ONE,))
    refused("are not told apart", replace, witness, left=(ZERO, ZERO))
    refused("does not lead back", Repeated, FLIP_FLOP, (1,), (2,), ())  # what is set is not set back
    framed = repeated_letters(Facts(minimal("tomita4")))
    assert framed.frames
    assert str(framed).endswith(", repeated, leads back to both ends")
    assert len(framed.to_json()["words"]) == 2 * len(framed.frames)  # from which the frames can be read
    refused("does not lead back", replace, framed, frames=())
    refused("does not lead back", replace, framed, frames=(((), ()),) * len(framed.frames))
    # Both ends are on cycles of x, and only the first is on one of y.
    half = StateMachine.tracker("abc", "xy", [[1, 2], [1, 1], [2, 1]], 0)
    refused("does not lead back", Repeated, half, (0,), (1,), ())
    refused("does not lead back", Repeated, half, (1,), (0,), ())


def test_a_short_turn_is_a_letter_around_two_three_or_four_states():
    for name, length in (("parity", 2), ("Z3@gens", 3), ("perm:(1,2,3,4)", 4)):
        found = short_turn(Facts(minimal(name)))
        assert len(found.reaches) == length
        assert str(found).endswith(f"goes around {length} states")
        assert found.to_json()["kind"] == "short-turn"
    assert short_turn(Facts(minimal("Z5@gens"))) is None
    for machine, letter in ((minimal("Z5@gens"), 0), (PARITY, ZERO), (minimal("counter(3)"), 1)):
        refused("does not go around 2, 3 or 4 states", ShortTurn, machine, (), letter, ())
    ring = StateMachine("abcd", "x", ((1,), (2,), (3,), (0,)), 0, (0, 0, 1, 1))
    assert ShortTurn(ring, (0,), 0, ()).reaches == (1, 2, 3, 0)
    refused("are not told apart", ShortTurn, ring, (), 0, ())


def test_one_key_follows_from_the_table():
    witness = OneKey(PAIRS, 1, (0, 1), (2, 3))
    assert one_key(Facts(PAIRS)) == witness
    assert str(witness) == "in one head, y merges p and q but not r and s, whose codes would differ along one key"
    assert witness.to_json() == {"kind": "one-key", "letter": ["y"], "merged": ["p", "q"], "apart": ["r", "s"]}
    refused("need not have one key", replace, witness, apart=(0, 2))
    refused("need not have one key", replace, witness, merged=(0, 2), apart=(0, 2))
    refused("does not merge the first pair alone", replace, witness, letter=0)
    refused("does not merge the first pair alone", replace, witness, merged=(2, 3), apart=(0, 1))
    rows = tuple((*row, state) for state, row in enumerate(PAIRS.table))
    kept = StateMachine(PAIRS.states, (*PAIRS.symbols, "z"), rows, 0, PAIRS.outputs)
    refused("does not merge the first pair alone", replace, witness, machine=kept, letter=2)
    refused("a symbol lies outside 0..1", replace, witness, letter=2)
    refused("a symbol lies outside 0..1", replace, witness, letter=-1)
    same = replace(PAIRS, outputs=("p", "q", "r", "s", "t", "t"))
    assert OneKey(same, 1, (0, 1), (2, 3)).machine == same
    twice = StateMachine((*PAIRS.states, "v"), PAIRS.symbols, (*PAIRS.table, (4, 4)), 0, (*PAIRS.outputs, "p"))
    refused("the machine is not minimal", replace, witness, machine=twice)


def test_the_pairs_listed_are_pairs_of_different_states_and_not_alone():
    (pairs,) = pairs_of_one_key(PAIRS)  # y merges one of them, so what it makes of the other has no key
    assert {*pairs} == {(0, 1), (2, 3)}
    alone = StateMachine.tracker("pqr", "x", [[1], [1], [2]])
    assert pairs_of_one_key(alone) == ()


def test_a_constant_may_erase_everything_and_has_no_key():
    reset = StateMachine.tracker("pqr", "xy", [[0, 1], [0, 1], [0, 2]])
    assert pairs_of_one_key(reset) == ()
    assert one_key(Facts(reset)) is None


def test_a_machine_of_many_states_is_refused():
    large = minimal(f"Z{STATES + 1}@gens")
    with pytest.raises(LimitError, match="pairs are followed"):
        pairs_of_one_key(large)
    assert one_key(Facts(large)) is None
    assert pairs_of_one_key(minimal(f"Z{STATES}@gens")) == ()


def test_keys_of_images_and_of_ties_are_one():
    """{0, 1, 2} are merged, so tied; z takes them to {1, 2, 4}, whose key is the same, as {1, 2} is in both."""
    machine = StateMachine.tracker("pqrstu", "xz", [[3, 1], [3, 2], [3, 4], [4, 0], [0, 3], [5, 5]])
    (pairs,) = pairs_of_one_key(machine)
    assert {(0, 1), (0, 2), (1, 2), (1, 4), (2, 4), (0, 4)} <= {*pairs}
    # What z takes 5 to is not known to lie along the key.
    assert not any(5 in pair for pair in pairs)


@pytest.mark.parametrize(
    ("law", "words", "message"),
    [
        (Law.EQUAL_BEFORE, ((0, 0), (1,), (), ()), "speaks of x and y of one length"),
        (Law.LAST_AND_LENGTH, ((0,), (1, 1), (0,)), "speaks of x and y of one length"),
        (Law.LAST_AND_LENGTH, ((0,), (1,), ()), "speaks of words z that are not empty"),
        (Law.STILL, ((),), "are not told apart"),
        (Law.IDEMPOTENT_BEFORE, ((ONE,), ()), "speaks of x that acts as xx"),
        (Law.IDEMPOTENT_BEFORE, ((ZERO,), (ONE,)), "are not told apart"),
    ],
)
def test_laws_of_lengths_speak_of_equally_long_words(law, words, message):
    refused(message, BrokenLaw, PARITY, law, words, (), ())


def test_the_laws_of_published_recurrences_on_machines_that_break_and_keep_them():
    assert something_moves(Facts(PARITY)).law is Law.STILL
    assert something_moves(Facts(minimal("maps:0"))) is None
    for machine in ("Z4@gens", "perm:(1,2,3,4)", "maps:0,0,0;1,1,1;2,2,2", "maps:2,2,0,0;3,3,1,1"):
        assert more_than_last_and_length(Facts(minimal(machine))) is None
        assert words_of_one_length(Facts(minimal(machine))) is None
    assert more_than_last_and_length(Facts(FLIP_FLOP)).law is Law.LAST_AND_LENGTH
    assert earlier_of_one_length(Facts(FLIP_FLOP)) is None
    assert earlier_of_one_length(Facts(PARITY)).law is Law.EQUAL_BEFORE
    assert complex_gates(Facts(PARITY)) is None
    assert repeated_letters(Facts(FLIP_FLOP)) is None
