"""Regular expressions in JFLAP's syntax: `+` is union, `*` star, `!` the empty word; every other sign is a letter."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, NamedTuple, NoReturn, final

from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.machine.minimise import minimise
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.source.draft.acceptor import AcceptorDraft, acceptor
from fsm2rnn.source.draft.epsilon import GREEK
from fsm2rnn.source.draft.reading import Labels, Reading, ReadOptions

LENGTH_LIMIT: Final = 2**16
"""Most signs of an expression: each makes two states."""


_OTHER_DIALECTS: Final = frozenset("|?.^$&[]{}\\")
"""Signs that are letters here and no letters in other expressions."""


class _Part(NamedTuple):
    """A piece of the automaton: its only way in and its only way out."""

    begin: int
    end: int


@final
@dataclass
class _Builder:
    """Thompson's construction with a stack per open parenthesis: finished terms, and the parts of the current one."""

    file: str | None
    line: int
    draft: AcceptorDraft
    epsilon: frozenset[str] | None
    terms: list[list[_Part]] = field(default_factory=lambda: [[]])
    parts: list[list[_Part]] = field(default_factory=lambda: [[]])

    def fail(self, message: str) -> NoReturn:
        raise InputError(message, file=self.file, line=self.line, hint="the syntax is JFLAP's: + is union, ! is empty")

    def state(self) -> int:
        return self.draft.state(str(len(self.draft.states)))

    def move(self, source: int, letter: int | None, target: int) -> None:
        self.draft.arcs.append((source, letter, target, self.line))

    def take(self, sign: str) -> None:
        match sign:
            case "(":
                self.terms.append([])
                self.parts.append([])
            case ")" if len(self.terms) == 1:
                self.fail("a parenthesis closes that never opened")
            case ")":
                self.close()
            case "+":
                self.union()
            case "*":
                self.star()
            case _:
                self.letter(sign)

    def whole(self) -> _Part:
        """End the expression."""
        if len(self.terms) > 1:
            self.fail("a parenthesis never closes")
        self.close()
        return self.parts[-1][-1]

    def letter(self, sign: str) -> None:
        silent = sign == "!" or sign in (GREEK if self.epsilon is None else self.epsilon)
        if silent and sign != "!" and self.epsilon is None:
            self.draft.notes.add(f"{sign!r} means the empty word (--epsilon none makes it a letter)")
        part = _Part(self.state(), self.state())
        self.move(part.begin, None if silent else self.draft.symbol(sign), part.end)
        self.parts[-1].append(part)

    def star(self) -> None:
        if not self.parts[-1]:
            self.fail("'*' with nothing before it")
        part = self.parts[-1].pop()
        around = self.state()
        self.move(around, None, part.begin)
        self.move(part.end, None, around)
        self.parts[-1].append(_Part(around, around))

    def union(self) -> None:
        """End a term: its parts one after the other."""
        if not self.parts[-1]:
            self.fail("an empty term; the empty word is written '!'")
        begin = end = self.state()
        for part in self.parts[-1]:
            self.move(end, None, part.begin)
            end = part.end
        self.terms[-1].append(_Part(begin, end))
        self.parts[-1] = []

    def close(self) -> None:
        """End a pair of parentheses, or the whole: its terms side by side."""
        self.union()
        whole = _Part(self.state(), self.state())
        for term in self.terms.pop():
            self.move(whole.begin, None, term.begin)
            self.move(term.end, None, whole.end)
        self.parts.pop()
        if not self.parts:
            self.parts.append([])
        self.parts[-1].append(whole)


def read_expression(text: str, file: str | None, line: int, options: ReadOptions) -> Reading:
    """Return the minimal complete acceptor of an expression, states q0, q1, ... breadth first, symbols in its order.

    Raises InputError for what is no expression, LimitError past LENGTH_LIMIT signs or `options.max_states` subsets.
    """
    if len(text) > LENGTH_LIMIT:
        what = "signs of a regular expression"
        raise LimitError(what, limit=LENGTH_LIMIT, needed=len(text))
    if options.start is not None or options.labels is Labels.LIST:
        message = "--start and --labels list say nothing of a regular expression"
        raise InputError(message, file=file, line=line)
    builder = _Builder(file, line, AcceptorDraft(file), options.epsilon)
    for sign in text.strip():
        builder.take(sign)
    whole = builder.whole()
    other = next((sign for sign in builder.draft.symbols if sign in _OTHER_DIALECTS or sign.isspace()), None)
    if other is not None:
        builder.draft.notes.add(f"{other!r} is a letter: in JFLAP's expressions only + * ! and parentheses are none")
    builder.draft.starts, builder.draft.accepting = [whole.begin], {whole.end}
    machine = minimise(acceptor(builder.draft, options).machine).target
    names = tuple(f"q{number}" for number in range(len(machine.states)))
    return builder.draft.notes.of(StateMachine(names, machine.symbols, machine.table, machine.start, machine.outputs))
