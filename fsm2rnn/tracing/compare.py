"""Two machines side by side: isomorphism, and the shortest word on which their outputs differ."""

from __future__ import annotations

from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.machine.labels import Label, typed
from fsm2rnn.machine.mealy import mealy_form
from fsm2rnn.machine.reachable import reachable_states
from fsm2rnn.machine.state_machine import StateMachine

ORDER = ("first", "second")
SHOWN = 120  # characters of a list of symbols


def distinguishing_word(left: StateMachine, right: StateMachine, *, limit: int = 1_000_000) -> tuple[Label, ...] | None:
    """Return a shortest word after which the outputs differ, or None when no word tells the machines apart.

    Breadth first over the reachable pairs of states, symbols matched by name. A Mealy machine says nothing
    before the first symbol, so beside one the empty word is not compared. Raises InputError when the
    alphabets differ, LimitError when more than `limit` pairs are reachable.
    """
    if left.is_mealy or right.is_mealy:
        left, right = mealy_form(left), mealy_form(right)
    columns = matched_columns(left, right)
    outputs_left, outputs_right = matched_outputs(left, right, columns)
    pairs = [(left.start, right.start)]
    came: dict[tuple[int, int], tuple[tuple[int, int], int] | None] = {pairs[0]: None}
    for pair in pairs:
        if outputs_left[pair[0]] != outputs_right[pair[1]]:
            return _word_to(pair, came, left.symbols) + _telling(left, outputs_left[pair[0]], outputs_right[pair[1]])
        row_left, row_right = left.table[pair[0]], right.table[pair[1]]
        for symbol, column in enumerate(columns):
            reached = (row_left[symbol], row_right[column])
            if reached not in came:
                came[reached] = (pair, symbol)
                pairs.append(reached)
        if len(pairs) > limit:
            what = "pairs of states compared"
            raise LimitError(what, limit=limit)
    return None


def matched_states(left: StateMachine, right: StateMachine) -> list[int] | None:
    """Return for each state of `left` the one state of `right` that the same words reach; None if there are more.

    States of `left` that no word reaches are given state 0. InputError when the alphabets differ.
    """
    columns = matched_columns(left, right)
    image = {left.start: right.start}
    order = [left.start]
    for state in order:
        row_left, row_right = left.table[state], right.table[image[state]]
        for symbol, column in enumerate(columns):
            if row_left[symbol] not in image:
                order.append(row_left[symbol])
            if image.setdefault(row_left[symbol], row_right[column]) != row_right[column]:
                return None
    return [image.get(state, 0) for state in range(len(left.states))]


def isomorphism(left: StateMachine, right: StateMachine) -> tuple[int, ...] | None:
    """Return the bijection of reachable states that keeps start, transitions and outputs, or None.

    Entry i is the state of `right` for the i-th state of `left`, or -1 where `left` cannot reach it.
    Raises InputError when the alphabets differ.
    """
    image = matched_states(left, right)
    back = matched_states(right, left)
    if image is None or back is None:
        return None
    reached = reachable_states(left)
    shown, wanted = matched_outputs(left, right, matched_columns(left, right))
    if left.is_mealy != right.is_mealy or any(shown[state] != wanted[image[state]] for state in reached):
        return None
    seen = set(reached)
    return tuple(image[state] if state in seen else -1 for state in range(len(left.states)))


def matched_outputs(left: StateMachine, right: StateMachine, columns: list[int]) -> tuple[list[Label], list[Label]]:
    """Return a key for the output of each state of either machine, of Mealy's kind for its row in `left`'s order."""
    mine = [typed(output) for output in left.outputs]
    if not right.is_mealy:
        return mine, [typed(output) for output in right.outputs]
    return mine, [typed(tuple(row[column] for column in columns)) for row in right.outputs]


def _telling(machine: StateMachine, left: Label, right: Label) -> tuple[Label, ...]:
    """Return the symbol under which two rows of a Mealy machine differ, no symbol of Moore's kind."""
    if not machine.is_mealy or not isinstance(left, tuple) or not isinstance(right, tuple):
        return ()
    return (next(symbol for symbol, *pair in zip(machine.symbols, left, right, strict=True) if pair[0] != pair[1]),)


def matched_columns(left: StateMachine, right: StateMachine) -> list[int]:
    """Return for each symbol of `left` its column in `right`."""
    position = {typed(symbol): column for column, symbol in enumerate(right.symbols)}
    wanted = [typed(symbol) for symbol in left.symbols]
    if len(position) != len(wanted) or any(symbol not in position for symbol in wanted):
        raise InputError(_alphabets(left, right), hint=_same_text(left, right))
    return [position[symbol] for symbol in wanted]


def _alphabets(left: StateMachine, right: StateMachine) -> str:
    """Return which symbols one machine has and the other has not."""
    known = [{typed(symbol) for symbol in machine.symbols} for machine in (left, right)]
    lone = [
        [symbol for symbol in machine.symbols if typed(symbol) not in other]
        for machine, other in zip((left, right), reversed(known), strict=True)
    ]
    said = [f"only the {name} has {', '.join(map(repr, some))}" for name, some in zip(ORDER, lone, strict=True) if some]
    return f"the alphabets differ: {'; '.join(text if len(text) <= SHOWN else text[:SHOWN] + '...' for text in said)}"


def _same_text(left: StateMachine, right: StateMachine) -> str | None:
    """Return what is odd where the symbols are alike as texts: a number and its digits are two labels."""
    if {str(symbol) for symbol in left.symbols} != {str(symbol) for symbol in right.symbols}:
        return None
    return "a number and its digits are two symbols"


def _word_to(
    pair: tuple[int, int],
    came: dict[tuple[int, int], tuple[tuple[int, int], int] | None],
    symbols: tuple[Label, ...],
) -> tuple[Label, ...]:
    """Return the word that leads from the pair of starts to `pair`."""
    word = []
    step = came[pair]
    while step is not None:
        pair, symbol = step
        word.append(symbols[symbol])
        step = came[pair]
    return tuple(reversed(word))
