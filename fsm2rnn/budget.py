"""A budget of time: a search within it gives its answer, or is ended when the time is up.

Searches are many and of many kinds (lists of characters, spans over Q, words of a monoid, proved horizons), and a
loop that nobody thought of is the one that takes minutes. So no loop looks at a clock: a timer of the operating system
does, and ends the search between two steps of Python, wherever it is. What it leaves is whole: a value proves itself
in its constructor or is not there, and a `fact` is kept when its search has returned. It is put off while Python
imports a module or numba compiles a loop, which would be left half done, and a single call into compiled code is waited
for. Python hears signals in its main thread alone and Windows has no such timer: elsewhere the budget is looked at
before each search, and a search that has begun is finished.
"""

from __future__ import annotations

import math
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Final, Self, TypeVar, final

from fsm2rnn.errors import InputError

Found = TypeVar("Found")

AGAIN: Final = 0.02  # seconds until the timer asks again where it was put off
LONGEST: Final = 10.0**7  # seconds that every system's timer takes
UNINTERRUPTED: Final = ("importlib", "numba", "llvmlite")


class BudgetError(Exception):
    """The time is up. No FsmError: a search that meets one may go on by another way, and that takes more time."""


@final
@dataclass(frozen=True)
class Budget:
    """Time that ends at `end` on `clock`, both in seconds; `seconds` is how much there was, None without an end.

    A part of a budget has the seconds of the whole, an end of its own, and is called a part in its reason.
    """

    seconds: float | None
    end: float
    clock: Callable[[], float]
    name: str = "the budget"

    @classmethod
    def of(cls, seconds: float | None, clock: Callable[[], float] = time.monotonic) -> Self:
        """Return a budget that begins now; without an end for None and infinity, InputError below 0 and for NaN."""
        if seconds is None or seconds == math.inf:
            return cls(None, math.inf, clock)
        if not seconds >= 0:
            message = f"a budget of {seconds} seconds"
            raise InputError(message, hint="0 or more, or inf for no end")
        return cls(seconds, clock() + seconds, clock)

    @property
    def left(self) -> float:
        """Seconds until the end, negative after it."""
        return self.end - self.clock()

    @property
    def reason(self) -> str:
        """Why something was not decided."""
        return f"not decided within {self.name} of {self.seconds or 0:g} s; --budget raises it"

    def part(self, share: float) -> Budget:
        """Return the budget that ends when this share of what is left is used up."""
        if self.seconds is None or share >= 1:
            return self
        return Budget(self.seconds, self.clock() + share * max(self.left, 0.0), self.clock, "its part of the budget")

    def spend(self, search: Callable[[], Found]) -> Found:
        """Return what the search finds; BudgetError when the time is up before that."""
        if self.left <= 0:
            raise BudgetError(self.reason)
        if self.seconds is None or not _hears_timers():
            return search()
        with _timer(self):
            return _searched(search)


UNLIMITED: Final = Budget.of(None)


def _hears_timers() -> bool:
    return hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()


def _searched(search: Callable[[], Found]) -> Found:
    """Call the search: the timer ends what stands under this frame, and nothing else."""
    return search()


@contextmanager
def _timer(budget: Budget) -> Iterator[None]:
    """Have a search that is called within ended when the budget is used up; another timer of the process goes on."""

    def ring(_number: int, frame: FrameType | None) -> None:
        if budget.left <= 0 and _may_end(frame):
            raise BudgetError(budget.reason)

    began = time.monotonic()
    handler = signal.signal(signal.SIGALRM, ring)
    waiting, again = signal.setitimer(signal.ITIMER_REAL, min(budget.left, LONGEST), AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, signal.SIG_DFL if handler is None else handler)  # None: set by no Python
        if waiting:
            signal.setitimer(signal.ITIMER_REAL, max(waiting - (time.monotonic() - began), AGAIN), again)


def _may_end(frame: FrameType | None) -> bool:
    """Whether an exception in this frame ends a search, and nothing that would be left half done."""
    while frame is not None and frame.f_code is not _searched.__code__:
        if any(name in frame.f_globals.get("__name__", "") for name in UNINTERRUPTED):
            return False
        frame = frame.f_back
    return frame is not None
