"""What is known of a network beside a machine: proved, refuted by a word, or neither yet."""

from __future__ import annotations

import os
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias, final

from fsm2rnn.cells.auditable import Auditable
from fsm2rnn.machine.labels import Json, Label, label_plain, label_text
from fsm2rnn.model_card import write_proved
from fsm2rnn.proof.file.cell_network import ProvedCell
from fsm2rnn.proof.file.checker import report_on
from fsm2rnn.proof.file.network import ProvedNetwork
from fsm2rnn.proof.file.stack_network import ProvedStack


@final
@dataclass(frozen=True, repr=False)
class Proved:
    """The network gives the machine's output after every word; `proof` is what the kernel replayed.

    `grade` is "exact", "orbit", "invariant" or "snap", `arithmetic` says in which computation, `network` is what to
    run, `states` how many states or boxes were proved one by one, `slack` by how much a step may err under grade
    invariant.
    """

    grade: str
    arithmetic: str
    network: Auditable
    proof: ProvedNetwork | ProvedCell | ProvedStack
    states: int | None = None
    slack: Fraction | None = None

    def save(self, path: str | os.PathLike[str], *, card: bool = False) -> None:
        """Write the network file, which `check` accepts, and with `card` a Markdown page beside it, FILE.md."""
        write_proved(path, self.proof, card=card)

    def __repr__(self) -> str:
        """Say the claim."""
        return f"Proved({self.grade}: {report_on(self.proof).claim})"

    def _repr_html_(self) -> str:
        """Return the answer as a coloured sentence, as a notebook shows it."""
        return _shown(self)

    def to_json(self) -> dict[str, Json]:
        """Return the answer of `audit --json`."""
        slack = None if self.slack is None else float(self.slack)
        return _answer("proved", grade=self.grade, arithmetic=self.arithmetic, states=self.states, slack=slack)


@final
@dataclass(frozen=True, repr=False)
class Refuted:
    """A shortest word after which the network does not give the machine's output, replayed one symbol at a time.

    `found` is None where no logit is strictly the greatest. `arithmetic` says in which computation.
    """

    word: tuple[Label, ...]
    expected: Label
    found: Label | None
    arithmetic: str

    def __repr__(self) -> str:
        """Say the word and both outputs."""
        found = "no output for certain" if self.found is None else repr(self.found)
        return f"Refuted(after {len(self.word)} symbols {found} for {self.expected!r}: {_spaced(self.word)})"

    def _repr_html_(self) -> str:
        """Return the answer as a coloured sentence, as a notebook shows it."""
        return _shown(self)

    def to_json(self) -> dict[str, Json]:
        """Return the answer of `audit --json`."""
        word: list[Json] = [label_text(symbol) for symbol in self.word]
        found = None if self.found is None else label_plain(self.found)
        more: dict[str, Json] = {"expected": label_plain(self.expected), "found": found}
        return _answer("refuted", arithmetic=self.arithmetic, word=word) | more


@final
@dataclass(frozen=True, repr=False)
class Undecided:
    """Neither: `depth` is the length up to which every word is right, None where unknown; `reason` what is missing."""

    reason: str
    arithmetic: str
    depth: int | None = None
    states: int | None = None

    def __repr__(self) -> str:
        """Say how far it was searched, and why no further."""
        depth = "" if self.depth is None else f"every word of at most {self.depth:,} symbols is right; "
        return f"Undecided({depth}{self.reason})"

    def _repr_html_(self) -> str:
        """Return the answer as a coloured sentence, as a notebook shows it."""
        return _shown(self)

    def to_json(self) -> dict[str, Json]:
        """Return the answer of `audit --json`."""
        found = _answer("undecided", arithmetic=self.arithmetic, states=self.states, depth=self.depth)
        return found | {"reason": self.reason}


Finding: TypeAlias = Proved | Refuted | Undecided
"""What `audit` says, matched by its three classes."""


def _shown(found: Finding) -> str:
    from fsm2rnn.pages.web.network_subject import shown_finding

    return shown_finding(found)


def _answer(answer: str, **known: Json) -> dict[str, Json]:
    fields = ("grade", "arithmetic", "states", "depth", "slack", "word")
    return {"answer": answer, **{name: known.get(name) for name in fields}}


def _spaced(word: tuple[Label, ...]) -> str:
    text = " ".join(label_text(symbol) for symbol in word)
    return text if len(text) <= 200 else f"{text[:200]} ..."  # some lines of a terminal
