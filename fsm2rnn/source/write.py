"""Write a machine to a file whose suffix names the format, once its own reader has given the machine back."""

from __future__ import annotations

import os
from pathlib import Path

from fsm2rnn.atomic_write import atomic_file, is_special, write_atomically
from fsm2rnn.errors import InputError
from fsm2rnn.machine.labels import Label, label_text
from fsm2rnn.machine.reachable import canonical
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.source.draft.holding import ANY_FORMAT
from fsm2rnn.source.draft.reading import ReadOptions
from fsm2rnn.source.file.file_text import beside as place_beside
from fsm2rnn.source.file.formats import Beside, FileFormat, file_format, known_suffixes

_BYTE_ORDER_MARK = "\ufeff"


def write_machine(machine: StateMachine, path: str | os.PathLike[str]) -> None:
    """Write the machine so that reading the file gives it back, numbered breadth first (.json keeps the order).

    Beside an .att file whose labels are numbers with a 0 stands a symbol table, FILE.syms, and one that stood there
    before is brought up to date. Each file is either the old or the new one. Raises InputError for a suffix without
    format, a machine that the format cannot hold, and a place that cannot be written; LimitError where the file would
    pass a limit of its reader.
    """
    name = os.fspath(path)
    try:
        form = _written_format(Path(name).suffix)
        text = _proved_text(machine, form)
        second = None if form.beside is None else _second_place(machine, form.beside, name)
        with atomic_file(name) as stream:
            stream.write(text.encode("utf-8"))
            if form.beside is not None and second is not None:
                stream.flush()  # a full disk is met before the second file is replaced
                write_atomically(second, form.beside.write(machine).encode("utf-8"))
    except InputError as error:
        if error.file is not None:
            raise
        raise InputError(error.message, file=name, hint=error.hint) from None


def machine_text(machine: StateMachine, suffix: str) -> str:
    """Return the machine in the format of a suffix, proved by reading it back; errors as for `write_machine`.

    An .att text may need the symbol table that `write_machine` puts beside it.
    """
    return _proved_text(machine, _written_format(suffix))


def _written_format(suffix: str) -> FileFormat:
    form = file_format(suffix)
    if form is None:
        message = f"the suffix {suffix!r:.20} names no machine format" if suffix else "a machine file needs a suffix"
        raise InputError(message, hint=f"known: {known_suffixes()}")
    if form.write is None:
        message = f"the {suffix} format is read, not written"
        raise InputError(message, hint=f"written: {known_suffixes(written=True)}")
    return form


def _proved_text(machine: StateMachine, form: FileFormat) -> str:
    assert form.write is not None  # noqa: S101  proved by _written_format; this tells the type checker
    text = form.write(machine)
    _require_same(machine, form, text)
    # A reader drops one byte order mark; the second is the first character of a name.
    return _BYTE_ORDER_MARK + text if text.startswith(_BYTE_ORDER_MARK) else text


def _second_place(machine: StateMachine, beside: Beside, name: str) -> str | None:
    """Return where the second file is written; None where none is due."""
    second = place_beside(name, beside.suffix)
    if is_special(name):
        if beside.needed(machine):
            message = f"{second} must stand beside this file, which {name} cannot have"
            raise InputError(message, hint=ANY_FORMAT)
        return None
    due = beside.needed(machine) or Path(second).exists()
    return second if due and not Path(name).is_dir() else None


def spelled(machine: StateMachine) -> StateMachine:
    """Return the machine with every label as a person reads it, for formats that hold strings only.

    Outputs True and False of an acceptor stay. Raises InputError where two labels are spelled alike.
    """
    outputs = machine.outputs if machine.is_acceptor else _spelled_outputs(machine)
    labels = machine.output_labels
    if len({label_text(label) for label in labels}) < len(labels):
        message = "two outputs are spelled alike"
        raise InputError(message, hint=ANY_FORMAT)
    states = tuple(label_text(state) for state in machine.states)
    symbols = tuple(label_text(symbol) for symbol in machine.symbols)
    return StateMachine(states, symbols, machine.table, machine.start, outputs, machine.is_mealy)


def _spelled_outputs(machine: StateMachine) -> tuple[Label, ...]:
    if machine.is_mealy:
        return tuple(tuple(label_text(output) for output in row) for row in machine.outputs)
    return tuple(label_text(output) for output in machine.outputs)


def _require_same(machine: StateMachine, form: FileFormat, text: str) -> None:
    suffix = form.suffixes[0]
    try:
        options = ReadOptions(max_states=len(machine.states))
        if form.beside is not None and form.beside.needed(machine):
            again = form.beside.read(text, form.beside.write(machine), suffix, options).machine
        else:
            again = form.read(text, suffix, options).machine
    except InputError as error:
        message = f"the {suffix} format cannot hold this machine: {error.message}"
        raise InputError(message, hint=ANY_FORMAT) from None
    if canonical(again) != canonical(machine):
        message = f"the {suffix} format cannot hold this machine: reading it back gives another"
        raise InputError(message, hint=ANY_FORMAT)
