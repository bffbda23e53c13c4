"""Drawn trackers of each class: states 0 .. n-1, symbols 0 .. k-1, every state its own output.

Fewer states and symbols, smaller targets and the first start come first, so failures shrink to small machines.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Sequence

from hypothesis import strategies as st

from fsm2rnn.machine.reachable import reachable
from fsm2rnn.machine.state_machine import StateMachine

Element = tuple[int, ...]
Pairs = Sequence[tuple[int, int]]


@st.composite
def any_tables(draw: st.DrawFn, *, max_states: int, max_symbols: int) -> StateMachine:
    """Draw any table; states that no word reaches may be among its own."""
    count = draw(st.integers(1, max_states))
    row = st.tuples(*[st.integers(0, count - 1)] * draw(st.integers(1, max_symbols)))
    table = draw(st.tuples(*[row] * count))
    return StateMachine.tracker(range(count), range(len(table[0])), table, draw(st.integers(0, count - 1)))


@st.composite
def permutation_tables(draw: st.DrawFn, *, max_states: int, max_symbols: int) -> StateMachine:
    """Draw tables in which every symbol permutes the states."""
    count = draw(st.integers(1, max_states))
    columns = draw(st.lists(st.permutations(range(count)), min_size=1, max_size=max_symbols))
    symbols = range(len(columns))
    return StateMachine.tracker(range(count), symbols, zip(*columns, strict=True), draw(st.integers(0, count - 1)))


@st.composite
def commutative_tables(
    draw: st.DrawFn, *, max_states: int, max_symbols: int, max_index: int = 1, periods: Sequence[int] = (1, 2, 3, 4)
) -> StateMachine:
    """Draw tables whose symbols commute and satisfy x^(i + p) = x^i, i at most `max_index`, p one of `periods`.

    They are quotients of products of what single symbols generate, so all such machines of that size may come.
    """
    order = st.tuples(st.integers(0, max_index), st.sampled_from(periods))
    orders = draw(st.lists(order, min_size=1, max_size=max_symbols))
    while math.prod(index + period for index, period in orders) > max_states:
        orders = orders[:-1] or [(0, 1)]
    place = st.integers(0, max_states)
    return commutative_machine(orders, draw(st.lists(st.tuples(place, place), max_size=2)))


@st.composite
def aperiodic_tables(draw: st.DrawFn, *, max_states: int, max_symbols: int) -> StateMachine:
    """Draw tables whose monoid holds no group but trivial ones: quotients of cascades of resets.

    Krohn and Rhodes (1965): every such machine is a quotient of a part of some cascade in which a symbol keeps or sets
    each level, as the levels before it say. Cascades of at most `max_states` states are drawn.
    """
    sizes = draw(_sizes(max_states))
    before = [list(itertools.product(*map(range, sizes[:level]))) for level in range(len(sizes))]
    letter = st.tuples(
        *[
            st.fixed_dictionaries({prefix: _keep_or_set(size) for prefix in prefixes})
            for size, prefixes in zip(sizes, before, strict=True)
        ]
    )
    letters = draw(st.lists(letter, min_size=1, max_size=max_symbols))

    def times(element: Element, symbol: int) -> Element:
        acted = [action[element[:level]] for level, action in enumerate(letters[symbol])]
        return tuple(kept if to is None else to for kept, to in zip(element, acted, strict=True))

    place = st.integers(0, max_states)
    joined = draw(st.lists(st.tuples(place, place), max_size=1))
    return quotient_machine(itertools.product(*map(range, sizes)), len(letters), times, joined)


@st.composite
def reset_tables(draw: st.DrawFn, *, max_states: int, max_symbols: int) -> StateMachine:
    """Draw tables whose symbols keep or set each of one, two or three parts of the state."""
    sizes = draw(_sizes(max_states))
    letters = draw(st.lists(st.tuples(*map(_keep_or_set, sizes)), min_size=1, max_size=max_symbols))

    def times(element: Element, symbol: int) -> Element:
        return tuple(kept if to is None else to for kept, to in zip(element, letters[symbol], strict=True))

    return quotient_machine(itertools.product(*map(range, sizes)), len(letters), times)


def commutative_machine(orders: Sequence[tuple[int, int]], joined: Pairs = ()) -> StateMachine:
    """Return the tracker whose symbol x has the given (index, period), after joining pairs of states by number."""

    def times(element: Element, symbol: int) -> Element:
        index, period = orders[symbol]
        power = element[symbol] + 1 if element[symbol] + 1 < index + period else index
        return (*element[:symbol], power, *element[symbol + 1 :])

    elements = itertools.product(*[range(index + period) for index, period in orders])
    return quotient_machine(elements, len(orders), times, joined)


def quotient_machine(
    elements: Iterable[Element], symbols: int, times: Callable[[Element, int], Element], joined: Pairs = ()
) -> StateMachine:
    """Return the tracker on what is reached from the first element, after joining pairs of elements by number.

    Joining two joins what every symbol makes of them too, so that the classes are states again.
    """
    states = list(elements)
    number = {element: place for place, element in enumerate(states)}
    table = [[number[times(element, symbol)] for symbol in range(symbols)] for element in states]
    block = list(range(len(states)))
    waiting = [(left % len(block), right % len(block)) for left, right in joined]
    while waiting:
        left, right = waiting.pop()
        if block[left] != block[right]:
            block = [block[left] if part == block[right] else part for part in block]
            waiting += zip(table[left], table[right], strict=True)
    names = sorted(set(block))
    rows = [[names.index(block[target]) for target in table[name]] for name in names]
    return reachable(StateMachine.tracker(names, range(symbols), rows, names.index(block[0])))


def _keep_or_set(size: int) -> st.SearchStrategy[int | None]:
    return st.none() | st.integers(0, size - 1)


@st.composite
def _sizes(draw: st.DrawFn, max_states: int) -> list[int]:
    """Draw the sizes of one to three parts, whose product is at most `max_states`."""
    sizes, room = [], max_states
    for _ in range(3):
        sizes.append(draw(st.integers(1, room)))
        room //= sizes[-1]
    return [size for size in sizes if size > 1] or [1]
