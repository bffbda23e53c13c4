"""What is being done, on stderr: on a terminal, from the first second on, and gone when it is done.

No rich: `check` and `explain` need not wait for it.
"""

from __future__ import annotations

import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TypeAlias

from fsm2rnn.escapes import escaped

Tell: TypeAlias = Callable[[str], None]

FIRST: Final = 1.0  # seconds of which nothing is said
PAUSE: Final = 0.5  # seconds between two lines, each in place of the one before
_ERASED: Final = "\r\x1b[2K"


@contextmanager
def stages(first: str, *, wanted: bool) -> Iterator[Tell]:
    """Give a callback that says which stage has begun, `first` until it is called.

    Nothing is written unless it is wanted and stderr is a terminal.
    """
    stage = [first]
    if not (wanted and sys.stderr is not None and sys.stderr.isatty()):
        yield lambda _: None
        return
    done = threading.Event()
    writer = threading.Thread(target=_write, args=(stage, done), daemon=True)
    writer.start()
    try:
        yield lambda text: stage.__setitem__(0, text)
    finally:
        done.set()
        writer.join()


def _write(stage: list[str], done: threading.Event) -> None:
    """Write the stage and the seconds since the start until `done`, and erase them then."""
    start, said = time.monotonic(), False
    while not done.wait(PAUSE):
        seconds = time.monotonic() - start
        if seconds >= FIRST:
            text = f"{escaped(stage[0])} ... {seconds:.0f} s"
            sys.stderr.write(_ERASED + text[: shutil.get_terminal_size().columns - 1])
            sys.stderr.flush()
            said = True
    if said:
        sys.stderr.write(_ERASED)
        sys.stderr.flush()
