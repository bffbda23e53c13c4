"""M = (Q, Sigma, delta, q0, lambda): the deterministic machine with outputs on which everything stands."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, final

from fsm2rnn.choice import nearest_hint
from fsm2rnn.errors import InputError
from fsm2rnn.machine.labels import Label, label_text, typed

if TYPE_CHECKING:
    from typing import Self


@final
@dataclass(frozen=True, repr=False)
class StateMachine:
    """A total deterministic machine, delta(q, x) = table[q][x]; lambda(q) = outputs[q] of Moore's kind.

    A word x_1 ... x_T is read left to right. An acceptor has outputs True and False, a tracker's
    outputs are its states. The order of states and symbols is part of the value.

    Of Mealy's kind (`is_mealy`) an output belongs to a state and the symbol read in it, lambda(q, x) =
    outputs[q][x]. Taken as one label, the row outputs[q] makes it a machine of Moore's kind with the same
    states told apart by the same words, so what is said of states needs no case of its own.

    Raises InputError unless states and symbols are non-empty and without repeats, every row has one
    entry per symbol, and every entry and the start are state indices.
    """

    states: tuple[Label, ...]
    symbols: tuple[Label, ...]
    table: tuple[tuple[int, ...], ...]
    start: int
    outputs: tuple[Any, ...]  # (Q,) labels; of Mealy's kind (Q,) rows of one label per symbol
    is_mealy: bool = False

    def __post_init__(self) -> None:
        """Prove the invariants."""
        _require_names("state", self.states)
        _require_names("symbol", self.symbols)
        count = len(self.states)
        if len(self.table) != count or len(self.outputs) != count:
            message = f"{count} states need {count} rows and outputs, found {len(self.table)} and {len(self.outputs)}"
            raise InputError(message)
        for name, row in zip(self.states, self.table, strict=True):
            if len(row) != len(self.symbols):
                message = f"state {label_text(name)!r} has {len(row)} transitions for {len(self.symbols)} symbols"
                raise InputError(message)
            if not all(type(target) is int and 0 <= target < count for target in row):
                message = f"state {label_text(name)!r} has a transition to a state outside 0..{count - 1}"
                raise InputError(message)
        if type(self.start) is not int or not 0 <= self.start < count:
            message = f"the start {self.start!r:.40} is not a state index below {count}"
            raise InputError(message)
        if self.is_mealy and not all(type(row) is tuple and len(row) == len(self.symbols) for row in self.outputs):
            message = "a Mealy machine needs one output per transition"
            raise InputError(message)

    @classmethod
    def tracker(
        cls, states: Iterable[Label], symbols: Iterable[Label], table: Iterable[Iterable[int]], start: int = 0
    ) -> Self:
        """Return the machine that outputs its own state."""
        names = tuple(states)
        return cls(names, tuple(symbols), tuple(tuple(row) for row in table), start, names)

    @property
    def is_acceptor(self) -> bool:
        """Whether every output is True or False (and not merely equal to one of them), and belongs to a state."""
        return all(type(output) is bool for output in self.outputs)

    @property
    def output_labels(self) -> tuple[Label, ...]:
        """The distinct outputs, in the order of the states that first show them (and there of the symbols)."""
        shown = (output for row in self.outputs for output in row) if self.is_mealy else self.outputs
        return tuple({typed(output): output for output in shown}.values())

    def indices(self, word: Iterable[Label]) -> list[int]:
        """Return the symbol indices of `word`; InputError names a symbol outside the alphabet."""
        index = {symbol: position for position, symbol in enumerate(self.symbols)}
        return [self._index(index, position, symbol) for position, symbol in enumerate(word)]

    def run(self, word: Iterable[Label]) -> list[int]:
        """Return the state indices after each symbol of `word`, T of them for T symbols."""
        return list(self.trajectory(self.indices(word)))

    def trajectory(self, indices: Iterable[int]) -> Iterator[int]:
        """Yield delta*(q0, x_1 ... x_t) for t = 1, 2, ... as state indices."""
        state = self.start
        for index in indices:
            state = self.table[state][index]
            yield state

    def answers(self, word: Iterable[Label]) -> list[Label]:
        """Return the output after each symbol of `word`, T of them for T symbols."""
        indices = self.indices(word)
        return self.outputs_of_steps(indices, list(self.trajectory(indices)))

    def outputs_of_steps(self, indices: Iterable[int], states: Iterable[int], start: int | None = None) -> list[Label]:
        """Return the output after each symbol, given the states that the symbols lead to from `start` (q0 if None).

        lambda(q_t) of Moore's kind, lambda(q_{t-1}, x_t) of Mealy's.
        """
        if not self.is_mealy:
            return [self.outputs[state] for state in states]
        before = itertools.chain([self.start if start is None else start], states)
        return [self.outputs[state][index] for state, index in zip(before, indices, strict=False)]

    def accepts(self, word: Iterable[Label]) -> bool:
        """Return lambda(delta*(q0, word)) of an acceptor; InputError for any other machine."""
        if not self.is_acceptor:
            message = "accepts() needs an acceptor; this machine has other outputs than True and False"
            raise InputError(message, hint="use run(word) and outputs")
        states = self.run(word)
        return bool(self.outputs[states[-1] if states else self.start])

    def graph(self) -> Any:  # noqa: ANN401  the kernel knows no type of networkx
        """Return a networkx.MultiDiGraph: an edge a transition, which `fsm2rnn.from_networkx` reads back."""
        from fsm2rnn.source.library.networkx_graph import to_networkx

        return to_networkx(self)

    def __repr__(self) -> str:
        """Say what it is in a line: a table of thousands of entries is no name."""
        kind = "Mealy machine" if self.is_mealy else "acceptor" if self.is_acceptor else "machine"
        start = label_text(self.states[self.start])
        return f"<{kind} of {len(self.states):,} states over {len(self.symbols):,} symbols, start {start!r:.60}>"

    def _repr_svg_(self) -> str | None:
        """Return the state graph as a notebook shows it, None where it is too large to be drawn."""
        from fsm2rnn.pages.web.drawings.graph import shown_machine

        return shown_machine(self)

    def _index(self, index: Mapping[Label, int], position: int, symbol: Label) -> int:
        try:
            found = index.get(symbol)
        except TypeError:  # an unhashable object is no symbol either
            found = None
        if found is None:
            message = f"symbol {symbol!r} at position {position} is not in the alphabet"
            known = [label_text(known) for known in self.symbols]
            raise InputError(message, hint=nearest_hint(label_text(symbol), known))
        return found


def _require_names(kind: str, names: tuple[Label, ...]) -> None:
    if not names:
        message = f"a machine needs at least one {kind}"
        raise InputError(message)
    seen = set()
    for name in names:
        if name in seen:
            message = f"the {kind} {name!r} is named twice"
            raise InputError(message)
        seen.add(name)
