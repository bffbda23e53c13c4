"""What is being done, on stderr: on a terminal, from the first second on, and gone when it is done.

No rich: `check` and `explain` need not wait for it.
"""

from __future__ import annotations

import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, final

from fsm2rnn.escapes import escaped

FIRST: Final = 1.0  # seconds of which nothing is said
PAUSE: Final = 0.5  # seconds between two lines, each in place of the one before
_ERASED: Final = "\r\x1b[2K"


@final
class Stages:
    """Says which stage has begun: call it with the text. Text for stdout is printed in its `pause`."""

    def __init__(self, first: str) -> None:
        """Begin with the stage `first`."""
        self._stage = first
        self._start = time.monotonic()
        self._said = False
        self._lock = threading.Lock()

    def __call__(self, stage: str) -> None:
        """Say this stage from now on."""
        self._stage = stage

    @contextmanager
    def pause(self) -> Iterator[None]:
        """Erase the line, and write no other until the block is left."""
        with self._lock:
            if self._said:
                sys.stderr.write(_ERASED)
                sys.stderr.flush()
                self._said = False
            yield

    def write(self) -> None:
        """Write the stage and the seconds since the start, in place of the line before."""
        seconds = time.monotonic() - self._start
        if seconds >= FIRST:
            text = f"{escaped(self._stage)} ... {seconds:.0f} s"
            with self._lock:
                sys.stderr.write(_ERASED + text[: shutil.get_terminal_size().columns - 1])
                sys.stderr.flush()
                self._said = True


@contextmanager
def stages(first: str, *, wanted: bool) -> Iterator[Stages]:
    """Give what says which stage has begun, `first` until it is called.

    Nothing is written unless it is wanted and stderr is a terminal.
    """
    told = Stages(first)
    if not (wanted and sys.stderr is not None and sys.stderr.isatty()):
        yield told
        return
    done = threading.Event()
    writer = threading.Thread(target=_write, args=(told, done), daemon=True)
    writer.start()
    try:
        yield told
    finally:
        done.set()
        writer.join()


def _write(told: Stages, done: threading.Event) -> None:
    """Write the stage again and again until `done`, and erase it then."""
    while not done.wait(PAUSE):
        told.write()
    with told.pause():
        pass
