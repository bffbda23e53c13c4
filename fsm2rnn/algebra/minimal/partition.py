"""q ~ q' when no word tells them apart: the coarsest partition and the minimal machine of arrays.

What the compiled routines of `hopcroft` find may be wrong without harm: it is proved to be a quotient map before it
is returned. That it is the coarsest one rests on the algorithm (J. Hopcroft, 1971) and on tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from fsm2rnn.algebra.minimal.hopcroft import Numbers, breadth_first, in_order, inverse, refine
from fsm2rnn.errors import CertificateError, InputError, LimitError
from fsm2rnn.machine.labels import typed
from fsm2rnn.machine.minimise import by_blocks
from fsm2rnn.machine.quotient import QuotientMap
from fsm2rnn.machine.reachable import reachable
from fsm2rnn.machine.state_machine import StateMachine

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
        image = self.image.take(kept)
        _prove_onto(image, len(self.target_table))
        if not np.array_equal(self.image.take(self.table.take(kept, 0)), self.target_table.take(image, 0)):
            message = "the transitions do not commute with the map"
            raise CertificateError("quotient.table", message)
        if not np.array_equal(self.classes.take(kept), self.target_classes.take(image)):
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
    order, place = breadth_first(table, start)
    part = place.take(table.take(order, 0))
    part_classes = classes.take(order)
    block_of, first = _coarsest(part, part_classes)
    image = np.full(len(table), UNREACHED, dtype=np.int32)
    image[order] = block_of
    return ArrayQuotient(table, classes, start, image, block_of.take(part.take(first, 0)), part_classes.take(first))


def minimise(machine: StateMachine) -> QuotientMap:
    """Return what `machine.minimise.minimise` returns, found on arrays and proved by the kernel."""
    source = reachable(machine)
    number: dict[object, int] = {}
    classes = np.array([number.setdefault(typed(output), len(number)) for output in source.outputs], dtype=np.int32)
    found = minimise_array(np.array(source.table, dtype=np.int32), classes, source.start)
    return by_blocks(source, found.image.tolist())


def _checked(table: Numbers, classes: Numbers) -> tuple[Numbers, Numbers]:
    """Return the machine in 32 bits; InputError where it is none, LimitError where it has too many states."""
    if table.ndim != 2 or 0 in table.shape or classes.shape != table.shape[:1]:  # states and symbols
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


def _coarsest(table: Numbers, classes: Numbers) -> tuple[Numbers, Numbers]:
    """Return the coarsest partition and the first state of each block; all that a proof does not rest on."""
    numbers, count = _numbered(classes)
    offsets, sources = inverse(table)
    found: tuple[Numbers, Numbers] = in_order(refine(offsets, sources, numbers, count))
    return found


def _numbered(classes: Numbers) -> tuple[Numbers, int]:
    """Return the classes as 0 .. count - 1, in their order; without sorting where their range is small."""
    low, high = int(classes.min()), int(classes.max())
    if high - low > len(classes):
        values, numbers = np.unique(classes, return_inverse=True)
        return numbers.astype(np.int32), len(values)
    shifted = (classes - low).astype(np.int32)
    number = np.cumsum(np.bincount(shifted) > 0, dtype=np.int32)
    return number.take(shifted) - np.int32(1), int(number[-1])
