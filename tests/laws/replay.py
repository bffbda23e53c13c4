"""Witnesses replayed on any machine with the same language, by StateMachine.run and by nothing that found them."""

from __future__ import annotations

import itertools
from dataclasses import replace

from fsm2rnn.machine.labels import typed
from fsm2rnn.proof.refutation.fixed_transition_witness import EqualLengths, Repeated
from fsm2rnn.proof.refutation.key_witness import OneKey
from fsm2rnn.proof.refutation.merging_witness import NoncommutingIdempotents
from fsm2rnn.proof.refutation.turn_witness import ShortTurn
from fsm2rnn.proof.refutation.witness import BrokenLaw, Cycle, Transient

# What a law of the family makes equal, as the two sides are written in fsm2rnn.proof.refutation.witness.
LAWS = {
    "order-matters": ("xy", "yx"),
    "first-occurrence-matters": ("xyx", "yx"),
    "earlier-square-matters": ("xxyx", "yx"),
    "earlier-order-matters": ("xyzxwy", "yxzxwy"),
    "earlier-idempotent-matters": ("xyxx", "yxx"),
    "earlier-of-one-length-matters": ("xzywx", "yzywx"),
    "more-than-last-and-length-matters": ("xz", "yz"),
    "something-moves": ("x", ""),
}
# The kinds with which a target may refuse: those that need a finite orbit, and those that need none.
KINDS = {
    "householder": ({"idempotents-do-not-commute"}, set()),
    "rotation": ({"never-returns"}, {"order-matters"}),
    "real-diagonal": ({"never-returns"}, {"order-matters", "cycle"}),
    "positive-diagonal": ({"never-returns"}, {"order-matters", "cycle"}),
    "affine-real-diagonal": ({"earlier-square-matters", "earlier-order-matters"}, {"cycle"}),
    "affine-positive-diagonal": ({"first-occurrence-matters"}, {"cycle"}),
}
STRIDES = {"real-diagonal": 2, "positive-diagonal": 1, "affine-real-diagonal": 2, "affine-positive-diagonal": 1}
TURNS = 3  # times round a cycle, or more powers than the machine has states


def shows(machine, witness):
    """Return whether running the words on `machine` shows what the witness says."""
    match witness:
        case BrokenLaw():
            return _breaks_a_law(machine, witness)
        case Cycle():
            return _turns_for_ever(machine, witness)
        case Transient():
            return _never_returns(machine, witness)
        case NoncommutingIdempotents():
            return _idempotents_do_not_commute(machine, witness)
        case EqualLengths() | Repeated() | ShortTurn():
            return _stays_apart(machine, witness)
        case OneKey():
            return _tears_a_key(machine, witness)
    message = f"no replay for {witness!r:.80}"
    raise AssertionError(message)


def output(machine, indices):
    """Return the output after a word of symbol indices, as a value of its type; of Mealy's kind the last answer."""
    word = [machine.symbols[index] for index in indices]
    if machine.is_mealy:
        return typed(machine.outputs[[machine.start, *machine.run(word)][-2]][indices[-1]])
    states = machine.run(word)
    return typed(machine.outputs[states[-1] if states else machine.start])


def _breaks_a_law(machine, witness):
    sides = LAWS[witness.to_json()["kind"]]
    assert len(witness.words) == len(set("".join(sides)))
    if "length" in witness.to_json()["kind"]:
        assert len(witness.words[0]) == len(witness.words[1])
        assert sides != ("xz", "yz") or witness.words[2]
    if sides == ("xyxx", "yxx"):
        assert _same(machine, witness.words[0] * 2, witness.words[0])
    words = dict(zip("xyzw", witness.words, strict=False))
    first, second = (
        witness.prefix + tuple(index for letter in side for index in words[letter]) + witness.suffix for side in sides
    )
    return output(machine, first) != output(machine, second)


def _turns_for_ever(machine, witness):
    """Two outputs for ever: suffix after word^(n length), and after word^(n length + stride)."""
    length, states = witness.length, len(machine.states)
    assert length > witness.stride
    turns = range(states + TURNS)
    first = {output(machine, witness.prefix + witness.word * (n * length) + witness.suffix) for n in turns}
    second = {
        output(machine, witness.prefix + witness.word * (n * length + witness.stride) + witness.suffix) for n in turns
    }
    return len(first) == len(second) == 1 and first != second


def _never_returns(machine, witness):
    """Each further power of the word differs from the first one after some suffix."""
    start = witness.prefix + witness.word
    return all(
        any(
            output(machine, start + suffix) != output(machine, start + witness.word * power + suffix)
            for suffix in witness.suffixes
        )
        for power in range(1, TURNS * len(machine.states) + 1)
    )


def _stays_apart(machine, witness):
    """Two outputs for ever: what the words that may be read for ever in between are, and no more, each kind says."""
    turns = range(1, 4)
    match witness:
        case EqualLengths(left=left, right=right, kept=kept):
            between, equal = [kept * turn for turn in turns], len(left) == len(right) and kept != ()
        case Repeated(left=left, right=right, frames=frames):
            differ = [pair for pair in zip(left, right, strict=True) if pair[0] != pair[1]]
            around = frames or [((), ())] * len(differ)
            read = {(*v, x, *w) for pair, (v, w) in zip(differ, around, strict=True) for x in pair}
            powers = [word * _least_power(machine, word) for word in sorted(read)]
            between, equal = [sum(powers, ()) * turn for turn in turns], len(left) == len(right)
        case ShortTurn(prefix=prefix, letter=letter, reaches=reaches):
            left, right, equal = prefix, (*prefix, letter), len(reaches) in (2, 3, 4)
            between = [(letter,) * (len(reaches) * turn) for turn in turns]
    ends = {tuple(output(machine, word + more + witness.suffix) for word in (left, right)) for more in [(), *between]}
    return equal and len(ends) == 1 and len({*ends.pop()}) == 2


def _least_power(machine, word):
    """Return the least number of times that brings all states of cycles of a word back to where they were."""
    symbols = [machine.symbols[letter] for letter in word]
    column = [replace(machine, start=state).run(symbols)[-1] for state in range(len(machine.states))]
    ends, count = column, 1
    cyclic = {state for state in range(len(column)) if state in _walk(column, column[state])}
    while any(ends[state] != state for state in cyclic):
        ends, count = [column[end] for end in ends], count + 1
    return count


def _walk(column, state):
    met = []
    while state not in met:
        met.append(state)
        state = column[state]
    return met


def _tears_a_key(machine, witness):
    """Derive by the rules, set by set, that the two pairs have one key, and look at the letter."""
    columns = [column for column in zip(*machine.table, strict=True) if len(set(column)) > 1]
    pairs = [frozenset(pair) for pair in itertools.combinations(range(len(machine.states)), 2)]
    keys = [{pair for pair in pairs if len({column[state] for state in pair}) == 1} for column in columns]
    while True:
        images = [
            {frozenset(column[state] for state in pair) for pair in key}
            for key in keys
            for column in columns
            if all(len({column[state] for state in pair}) == 2 for pair in key)
        ]
        ties = [key | {a ^ b for a in key for b in key if len(a & b) == 1} for key in keys]
        joined = []
        for key in filter(None, [*ties, *images]):
            apart = [one for one in joined if not one & key]
            joined = [*apart, key.union(*(one for one in joined if one & key))]
        if {frozenset(key) for key in joined} == {frozenset(key) for key in keys if key}:
            break
        keys = joined
    merged, torn = ({machine.table[state][witness.letter] for state in pair} for pair in witness.pairs)
    return any({*map(frozenset, witness.pairs)} <= key for key in keys) and (len(merged), len(torn)) == (1, 2)


def _same(machine, left, right):
    """Return whether two words lead from every state that words reach to states that no word tells apart."""
    reached = [machine.start]
    for state in reached:
        reached += [target for target in dict.fromkeys(machine.table[state]) if target not in reached]

    def ends(word):
        symbols = [machine.symbols[index] for index in word]
        return [[state, *replace(machine, start=state).run(symbols)][-1] for state in reached]

    return all(_one_behaviour(machine, *pair) for pair in zip(ends(left), ends(right), strict=True))


def _idempotents_do_not_commute(machine, witness):
    """Two words that act as their squares, told apart in two orders after prefix by suffix."""
    first, second, prefix, suffix = witness.first, witness.second, witness.prefix, witness.suffix
    idempotent = all(_same(machine, word + word, word) for word in (first, second))
    orders = (prefix + first + second + suffix, prefix + second + first + suffix)
    return idempotent and output(machine, orders[0]) != output(machine, orders[1])


def _one_behaviour(machine, left, right):
    """Return whether no word tells two states apart."""
    pairs = [(left, right)]
    for one, other in pairs:
        if typed(machine.outputs[one]) != typed(machine.outputs[other]):
            return False
        row = zip(machine.table[one], machine.table[other], strict=True)
        pairs += [pair for pair in dict.fromkeys(row) if pair not in pairs]
    return True
