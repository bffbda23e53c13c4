"""The words of a DOT file, in one pass: names, quoted strings, HTML strings and marks, with their places."""

from __future__ import annotations

import bisect
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final, NamedTuple, NoReturn, final

from fsm2rnn.errors import InputError


@final
class TokenKind(Enum):
    """What a token is; NAME is unquoted, END stands once at the end."""

    NAME = "name"
    QUOTED = "quoted string"
    HTML = "HTML string"
    MARK = "mark"
    END = "end of file"


class Token(NamedTuple):
    """A token with its raw text (quotes and outer angle brackets removed) and its offset in the file."""

    kind: TokenKind
    text: str
    offset: int


# A name is more liberal than Graphviz's, as AALpy's loader is: label=a/0 needs no quotes.
# Possessive repeats (*+) keep what never closes linear.
_TOKEN: Final = re.compile(
    r"""\s*+(?:(?P<blank>//[^\n]*+ | /\*.*?\*/)
      | "(?P<quoted>[^"\\]*+(?:\\.[^"\\]*+)*+)"
      | (?P<mark>-> | -- | [\[\]{};,=:])
      | (?P<name>(?:(?!->|--|//|/\*)[^\s\[\]{};,=:"<>])++))""",
    re.VERBOSE | re.DOTALL,
)
_BLANKS: Final = re.compile(r"\s*+")
_BRACKET: Final = re.compile(r"[<>]")
_TAG: Final = re.compile(r"<(?P<break>/?br\b)?[^<>]*+>", re.IGNORECASE)
_ESCAPE: Final = re.compile(r"\\(.)", re.DOTALL)
_UNIT: Final = re.compile(r"\\?.", re.DOTALL)
_BREAKS: Final = (r"\n", r"\l", r"\r")


@final
@dataclass(frozen=True)
class Source:
    """A text and its name, to turn offsets into lines and columns."""

    text: str
    file: str | None
    line_starts: tuple[int, ...]

    @classmethod
    def of(cls, text: str, file: str | None) -> Source:
        """Return the source of `text`."""
        return cls(text, file, (0, *(found.end() for found in re.finditer("\n", text))))

    def line(self, offset: int) -> int:
        """Return the line of an offset, counted from 1."""
        return bisect.bisect_right(self.line_starts, offset)

    def fail(self, message: str, offset: int, hint: str | None = None) -> NoReturn:
        """Raise InputError at an offset."""
        line = self.line(offset)
        column = offset - self.line_starts[line - 1] + 1
        raise InputError(message, file=self.file, line=line, column=column, hint=hint)


def tokenise(source: Source) -> Iterator[Token]:
    """Yield the tokens of a DOT text in linear time, END last; InputError for what never closes."""
    position, text, last = 0, source.text.rstrip(), -1
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            blank = _BLANKS.match(text, position)
            start = position if blank is None else blank.end()
            token = _html(source, start)
            last, position = start, start + len(token.text) + 2
            yield token
            continue
        position = found.end()
        group = found.lastgroup or ""
        kind = _KINDS.get(group)
        if kind is None:
            continue
        start = found.start(group)
        if kind is TokenKind.NAME and text[start] == "#" and _starts_line(source, last, start):
            end = text.find("\n", start)
            position = len(text) if end < 0 else end
            continue
        last = start - 1 if kind is TokenKind.QUOTED else start
        yield Token(kind, found[group], last)
    yield Token(TokenKind.END, "", len(source.text))


def _starts_line(source: Source, last: int, position: int) -> bool:
    """Whether no token stands before `position` in its line; `last` is where the token before it began, or -1."""
    return last < 0 or source.line(last) < source.line(position)


_KINDS: Final = {"quoted": TokenKind.QUOTED, "mark": TokenKind.MARK, "name": TokenKind.NAME}


def _html(source: Source, start: int) -> Token:
    """Return the HTML string from the `<` at `start` to the `>` that closes it."""
    text = source.text
    if text[start] != "<":
        unclosed = {'"': "a quoted string that never closes", "/": "a comment that never closes"}
        source.fail(unclosed.get(text[start], f"unexpected character {text[start]!r}"), start)
    depth = 0
    for bracket in _BRACKET.finditer(text, start):
        depth += 1 if bracket[0] == "<" else -1
        if depth == 0:
            return Token(TokenKind.HTML, text[start + 1 : bracket.start()], start)
    return source.fail("an HTML string that never closes", start)


def identifier(token: Token) -> str:
    r"""Return the name that a token is: in quotes only \" and a line continuation are escapes."""
    if token.kind is TokenKind.QUOTED:
        return token.text.replace('\\"', '"').replace("\\\n", "")
    return token.text


def label(token: Token) -> str:
    r"""Return the text that a label shows: \n, \l and \r break lines, other escapes stand for themselves.

    In an HTML string each <br/> is one space, other tags vanish and entities are decoded.
    """
    if token.kind is TokenKind.QUOTED:
        return _ESCAPE.sub(_escaped, token.text)
    if token.kind is TokenKind.HTML:
        return html.unescape(_TAG.sub(lambda tag: " " if tag["break"] else "", token.text))
    return token.text


def record_output(token: Token) -> str | None:
    """Return the output of a label `{ name | output }` or `name|output`; None where no bar stands unescaped.

    Blanks at the ends are dropped unless a backslash stands before them.
    """
    units = _UNIT.findall(token.text) if token.kind is TokenKind.QUOTED else list(label(token))
    units = _trimmed(units)
    if units[:1] == ["{"] and units[-1:] == ["}"]:
        units = units[1:-1]
    if "|" not in units:
        return None
    output = "".join(_trimmed(units[units.index("|") + 1 :]))
    return _ESCAPE.sub(_escaped, output) if token.kind is TokenKind.QUOTED else output


def _trimmed(units: list[str]) -> list[str]:
    kept = [place for place, unit in enumerate(units) if not unit.isspace() and unit not in _BREAKS]
    return units[kept[0] : kept[-1] + 1] if kept else []


def _escaped(found: re.Match[str]) -> str:
    return {"n": "\n", "l": "\n", "r": "\n", "\n": ""}.get(found[1], found[1])
