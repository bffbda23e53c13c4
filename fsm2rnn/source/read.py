"""Read any MACHINE text: a catalogue name, a text after a prefix, or the path of a file; `formats` lists them."""

from __future__ import annotations

import importlib
import os
import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Final

from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.source.draft.draft import Completion
from fsm2rnn.source.file.formats import REGEX_PREFIX, TEXT_FORMATS, file_format, known_suffixes
from fsm2rnn.source.named.catalogue import named_machine

BYTE_LIMIT: Final = 32 * 2**20
"""Most bytes of a machine file."""

MAX_STATES: Final = 100_000


def read(
    text: str | os.PathLike[str], *, complete: Completion = Completion.ERROR, max_states: int = MAX_STATES
) -> StateMachine:
    """Return the machine that a MACHINE text names; states are numbered breadth first from the start.

    Only the project's own JSON format keeps the order of states that it states. `complete` says what a
    missing transition means; a non-deterministic machine is determinised, and a catalogue name built,
    with at most `max_states` states. Raises InputError, with file, line and hint, or LimitError.
    """
    if not isinstance(text, str):
        return read_file(text, complete=complete, max_states=max_states)
    if text.startswith(REGEX_PREFIX):
        regex, alphabet = _split_alphabet(text.removeprefix(REGEX_PREFIX))
        return _from_regex()(regex, alphabet, max_states=max_states)
    for form in TEXT_FORMATS:
        if text.startswith(form.prefix):
            body = text.removeprefix(form.prefix)
            return form.read(body, offset=len(form.prefix), max_states=max_states)
    suffix = os.path.splitext(text)[1]  # noqa: PTH122  the text need not be a path
    if file_format(suffix) or os.sep in text:
        return read_file(text, complete=complete, max_states=max_states)
    return named_machine(text, max_states=max_states)


def read_file(
    path: str | os.PathLike[str], *, complete: Completion = Completion.ERROR, max_states: int = MAX_STATES
) -> StateMachine:
    """Return the machine in a file, whose suffix names the format; errors as for `read`."""
    name = os.fspath(path)
    suffix = Path(name).suffix
    form = file_format(suffix)
    if form is None:
        message = f"the suffix {suffix!r:.20} names no machine format" if suffix else "a machine file needs a suffix"
        raise InputError(message, file=name, hint=f"known: {known_suffixes()}")
    try:
        return form.read(file_text(name), name, complete, max_states)
    except InputError as error:
        if error.file is not None:
            raise
        raise InputError(error.message, file=name, line=error.line, column=error.column, hint=error.hint) from None


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


def _from_regex() -> Callable[..., StateMachine]:
    """Return the reader of regular expressions; automata-lib takes a sixth of a second that nothing else needs."""
    reader: Callable[..., StateMachine] = importlib.import_module("fsm2rnn.source.library.automata_lib").from_regex
    return reader


def _split_alphabet(text: str) -> tuple[str, str | None]:
    r"""Split REGEX@alphabet at the last @; a letter @ is written \@."""
    found = re.fullmatch(r"(?P<regex>(?:[^\\]|\\.)*?)@(?P<alphabet>[^@]*)", text, re.DOTALL)
    return (found["regex"], found["alphabet"]) if found else (text, None)
