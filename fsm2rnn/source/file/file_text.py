"""The text of a file on disk, or one clear error."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from fsm2rnn.errors import InputError, LimitError

BYTE_LIMIT: Final = 32 * 2**20
"""Most bytes of a machine file."""


def file_text(name: str) -> str:
    """Return the text of a UTF-8 file, a byte order mark left out.

    Raises InputError where it cannot be read or is not UTF-8, LimitError past BYTE_LIMIT.
    """
    data = _file_bytes(name)
    if len(data) > BYTE_LIMIT:
        what = f"bytes of {name}"
        raise LimitError(what, limit=BYTE_LIMIT)
    try:
        return data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8")) + 1
        message = f"not UTF-8: the byte 0x{data[error.start]:02x}"
        hint = "it looks like UTF-16; save it as UTF-8" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else None
        raise InputError(message, file=name, line=line, column=column, hint=hint) from None


def beside(name: str, suffix: str) -> str:
    """Return the name of a further file: beside this one where it exists, else beside the one that a link leads to."""
    own = f"{name}{suffix}"
    try:
        return own if exists(own) else f"{os.path.realpath(name)}{suffix}"
    except (OSError, ValueError):  # a ring of links, a null character
        return own


def _file_bytes(name: str) -> bytes:
    try:
        if not stat.S_ISREG(os.stat(name).st_mode):  # noqa: PTH116  one call also finds missing files
            message = "not a regular file"
            raise InputError(message, file=name)
        with Path(name).open("rb") as stream:
            return stream.read(BYTE_LIMIT + 1)
    except OSError as error:
        message = f"cannot be read: {error.strerror or error}"
        raise InputError(message, file=name) from None
    except ValueError:  # a null character, or half a surrogate pair
        message = "not a path"
        raise InputError(message, file=ascii(name)) from None


def exists(name: str) -> bool:
    """Whether there is a file, a folder or a link of that name; what cannot be a path is none."""
    try:
        return os.path.lexists(name)
    except ValueError:  # a null character, or half a surrogate pair
        return False
