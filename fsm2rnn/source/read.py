"""Read any MACHINE text: a catalogue name, a text after a prefix, or the path of a file; `formats` lists them."""

from __future__ import annotations

import importlib
import os
import re
import warnings
from collections.abc import Callable
from pathlib import PurePath
from typing import Final

from fsm2rnn.errors import InputError
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.source.draft.reading import Option, Reading, ReadingWarning, ReadOptions, require_obeyed
from fsm2rnn.source.draft.restart import restarted
from fsm2rnn.source.file.file_text import exists
from fsm2rnn.source.named.catalogue import named_machine
from fsm2rnn.source.named.group_names import name_notes
from fsm2rnn.source.named.text_formats import REGEX_PREFIX, TEXT_FORMATS, TextFormat

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
    if _names_file(text):
        return _from_file(text, options)
    text = os.fspath(text)
    require_obeyed(text, options, (Option.START,))
    return restarted(Reading(_built(text, options.max_states), _notes(text)), options.start)


def machine_title(text: str | os.PathLike[str]) -> str:
    """Return what the machine of a text is called on a page: a file by its name without folders, else the text."""
    return PurePath(text).name if _names_file(text) else os.fspath(text)


def _names_file(text: str | os.PathLike[str]) -> bool:
    """Whether a text can only be a path: it is one, names a folder, or ends in the suffix of a format."""
    if not isinstance(text, str):
        return True
    if _prefixed(text) is not None:
        return False
    suffix = os.path.splitext(text)[1]  # noqa: PTH122  the text need not be a path
    return os.sep in text or (suffix != "" and _is_suffix(suffix))


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


def _notes(text: str) -> tuple[str, ...]:
    """Return what is to be said of a text in one line that others would read in another way."""
    if _prefixed(text) != REGEX_PREFIX:
        return name_notes(text)
    regex, alphabet = _split_alphabet(text.removeprefix(REGEX_PREFIX))
    separators = [sign for sign in ", " if len(alphabet or "") > 1 and sign in (alphabet or "")]
    found = [f"{sign!r} is a letter of the alphabet {alphabet!r:.60}: it separates nothing" for sign in separators]
    if any(sign.isspace() for sign in regex) and " " not in separators:
        found.append("a blank in a regular expression is a letter")
    return tuple(found)


def _named(text: str, max_states: int) -> StateMachine:
    """Return the machine of a name; what is no name may be a file whose suffix is not known."""
    try:
        return named_machine(text, max_states=max_states)
    except InputError:
        if exists(text):
            _from_file(text, AS_IT_STANDS)
        raise


def _is_suffix(suffix: str) -> bool:
    """Whether a file format has that suffix; their readers are loaded for what may be a file, not for a name."""
    from fsm2rnn.source.file.formats import file_format

    return file_format(suffix) is not None


def _from_file(path: str | os.PathLike[str], options: ReadOptions) -> Reading:
    """Return the machine in a file, by the reader of its suffix."""
    from fsm2rnn.source.file.formats import read_file

    return read_file(path, options)


def _from_regex() -> Callable[..., StateMachine]:
    """Return the reader of regular expressions; automata-lib takes a sixth of a second that nothing else needs."""
    reader: Callable[..., StateMachine] = importlib.import_module("fsm2rnn.source.library.automata_lib").from_regex
    return reader


def _split_alphabet(text: str) -> tuple[str, str | None]:
    r"""Split REGEX@alphabet at the last @; a letter @ is written \@."""
    found = re.fullmatch(r"(?P<regex>(?:[^\\]|\\.)*?)@(?P<alphabet>[^@]*)", text, re.DOTALL)
    return (found["regex"], found["alphabet"]) if found else (text, None)
