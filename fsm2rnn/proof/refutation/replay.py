"""q w, the state after a word: how every witness is replayed on its machine, and spelled for a reader."""

from __future__ import annotations

from typing import TypeAlias

from fsm2rnn.errors import CertificateError
from fsm2rnn.machine.labels import Json, Label, label_plain, label_text, typed
from fsm2rnn.machine.state_machine import StateMachine

Word: TypeAlias = tuple[int, ...]  # symbol indices, read left to right

WORD_LIMIT = 1 << 20  # symbols in one word of a witness: replayed in a tenth of a second, stored in megabytes
SHOWN = 12  # symbols of a word in a sentence


def state_after(machine: StateMachine, state: int, word: Word) -> int:
    """Return q w; CertificateError for a symbol outside the alphabet or a word that is too long."""
    if len(word) > WORD_LIMIT or not all(type(symbol) is int and 0 <= symbol < len(machine.symbols) for symbol in word):
        message = f"a word has a symbol outside 0..{len(machine.symbols) - 1}, or more than {WORD_LIMIT} symbols"
        raise CertificateError("witness", message)
    for symbol in word:
        state = machine.table[state][symbol]
    return state


def answer_after(machine: StateMachine, state: int, word: Word) -> Label:
    """Return the output after `word`: of the state reached, or of the last step of a Mealy machine.

    A Mealy machine says nothing after the empty word; CertificateError then, and as for `state_after`.
    """
    reached = state_after(machine, state, word)
    if not machine.is_mealy:
        moore: Label = machine.outputs[reached]
        return moore
    if not word:
        message = "a Mealy machine has no output after the empty word"
        raise CertificateError("witness", message)
    mealy: Label = machine.outputs[state_after(machine, state, word[:-1])][word[-1]]
    return mealy


def require_told_apart(machine: StateMachine, left: int, right: int, suffix: Word) -> None:
    """Prove that after `suffix` two states have given different outputs; CertificateError otherwise."""
    answers = [answer_after(machine, state, suffix) for state in (left, right)]
    if typed(answers[0]) == typed(answers[1]):
        message = f"states {machine.states[left]!r} and {machine.states[right]!r} are not told apart by the suffix"
        raise CertificateError("witness", message)


def word_in_labels(machine: StateMachine, word: Word) -> list[Json]:
    """Return the word in the machine's own labels, as a reader writes them."""
    return [label_plain(machine.symbols[symbol]) for symbol in word]


def named(machine: StateMachine, state: int) -> Json:
    """Return a state's label as a reader writes it."""
    return label_plain(machine.states[state])


def differ_text(machine: StateMachine, words: tuple[Word, Word], suffix: Word) -> str:
    """Return the sentence that two words from the start, then a suffix, give different outputs."""
    outputs = [label_text(answer_after(machine, machine.start, word + suffix)) for word in words]
    first, second = (word_text(machine, word + suffix) for word in words)
    return f"{first} gives {outputs[0]}, {second} gives {outputs[1]}"


def word_text(machine: StateMachine, word: Word) -> str:
    """Return the word as one text, cut short when it is long."""
    shown = [label_text(machine.symbols[symbol]) for symbol in word[:SHOWN]]
    more = [f"... ({len(word)} symbols)"] if len(word) > SHOWN else []
    return " ".join([*shown, *more]) or "the empty word"
