"""Methods in turn, round by round, so that what disturbs the machine disturbs all of them alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, final

Calls: TypeAlias = Mapping[str, Callable[[], object]]
Seconds: TypeAlias = dict[str, list[float]]


@final
@dataclass(frozen=True)
class Scale:
    """How much is measured: `rounds` of each method, and figures for words of `symbols`."""

    rounds: int
    symbols: int


FULL = Scale(7, 10_000_000)
QUICK = Scale(2, 100_000)


def cpu_rounds(calls: Calls, rounds: int) -> Seconds:
    """Return the CPU seconds of this thread per call and round, after one call of each that is not counted."""
    return _rounds(calls, rounds, time.thread_time)


def wall_rounds(calls: Calls, rounds: int) -> Seconds:
    """Return the seconds on the wall per call and round, for what runs in several threads or waits."""
    return _rounds(calls, rounds, time.perf_counter)


def _rounds(calls: Calls, rounds: int, clock: Callable[[], float]) -> Seconds:
    seconds: Seconds = {name: [] for name in calls}
    for call in calls.values():
        call()
    for _ in range(rounds):
        for name, call in calls.items():
            before = clock()
            call()
            seconds[name].append(clock() - before)
    return seconds


def rates(count: int, seconds: Sequence[float]) -> list[float]:
    """Return millions per second."""
    return [count / spent / 1e6 for spent in seconds]


def quotients(numerators: Sequence[float], denominators: Sequence[float]) -> list[float]:
    """Return the quotient of each round."""
    return [over / under for over, under in zip(numerators, denominators, strict=True)]
