"""A shortest word that one arithmetic misreads, sums in index order, or none: breadth first through all float states.

Where the order does not matter `float_states` searches in arrays; elsewhere the kernel's own steps are taken, number by
number. What is found is proved by `proof.rounding.exact_horizon`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from fsm2rnn.errors import CertificateError, NumericError
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.file.network import Replay
from fsm2rnn.proof.rounding.exact_horizon import Floats, IndexOrder, Scores
from fsm2rnn.proof.stored.meaning import Meaning
from fsm2rnn.tracing.float_states import Closed, Fails, Open, search_float_states

Ways: TypeAlias = Mapping[Floats, tuple[Floats, int] | None]
"""From a float state to one before it and the symbol that leads there; None at the start."""


def search_replay(stored: Meaning, machine: StateMachine, *, limit: int) -> Replay | None:
    """Return a shortest word that is misread, or that there is none; None if `limit` float states do not decide it.

    CertificateError for another structure, or where one reading alone stands for all states; NumericError for a word
    that overflows.
    """
    try:
        match search_float_states(stored, machine, limit=limit):
            case Fails(word):
                return Replay(word)
            case Closed():
                return Replay(None)
            case Open():
                return None
    except (CertificateError, NumericError):
        return _in_index_order(stored, machine, limit)


def _in_index_order(stored: Meaning, machine: StateMachine, limit: int) -> Replay | None:
    steps, scores = IndexOrder(stored), Scores(stored)
    ways: dict[Floats, tuple[Floats, int] | None] = {steps.start: None}
    queue = [(steps.start, machine.start)]
    for state, right in queue:
        if scores.lead(state, right) <= 0:
            return Replay(_word(ways, state))
        for symbol, then in enumerate(machine.table[right]):
            reached = steps.step(steps.letters[symbol], state)
            if reached not in ways:
                ways[reached] = state, symbol
                queue.append((reached, then))
        if len(queue) > limit:
            return None
    return Replay(None)


def _word(ways: Ways, state: Floats) -> tuple[int, ...]:
    """Return the symbols that lead from the start to a state."""
    word = []
    while (way := ways[state]) is not None:
        state, symbol = way
        word.append(symbol)
    return tuple(reversed(word))
