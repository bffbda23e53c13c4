"""Read any MACHINE text: a catalogue name, a text after a prefix, or the path of a file; `formats` lists them."""

from __future__ import annotations

import importlib
import os
import re
import stat
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Final

from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.source.draft.reading import Option, Reading, ReadingWarning, ReadOptions
from fsm2rnn.source.draft.restart import restarted
from fsm2rnn.source.file.formats import REGEX_PREFIX, TEXT_FORMATS, TextFormat, file_format, known_suffixes
from fsm2rnn.source.named.catalogue import named_machine
from fsm2rnn.source.named.group_names import name_notes

BYTE_LIMIT: Final = 32 * 2**20
"""Most bytes of a machine file."""

AS_IT_STANDS: Final = ReadOptions()
"""Nothing chosen: a missing transition is an error, and each guess a note."""


def read(text: str | os.PathLike[str], options: ReadOptions = AS_IT_STANDS) -> StateMachine:
    """Return the machine that a MACHINE text names, each guess in reading it a ReadingWarning; see `reading`."""
    found = reading(text, options)
    warn_of(found)
    return found.machine


def warn_of(found: Reading, stacklevel: int = 3) -> None:
    """Warn once for each note, on the line `stacklevel` calls above."""
    for note in found.notes:
        warnings.warn(note, ReadingWarning, stacklevel=stacklevel)


def reading(text: str | os.PathLike[str], options: ReadOptions = AS_IT_STANDS) -> Reading:
    """Return the machine that a MACHINE text names, and notes; states are numbered breadth first from the start.

    Only the project's own JSON format keeps the order of states that it states. A non-deterministic machine is
    determinised, and a catalogue name built, with at most `options.max_states` states. Raises InputError, with
    file, line and hint, or LimitError.
    """
    suffix = os.path.splitext(os.fspath(text))[1]  # noqa: PTH122  the text need not be a path
    if not isinstance(text, str):
        return read_file(text, options)
    if _prefixed(text) is None and (file_format(suffix) or os.sep in text):
        return read_file(text, options)
    _require_obeyed(text, options, (Option.START,))
    return restarted(Reading(_built(text, options.max_states), name_notes(text)), options.start)


def read_file(path: str | os.PathLike[str], options: ReadOptions = AS_IT_STANDS) -> Reading:
    """Return the machine in a file, whose suffix names the format, and notes; errors as for `reading`."""
    name = os.fspath(path)
    suffix = Path(name).suffix
    form = file_format(suffix)
    if form is None:
        named = f"the suffix {suffix!r:.20} names no machine format" if suffix else "a machine file needs a suffix"
        message = f"a file of no known kind: {named}" if _exists(name) else named
        raise InputError(message, file=name, hint=f"known: {known_suffixes()}")
    _require_obeyed(name, options, (*form.obeys, Option.START))
    try:
        text, second = file_text(name), None if form.beside is None else f"{name}{form.beside.suffix}"
        if form.beside is not None and second is not None and _exists(second):
            found = form.beside.read(text, file_text(second), name, options)
        else:
            found = form.read(text, name, options)
        return found if Option.START in form.obeys else restarted(found, options.start)
    except InputError as error:
        if error.file is not None:
            raise
        raise InputError(error.message, file=name, line=error.line, column=error.column, hint=error.hint) from None


def _prefixed(text: str) -> TextFormat | str | None:
    """Return the format of a text after a prefix, or None."""
    if text.startswith(REGEX_PREFIX):
        return REGEX_PREFIX
    return next((form for form in TEXT_FORMATS if form.takes(text)), None)


def _built(text: str, max_states: int) -> StateMachine:
    """Return the machine of a text in one line: an expression, generators or a name."""
    form = _prefixed(text)
    if form is None:
        return _named(text, max_states)
    if isinstance(form, str):
        regex, alphabet = _split_alphabet(text.removeprefix(form))
        return _from_regex()(regex, alphabet, max_states=max_states)
    return form.machine(text, max_states)


def _named(text: str, max_states: int) -> StateMachine:
    """Return the machine of a name; what is no name may be a file whose suffix is not known."""
    try:
        return named_machine(text, max_states=max_states)
    except InputError:
        if _exists(text):
            read_file(text)
        raise


def _exists(name: str) -> bool:
    try:
        return os.path.lexists(name)
    except ValueError:  # a null character, or half a surrogate pair
        return False


def _require_obeyed(text: str, options: ReadOptions, obeyed: tuple[Option, ...]) -> None:
    for option in options.given():
        if option not in obeyed:
            message = f"--{option.value} says nothing here: {text!r:.60} leaves that question to nobody"
            raise InputError(message, hint=f"obeyed: {' '.join(f'--{known.value}' for known in obeyed)}")


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
