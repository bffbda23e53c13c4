"""Words on which a machine breaks a law of published recurrences: found by `algebra`, replayed by the kernel."""

from __future__ import annotations

from itertools import product

from fsm2rnn.algebra.facts import Facts
from fsm2rnn.algebra.letters.affine_laws import equal_length_violation, length_violation
from fsm2rnn.algebra.letters.equal_lengths import led_back, told_apart
from fsm2rnn.algebra.letters.letter_orders import cycle_of
from fsm2rnn.algebra.letters.words_between import Word, distinguishing_suffix, word_to_state
from fsm2rnn.algebra.monoid.framed_letters import framed_words
from fsm2rnn.constructions.refutation import broken_law, complex_law, never_returns
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.refutation.fixed_transition_witness import EqualLengths, Repeated
from fsm2rnn.proof.refutation.key_witness import STATES, OneKey, pairs_of_one_key
from fsm2rnn.proof.refutation.law import Law
from fsm2rnn.proof.refutation.replay import state_after
from fsm2rnn.proof.refutation.turn_witness import SHORT, ShortTurn
from fsm2rnn.proof.refutation.witness import BrokenLaw, Transient


def words_of_one_length(facts: Facts) -> EqualLengths | None:
    """Return words of one length that a transition which reads no letter cannot keep apart, or None."""
    machine, found = facts.machine, told_apart(facts.machine)
    if found is None:
        return None
    left, right, kept = found
    return EqualLengths(machine, left, right, kept, _suffix(machine, left, right))


def repeated_letters(facts: Facts) -> Repeated | None:
    """Return words of one length whose letters, alone or in frames, lead back to both ends when repeated, or None."""
    machine = facts.machine
    plain = led_back(machine)
    found = framed_words(machine) if plain is None else (*plain, ())
    if found is None:
        return None
    left, right, frames = found
    return Repeated(machine, left, right, _suffix(machine, left, right), frames)


def _suffix(machine: StateMachine, left: Word, right: Word) -> Word:
    return distinguishing_suffix(machine, *(state_after(machine, machine.start, word) for word in (left, right)))


def more_than_last_and_length(facts: Facts) -> BrokenLaw | None:
    """Return words of one length and one last letter that lead to two states, or None where none do."""
    machine, found = facts.machine, length_violation(facts.machine)
    if found is None:
        return None
    words = (found.left[:1], found.right[:1], found.left[1:])
    return broken_law(machine, Law.LAST_AND_LENGTH, words, found.state)


def earlier_of_one_length(facts: Facts) -> BrokenLaw | None:
    """Return words that letters which are constants or one turn cannot follow, or None where they follow all."""
    machine, found = facts.machine, equal_length_violation(facts.machine)
    if found is None:
        return None
    first, *rest = found.left
    second = found.right[0]
    middle = rest.index(second)
    words = ((first,), (second,), tuple(rest[:middle]), tuple(rest[middle + 1 : -1]))
    return broken_law(machine, Law.EQUAL_BEFORE, words, found.state)


def something_moves(facts: Facts) -> BrokenLaw | None:
    """Return a letter that leads to another state, or None where none does."""
    machine = facts.machine
    moves = product(range(len(machine.states)), range(len(machine.symbols)))
    found = next(((state, letter) for state, letter in moves if machine.table[state][letter] != state), None)
    return None if found is None else broken_law(machine, Law.STILL, ((found[1],),), found[0])


def complex_gates(facts: Facts) -> BrokenLaw | None:
    """Return words that break a law of complex affine diagonal networks, or None where the laws hold for all words."""
    return complex_law(facts.machine)


def two_letter_law(facts: Facts) -> BrokenLaw | Transient | None:
    """Return words that break a law of complex gates, those of a letter after one of their own, or None."""
    return never_returns(facts) or complex_law(facts.machine, behind=True)


def short_turn(facts: Facts) -> ShortTurn | None:
    """Return a letter that goes around two, three or four states, or None."""
    machine, found = facts.machine, cycle_of(facts.machine, lambda length: length in SHORT)
    if found is None:
        return None
    state, letter, _ = found
    suffix = distinguishing_suffix(machine, state, machine.table[state][letter])
    return ShortTurn(machine, word_to_state(machine, state), letter, suffix)


def one_key(facts: Facts) -> OneKey | None:
    """Return a letter that merges one of two pairs of states whose codes would differ along one key, or None."""
    machine = facts.machine
    if len(machine.states) > STATES:
        return None
    letters = [x for x, column in enumerate(zip(*machine.table, strict=True)) if len(set(column)) > 1]
    for pairs, letter in product(pairs_of_one_key(machine), letters):
        ends = {len({machine.table[state][letter] for state in pair}): pair for pair in pairs}
        if len(ends) > 1:
            return OneKey(machine, letter, ends[1], ends[2])
    return None
