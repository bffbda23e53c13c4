"""Ctrl-C ends the process at once, with one line, whatever it is doing.

An exception would not: Python drops a KeyboardInterrupt that is raised in a callback, a destructor or a library that
catches everything, and a compiled loop returns to Python only when it ends. So the signal is heard twice, by a handler
between two steps of the main thread, and by a thread that the C level of Python wakes while the main one is inside
compiled code. Either ends the process; files are replaced whole, so nothing else has to be unwound. What can delay it
is a C function that keeps the interpreter's lock, as loading a large library does for a part of a second.

Only modules that Python has loaded by itself are imported here: what is imported before the handler stands is time in
which an interrupt is a traceback.

Loading torch or LLVM holds the lock for up to a second on a cold disk, and an interrupt waits for it. Giving the signal
back to the system for that time would end the process at once, but by the signal, not with the status that is promised.
"""

from __future__ import annotations

import _thread
import os
import signal
from types import FrameType

LINE = b"fsm2rnn: interrupted\n"
STDERR = 2
# A progress bar hides the cursor and leaves its line: erase the line, show the cursor.
RESTORED = b"\r\x1b[2K\x1b[?25h"

UNFINISHED: set[str] = set()
"""Temporary files that are being written, by their paths, which an end without unwinding has to remove."""


def end_at_interrupts(status: int) -> None:
    """From now on let SIGINT end the process with `status`; for the main thread, first of all it does.

    Nothing happens where the caller had interrupts ignored, as `nohup` and shells do for what runs behind.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        return
    once = _thread.allocate_lock()

    def end(_number: int, _frame: FrameType | None) -> None:
        if once.acquire(blocking=False):
            _end(status)

    signal.signal(signal.SIGINT, end)
    if os.name == "posix":  # elsewhere Python wakes no pipe
        heard, woken = os.pipe()
        os.set_blocking(woken, False)
        signal.set_wakeup_fd(woken, warn_on_full_buffer=False)
        _thread.start_new_thread(_listen, (heard, end))


def _listen(heard: int, end: signal._HANDLER) -> None:
    """Call `end` when SIGINT is among the signals heard."""
    while signals := os.read(heard, 64):
        if signal.SIGINT in signals and callable(end):
            end(signal.SIGINT, None)


def _end(status: int) -> None:
    try:
        for path in list(UNFINISHED):
            if os.path.lexists(path):
                os.unlink(path)  # noqa: PTH108  pathlib is not loaded yet when this must be ready
        os.write(STDERR, (RESTORED if os.isatty(STDERR) else b"") + LINE)
    finally:
        os._exit(status)
