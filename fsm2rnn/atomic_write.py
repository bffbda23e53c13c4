"""A file is either the old one or the new one: temporary file, fsync, rename. What is no regular file is written into.

A symlink is followed: the file it names is replaced, and the link stays. `-` is stdout.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from fsm2rnn.errors import InputError
from fsm2rnn.interrupts import UNFINISHED

STDOUT: Final = "-"
_NAME_LENGTH: Final = 40  # characters of the target's name kept in that of the temporary file, far below any limit


@contextmanager
def atomic_file(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """Give a stream that becomes the file `path` when the block ends well.

    After an error or a kill the old file, if any, is untouched. The temporary file lies beside the target,
    since a rename is atomic within one file system only. A device, a FIFO or a socket is no file to replace: the
    stream then writes into it. Raises InputError when the place cannot be written.
    """
    if os.fspath(path) == STDOUT:
        yield from _standard_output()
    elif is_special(path):
        yield from _special(Path(path))
    else:
        yield from _replaced(path)


def write_atomically(path: str | os.PathLike[str], data: bytes) -> None:
    """Write `data` to `path`, as `atomic_file` does."""
    with atomic_file(path) as stream:
        stream.write(data)


def is_special(path: str | os.PathLike[str]) -> bool:
    """Return whether something other than a file or a folder stands at `path`, links followed: a device, a pipe."""
    try:
        mode = Path(path).stat().st_mode
    except (OSError, ValueError):
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)


def _standard_output() -> Iterator[BinaryIO]:
    """Give stdout; its errors are those of stdout, wherever they arise."""
    stream = sys.stdout.buffer
    yield stream
    stream.flush()


def _special(path: Path) -> Iterator[BinaryIO]:
    try:
        with path.open("wb") as stream:
            yield stream
    except OSError as error:
        raise _refused(path, error) from error


def _replaced(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    try:
        target = Path(os.path.realpath(path))
        temporary = target.parent / f".{target.name[:_NAME_LENGTH]}.{os.urandom(8).hex()}.tmp"
        UNFINISHED.add(str(temporary))
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    except (OSError, ValueError) as error:
        raise _refused(path, error) from error
    try:
        with os.fdopen(descriptor, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(_mode(target))
        temporary.replace(target)
        _sync_folder(target.parent)
    except OSError as error:
        raise _refused(path, error) from error
    finally:
        temporary.unlink(missing_ok=True)
        UNFINISHED.discard(str(temporary))


def _refused(path: str | os.PathLike[str], error: OSError | ValueError) -> InputError:
    reason = error.strerror if isinstance(error, OSError) else str(error)
    message = f"cannot be written: {reason}"
    return InputError(message, file=ascii(str(path))[1:-1])


def _mode(target: Path) -> int:
    """Return the permissions of the file replaced, or those of a fresh one (a temporary file's are private)."""
    if target.exists():
        return target.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _sync_folder(folder: Path) -> None:
    """Make the rename itself durable where folders can be opened (not on Windows)."""
    if hasattr(os, "O_DIRECTORY"):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
