"""Tokens of a HOA text, Hanoi's format of omega-automata, and its labels as sets of valuations.

A label is a condition on the atomic propositions: their numbers, t, f, aliases @name, with ! before & before |.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple, NoReturn, final

from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.source.guarded.valuations import everything, holding, members

WORK_LIMIT: Final = 2**30
"""Most bits of all sets that one text's labels combine: a second."""

# Possessive repeats (*+) keep what never closes linear.
_TOKEN: Final = re.compile(
    r"""(?P<blank>\s++ | /\*(?:[^*]|\*(?!/))*+\*/)
      | "(?P<string>[^"\\]*+(?:\\.[^"\\]*+)*+)"
      | (?P<header>[A-Za-z_][0-9A-Za-z_-]*+:)
      | (?P<mark>--[A-Z]++--)
      | (?P<number>[0-9]++)
      | (?P<alias>@[0-9A-Za-z_-]++)
      | (?P<word>[A-Za-z_][0-9A-Za-z_.-]*+)
      | (?P<operator>[][{}()&|!])""",
    re.VERBOSE | re.DOTALL,
)


class HoaToken(NamedTuple):
    """A token with its kind and line; a string without its quotes."""

    text: str
    kind: str
    line: int


@final
@dataclass
class Tokens:
    """The tokens of one automaton, taken one by one."""

    file: str
    found: list[HoaToken]
    place: int = 0

    def peek(self) -> HoaToken:
        """Return the next token; at the end one of kind "end"."""
        if self.place < len(self.found):
            return self.found[self.place]
        return HoaToken("the end", "end", self.found[-1].line if self.found else 1)

    def take(self, kind: str, what: str) -> HoaToken:
        """Return the next token, which must be of that kind."""
        token = self.peek()
        if token.kind != kind:
            self.fail(f"expected {what}, found {token.text!r:.60}", token)
        self.place += 1
        return token

    def number(self, what: str) -> int:
        """Return the next token as a number of at most 18 digits."""
        token = self.take("number", what)
        if len(token.text) > 18:
            self.fail(f"the number {token.text:.20}... is too large", token)
        return int(token.text)

    def skip(self, text: str) -> bool:
        """Whether the next token is that operator, which is taken then."""
        token = self.peek()
        taken = token.kind == "operator" and token.text == text
        self.place += taken
        return taken

    def fail(self, message: str, token: HoaToken, hint: str | None = None) -> NoReturn:
        """Raise InputError at a token."""
        raise InputError(message, file=self.file, line=token.line, hint=hint)


def automata(text: str, file: str) -> list[Tokens]:
    """Return the tokens of each automaton of a text; one ends with --END--, and --ABORT-- drops it."""
    found: list[Tokens] = []
    current: list[HoaToken] = []
    for token in _tokens(text, file):
        current.append(token)
        if token.kind == "mark" and token.text in {"--END--", "--ABORT--"}:
            if token.text == "--END--":
                found.append(Tokens(file, current))
            current = []
    if current:
        message = "an automaton without --END--"
        raise InputError(message, file=file, line=current[-1].line)
    return found


def _tokens(text: str, file: str) -> Iterator[HoaToken]:
    position, line = 0, 1
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            column = position - text.rfind("\n", 0, position)
            message = f"unexpected character {text[position]!r}"
            raise InputError(message, file=file, line=line, column=column)
        kind = found.lastgroup or ""
        if kind == "string":
            yield HoaToken(re.sub(r"\\(.)", r"\1", found["string"], flags=re.DOTALL), kind, line)
        elif kind != "blank":
            yield HoaToken(found[0], kind, line)
        line += found[0].count("\n")
        position = found.end()


_BINDING: Final = {"(": 0, "|": 1, "&": 2, "!": 3}


@final
@dataclass
class Conditions:
    """Conditions over a number of atomic propositions as sets of valuations; the aliases defined so far."""

    propositions: int
    aliases: dict[str, int] = field(default_factory=dict)
    held: dict[int, int] = field(default_factory=dict)
    work: int = 0

    def read(self, tokens: Tokens) -> int:
        """Return the set of valuations of a condition, as far as one goes.

        Two stacks, of sets and of operators, instead of calls: brackets may be nested as deep as the file is long.
        """
        values: list[int] = []
        operators: list[HoaToken] = []
        complete = False
        while True:
            token = tokens.peek()
            sign = token.text if token.kind == "operator" else ""
            if not complete and sign in {"!", "("}:
                operators.append(tokens.take("operator", "a condition"))
            elif not complete:
                values.append(self._atom(tokens))
                complete = True
            elif sign in {"&", "|"}:
                self._reduce(values, operators, _BINDING[sign])
                operators.append(tokens.take("operator", "an operator"))
                complete = False
            elif not self._closes(tokens, values, operators, sign):
                return self._whole(tokens, values, operators)

    def members(self, valuations: int) -> list[int]:
        """Return the numbers of the valuations in a set, rising."""
        self._spend()
        return members(valuations)

    def _closes(self, tokens: Tokens, values: list[int], operators: list[HoaToken], sign: str) -> bool:
        """Whether a closing bracket comes next; what stands in the brackets is combined then."""
        if sign == ")":
            self._reduce(values, operators, 1)
            if operators:
                operators.pop()
                return tokens.skip(")")
        return False

    def _whole(self, tokens: Tokens, values: list[int], operators: list[HoaToken]) -> int:
        self._reduce(values, operators, 1)
        if operators:
            tokens.fail(f"expected ')', found {tokens.peek().text!r:.60}", tokens.peek())
        return values[0]

    def _reduce(self, values: list[int], operators: list[HoaToken], binding: int) -> None:
        """Apply the operators at the end that bind as tightly or more."""
        while operators and _BINDING[operators[-1].text] >= binding:
            self._spend()
            sign = operators.pop().text
            if sign == "!":
                values[-1] ^= everything(self.propositions)
            else:
                right = values.pop()
                values[-1] = values[-1] & right if sign == "&" else values[-1] | right

    def _atom(self, tokens: Tokens) -> int:
        token = tokens.peek()
        if token.kind == "word" and token.text in {"t", "f"}:
            tokens.take("word", "a condition")
            return everything(self.propositions) if token.text == "t" else 0
        if token.kind == "alias":
            tokens.take("alias", "a condition")
            if token.text not in self.aliases:
                tokens.fail(f"the alias {token.text:.60} is not defined", token)
            return self.aliases[token.text]
        number = tokens.number("a condition")
        if number >= self.propositions:
            tokens.fail(f"the atomic proposition {number} is not among the {self.propositions} declared", token)
        if number not in self.held:
            self.held[number] = holding(self.propositions, number)
        return self.held[number]

    def _spend(self) -> None:
        self.work += 1 << self.propositions
        if self.work > WORK_LIMIT:
            what = "bits of the sets of valuations that labels combine"
            raise LimitError(what, limit=WORK_LIMIT)
