"""Every way to write a MACHINE: file formats with their readers and writers, texts in one line, and names."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, final

from fsm2rnn.errors import InputError
from fsm2rnn.machine.labels import Json
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.source.dot.reader import read_dot
from fsm2rnn.source.dot.writer import machine_to_dot
from fsm2rnn.source.draft.reading import Labels, Option, Reading, ReadOptions, require_obeyed
from fsm2rnn.source.draft.restart import restarted
from fsm2rnn.source.file.att import read_att
from fsm2rnn.source.file.att_symbols import SUFFIX, read_symbols
from fsm2rnn.source.file.att_writer import machine_to_att, needs_symbol_table, symbol_table
from fsm2rnn.source.file.aut import read_aut
from fsm2rnn.source.file.cayley import machine_to_cayley
from fsm2rnn.source.file.file_text import beside, exists, file_text
from fsm2rnn.source.file.jff import read_jff
from fsm2rnn.source.file.jff_writer import machine_to_jff
from fsm2rnn.source.file.json_file import json_machine_text, machine_of
from fsm2rnn.source.file.json_text import JsonText
from fsm2rnn.source.file.mata import machine_to_mata, read_mata
from fsm2rnn.source.file.textbook_json import is_textbook, read_textbook
from fsm2rnn.source.file.transition_table import read_csv
from fsm2rnn.source.guarded.hoa import read_hoa
from fsm2rnn.source.guarded.kiss2 import read_kiss2
from fsm2rnn.source.named.catalogue import EXAMPLES, TASKS, named_machine
from fsm2rnn.source.named.catalogue_groups import FAMILIES
from fsm2rnn.source.named.group_names import GENERATORS
from fsm2rnn.source.named.text_formats import REGEX_ABOUT, REGEX_EXAMPLES, REGEX_PREFIX, TEXT_FORMATS

FileReader = Callable[[str, str, ReadOptions], Reading]
"""Reads text and file name, as the options say."""

FileWriter = Callable[[StateMachine], str]


@final
@dataclass(frozen=True)
class Beside:
    """A second file that may stand beside the first, named by a further suffix.

    `read` reads both texts, the second after the first; `write` gives the second text, which some machines need.
    """

    suffix: str
    read: Callable[[str, str, str, ReadOptions], Reading]
    write: FileWriter
    needed: Callable[[StateMachine], bool]


@final
@dataclass(frozen=True)
class FileFormat:
    """A file format by its suffixes, the first of them its name; `obeys` lists the options that its reader obeys.

    A format without a writer is read only.
    """

    suffixes: tuple[str, ...]
    about: str
    reads: str
    writes: str
    read: FileReader
    write: FileWriter | None
    obeys: tuple[Option, ...] = ()
    beside: Beside | None = None


def _read_json(text: str, file: str, options: ReadOptions) -> Reading:
    source = JsonText(text, file)
    document = source.value()
    if is_textbook(document):
        return read_textbook(source, document, options)
    if options.labels is Labels.LIST:
        message = "--labels list says nothing here: the symbols of the project's own format are letters"
        raise InputError(message, file=file)
    return restarted(Reading(machine_of(source, document, options.complete)), options.start)


def _read_att_with_symbols(text: str, symbols: str, file: str, options: ReadOptions) -> Reading:
    return read_att(text, file, options, read_symbols(symbols, f"{file}{SUFFIX}"))


READ_ONLY: Final = "nothing: it is read, not written"

FILE_FORMATS: Final = (
    FileFormat(
        (".dot", ".gv"),
        "Graphviz: drawings by AALpy, Vcsn, MONA and by hand; an edge from an invisible node marks the start",
        "acceptor (doublecircle), also non-deterministic; Moore ({ state | output }), Mealy (input/output); lists a,b",
        "acceptor, Moore; string labels, symbols without blanks at the ends",
        read_dot,
        machine_to_dot,
        (Option.LABELS, Option.START, Option.EPSILON, Option.PART),
    ),
    FileFormat(
        (".att",),
        "AT&T text of OpenFst, HFST, foma: arcs 'source target in out', final states; the first state starts",
        "acceptor, also non-deterministic; Mealy where each arc reads and writes one symbol",
        "acceptor; string labels without blanks",
        read_att,
        machine_to_att,
        (Option.START, Option.EPSILON, Option.PART),
        Beside(SUFFIX, _read_att_with_symbols, symbol_table, needs_symbol_table),
    ),
    FileFormat(
        (".jff",),
        "JFLAP 7 (XML): fa, mealy, moore, re",
        "acceptor, also non-deterministic, labels consumed symbol by symbol; Moore, Mealy; regular expression",
        "acceptor, Moore; string labels that XML can hold, no blank symbols",
        read_jff,
        machine_to_jff,
        (Option.LABELS, Option.START, Option.EPSILON),
    ),
    FileFormat(
        (".mata",),
        "libmata: @NFA-explicit, also the older @NFA",
        "acceptor, also non-deterministic",
        "acceptor; string labels without line breaks",
        read_mata,
        machine_to_mata,
        (Option.START, Option.EPSILON, Option.PART),
    ),
    FileFormat(
        (".csv",),
        "Cayley table ('*' in the corner, or rows named as columns: row x, column y holds x * y), or transition table",
        "monoid, acting on itself; rows as states, columns as letters, the first row starts, a column accept or output",
        "monoid acting on itself; string labels",
        read_csv,
        machine_to_cayley,
        (Option.LABELS, Option.START),
    ),
    FileFormat(
        (".json",),
        "the project's own, with typed labels and the order of states; or a textbook's object",
        "any machine, Mealy too; acceptor as states, alphabet, transitions, start, accept, also non-deterministic",
        "any machine",
        _read_json,
        json_machine_text,
        (Option.LABELS, Option.START, Option.EPSILON),
    ),
    FileFormat(
        (".kiss2", ".kiss", ".blif"),
        "state tables of logic synthesis, in BLIF too (.start_kiss); letters are the inputs' valuations",
        "Mealy; --dont-care for open outputs",
        READ_ONLY,
        read_kiss2,
        None,
        (Option.START, Option.PART, Option.DONT_CARE),
    ),
    FileFormat(
        (".aut",),
        "Aldebaran (CADP, mCRL2): des (first, transitions, states); tau and i are silent",
        "acceptor of the words along paths, also non-deterministic",
        READ_ONLY,
        read_aut,
        None,
        (Option.START, Option.EPSILON),
    ),
    FileFormat(
        (".hoa",),
        "Hanoi's format of automata on infinite words; letters are the propositions' valuations",
        "with --finite: acceptor of the finite words that end in a marked state",
        READ_ONLY,
        read_hoa,
        None,
        (Option.FINITE, Option.START, Option.PART),
    ),
)

_BELOW: Final = ("reads", "writes")


def file_format(suffix: str) -> FileFormat | None:
    """Return the format of a suffix in any case, or None."""
    return next((form for form in FILE_FORMATS if suffix.lower() in form.suffixes), None)


def known_suffixes(*, written: bool = False) -> str:
    """Return every suffix, or those of formats with a writer, for a hint."""
    return " ".join(suffix for form in FILE_FORMATS if form.write or not written for suffix in form.suffixes)


def read_file(path: str | os.PathLike[str], options: ReadOptions) -> Reading:
    """Return the machine in a file, whose suffix names the format, and notes.

    Raises InputError, with file, line and hint, or LimitError.
    """
    name = os.fspath(path)
    suffix = Path(name).suffix
    form = file_format(suffix)
    if form is None:
        named = f"the suffix {suffix!r:.20} names no machine format" if suffix else "a machine file needs a suffix"
        message = f"a file of no known kind: {named}" if exists(name) else named
        raise InputError(message, file=name, hint=f"known: {known_suffixes()}")
    require_obeyed(name, options, (*form.obeys, Option.START))
    try:
        text, second = file_text(name), None if form.beside is None else beside(name, form.beside.suffix)
        if form.beside is not None and second is not None and exists(second):
            found = form.beside.read(text, file_text(second), name, options)
        else:
            found = form.read(text, name, options)
        return found if Option.START in form.obeys else restarted(found, options.start)
    except InputError as error:
        if error.file is not None:
            raise
        raise InputError(error.message, file=name, line=error.line, column=error.column, hint=error.hint) from None


def formats_json() -> dict[str, Json]:
    """Return all tables as JSON values: `files`, `texts`, `tasks`, `groups` and `group_examples`."""
    return {title: [*rows] for title, rows in _tables().items()}


def formats_text() -> str:
    """Return the same tables as text of aligned columns, what a format reads and writes on lines below it."""
    parts = []
    for title, rows in _tables().items():
        head = [key for key in rows[0] if key not in _BELOW]
        cells = [[_cell(row[key]) for key in head] for row in rows]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        lines = [title.replace("_", " ")]
        for row, texts in zip(rows, cells, strict=True):
            lines.append("  " + "  ".join(map(str.ljust, texts, widths)).rstrip())
            lines += [f"{'':{widths[0] + 4}}{key}: {_cell(row[key])}" for key in _BELOW if key in row]
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _tables() -> dict[str, list[dict[str, Json]]]:
    texts = [(REGEX_PREFIX, REGEX_EXAMPLES, REGEX_ABOUT)]
    texts += [(form.prefix, (form.example,), form.about) for form in TEXT_FORMATS]
    return {
        "files": [
            {"suffixes": [*form.suffixes], "about": form.about, "reads": form.reads, "writes": form.writes}
            for form in FILE_FORMATS
        ],
        "texts": [{"prefix": prefix, "examples": [*examples], "about": about} for prefix, examples, about in texts],
        "tasks": [{"name": entry.usage, "about": entry.about} for entry in TASKS],
        "groups": [
            {"name": family.name, "elements": family.elements, "generators": family.generators} for family in FAMILIES
        ],
        "group_examples": [
            {"name": name, "generators": [*_generators(name)]} for name in EXAMPLES if GENERATORS not in name
        ],
    }


def _cell(value: Json) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def _generators(name: str) -> list[str]:
    """Return the symbols of NAME@gens."""
    machine = named_machine(name + GENERATORS, max_states=10_000)
    return [str(symbol) for symbol in machine.symbols]
