"""A token machine, found: every token walked through the machine over bytes, from all its states at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, final

from fsm2rnn.decoding.text_language import Place, TextLanguage
from fsm2rnn.decoding.token_machine import LOST, TokenMachine
from fsm2rnn.decoding.vocabulary import Vocabulary
from fsm2rnn.errors import LimitError

MAX_ENTRIES: Final = 20_000_000
"""Most entries, states times classes of tokens, of the table and of what it is found from."""


def token_machine(language: TextLanguage, vocabulary: Vocabulary, *, max_entries: int = MAX_ENTRIES) -> TokenMachine:
    """Return the machine over tokens, states breadth first from the start, classes in the order of their first token.

    LimitError where states times classes would pass `max_entries`, before the memory is spent.
    """
    places, rows = _byte_machine(language, max_entries)
    letters, letter_of = _letters(rows)
    columns = _Columns(letters, len(places), max_entries)
    walked = [LOST if text is None else columns.walk([letter_of[byte] for byte in text]) for text in vocabulary.texts]
    used = [number for number in dict.fromkeys(walked) if number != LOST]
    order = _reached([columns.found[number] for number in used])
    position = {state: place for place, state in enumerate(order)}
    # Classes that differ only in states that no token reaches become one.
    classes: dict[tuple[int, ...], int] = {}
    class_of = {LOST: LOST}
    for number in used:
        column = columns.found[number]
        part = tuple(position.get(column[state], LOST) for state in order)
        class_of[number] = classes.setdefault(part, len(classes)) if any(at != LOST for at in part) else LOST
    table = tuple(zip(*classes, strict=True)) if classes else ((),) * len(order)
    kept = tuple(places[state] for state in order)
    accepting = [language.accepts_at(place) for place in kept]
    numbers = tuple(class_of[number] for number in walked)
    return TokenMachine(language, vocabulary, kept, numbers, table, _distances(table, accepting))


def _byte_machine(language: TextLanguage, max_entries: int) -> tuple[list[Place], list[dict[int, int]]]:
    """Return the places that bytes reach, and where each byte leads from them."""
    places: list[Place] = [(language.machine.start, b"")]
    index = {places[0]: 0}
    rows: list[dict[int, int]] = []
    for place in places:
        row = {}
        for byte, target in language.moves(place):
            row[byte] = index.setdefault(target, len(places))
            if row[byte] == len(places):
                places.append(target)
        rows.append(row)
        _require("states of the machine over bytes", len(places), max_entries)
    return places, rows


def _letters(rows: Sequence[dict[int, int]]) -> tuple[list[tuple[int, ...]], list[int]]:
    """Return the distinct columns of bytes, with LOST as their last entry, and the number of each byte's."""
    number: dict[tuple[int, ...], int] = {}
    letter_of = [number.setdefault((*(row.get(byte, LOST) for row in rows), LOST), len(number)) for byte in range(256)]
    return list(number), letter_of


@final
@dataclass
class _Columns:
    """The distinct effects of byte strings met so far, and the effect of one more letter after each."""

    letters: list[tuple[int, ...]]  # LOST = -1 reads the last entry, which is LOST
    states: int
    max_entries: int
    found: list[tuple[int, ...]] = field(default_factory=list)
    _number: dict[tuple[int, ...], int] = field(default_factory=dict)
    _after: list[list[int | None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Start from the effect of the empty string."""
        self._add(tuple(range(self.states)))

    def walk(self, letters: Sequence[int]) -> int:
        """Return the number of the effect of some letters, LOST where all states are lost."""
        number = 0
        for letter in letters:
            after = self._after[number][letter]
            if after is None:
                after = self._after[number][letter] = self._step(number, letter)
            if after == LOST:
                return LOST
            number = after
        return number

    def _step(self, number: int, letter: int) -> int:
        row = self.letters[letter]
        column = tuple([row[state] for state in self.found[number]])
        known = self._number.get(column)
        if known is None:
            known = self._add(column) if any(state != LOST for state in column) else LOST
        return known

    def _add(self, column: tuple[int, ...]) -> int:
        number = len(self.found)
        _require("states times classes of tokens", (number + 1) * self.states, self.max_entries)
        self.found.append(column)
        self._number[column] = number
        self._after.append([None] * len(self.letters))
        return number


def _reached(columns: Sequence[tuple[int, ...]]) -> list[int]:
    """Return the states that tokens reach from the start, breadth first."""
    order = [0]
    seen = {0, LOST}
    for state in order:
        for column in columns:
            if column[state] not in seen:
                seen.add(column[state])
                order.append(column[state])
    return order


def _distances(table: Sequence[tuple[int, ...]], accepting: Sequence[bool]) -> tuple[int | None, ...]:
    """Return the fewest tokens to an accepting state, None where there is none: breadth first, backwards."""
    before: list[set[int]] = [set() for _ in table]
    for state, row in enumerate(table):
        for target in row:
            if target != LOST:
                before[target].add(state)
    order = [state for state, accepts in enumerate(accepting) if accepts]
    found: list[int | None] = [0 if accepts else None for accepts in accepting]
    for state in order:
        for source in before[state]:
            if found[source] is None:
                found[source] = (found[state] or 0) + 1
                order.append(source)
    return tuple(found)


def _require(what: str, needed: int, limit: int) -> None:
    if needed > limit:
        raise LimitError(what, limit=limit, hint="the language, or max_entries=")
