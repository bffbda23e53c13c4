"""u: Sigma -> bytes*, the UTF-8 spellings of a machine's symbols, by which a text is read one way or not at all."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeAlias, final

from fsm2rnn.errors import InputError
from fsm2rnn.machine.labels import label_text
from fsm2rnn.machine.state_machine import StateMachine

Place: TypeAlias = tuple[int, bytes]
"""A state of the machine over characters, and the bytes read since that begin a symbol and end none."""


@final
@dataclass(frozen=True)
class TextLanguage:
    """An acceptor over texts: delta((q, p), b) = (delta(q, x), empty) if pb spells x, (q, pb) if pb begins a symbol.

    Any other byte leaves the language for ever. (q, p) accepts where p is empty and q accepts. The spellings are a
    prefix code, so a text is read in one way: a symbol may be a character of several bytes, or a word.

    Raises InputError for a machine that is no acceptor, for symbols that are no texts, and where one symbol's spelling
    begins another's.
    """

    machine: StateMachine

    def __post_init__(self) -> None:
        """Prove that the machine is an acceptor and its spellings a prefix code."""
        if not self.machine.is_acceptor:
            message = "a constraint needs an acceptor; this machine has other outputs than True and False"
            raise InputError(message, hint="give its states the outputs True and False")
        spelled = sorted((_utf8(symbol), symbol) for symbol in self.machine.symbols)
        for (short, one), (long, other) in itertools.pairwise(spelled):
            # In sorted order a spelling stands right before some spelling that it begins, if it begins any.
            if long.startswith(short):
                message = f"the symbol {one!r:.40} begins the symbol {other!r:.40}, so a text can be read in two ways"
                raise InputError(message)

    @cached_property
    def spelled(self) -> tuple[bytes, ...]:
        """The bytes of each symbol."""
        return tuple(_utf8(symbol) for symbol in self.machine.symbols)

    @cached_property
    def symbol_of(self) -> Mapping[bytes, int]:
        """The index of the symbol that a spelling spells."""
        return {spelled: index for index, spelled in enumerate(self.spelled)}

    @cached_property
    def symbols_begun(self) -> Mapping[bytes, tuple[int, ...]]:
        """The indices of the symbols that some bytes begin, for every proper beginning, the empty one included."""
        begun: dict[bytes, list[int]] = {}
        for spelled, index in self.symbol_of.items():
            for length in range(len(spelled)):
                begun.setdefault(spelled[:length], []).append(index)
        return {prefix: tuple(indices) for prefix, indices in begun.items()}

    @cached_property
    def hopeful(self) -> frozenset[int]:
        """The states of the machine from which some word is accepted."""
        before: list[list[int]] = [[] for _ in self.machine.states]
        for state, row in enumerate(self.machine.table):
            for target in row:
                before[target].append(state)
        found = [state for state, output in enumerate(self.machine.outputs) if output is True]
        seen = set(found)
        for state in found:
            for source in before[state]:
                if source not in seen:
                    seen.add(source)
                    found.append(source)
        return frozenset(seen)

    def begins(self, place: Place) -> bool:
        """Return whether some bytes lead from a place to acceptance."""
        state, pending = place
        if not pending:
            return state in self.hopeful
        row = self.machine.table[state]
        return any(row[symbol] in self.hopeful for symbol in self.symbols_begun[pending])

    def accepts_at(self, place: Place) -> bool:
        """Return whether a text may end at a place."""
        state, pending = place
        return not pending and self.machine.outputs[state] is True

    def moves(self, place: Place) -> Iterator[tuple[int, Place]]:
        """Yield the bytes after which a text can still be accepted, with where they lead."""
        state, pending = place
        following = {self.spelled[symbol][len(pending)] for symbol in self.symbols_begun[pending]}
        for byte in sorted(following):
            read = pending + bytes([byte])
            symbol = self.symbol_of.get(read)
            target = (state, read) if symbol is None else (self.machine.table[state][symbol], b"")
            if self.begins(target):
                yield byte, target


_HINT: Final = "name the symbols by characters or words"


def _utf8(symbol: object) -> bytes:
    if not isinstance(symbol, str) or not symbol:
        shown = repr(label_text(symbol)) if isinstance(symbol, str | tuple) else repr(symbol)
        message = f"the symbol {shown:.40} is no text that a token could hold"
        raise InputError(message, hint=_HINT)
    try:
        return symbol.encode("utf-8")
    except UnicodeEncodeError:
        message = f"the symbol {symbol!a:.40} has no UTF-8 form"
        raise InputError(message, hint=_HINT) from None
