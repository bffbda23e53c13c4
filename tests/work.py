"""Work counted as calls of functions, of Python's and of C's: a figure that neither the load nor the clock changes."""

from __future__ import annotations

import cProfile
from contextlib import contextmanager


@contextmanager
def at_most(calls):
    """Fail unless the block makes at most that many calls."""
    profile = cProfile.Profile()
    with profile:
        yield
    made = sum(entry.callcount for entry in profile.getstats())
    assert made <= calls, f"{made:,} calls"
