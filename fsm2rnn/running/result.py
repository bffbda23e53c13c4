"""What a verification says: how much was run and how, how many states disagreed, and the first that did."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Final, final

from fsm2rnn.errors import NumericError
from fsm2rnn.escapes import escaped
from fsm2rnn.machine.labels import Json, Label, label_text

NOT_FINITE: Final = "no finite state"
"""What is found of a network whose state has overflowed, or is no number any more."""


@final
@dataclass(frozen=True)
class Mismatch:
    """A disagreement: stream and position count from 0, the symbol at `position` has just been read."""

    stream: int
    position: int
    symbols: tuple[Label, ...]  # around the position
    offset: int  # the position's place in `symbols`
    expected: Label
    found: Label

    def __str__(self) -> str:
        """Say where, with the symbol in brackets."""
        shown = [escaped(label_text(symbol)) for symbol in self.symbols]
        if shown:
            shown[self.offset] = f"[{shown[self.offset]}]"
        return (
            f"stream {self.stream}, position {self.position}: after {' '.join(shown) or 'no symbol'} "
            f"expected {escaped(label_text(self.expected))}, found {escaped(label_text(self.found))}"
        )

    def to_json(self) -> dict[str, Json]:
        """Return the fields with labels as text."""
        return {
            "stream": self.stream,
            "position": self.position,
            "symbols": [label_text(symbol) for symbol in self.symbols],
            "offset": self.offset,
            "expected": label_text(self.expected),
            "found": label_text(self.found),
        }


@final
@dataclass(frozen=True, repr=False)
class Verification:
    """The result of a run over `batch` streams of `steps` symbols.

    `symbols_per_second` counts the network's run alone. `evaluated` is "gather" only where the stored
    weights were proved to move numbers alone, one-hot or signed permutations; then no operation rounds and `order`
    makes no difference. `proved_steps` is for how many symbols the network's certificate proves this run right:
    "all lengths", a number, or None where it says nothing of this order and dtype.
    """

    steps: int
    batch: int
    mismatches: int
    first_mismatch: Mismatch | None
    symbols_per_second: float | None
    order: str
    dtype: str
    device: str
    evaluated: str
    proved_steps: int | str | None = None

    def __str__(self) -> str:
        """Say what was run and how many states disagreed, and on a second line the first that did."""
        rate = "" if self.symbols_per_second is None else f", {self.symbols_per_second:,.0f} symbols/s"
        counted = f"{self.batch} x {self.steps:,} symbols, {self.dtype} on {self.device} as {self.evaluated}{rate}"
        first = "" if self.first_mismatch is None else f"\nfirst: {self.first_mismatch}"
        shown = f"{self.proved_steps:,} symbols" if isinstance(self.proved_steps, int) else self.proved_steps
        proved = "" if self.first_mismatch is None or shown is None else f"\nproved: {shown}"
        return f"{counted}: {self.mismatches:,} mismatches{first}{proved}"

    def __repr__(self) -> str:
        """Say it in one line."""
        return f"Verification({'; '.join(str(self).splitlines())})"

    def raise_if_refuted(self) -> None:
        """Raise NumericError naming the first mismatch, if there is one."""
        if self.first_mismatch is not None:
            message = f"{self.mismatches:,} mismatches; the first: {self.first_mismatch}"
            raise NumericError(message)

    def to_json(self) -> dict[str, Json]:
        """Return the answer of `verify --json`."""
        first = self.first_mismatch
        return asdict(self) | {"first_mismatch": None if first is None else first.to_json()}
