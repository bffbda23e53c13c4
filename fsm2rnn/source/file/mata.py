r"""Libmata's text format for explicit finite automata: a line `@NFA-explicit`, or `@NFA`, then keys and transitions.

A transition is `source symbol target`. Keys: %Initial and %Final list states (a bar between them is allowed),
%States-enum and %Alphabet-enum declare names in order, %Epsilon the symbols that mean none; other %States
and %Alphabet keys say nothing here. Names with blanks or any of & | ! ( ) @ % " \ # stand in quotes, with \"
and \\ inside. A backslash at the end of a line joins the next; # starts a comment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple, NoReturn, final

from fsm2rnn.choice import nearest_hint
from fsm2rnn.errors import InputError
from fsm2rnn.machine.reachable import canonical, reachable_states
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.source.draft.acceptor import AcceptorDraft, acceptor
from fsm2rnn.source.draft.epsilon import DRAWN, is_epsilon
from fsm2rnn.source.draft.holding import acceptance, require_names
from fsm2rnn.source.draft.reading import Reading, ReadOptions

SECTION: Final = "@NFA-explicit"
_OLDER: Final = "@NFA"
_KEYS: Final = ("%Alphabet-auto", "%Alphabet-enum", "%States-enum", "%Initial", "%Final", "%Epsilon")
_TRANSITION: Final = 3

# Possessive repeats (*+) keep what never closes linear.
_TOKEN: Final = re.compile(
    r"""(?P<blank>[ \t\r\f\v]++ | \#.*+)
      | "(?P<quoted>[^"\\]*+(?:\\.[^"\\]*+)*+)"
      | (?P<operator>[&|!()])
      | (?P<join>\\\Z)
      | (?P<word>[^\s"&|!()\#\\]++)""",
    re.VERBOSE,
)
_PLAIN: Final = re.compile(r"[A-Za-z0-9_.+*/:,;=<>~-]+")


class _Token(NamedTuple):
    text: str
    kind: str
    line: int
    column: int


@final
@dataclass
class _Reading:
    """The acceptor so far; the first enumeration of an alphabet or of states closes it."""

    draft: AcceptorDraft
    epsilon: set[str] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)
    transitions: list[list[_Token]] = field(default_factory=list)

    def fail(self, message: str, token: _Token, hint: str | None = None) -> NoReturn:
        raise InputError(message, file=self.draft.file, line=token.line, column=token.column, hint=hint)


def read_mata(text: str, file: str | None, options: ReadOptions) -> Reading:
    """Return the acceptor of a text with one @NFA-explicit section; outputs True and False.

    Symbols stand in declared order, then by first appearance. A non-deterministic acceptor is
    determinised. Raises InputError with line and column, LimitError past `options.max_states` subsets.
    """
    reading = _Reading(AcceptorDraft(file))
    reading.epsilon.update(options.epsilon or ())
    section = _section(reading, _lines(text, file), options.part)
    _read_header(reading, section[0] if section else [])
    for tokens in section[1:]:
        if tokens[0].kind == "word" and tokens[0].text.startswith("%"):
            _read_key(reading, tokens, options)
        else:
            reading.transitions.append(tokens)
    for tokens in reading.transitions:
        _read_transition(reading, tokens)
    if options.start is not None:
        states = reading.draft.states
        if options.start not in states:
            message = f"no state is named {options.start!r:.60}"
            raise InputError(message, file=file, hint=nearest_hint(options.start[:60], list(states)[:1000]))
        reading.draft.starts = [states[options.start]]
    _note_letters(reading, options)
    return acceptor(reading.draft, options)


def _note_letters(reading: _Reading, options: ReadOptions) -> None:
    """Note a letter by whose name other formats mean no symbol."""
    names = reading.draft.symbols if options.epsilon is None else ()
    name = next((name for name in names if name and is_epsilon(name, DRAWN, None)), None)
    if name is not None:
        said = f"{name!r} is a letter here: only %Epsilon says which symbols mean none, or --epsilon {name}"
        reading.draft.notes.add(said)


def machine_to_mata(machine: StateMachine) -> str:
    """Return the text that `read_mata` reads back as the acceptor in canonical numbering.

    Raises InputError for a machine with other outputs, and for names with line breaks.
    """
    ordered = canonical(machine)
    accepting = acceptance(ordered, ".mata")
    states = [_written(name) for name in require_names("state", ordered.states, ".mata", _unwritable)]
    symbols = [_written(name) for name in require_names("symbol", ordered.symbols, ".mata", _unwritable)]
    lines = [SECTION, "%Alphabet-auto"]
    if len(reachable_states(ordered)) < len(states):
        # Only an enumeration keeps the order of states that no word reaches.
        lines.append(f"%States-enum {' '.join(states)}")
    lines.append(f"%Initial {states[0]}")
    lines.append(" ".join(["%Final", *(name for name, final in zip(states, accepting, strict=True) if final)]))
    for name, row in zip(states, ordered.table, strict=True):
        lines += [f"{name} {symbol} {states[to]}" for symbol, to in zip(symbols, row, strict=True)]
    return "".join(f"{line}\n" for line in lines)


def _written(name: str) -> str:
    if _PLAIN.fullmatch(name):
        return name
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _unwritable(name: str) -> str | None:
    return "a name ends with its line" if "\n" in name else None


def _lines(text: str, file: str | None) -> Iterator[list[_Token]]:
    """Yield the tokens of each line that has any, joined lines as one."""
    tokens: list[_Token] = []
    for number, line in enumerate(text.split("\n"), start=1):
        tokens += _tokens(line.rstrip("\r"), number, file)
        if tokens and tokens[-1].kind == "join":
            tokens.pop()
        elif tokens:
            yield tokens
            tokens = []
    if tokens:
        yield tokens


def _tokens(line: str, number: int, file: str | None) -> Iterator[_Token]:
    position = 0
    while position < len(line):
        found = _TOKEN.match(line, position)
        if found is None:
            closes = line[position] == '"'
            message = "a quoted name that never closes" if closes else f"unexpected character {line[position]!r}"
            raise InputError(message, file=file, line=number, column=position + 1)
        kind = found.lastgroup or ""
        if kind == "quoted":
            yield _Token(re.sub(r"\\(.)", r"\1", found["quoted"]), kind, number, position + 1)
        elif kind != "blank":
            yield _Token(found[0], kind, number, position + 1)
        position = found.end()


def _section(reading: _Reading, lines: Iterator[list[_Token]], part: int | None) -> list[list[_Token]]:
    """Return the lines of the one section, or of the `part`-th, from its header on."""
    sections: list[list[list[_Token]]] = [[]]
    for tokens in lines:
        if tokens[0].kind == "word" and tokens[0].text.startswith("@") and sections[-1]:
            if part is None:
                hint = "--part K reads the K-th section of a file"
                reading.fail("a second section; expected one machine in a file", tokens[0], hint)
            sections.append([])
        sections[-1].append(tokens)
    if part is not None and part > len(sections):
        message = f"no part {part}: the file holds {len(sections)} sections"
        raise InputError(message, file=reading.draft.file)
    return sections[0 if part is None else part - 1]


def _read_header(reading: _Reading, tokens: list[_Token]) -> None:
    if not tokens:
        message = "an empty file"
        raise InputError(message, file=reading.draft.file, line=1, hint=f"the first line is {SECTION}")
    name = " ".join(token.text for token in tokens)
    if name not in {SECTION, _OLDER}:
        hint = "alternating automata, bit vectors, intervals and transducers are not read"
        reading.fail(f"expected {SECTION}, found {name:.60}", tokens[0], hint)


def _read_key(reading: _Reading, tokens: list[_Token], options: ReadOptions) -> None:
    key, draft = tokens[0].text.removeprefix("%"), reading.draft
    names = _listed(reading, tokens[1:])
    if key == "Initial":
        draft.starts += [_state(reading, token) for token in names]
    elif key == "Final":
        draft.accepting.update(_state(reading, token) for token in names)
    elif key == "Epsilon":
        if options.epsilon is None:
            reading.epsilon.update(token.text for token in names)
    elif key.startswith(("States", "Alphabet")):
        _declare(reading, key.partition("-")[0], names)
    else:
        reading.fail(f"unknown key {tokens[0].text:.60}", tokens[0], nearest_hint(tokens[0].text[:60], _KEYS))


def _listed(reading: _Reading, tokens: list[_Token]) -> list[_Token]:
    """Return the names of a list, in which a bar may stand between two."""
    names = [token for token in tokens if token[:2] != ("|", "operator")]
    for token in names:
        if token.kind == "operator":
            reading.fail(f"a formula with {token.text!r}; only lists of names are read", token)
    return names


def _declare(reading: _Reading, kind: str, names: list[_Token]) -> None:
    declare = reading.draft.state if kind == "States" else reading.draft.symbol
    for token in names:
        declare(token.text)
    if names:
        reading.closed.add(kind)


def _state(reading: _Reading, token: _Token) -> int:
    states = reading.draft.states
    if token.text not in states and "States" in reading.closed:
        reading.fail(f"the state {token.text!r:.60} is not enumerated", token, _near(token, states))
    return reading.draft.state(token.text)


def _near(token: _Token, names: dict[str, int]) -> str:
    return nearest_hint(token.text[:60], list(names)[:1000])


def _read_transition(reading: _Reading, tokens: list[_Token]) -> None:
    operator = next((token for token in tokens if token.kind == "operator"), None)
    if operator is not None or len(tokens) != _TRANSITION:
        found = f"a formula with {operator.text!r}" if operator else f"{len(tokens)} names"
        reading.fail(f"{found}; expected a transition 'source symbol target'", operator or tokens[0])
    source, symbol, target = tokens
    letter = None
    if symbol.text not in reading.epsilon:
        if symbol.text not in reading.draft.symbols and "Alphabet" in reading.closed:
            hint = _near(symbol, reading.draft.symbols)
            reading.fail(f"the symbol {symbol.text!r:.60} is not in the alphabet", symbol, hint)
        letter = reading.draft.symbol(symbol.text)
    reading.draft.arcs.append((_state(reading, source), letter, _state(reading, target), source.line))
