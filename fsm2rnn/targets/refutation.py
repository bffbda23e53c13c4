"""Words on which a machine breaks a law of diagonal networks: found on its letters, replayed by the kernel."""

from __future__ import annotations

from fsm2rnn.algebra.affine_laws import real_affine_violation, right_regular_violation
from fsm2rnn.algebra.diagonal_rungs import long_cycle, noncommuting, transient
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.machine.words_between import Word, distinguishing_suffix, word_to_state
from fsm2rnn.proof.witness import BrokenLaw, Cycle, Law, Transient


def order_matters(machine: StateMachine) -> BrokenLaw | None:
    """Return two letters whose order matters, or None where all letters commute."""
    found = noncommuting(machine)
    if found is None:
        return None
    state, left, right = found
    return _broken(machine, Law.ORDER, ((left,), (right,)), state)


def never_returns(machine: StateMachine) -> Transient | None:
    """Return a letter of index > 1, or None where every letter acts as one of its higher powers."""
    found = transient(machine)
    if found is None:
        return None
    state, letter = found
    first = machine.table[state][letter]
    later = [machine.table[first][letter]]
    while machine.table[later[-1]][letter] not in later:
        later.append(machine.table[later[-1]][letter])
    suffixes = tuple(distinguishing_suffix(machine, first, other) for other in later)
    return Transient(machine, word_to_state(machine, state), (letter,), suffixes)


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
    return _broken(machine, Law.RIGHT_REGULAR, (first, second), state)


def earlier_letters_matter(machine: StateMachine) -> BrokenLaw | None:
    """Return words that break a law of real affine diagonal networks, or None where all hold for all words."""
    found = real_affine_violation(machine)
    if found is None:
        return None
    if len(found.left) > len(found.right):
        return _broken(machine, Law.SQUARES_BEFORE, (found.right[-1:], found.right[:-1]), found.state)
    # x y z x w y, where the middle x is the first one after x y.
    first, second, *rest = found.left
    middle = rest.index(first)
    words = ((first,), (second,), tuple(rest[:middle]), tuple(rest[middle + 1 : -1]))
    return _broken(machine, Law.ORDER_BEFORE, words, found.state)


def _broken(machine: StateMachine, law: Law, words: tuple[Word, ...], state: int) -> BrokenLaw:
    """Return the witness at a state, with a shortest suffix that shows the difference."""
    ends = []
    for side in law.value:
        end = state
        for letter in side:
            for symbol in words["xyzw".index(letter)]:
                end = machine.table[end][symbol]
        ends.append(end)
    suffix = distinguishing_suffix(machine, ends[0], ends[1])
    return BrokenLaw(machine, law, words, word_to_state(machine, state), suffix)
