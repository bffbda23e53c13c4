"""Words on which a machine breaks a law of a network family: found by `algebra`, replayed by the kernel."""

from __future__ import annotations

import itertools
from dataclasses import replace

from fsm2rnn.algebra.facts import Facts
from fsm2rnn.algebra.functions.matrix_algebra import collapsing_sum
from fsm2rnn.algebra.letters.affine_laws import (
    LawViolation,
    idempotent_violation,
    order_violation,
    real_affine_violation,
    right_regular_violation,
)
from fsm2rnn.algebra.letters.letter_orders import long_cycle
from fsm2rnn.algebra.letters.words_between import Word, distinguishing_suffix, word_to_state
from fsm2rnn.algebra.monoid.aperiodicity import WordCycle as Periodic
from fsm2rnn.algebra.monoid.commutators import CommutatorWitness
from fsm2rnn.algebra.monoid.short_words import Noncommuting, idempotents_of_one_image, merging_letter
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.refutation.law import LETTERS, Law
from fsm2rnn.proof.refutation.merging_witness import Merge, NoncommutingIdempotents
from fsm2rnn.proof.refutation.radical_witness import Radical
from fsm2rnn.proof.refutation.replay import state_after
from fsm2rnn.proof.refutation.structural_witness import Nonsolvable
from fsm2rnn.proof.refutation.witness import BrokenLaw, Cycle, Transient


def order_matters(facts: Facts) -> BrokenLaw | None:
    """Return two letters whose order matters, or None where all letters commute."""
    machine, found = facts.machine, facts.noncommuting
    if found is None:
        return None
    state, left, right = found
    return broken_law(machine, Law.ORDER, ((left,), (right,)), state)


def never_returns(facts: Facts) -> Transient | None:
    """Return a letter of index > 1, or None where every letter acts as one of its higher powers."""
    machine, found = facts.machine, facts.transient
    if found is None:
        return None
    state, letter = found
    return transient_word(machine, word_to_state(machine, state), (letter,))


def transient_word(machine: StateMachine, prefix: Word, word: Word) -> Transient:
    """Return the witness of a word whose state after prefix and word never comes again."""
    first = state_after(machine, machine.start, prefix + word)
    later = [state_after(machine, first, word)]
    while (reached := state_after(machine, later[-1], word)) not in later:
        later.append(reached)
    return Transient(machine, prefix, word, tuple(distinguishing_suffix(machine, first, other) for other in later))


def long_way_round(machine: StateMachine, longest: int) -> Cycle | None:
    """Return a letter with a cycle of more than `longest` states (1 or 2), or None."""
    found = long_cycle(machine, longest)
    if found is None:
        return None
    state, letter, _ = found
    other = state
    for _ in range(longest):
        other = machine.table[other][letter]
    suffix = distinguishing_suffix(machine, state, other)
    return Cycle(machine, word_to_state(machine, state), (letter,), longest, suffix)


def first_occurrence_matters(machine: StateMachine) -> BrokenLaw | None:
    """Return words that break xyx = yx, or None where the law holds for all words."""
    found = right_regular_violation(machine)
    if found is None:
        return None
    first, second, state = found
    return broken_law(machine, Law.RIGHT_REGULAR, (first, second), state)


def earlier_letters_matter(machine: StateMachine) -> BrokenLaw | None:
    """Return words that break a law of real affine diagonal networks, or None where all hold for all words."""
    found = real_affine_violation(machine)
    if found is None:
        return None
    if len(found.left) > len(found.right):
        return broken_law(machine, Law.SQUARES_BEFORE, (found.right[-1:], found.right[:-1]), found.state)
    return _order_broken(machine, found)


def complex_law(machine: StateMachine, *, behind: bool = False) -> BrokenLaw | None:
    """Return words that break a law of complex affine diagonal networks, or None where the laws hold for all words.

    With `behind` the prefix ends in a letter that occurs in them.
    """
    found = order_violation(machine, behind=behind)
    if found is not None:
        broken = _order_broken(machine, found)
    else:
        found = idempotent_violation(machine, behind=behind)
        if found is None:
            return None
        words = (found.left[:1], found.right[:-2])
        broken = broken_law(machine, Law.IDEMPOTENT_BEFORE, words, found.state)
    return replace(broken, prefix=_prefix_within(machine, found)) if behind else broken


def _prefix_within(machine: StateMachine, found: LawViolation) -> Word:
    """Return a word to the violation's state that ends in one of its letters."""
    steps = itertools.product(range(len(machine.states)), found.left)
    before, last = next((state, letter) for state, letter in steps if machine.table[state][letter] == found.state)
    return (*word_to_state(machine, before), last)


def _order_broken(machine: StateMachine, found: LawViolation) -> BrokenLaw:
    return broken_law(machine, Law.ORDER_BEFORE, _order_words(found), found.state)


def _order_words(found: LawViolation) -> tuple[Word, Word, Word, Word]:
    """Return x, y, z and w of x y z x w y, where the middle x is the first one after x y."""
    first, second, *rest = found.left
    middle = rest.index(first)
    return (first,), (second,), tuple(rest[:middle]), tuple(rest[middle + 1 : -1])


def broken_law(machine: StateMachine, law: Law, words: tuple[Word, ...], state: int) -> BrokenLaw:
    """Return the witness at a state, with a shortest suffix that shows the difference."""
    ends = [
        state_after(machine, state, tuple(symbol for letter in side for symbol in words[LETTERS.index(letter)]))
        for side in law.value
    ]
    suffix = distinguishing_suffix(machine, ends[0], ends[1])
    return BrokenLaw(machine, law, words, word_to_state(machine, state), suffix)


def periodic_word(machine: StateMachine, found: Periodic | None) -> Cycle | None:
    """Return the witness for a word with a cycle of at least two states."""
    if found is None:
        return None
    state = state_after(machine, machine.start, found.prefix)
    suffix = distinguishing_suffix(machine, state, state_after(machine, state, found.word))
    return Cycle(machine, found.prefix, found.word, 1, suffix)


def nonsolvable_words(machine: StateMachine, found: CommutatorWitness | None) -> Nonsolvable | None:
    """Return the witness for words that are products of each other's commutators."""
    return None if found is None else Nonsolvable(machine, found.points, found.words, found.commutators)


def noncommuting_square_words(facts: Facts) -> BrokenLaw | None:
    """Return words of a permutation machine whose squares do not commute, or None; LimitError as the search."""
    found = facts.noncommuting_squares
    return None if found is None else broken_law(facts.machine, Law.SQUARES, (found.left, found.right), found.state)


def idempotent_words(facts: Facts) -> NoncommutingIdempotents | None:
    """Return idempotents that do not commute, or None; LimitError as the search."""
    found = facts.noncommuting_idempotents
    return None if found is None else _idempotents(facts.machine, found)


def one_image_words(facts: Facts) -> NoncommutingIdempotents | None:
    """Return different idempotents with one image, or None; LimitError as the search."""
    found = idempotents_of_one_image(facts.machine)
    return None if found is None else _idempotents(facts.machine, found)


def _idempotents(machine: StateMachine, found: Noncommuting) -> NoncommutingIdempotents:
    words = (found.left, found.right)
    ends = [state_after(machine, found.state, first + second) for first, second in (words, words[::-1])]
    suffix = distinguishing_suffix(machine, ends[0], ends[1])
    return NoncommutingIdempotents(machine, *words, word_to_state(machine, found.state), suffix)


def merged_states(machine: StateMachine) -> Merge | None:
    """Return a letter that merges two states, or None where all letters permute them."""
    found = merging_letter(machine)
    if found is None:
        return None
    left, right = (word_to_state(machine, state) for state in (found.left, found.right))
    return Merge(machine, left, right, found.symbol, distinguishing_suffix(machine, found.left, found.right))


def inseparable_sum(facts: Facts) -> Radical | None:
    """Return a sum of words that every direct sum of irreducible blocks sends to zero, or None; see the witness.

    LimitError where the algebra of the letters is too large.
    """
    machine, found = facts.machine, collapsing_sum(facts.matrix_algebra)
    if found is None:
        return None
    image: dict[int, int] = {}
    for word, entry in zip(found.words, found.coefficients, strict=True):
        state = state_after(machine, machine.start, word)
        image[state] = image.get(state, 0) + entry
    left, right = (state for state, entry in image.items() if entry)
    return Radical(machine, found.words, found.coefficients, distinguishing_suffix(machine, left, right))
