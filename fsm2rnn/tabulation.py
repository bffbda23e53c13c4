"""table: which layer tracks which machine; one value of typed cells, printed as Markdown, LaTeX or CSV.

A row is a machine, a column is a target under its own name and the published ones that stand for it, or a family. A
cell is the width of a network, with the number of symbols for which bfloat16 is proved where it is no exact format; or
the reason why there is none, in a few words.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, final

from fsm2rnn.answers import Listener, answers_within
from fsm2rnn.budget import UNLIMITED, Budget
from fsm2rnn.choice import choose_member
from fsm2rnn.compiler import ALIASES, Answer, find_target, minimal_facts
from fsm2rnn.constructions.cells.claim import CellClaim
from fsm2rnn.constructions.verdict import Compiled, Impossible, Unsettled
from fsm2rnn.escapes import escaped
from fsm2rnn.exact.rounding import BFLOAT16
from fsm2rnn.families import FAMILIES
from fsm2rnn.machine.labels import Json
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.refutation.law import LETTERS, Law
from fsm2rnn.proof.refutation.merging_witness import NoncommutingIdempotents
from fsm2rnn.proof.refutation.replay import word_text
from fsm2rnn.proof.refutation.witness import BrokenLaw, Cycle, Transient, Witness
from fsm2rnn.source.read import read
from fsm2rnn.targets import STACKS, TARGETS
from fsm2rnn.targets.target import Target

PUBLISHED: Final[Mapping[str, str]] = {
    "deltaproduct": "DeltaProduct",
    "pd-ssm": "PD-SSM",
    "slice": "SLiCE",
    "r2": "R2",
    "cp": "CP",
}
"""How the papers spell the names that `-t` takes for their layers."""
FEW: Final = 8  # symbols of words that a cell spells out, above which it names the law
LATEX: Final = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\{",
        "}": r"\}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        "|": r"\textbar{}",
        **{mark: f"\\{mark}" for mark in "&%$#_"},
    }
)
MARKDOWN: Final = str.maketrans({mark: f"\\{mark}" for mark in "\\|*_`<>[]"})


@final
@dataclass(frozen=True)
class TableCell:
    """A machine and a layer: the width and for how many symbols bfloat16 is proved (None: all), or why there is none.

    `width` is None where no network is known, `refuted` says that there is none. Beside a width, `why` is for how long
    it is right, where that is no number of symbols.
    """

    width: int | None
    symbols: int | None
    refuted: bool
    why: str

    def __str__(self) -> str:
        """Say it in a few words."""
        if self.width is None:
            return f"no: {self.why}" if self.refuted else f"open: {self.why}"
        if self.why:
            return f"{self.width} ({self.why})"
        return f"{self.width}" if self.symbols is None else f"{self.width} (bf16: {self.symbols:,} symbols)"

    def to_json(self) -> dict[str, Json]:
        """Return verdict, width, proved symbols in bfloat16, and the text."""
        verdict = "compiled" if self.width is not None else "impossible" if self.refuted else "unsettled"
        unknown = self.width is None or bool(self.why)
        length: Json = None if unknown else "all lengths" if self.symbols is None else self.symbols
        return {"verdict": verdict, "width": self.width, "bfloat16": length, "text": str(self)}


@final
@dataclass(frozen=True, repr=False)
class Tabulation:
    """Cells by machine and target, under a contract: a row for each machine, a column for each target."""

    targets: tuple[str, ...]
    rows: tuple[tuple[str, tuple[TableCell, ...]], ...]
    contract: Contract

    def to_json(self) -> dict[str, Json]:
        """Return the columns with their published names, and a cell by target for each machine."""
        columns: list[Json] = [{"target": name, "published": [*published(name)]} for name in self.targets]
        rows: list[Json] = []
        for machine, cells in self.rows:
            entries: dict[str, Json] = {name: cell.to_json() for name, cell in zip(self.targets, cells, strict=True)}
            rows.append({"machine": machine, "cells": entries})
        return {"contract": self.contract.value, "columns": columns, "rows": rows}

    def __str__(self) -> str:
        """Say it in Markdown."""
        return markdown(self)

    __repr__ = __str__


def published(target: str) -> tuple[str, ...]:
    """Return the published names of a target, as their papers spell them."""
    return tuple(PUBLISHED[alias] for alias, name in ALIASES.items() if name == target)


def table(
    *machines: StateMachine | str,
    targets: Iterable[Target | str] | None = None,
    contract: Contract | str = Contract.INJECTIVE,
    budget: float | None = None,
) -> Tabulation:
    """Return which target tracks which machine: its width, or why there is none.

    A machine is named by its text, or counted from 1. The budget, in seconds, is that of each machine. Raises
    InputError for a MACHINE text, target or contract that is none.
    """
    named = [
        (one, read(one)) if isinstance(one, str) else (f"machine {place}", one) for place, one in enumerate(machines, 1)
    ]
    asked: tuple[Target, ...] = (*TARGETS, *STACKS, *FAMILIES) if targets is None else tuple(map(find_target, targets))
    promised = choose_member("contract", contract, Contract)
    rows = tuple((name, row(machine, promised, asked, Budget.of(budget))) for name, machine in named)
    return Tabulation(tuple(target.name for target in asked), rows, promised)


def row(
    machine: StateMachine,
    contract: Contract,
    targets: Sequence[Target],
    budget: Budget = UNLIMITED,
    asked: Callable[[str], None] = lambda _: None,
) -> tuple[TableCell, ...]:
    """Return the cells of one machine."""
    answers = answers_within(minimal_facts(machine), contract, targets, budget, Listener(asked=asked))
    return tuple(map(cell, answers))


def cell(answer: Answer) -> TableCell:
    """Return what a table says of one answer."""
    match answer.verdict:
        case Compiled(proof=CellClaim()) as verdict:
            return TableCell(verdict.operator.size, None, refuted=False, why="proved when stored")
        case Compiled() as verdict:
            steps = verdict.steps()
            # A format in which no step is proved is left out of the steps.
            return TableCell(verdict.operator.size, steps.get(BFLOAT16.name, 0), refuted=False, why="")
        case Impossible(witness):
            return TableCell(None, None, refuted=True, why=few_words(witness))
        case Unsettled(tried):
            return TableCell(None, None, refuted=False, why=tried)


def few_words(witness: Witness) -> str:
    """Return a witness in a few words: what a network of the family would confuse."""
    machine = witness.machine
    match witness:
        case BrokenLaw():
            return _law(witness)
        case Cycle(word=word, length=length):
            return f"{word_text(machine, word)} goes around {length} states"
        case Transient(word=word):
            return f"{word_text(machine, word)} never comes back"
        case NoncommutingIdempotents(first=first, second=second):
            what = "have one image" if witness.one_image else "do not commute"
            return f"idempotents {word_text(machine, first)} and {word_text(machine, second)} {what}"
        case _:
            return str(witness)


def _law(witness: BrokenLaw) -> str:
    """Return that two words would end alike, or, where they are no few symbols, the law that fails."""
    left, right = (
        (*witness.prefix, *(symbol for letter in side for symbol in witness.words[LETTERS.index(letter)]))
        for side in witness.law.value
    )
    words = [word + witness.suffix for word in (left, right)]
    if sum(map(len, words)) > FEW:
        return "order would not matter" if witness.law is Law.ORDER else f"{witness.equation} fails"
    first, second = (word_text(witness.machine, word) for word in words)
    return f"{first} and {second} would end alike"


def headings(found: Tabulation) -> list[str]:
    """Return the heading of each column: our name, and the published ones in brackets."""
    return [
        "machine",
        *(f"{name} ({', '.join(names)})" if (names := published(name)) else name for name in found.targets),
    ]


def lines(found: Tabulation) -> list[list[str]]:
    """Return the texts of each row, the machine first; what a terminal would obey is shown instead."""
    return [[escaped(text) for text in (machine, *map(str, cells))] for machine, cells in found.rows]


def markdown(found: Tabulation) -> str:
    """Return the table in Markdown."""
    above = headings(found)
    rows = [[text.translate(MARKDOWN) for text in line] for line in lines(found)]
    return "\n".join(f"| {' | '.join(line)} |" for line in [above, ["---"] * len(above), *rows])


def latex(found: Tabulation) -> str:
    """Return the table in LaTeX, for package booktabs."""
    above = headings(found)
    rows = [" & ".join(text.translate(LATEX) for text in line) + r" \\" for line in [above, *lines(found)]]
    body = "\n".join([r"\toprule", rows[0], r"\midrule", *rows[1:], r"\bottomrule"])
    return f"\\begin{{tabular}}{{{'l' * len(above)}}}\n{body}\n\\end{{tabular}}"


def comma_separated(found: Tabulation) -> str:
    """Return the table as CSV, quoted where it must be, lines ended by line feeds."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([headings(found), *lines(found)])
    return text.getvalue().removesuffix("\n")
