"""AT&T's text format, as OpenFst, HFST and foma write it: one arc or one final state per line, the first state starts.

Fields are separated by tabs, or by blanks where no tab stands; between tabs a field may be empty, which means no
symbol. An arc that reads and writes the same makes an acceptor; where arcs write something else, and each reads one
symbol and writes one, the file is a Mealy machine. A line `--` stands between several machines.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple, NoReturn, final

from fsm2rnn.choice import nearest_hint
from fsm2rnn.errors import InputError
from fsm2rnn.machine.reachable import canonical
from fsm2rnn.source.draft.acceptor import AcceptorDraft, acceptor
from fsm2rnn.source.draft.draft import Arc, Draft, assemble
from fsm2rnn.source.draft.epsilon import TABLED, is_epsilon
from fsm2rnn.source.draft.reading import Notes, Reading, ReadOptions
from fsm2rnn.source.file.att_symbols import SymbolTable

SEPARATOR: Final = "--"
NEVER: Final = "Infinity"
"""The weight of a state that is not final, as OpenFst writes it."""

# An arc is "source target in out [weight]" or, as compiled for acceptors, "source target symbol".
_ARC_FIELDS: Final = (3, 4, 5)
_WEIGHTED_ARC: Final = 5
_FINAL_FIELDS: Final = (1, 2)
_FIELD: Final = re.compile(r"[^ \t\r\n]+")
_NUMBER: Final = re.compile(r"[0-9]+")
# Symbols of HFST and foma that stand for others, or set and test features, and are no letters.
_SPECIAL: Final = re.compile(r"@_(?:UNKNOWN|IDENTITY|DEFAULT)_SYMBOL_@|@[PNDRCU]\.[^@]+@")
_LETTERS_ONLY: Final = "read are acceptors, and transducers of which each arc reads one symbol and writes one"


class _Arc(NamedTuple):
    source: str
    target: str
    read: str
    write: str
    line: int


@final
@dataclass
class _Table:
    """The lines of one machine: states in order of first mention, arcs, and which states are final."""

    file: str | None
    states: dict[str, int] = field(default_factory=dict)
    arcs: list[_Arc] = field(default_factory=list)
    accepting: set[int] = field(default_factory=set)

    def fail(self, message: str, line: int | None = None, hint: str | None = None) -> NoReturn:
        raise InputError(message, file=self.file, line=line, hint=hint)

    def state(self, name: str) -> int:
        return self.states.setdefault(name, len(self.states))


def read_att(text: str, file: str | None, options: ReadOptions, symbols: SymbolTable | None = None) -> Reading:
    """Return the acceptor, outputs True and False, or the Mealy machine of a text; symbols by first appearance.

    `symbols` is the table that stands beside the file. A non-deterministic acceptor, or one with epsilon moves, is
    determinised; its states are named by tuples of the file's names, and being total it has nothing to complete. A
    line `state Infinity` names a state that is not final. Raises InputError with the line, LimitError where
    determinising passes `options.max_states`.
    """
    table = _Table(file)
    for number, fields in _part(text, table, options.part):
        _read_row(table, number, fields)
    notes = Notes()
    if symbols is not None:
        spell = symbols.spelling([label for arc in table.arcs for label in arc[2:4]], file, notes)
        table.arcs = [arc._replace(read=spell(arc.read), write=spell(arc.write)) for arc in table.arcs]
    silent = _silent(table, options.epsilon, symbols, notes)
    start = _start(table, options.start)
    if all(arc.read == arc.write or (silent(arc.read) and silent(arc.write)) for arc in table.arcs):
        return _acceptor(table, start, silent, notes, options)
    return _mealy(table, start, silent, notes, options)


def _part(text: str, table: _Table, part: int | None) -> list[tuple[int, list[str]]]:
    """Return the lines with their fields of the one machine, or of the `part`-th."""
    parts: list[list[tuple[int, list[str]]]] = [[]]
    for number, fields in _rows(text, table):
        if fields == [SEPARATOR]:
            if part is None:
                message = f"a line {SEPARATOR} stands between machines; expected one machine"
                table.fail(message, number, "--part K reads the K-th machine of a file")
            parts.append([])
        else:
            parts[-1].append((number, fields))
    if part is not None and part > len(parts):
        table.fail(f"no part {part}: the file holds {len(parts)} machines")
    return parts[0 if part is None else part - 1]


def _rows(text: str, table: _Table) -> Iterator[tuple[int, list[str]]]:
    # Only tab and space separate fields and only newlines lines: a symbol may be any other character.
    for number, line in enumerate(io.StringIO(text, newline="\n"), start=1):
        fields = _fields(line.rstrip("\r\n"))
        for place, text_ in enumerate(fields):
            if text_ and not text_.strip(" "):
                hint = "no symbol is an empty field, a blank is written @_SPACE_@"
                table.fail(f"the field {place + 1} is blank", number, hint)
        if fields:
            yield number, fields


def _fields(line: str) -> list[str]:
    plain = _FIELD.findall(line)
    between = line.split("\t")
    if "\t" not in line or not plain:
        return plain
    labels = [name for name in between[2:_WEIGHTED_ARC] if not name.strip(" ")]
    # An empty field counts from the third on, where labels stand; before and after it blanks may align the rest.
    return between if labels and len(between) in {4, _WEIGHTED_ARC} else plain


def _read_row(table: _Table, number: int, fields: list[str]) -> None:
    if len(fields) in _FINAL_FIELDS:
        state = table.state(fields[0])
        if fields[1:] != [NEVER]:
            _require_no_weight(table, number, fields[1:])
            table.accepting.add(state)
    elif len(fields) in _ARC_FIELDS:
        _require_no_weight(table, number, fields[_WEIGHTED_ARC - 1 :])
        table.state(fields[0])
        table.state(fields[1])
        table.arcs.append(_Arc(fields[0], fields[1], fields[2], fields[min(3, len(fields) - 1)], number))
    else:
        table.fail(f"{len(fields)} fields; expected an arc 'source target in out' or a final 'state'", number)


def _require_outputs(table: _Table) -> None:
    """Raise InputError where the fourth fields are numbers with a fraction: weights of an acceptor, not outputs."""
    numbers = all(re.fullmatch(r"-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?|Infinity", arc.write) for arc in table.arcs)
    fraction = next((arc for arc in table.arcs if not _NUMBER.fullmatch(arc.write)), None)
    if numbers and fraction is not None:
        message = f"the fourth field {fraction.write!r:.60} is a weight, or an output; weighted machines are not read"
        table.fail(message, fraction.line)


def _require_no_weight(table: _Table, number: int, weights: list[str]) -> None:
    for weight in weights:
        try:
            zero = not weight or float(weight) == 0
        except ValueError:
            zero = False
        if not zero:
            table.fail(f"the weight {weight!r:.60} is not 0; weighted machines are not read", number)


def _silent(
    table: _Table, chosen: frozenset[str] | None, symbols: SymbolTable | None, notes: Notes
) -> Callable[[str], bool]:
    """Return whether a label means no symbol, and note the guesses among those that do."""
    _require_labels(table, chosen)
    labels = dict.fromkeys(label for arc in table.arcs for label in arc[2:4])
    if chosen is not None:
        return chosen.__contains__
    if symbols is not None:
        return symbols.is_epsilon
    numeric = bool(labels) and all(_NUMBER.fullmatch(label) for label in labels)
    found = {label for label in labels if is_epsilon(label, TABLED, None) or (numeric and not int(label))}
    for label in labels:
        if label in found:
            shown = f"the label {label}" if label else "an empty field"
            why = ", as in OpenFst where all labels are numbers" if numeric else ""
            notes.add(f"{shown} means no symbol{why} (--epsilon none makes a label a letter)")
    return found.__contains__


def _require_labels(table: _Table, chosen: frozenset[str] | None) -> None:
    for arc in table.arcs:
        for label in arc[2:4]:
            if _SPECIAL.fullmatch(label):
                table.fail(f"{label:.60} is no letter: it stands for others, or sets or tests a feature", arc.line)
            if not label and chosen is not None and "" not in chosen:
                table.fail("an empty field, which is no letter", arc.line, "--epsilon names another label")


def _start(table: _Table, asked: str | None) -> int | None:
    if asked is not None and asked not in table.states:
        table.fail(f"no state is named {asked!r:.60}", None, nearest_hint(asked[:60], list(table.states)[:1000]))
    return table.states[asked] if asked is not None else 0 if table.states else None


def _acceptor(
    table: _Table, start: int | None, silent: Callable[[str], bool], notes: Notes, options: ReadOptions
) -> Reading:
    found = AcceptorDraft(table.file, states=table.states, accepting=table.accepting, notes=notes)
    found.starts = [] if start is None else [start]
    for arc in table.arcs:
        letter = None if silent(arc.read) else found.symbol(arc.read)
        found.arcs.append((table.states[arc.source], letter, table.states[arc.target], arc.line))
    return acceptor(found, options)


def _mealy(
    table: _Table, start: int | None, silent: Callable[[str], bool], notes: Notes, options: ReadOptions
) -> Reading:
    symbols: dict[str, int] = {}
    arcs = []
    for arc in table.arcs:
        if silent(arc.read) or silent(arc.write):
            reads, writes = (("nothing" if silent(label) else repr(label)[:60]) for label in (arc.read, arc.write))
            number = options.epsilon is None and _NUMBER.fullmatch(arc.read + arc.write) is not None
            hint = f"{_LETTERS_ONLY}; --epsilon none takes 0 for a label" if number else _LETTERS_ONLY
            table.fail(f"a transducer: the arc reads {reads} and writes {writes}", arc.line, hint)
        letter = symbols.setdefault(arc.read, len(symbols))
        arcs.append(Arc(table.states[arc.source], letter, table.states[arc.target], arc.line, arc.write))
    _require_outputs(table)
    differs = next(arc for arc in table.arcs if arc.read != arc.write)
    notes.add(
        f"the arc on line {differs.line} reads {differs.read!r:.60} and writes {differs.write!r:.60}: a Mealy machine"
    )
    if table.accepting and len(table.accepting) < len(table.states):
        notes.add("some states are not final: as a Mealy machine, outputs are given along every word all the same")
    draft = Draft(tuple(table.states), tuple(symbols), tuple(arcs), start, None, table.file)
    return notes.of(canonical(assemble(draft, options.complete)))
