"""The exit status of a command: what its question came to."""

from __future__ import annotations

from enum import IntEnum


class Status(IntEnum):
    """What every command ends with; the only place where the numbers stand."""

    HOLDS = 0
    REFUTED = 1
    BAD_INPUT = 2  # also an unreadable file, a limit, usage
    UNDECIDED = 3
    FAULT = 70  # of the program itself, said with its traceback; sysexits' EX_SOFTWARE
    INTERRUPTED = 130  # 128 + SIGINT, as shells count
