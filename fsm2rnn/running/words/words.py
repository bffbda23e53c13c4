"""Words as symbol ids, read from a text or a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from fsm2rnn.errors import InputError
from fsm2rnn.machine.labels import label_text
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.stored.tensor_file import file_bytes
from fsm2rnn.running.walk.walk import Indices, smallest_type

WORDS_LIMIT: Final = 1 << 28
"""Most bytes of a file of words, and characters of a word on stdin."""

_CHUNK: Final = re.compile(r"[^\s,]+")


def split_word(text: str, machine: StateMachine) -> list[int]:
    """Return the symbol ids of a word written with spaces or commas between symbols.

    A symbol may hold spaces and commas itself, as (1,2) does: the longest symbol is taken at each place.
    One unbroken run of one-character symbols is read letter by letter. InputError names a symbol outside
    the alphabet.
    """
    by_text = {label_text(symbol): symbol for symbol in machine.symbols}
    spans = [found.span() for found in _CHUNK.finditer(text)]
    if len(spans) == 1 and text.strip() not in by_text and all(letter in by_text for letter in text.strip()):
        return machine.indices(by_text[letter] for letter in text.strip())
    longest = max(len(_CHUNK.findall(name)) for name in by_text)
    word, place = [], 0
    while place < len(spans):
        ends = range(min(place + longest, len(spans)), place, -1)
        names = ((text[spans[place][0] : spans[end - 1][1]], end) for end in ends)
        name, place = next(
            (found for found in names if found[0] in by_text), (_unknown(text, spans[place][0]), len(spans))
        )
        word.append(by_text.get(name, name))
    return machine.indices(word)


def _unknown(text: str, start: int) -> str:
    """Return what stands at `start` up to the next space, for the message that it is no symbol."""
    return text[start:].split(maxsplit=1)[0].rstrip(",")


def read_words(path: Path, machine: StateMachine) -> Iterator[Indices]:
    """Yield one block (1, T) per non-empty line of a UTF-8 file; InputError names file and line.

    InputError also for a file without words and what is no regular file, LimitError past WORDS_LIMIT bytes.
    """
    try:
        lines = file_bytes(path, limit=WORDS_LIMIT).decode("utf-8").splitlines()
    except UnicodeDecodeError as error:
        message = f"not UTF-8: {error.reason} at byte {error.start}"
        raise InputError(message, file=str(path)) from error
    if not any(map(str.strip, lines)):
        message = "there is no word in this file"
        raise InputError(message, file=str(path), hint="one word per line, symbols with spaces or commas between")
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                ids = split_word(line, machine)
            except InputError as error:
                raise InputError(error.message, file=str(path), line=number, hint=error.hint) from error
            yield np.array([ids], dtype=smallest_type(len(machine.symbols)))
