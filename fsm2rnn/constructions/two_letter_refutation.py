"""Words on which a machine breaks a law of recurrences that read the letter before as well: they end in one letter.

Let h <- a_x h + b_xy, y the letter before. Among words that all end in one letter, the word before them too, each is
one affine map, so they obey what words obey in networks that read one letter: here what complex gates obey.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from fsm2rnn.algebra.facts import Facts
from fsm2rnn.algebra.letters.affine_laws import Word, order_violation
from fsm2rnn.algebra.letters.letter_orders import transient
from fsm2rnn.algebra.letters.words_between import word_to_state
from fsm2rnn.constructions.refutation import broken_law, order_words, transient_word
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.refutation.law import Law
from fsm2rnn.proof.refutation.replay import state_after
from fsm2rnn.proof.refutation.witness import BrokenLaw, Transient

WORDS: Final = 24  # that end in one letter, of different maps: of so many laws are asked
MAPS: Final = 200  # of words without the letter, of which they are made


def two_letter_law(facts: Facts) -> BrokenLaw | Transient | None:
    """Return words that end in one letter and break a law of complex gates, or None where none were found."""
    letters = range(len(facts.machine.symbols))
    found = (_after(facts.machine, last) for last in letters)
    return next((one for one in found if one is not None), None)


def _after(machine: StateMachine, last: int) -> BrokenLaw | Transient | None:
    """Return such words that end in `last`: letters of a machine of the states that `last` leads to."""
    words = _words_to(machine, last)
    ends = {row[last]: state for state, row in enumerate(machine.table)}
    states = sorted(ends)
    rows = [[states.index(state_after(machine, state, word)) for word in words] for state in states]
    read = StateMachine.tracker(map(str, states), map(str, range(len(words))), rows)

    def prefix(place: int) -> Word:
        return (*word_to_state(machine, ends[states[place]]), last)

    if (fading := transient(read)) is not None:
        return transient_word(machine, prefix(fading[0]), words[fading[1]])
    if (found := order_violation(read)) is not None:
        spelled = tuple(sum((words[letter] for letter in word), ()) for word in order_words(found))
        return replace(broken_law(machine, Law.ORDER_BEFORE, spelled, states[found.state]), prefix=prefix(found.state))
    return None


def _words_to(machine: StateMachine, last: int) -> list[Word]:
    """Return shortest words that have a letter at their end and nowhere else, of different maps."""
    identity = tuple(range(len(machine.states)))
    others = [letter for letter in range(len(machine.symbols)) if letter != last]
    met: dict[tuple[int, ...], Word] = {identity: ()}
    order, found = [identity], dict[tuple[int, ...], Word]()
    for column in order:
        word = met[column]
        found.setdefault(tuple(machine.table[state][last] for state in column), (*word, last))
        for letter in others if len(order) < MAPS else ():
            after = tuple(machine.table[state][letter] for state in column)
            if after not in met:
                met[after] = (*word, letter)
                order.append(after)
        if len(found) == WORDS:
            break
    return list(found.values())
