"""delta*(q, v(id)): a machine over the ids of a tokenizer, proved to be the machine over characters on every token.

Idea: a token moves the machine as its text does, so tokens of equal effect are one letter (a class), and a table over
states and classes is the whole machine. The value walks the text of every token from every state itself, in integers,
and so trusts nothing of whoever found the table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, final

from fsm2rnn.decoding.text_language import Place, TextLanguage
from fsm2rnn.decoding.vocabulary import Vocabulary
from fsm2rnn.errors import CertificateError

LOST: Final = -1
"""Where a token leads whose text leaves the language for ever."""


@final
@dataclass(frozen=True)
class TokenMachine:
    """table[q][class_of[id]] is where the token leads, or LOST; state 0 is the start, with nothing read.

    `distances[q]` is the fewest tokens from q to a text of the language, None where no tokens lead to one: the mask
    allows a token where the state it leads to has a distance, and an end where the distance is 0. Ends, pads and
    tokens without text are in no class (LOST).

    Raises CertificateError where an entry is not what the walk of a token's text gives, a state reached is not listed,
    or a distance is wrong.
    """

    language: TextLanguage
    vocabulary: Vocabulary
    places: tuple[Place, ...]  # (Q,)
    class_of: tuple[int, ...]  # (V,) classes
    table: tuple[tuple[int, ...], ...]  # (Q, C) states
    distances: tuple[int | None, ...]  # (Q,)

    def __post_init__(self) -> None:
        """Prove the table, then the distances, in integers."""
        self._prove_shape()
        walked = walked_columns(self.language, self.vocabulary, self.places)
        columns = list(zip(*self.table, strict=True))
        for number, of_class in enumerate(self.class_of):
            if self.vocabulary.texts[number] is None:
                _hold(of_class == LOST, "class_of", f"token {number} adds no text and has the class {of_class}")
                continue
            found = None if of_class == LOST else columns[of_class]
            _hold(found == walked.get(number), "table", f"token {number} does not lead where its text does")
        for state, row in enumerate(self.table):
            self._prove_distance(state, row)

    def _prove_shape(self) -> None:
        start = (self.language.machine.start, b"")
        _hold(self.places[:1] == (start,), "places", "the first state is not the start")
        _hold(len(set(self.places)) == len(self.places), "places", "a state is listed twice")
        counts = (len(self.table), len(self.distances), len(self.class_of))
        wanted = (len(self.places), len(self.places), len(self.vocabulary.texts))
        _hold(counts == wanted, "table", f"rows, distances and classes number {counts}, expected {wanted}")
        classes = len(self.table[0])
        _hold(all(len(row) == classes for row in self.table), "table", "rows differ in length")
        _hold(all(LOST <= of_class < classes for of_class in self.class_of), "class_of", "a class is outside the table")

    def _prove_distance(self, state: int, row: tuple[int, ...]) -> None:
        """Prove one equation of shortest ways: by induction they make each distance that of an accepted text."""
        if self.language.accepts_at(self.places[state]):
            expected: int | None = 0
        else:
            onward = [self.distances[target] for target in row if target != LOST]
            expected = min((found + 1 for found in onward if found is not None), default=None)
        _hold(self.distances[state] == expected, "distances", f"state {state} is {expected} tokens from acceptance")

    def advance(self, state: int, token: int) -> int:
        """Return the state after a token that adds text, LOST where no text of the language goes on so."""
        of_class = self.class_of[token]
        target = LOST if LOST in (of_class, state) else self.table[state][of_class]
        return LOST if target == LOST or self.distances[target] is None else target

    def walk(self, tokens: Iterable[int]) -> int:
        """Return the state after tokens from the start, LOST where the mask forbids one of them."""
        state = LOST if self.distances[0] is None else 0
        for token in tokens:
            state = self.advance(state, token)
        return state

    def accepts(self, tokens: Iterable[int]) -> bool:
        """Return whether the texts of these tokens, joined, are a text of the language."""
        state = self.walk(tokens)
        return state != LOST and self.distances[state] == 0


def walked_columns(
    language: TextLanguage, vocabulary: Vocabulary, places: tuple[Place, ...]
) -> dict[int, tuple[int, ...]]:
    """Return for every token with a text where it leads from each state; a token that is lost from all has no entry.

    Tokens in the order of their texts share the walk of a common beginning; nothing else is shared. CertificateError
    where a token leads to a place that is no state.
    """
    index = {place: state for state, place in enumerate(places)}
    stack: list[list[tuple[int, Place]]] = [list(enumerate(places))]
    moves: dict[Place, Mapping[int, Place]] = {}
    last, found = b"", dict[int, tuple[int, ...]]()
    for number, text in sorted(vocabulary.spelled(), key=lambda pair: pair[1]):
        del stack[_common(last, text) + 1 :]
        for byte in text[len(stack) - 1 :]:
            stack.append(list(_after(language, moves, stack[-1], byte)))
            if not stack[-1]:
                break
        if len(stack) == len(text) + 1 and stack[-1]:
            found[number] = _column(stack[-1], index)
        last = text[: len(stack) - 1]
    return found


def _after(
    language: TextLanguage, moves: dict[Place, Mapping[int, Place]], alive: list[tuple[int, Place]], byte: int
) -> Iterator[tuple[int, Place]]:
    for state, place in alive:
        known = moves.get(place)
        if known is None:
            known = moves[place] = dict(language.moves(place))
        target = known.get(byte)
        if target is not None:
            yield state, target


def _column(alive: list[tuple[int, Place]], index: Mapping[Place, int]) -> tuple[int, ...]:
    column = [LOST] * len(index)
    for state, place in alive:
        reached = index.get(place)
        if reached is None:
            message = f"a token leads from state {state} to a place that is not listed"
            raise CertificateError("places", message)
        column[state] = reached
    return tuple(column)


def _common(one: bytes, other: bytes) -> int:
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count


def _hold(condition: object, field: str, message: str) -> None:
    if not condition:
        raise CertificateError(field, message)
