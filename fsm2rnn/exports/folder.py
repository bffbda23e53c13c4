"""A folder is there whole or not at all: it is written beside its place and renamed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from fsm2rnn.atomic_write import write_atomically
from fsm2rnn.errors import InputError

_NAME_LENGTH = 40  # characters of the folder's name kept in that of the temporary one, far below any limit


def write_folder(path: str | os.PathLike[str], files: Mapping[str, bytes]) -> None:
    """Write a new folder with these files.

    InputError, and no folder, where it cannot be written or where something other than an empty folder stands there.
    """
    target = Path(os.path.realpath(path))
    name = ascii(str(path))[1:-1]
    temporary = target.parent / f".{target.name[:_NAME_LENGTH]}.{os.urandom(8).hex()}.tmp"
    try:
        if target.exists() and not (target.is_dir() and not any(target.iterdir())):
            message = "cannot be written: it exists already"
            raise InputError(message, file=name, hint="name a new folder")
        temporary.mkdir()
        try:
            for own, data in files.items():
                write_atomically(temporary / own, data)
            temporary.replace(target)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        message = f"cannot be written: {reason}"
        raise InputError(message, file=name) from error
