"""q ~ q' when no word tells them apart: Hopcroft's coarsest partition on arrays, |Sigma| |Q| log |Q| steps in numba.

One array holds the states block after block, so that marking a state is one swap and splitting a block moves one
bound. The smaller part becomes the new block and waits as a splitter; what is left keeps its number, and waits if
it waited. The result may be wrong without harm: it is proved to be a quotient map before it is returned. That
it is the coarsest one rests on the algorithm (J. Hopcroft, 1971) and on tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias, final, no_type_check

import numba
import numpy as np
import numpy.typing as npt

from fsm2rnn.errors import CertificateError, InputError, LimitError
from fsm2rnn.machine.labels import typed
from fsm2rnn.machine.quotient import QuotientMap
from fsm2rnn.machine.reachable import reachable, restrict
from fsm2rnn.machine.state_machine import StateMachine

Numbers: TypeAlias = npt.NDArray[np.integer[Any]]

STATES = np.iinfo(np.int32).max  # states are numbered in 32 bits
UNREACHED = -1


@final
@dataclass(frozen=True, eq=False)
class ArrayQuotient:
    """A proved map of the reachable part of a table onto a smaller one that starts in state 0.

    image[table[q, x]] = target_table[image[q], x] and classes[q] = target_classes[image[q]] for every state q
    with an image, and `start` has one. CertificateError names the part that fails.
    """

    table: Numbers  # (Q, D)
    classes: Numbers  # (Q,)
    start: int
    image: Numbers  # (Q,), UNREACHED where the map is not defined
    target_table: Numbers  # (N, D)
    target_classes: Numbers  # (N,)

    def __post_init__(self) -> None:
        """Prove the equations, over all states at once."""
        if self.image[self.start] != 0:
            message = f"the start becomes {self.image[self.start]}, expected 0"
            raise CertificateError("quotient.start", message)
        kept = np.flatnonzero(self.image != UNREACHED)
        every = len(kept) == len(self.image)
        image = self.image if every else self.image[kept]
        _prove_onto(image, len(self.target_table))
        table, classes = (self.table, self.classes) if every else (self.table[kept], self.classes[kept])
        if not np.array_equal(self.image[table], self.target_table[image]):
            message = "the transitions do not commute with the map"
            raise CertificateError("quotient.table", message)
        if not np.array_equal(classes, self.target_classes[image]):
            message = "the map joins states of different class"
            raise CertificateError("quotient.outputs", message)


def minimise_array(table: Numbers, classes: Numbers, start: int = 0) -> ArrayQuotient:
    """Return the quotient of the reachable part of `table` (Q, D) onto the smallest one with the same `classes` (Q,).

    Its states are numbered breadth first from `start`. InputError for arrays that are no machine.
    """
    table, classes = _checked(table, classes)
    if not 0 <= start < len(table):
        message = f"the start {start} is not a state index below {len(table)}"
        raise InputError(message)
    order, place = _breadth_first(table, start)
    part = np.take(place, np.take(table, order, axis=0))
    part_classes = classes[order]
    block_of = _coarsest(part, part_classes)
    first = _first_members(block_of)
    image = np.full(len(table), UNREACHED, dtype=np.int32)
    image[order] = block_of
    return ArrayQuotient(table, classes, start, image, block_of[part[first]], part_classes[first])


def coarsest_partition(table: Numbers, classes: Numbers) -> Numbers:
    """Return a block number per state (Q,), equal exactly where no word leads `table` (Q, D) to different `classes`.

    Blocks are numbered in the order of their first state. InputError for arrays that are no machine.
    """
    table, classes = _checked(table, classes)
    block_of = _coarsest(table, classes)
    first = _first_members(block_of)
    # A map of the table onto the table of its blocks, where the start is any state of the first block.
    ArrayQuotient(table, classes, 0, block_of, block_of[table[first]], classes[first])
    return block_of


def minimise(machine: StateMachine) -> QuotientMap:
    """Return what `machine.minimise.minimise` returns, found on arrays and proved by the kernel."""
    source = reachable(machine)
    number: dict[object, int] = {}
    classes = np.array([number.setdefault(typed(output), len(number)) for output in source.outputs], dtype=np.int32)
    block_of = coarsest_partition(np.array(source.table, dtype=np.int32), classes)
    first = _first_members(block_of).tolist()
    image = tuple(block_of.tolist())
    collapsed = StateMachine(
        source.states,
        source.symbols,
        tuple(tuple(first[image[reached]] for reached in row) for row in source.table),
        source.start,
        source.outputs,
    )
    return QuotientMap(source, restrict(collapsed, first), image)


def _checked(table: Numbers, classes: Numbers) -> tuple[Numbers, Numbers]:
    """Return the machine in 32 bits; InputError where it is none, LimitError where it has too many states."""
    if table.ndim != 2 or 0 in table.shape or classes.shape != table.shape[:1]:  # noqa: PLR2004  states and symbols
        message = f"a table (Q, D) with Q, D >= 1 and classes (Q,) are needed, found {table.shape} and {classes.shape}"
        raise InputError(message)
    if table.dtype.kind not in "iu" or classes.dtype.kind not in "iu":
        message = f"tables and classes are integers, found {table.dtype} and {classes.dtype}"
        raise InputError(message)
    if len(table) > STATES:
        what = "states numbered in 32 bits"
        raise LimitError(what, limit=STATES, needed=len(table))
    low, high = int(table.min()), int(table.max())
    if low < 0 or high >= len(table):
        message = f"a transition leads to a state outside 0..{len(table) - 1}: {low if low < 0 else high}"
        raise InputError(message)
    return np.ascontiguousarray(table, dtype=np.int32), classes


def _prove_onto(image: Numbers, count: int) -> None:
    if image.min() < 0 or image.max() >= count or not np.bincount(image, minlength=count).all():
        message = f"not a map of {len(image)} states onto {count}"
        raise CertificateError("quotient.image", message)


def _coarsest(table: Numbers, classes: Numbers) -> Numbers:
    values, numbered = np.unique(classes, return_inverse=True)
    offsets, sources = _inverse(table)
    block_of = numbered.astype(np.int32)
    _refine(offsets, sources, block_of, len(values))
    return _in_order(block_of)


def _first_members(block_of: Numbers) -> Numbers:
    """Return the first state of each block, for blocks numbered in that order."""
    highest = np.maximum.accumulate(block_of)
    return np.flatnonzero(np.diff(highest, prepend=-1))


@numba.njit(cache=True)
@no_type_check
def _breadth_first(table: Numbers, start: int) -> tuple[Numbers, Numbers]:
    """Return the reachable states in breadth-first order, and the place of every state there (-1: none)."""
    place = np.full(table.shape[0], -1, dtype=np.int32)
    order = np.empty(table.shape[0], dtype=np.int32)
    order[0], place[start], count, done = start, 0, 1, 0
    while done < count:
        state = order[done]
        for symbol in range(table.shape[1]):
            reached = table[state, symbol]
            if place[reached] < 0:
                place[reached] = count
                order[count] = reached
                count += 1
        done += 1
    return order[:count].copy(), place


@numba.njit(cache=True)
@no_type_check
def _inverse(table: Numbers) -> tuple[Numbers, Numbers]:
    """Return offsets (D, Q + 1) and sources (D, Q): symbol x leads to q from sources[x, offsets[x, q] : ...]."""
    states, symbols = table.shape
    offsets = np.zeros((symbols, states + 1), dtype=np.int32)
    sources = np.empty((symbols, states), dtype=np.int32)
    for state in range(states):
        for symbol in range(symbols):
            offsets[symbol, table[state, symbol] + 1] += 1
    for symbol in range(symbols):
        for state in range(states):
            offsets[symbol, state + 1] += offsets[symbol, state]
    free = offsets[:, :states].copy()
    for state in range(states):
        for symbol in range(symbols):
            reached = table[state, symbol]
            sources[symbol, free[symbol, reached]] = state
            free[symbol, reached] += 1
    return offsets, sources


@numba.njit(cache=True)
@no_type_check
def _refine(offsets: Numbers, sources: Numbers, block_of: Numbers, count: int) -> None:
    """Split the blocks 0 .. count - 1 of `block_of`, which it updates, until every symbol respects them."""
    states = len(block_of)
    elements, place, first, end = _lay_out(block_of, count)
    marked = np.zeros(states, dtype=np.int32)
    touched, splitter, waiting = np.empty_like(block_of), np.empty_like(block_of), np.empty_like(block_of)
    # All states together split nothing, so one block need not wait: the largest.
    largest = np.argmax(end[:count] - first[:count])
    waits = 0
    for block in range(count):
        if block != largest:
            waiting[waits] = block
            waits += 1
    while waits:
        waits -= 1
        block = waiting[waits]
        size = end[block] - first[block]
        # A copy, since the splitter may split itself.
        splitter[:size] = elements[first[block] : end[block]]
        for symbol in range(offsets.shape[0]):
            touches = 0
            for reached in splitter[:size]:
                for source in sources[symbol, offsets[symbol, reached] : offsets[symbol, reached + 1]]:
                    block = block_of[source]
                    if end[block] - first[block] > 1:
                        if marked[block] == 0:
                            touched[touches] = block
                            touches += 1
                        _mark(source, elements, place, first[block] + marked[block])
                        marked[block] += 1
            for block in touched[:touches]:
                if marked[block] < end[block] - first[block]:
                    _split(block, marked[block], count, elements, first, end, block_of)
                    waiting[waits] = count
                    waits, count = waits + 1, count + 1
                marked[block] = 0


@numba.njit(cache=True)
@no_type_check
def _lay_out(block_of: Numbers, count: int) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Return the states block after block, the place of each, and where each block begins and ends."""
    states = len(block_of)
    end = np.zeros(states, dtype=np.int32)
    for block in block_of:
        end[block] += 1
    first = np.zeros(states, dtype=np.int32)
    for block in range(1, count):
        first[block] = first[block - 1] + end[block - 1]
    end[:] = first
    elements, place = np.empty(states, dtype=np.int32), np.empty(states, dtype=np.int32)
    for state in range(states):
        block = block_of[state]
        elements[end[block]], place[state] = state, end[block]
        end[block] += 1
    return elements, place, first, end


@numba.njit(cache=True)
@no_type_check
def _mark(state: int, elements: Numbers, place: Numbers, to: int) -> None:
    """Swap `state` with the element at `to`."""
    other, at = elements[to], place[state]
    elements[at], place[other] = other, at
    elements[to], place[state] = state, to


@numba.njit(cache=True)
@no_type_check
def _split(block: int, marks: int, fresh: int, elements: Numbers, first: Numbers, end: Numbers, block_of: Numbers):  # noqa: ANN202, PLR0913
    """Cut `block` after its first `marks` elements; the smaller part becomes block `fresh`."""
    cut = first[block] + marks
    if 2 * marks <= end[block] - first[block]:
        first[fresh], end[fresh], first[block] = first[block], cut, cut
    else:
        first[fresh], end[fresh], end[block] = cut, end[block], cut
    for state in elements[first[fresh] : end[fresh]]:
        block_of[state] = fresh


@numba.njit(cache=True)
@no_type_check
def _in_order(block_of: Numbers) -> Numbers:
    """Return the same partition with blocks numbered in the order of their first state."""
    number = np.full(len(block_of), -1, dtype=np.int32)
    found = np.empty_like(block_of)
    count = 0
    for state in range(len(block_of)):
        block = block_of[state]
        if number[block] < 0:
            number[block] = count
            count += 1
        found[state] = number[block]
    return found
