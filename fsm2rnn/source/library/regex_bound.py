"""A bound on what a regular expression builds, and its letters, from its terms alone.

A library builds without limits: braces multiply, so ((a{60}){60}){60} asks for 216,000 copies, and
shuffles multiply states. The bound walks the terms in postfix order and builds nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final, NamedTuple, final

from fsm2rnn.errors import InputError, LimitError

LENGTH_LIMIT: Final = 10_000
"""Most characters of an expression."""

SPAN_LIMIT: Final = 65_536
"""Most letters in all ranges a-z of an expression together."""

WORK_LIMIT: Final = 300_000
"""Most states and transitions built while an expression is put together, intermediate copies included."""


@final
class TermKind(Enum):
    """What a term of an expression does."""

    LETTER = "one letter, or the empty word"
    SET = "any letter of a set"
    UNION = "union"
    CONCATENATION = "concatenation"
    INTERSECTION = "intersection"
    SHUFFLE = "shuffle"
    REPEAT = "repetition"
    BRACKET = "round bracket"


class Term(NamedTuple):
    """A term with the letters it names, those of them that the alphabet must hold, and its number of copies."""

    kind: TermKind
    text: str
    named: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()
    copies: int = 1


@final
@dataclass(frozen=True)
class _Size:
    """States, transitions and final states of a machine that is not built yet."""

    states: int
    moves: int
    finals: int = 1

    @property
    def total(self) -> int:
        return self.states + self.moves


def require_readable(regex: str) -> None:
    """Raise LimitError for an expression too long or with too wide ranges, InputError for unprintable characters."""
    if len(regex) > LENGTH_LIMIT:
        what = "characters of a regular expression"
        raise LimitError(what, limit=LENGTH_LIMIT, needed=len(regex))
    for place, char in enumerate(regex, start=1):
        if not char.isprintable():
            message = f"character {place} of the regular expression is {char!a}"
            raise InputError(message, hint="only printable characters are letters")
    span = sum(
        max(0, max(map(ord, regex[place + 1 : place + 3]), default=0) - ord(regex[place - 1]))
        for place, char in enumerate(regex)
        if char == "-" and place
    )
    if span > SPAN_LIMIT:
        what = "letters in the ranges of a regular expression"
        raise LimitError(what, limit=SPAN_LIMIT, needed=span)


def declared_alphabet(regex: str, terms: Sequence[Term], given: Sequence[str] | None) -> tuple[str, ...]:
    """Return the given alphabet in its order, else the letters that the terms name, sorted.

    Raises InputError for a given alphabet that is empty, repeats a letter or lacks one, and where none is
    given for an expression without letters.
    """
    if given is None:
        found = frozenset[str]().union(*(term.named for term in terms))
        if not found:
            message = f"the regular expression {regex!r:.60} has no letters"
            raise InputError(message, hint="give the alphabet: re:REGEX@abc")
        return tuple(sorted(found))
    shown = f"{''.join(given)!r:.60}"
    if not given or len(set(given)) < len(given):
        message = f"the alphabet {shown} is empty or names a letter twice"
        raise InputError(message)
    lacking = frozenset[str]().union(*(term.required for term in terms)).difference(given)
    if lacking:
        message = f"the regular expression uses {min(lacking)!r}, which the alphabet {shown} lacks"
        raise InputError(message)
    return tuple(given)


def require_affordable(postfix: Sequence[Term], letters: int) -> None:
    """Raise LimitError where building the terms over so many letters would pass WORK_LIMIT."""
    stack: list[_Size] = []
    work = 0
    for term in postfix:
        if term.kind in {TermKind.LETTER, TermKind.SET}:
            stack.append(_Size(2, 1 if term.kind is TermKind.LETTER else letters))
            work += stack[-1].total
        elif term.kind is TermKind.REPEAT:
            part = stack.pop()
            # Every final state of a copy gets a transition back, or on to the next copy.
            moves = (part.moves + part.finals + 2) * term.copies + 1
            stack.append(_Size(part.states * term.copies + 1, moves, part.finals * term.copies + 1))
            work += stack[-1].total
        else:
            right, left = stack.pop(), stack.pop()
            stack.append(_joined(term.kind, left, right))
            # Union and concatenation take the right part over in one cheap step; products are built afresh.
            work += right.total // 16 if term.kind in _CHEAP else stack[-1].total
        if work > WORK_LIMIT:
            what = "states and transitions to build a regular expression"
            raise LimitError(what, limit=WORK_LIMIT, hint="repetitions and shuffles multiply")


_CHEAP: Final = {TermKind.UNION, TermKind.CONCATENATION}


def _joined(kind: TermKind, left: _Size, right: _Size) -> _Size:
    if kind is TermKind.UNION:
        return _Size(left.states + right.states + 1, left.moves + right.moves + 2, left.finals + right.finals)
    if kind is TermKind.CONCATENATION:
        return _Size(left.states + right.states, left.moves + right.moves + left.finals, right.finals)
    crossed = left.states * right.moves + left.moves * right.states
    both = left.moves * right.moves if kind is TermKind.INTERSECTION else 0
    return _Size(left.states * right.states, crossed + both, left.finals * right.finals)
