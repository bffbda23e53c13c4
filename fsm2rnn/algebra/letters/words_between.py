"""Shortest words of a machine: from the start to each state, and after which two states show different outputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias, TypeVar

from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.machine.labels import typed
from fsm2rnn.machine.state_machine import StateMachine

_Node = TypeVar("_Node")

Word: TypeAlias = tuple[int, ...]
"""Symbol indices, read left to right."""

PAIR_LIMIT: Final = 1_000_000
"""Most pairs of states that `distinguishing_suffix` looks at: three seconds."""


def word_to_state(machine: StateMachine, state: int) -> Word:
    """Return the first word of least length, in the order of symbols, that leads from the start to a state.

    InputError where it is not reachable.
    """
    came = _breadth_first(machine, state)
    if state not in came:
        message = f"state {state} is not reachable from the start"
        raise InputError(message)
    return _path(came, machine.start, state)


def distinguishing_suffix(machine: StateMachine, first: int, second: int) -> Word:
    """Return a shortest word w with lambda(first w) != lambda(second w), empty where the outputs differ already.

    Of Mealy's kind w ends in the symbol under which they differ. Outputs are told apart by `typed`. Breadth first over
    pairs of states; raises InputError where no word tells the two apart, LimitError past PAIR_LIMIT pairs.
    """
    outputs = [typed(output) for output in machine.outputs]
    start = (first, second)
    came: dict[tuple[int, int], tuple[tuple[int, int], int]] = {start: (start, -1)}
    pairs = [start]
    for pair in pairs:
        if outputs[pair[0]] != outputs[pair[1]]:
            return _path(came, start, pair) + _telling(machine, *pair)
        for symbol, reached in enumerate(zip(machine.table[pair[0]], machine.table[pair[1]], strict=True)):
            if reached[0] != reached[1] and reached not in came:
                came[reached] = (pair, symbol)
                pairs.append(reached)
        if len(pairs) > PAIR_LIMIT:
            what = "pairs of states compared"
            raise LimitError(what, limit=PAIR_LIMIT)
    message = f"no word tells the states {first} and {second} apart"
    raise InputError(message)


def _telling(machine: StateMachine, first: int, second: int) -> Word:
    """Return the symbol under which two states of a Mealy machine answer differently, no symbol of Moore's kind."""
    if not machine.is_mealy:
        return ()
    answers = zip(machine.outputs[first], machine.outputs[second], strict=True)
    return (next(symbol for symbol, (left, right) in enumerate(answers) if typed(left) != typed(right)),)


def _breadth_first(machine: StateMachine, goal: int | None) -> dict[int, tuple[int, int]]:
    """Return for each state found the state and symbol it was reached by; it may stop at the goal."""
    came = {machine.start: (machine.start, -1)}
    order = [machine.start]
    for state in order:
        if goal in came:
            break
        for symbol, target in enumerate(machine.table[state]):
            if target not in came:
                came[target] = (state, symbol)
                order.append(target)
    return came


def _path(came: Mapping[_Node, tuple[_Node, int]], start: _Node, end: _Node) -> Word:
    word = []
    while end != start:
        end, symbol = came[end]
        word.append(symbol)
    return tuple(reversed(word))
