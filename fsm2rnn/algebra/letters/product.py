"""New machines from old: the direct product M x N, and letters with equal maps merged into one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.machine.labels import typed
from fsm2rnn.machine.state_machine import StateMachine


def product(left: StateMachine, right: StateMachine, *, limit: int = 100_000) -> StateMachine:
    """Return the reachable part of M x N: both read the same word, outputs are the pairs of outputs.

    States are named by pairs and numbered breadth first. Raises InputError when the alphabets differ,
    LimitError when more than `limit` pairs are reachable.
    """
    if typed(left.symbols) != typed(right.symbols):
        message = "a direct product needs two machines with the same symbols in the same order"
        raise InputError(message)
    pairs = [(left.start, right.start)]
    number = {pairs[0]: 0}
    table = []
    for first, second in pairs:
        row = list(zip(left.table[first], right.table[second], strict=True))
        for pair in row:
            if pair not in number:
                if len(pairs) == limit:
                    what = "states of the direct product"
                    raise LimitError(what, limit=limit)
                number[pair] = len(pairs)
                pairs.append(pair)
        table.append(tuple(number[pair] for pair in row))
    return StateMachine(
        tuple((left.states[first], right.states[second]) for first, second in pairs),
        left.symbols,
        tuple(table),
        0,
        tuple((left.outputs[first], right.outputs[second]) for first, second in pairs),
    )


@final
@dataclass(frozen=True)
class LetterMerge:
    """A machine on distinct letter maps; `letter_of[x]` is the letter that symbol x becomes."""

    machine: StateMachine
    letter_of: tuple[int, ...]


def merge_letters(machine: StateMachine) -> LetterMerge:
    """Return the machine with one letter for each distinct map q -> delta(q, x), named after its first symbol.

    A Mealy machine becomes one whose states show their rows of outputs, since letters of one map may answer
    differently.
    """
    number: dict[tuple[int, ...], int] = {}
    letter_of = tuple(number.setdefault(column, len(number)) for column in zip(*machine.table, strict=True))
    names = [machine.symbols[letter_of.index(letter)] for letter in range(len(number))]
    rows = tuple(zip(*number, strict=True))
    return LetterMerge(StateMachine(machine.states, tuple(names), rows, machine.start, machine.outputs), letter_of)
