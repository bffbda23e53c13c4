"""What a compiler makes of a model and a machine: a certificate, which settles accuracy, or words that rule it out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, final

from fsm2rnn.api import compile  # noqa: A004  the contract's name
from fsm2rnn.constructions.sizes import BEST, Counts
from fsm2rnn.constructions.verdict import Compiled, Impossible, Unsettled
from fsm2rnn.errors import LimitError
from fsm2rnn.exact.rounding import FLOAT32
from fsm2rnn.experiments.networks import BLOCKS, ModelKind
from fsm2rnn.machine.labels import Json
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.file.checker import report_on
from fsm2rnn.result import Result
from fsm2rnn.tabulation import few_words

TARGETS_OF: Final[Mapping[ModelKind, str]] = {
    ModelKind.FULL: "full",
    ModelKind.FACTORED: "factored",
    ModelKind.BLOCK_1: "real-diagonal",
    ModelKind.BLOCK_2: "block-diagonal",
    ModelKind.BLOCK_4: "block-diagonal",
    ModelKind.R2: "rotation",
    ModelKind.LSTM: "lstm",
    ModelKind.ELMAN: "elman",
}
RIGHT: Final = 1.0
HORIZON: Final = "horizon"
ASKED: Final = 500  # letters for which a certificate must hold to stand in the place of an accuracy


@final
@dataclass(frozen=True)
class CompiledCell:
    """`compiled`: 1.0 where words of 500 letters are proved right, None elsewhere; the `size` of that network.

    `proof` is the certificate's grade and for how many letters it holds, or why there is none; `words` are those that
    rule the model out, in short.
    """

    compiled: float | None
    size: int | None
    proof: str
    words: str | None = None

    def to_json(self) -> dict[str, Json]:
        """Return the fields."""
        return {"compiled": self.compiled, "size": self.size, "proof": self.proof, "words": self.words}


def compiled_cell(kind: ModelKind, machine: StateMachine) -> CompiledCell:
    """Return what is proved of a model and a machine."""
    block = BLOCKS.get(kind)
    return target_cell(TARGETS_OF[kind], machine, None if block == 1 else block)


def target_cell(target: str, machine: StateMachine, block: int | None = None) -> CompiledCell:
    """Return what is proved of a target and a machine; of a block-diagonal one with blocks of at most `block`.

    The certificate is of the weights in float32, as they would be stored.
    """
    found = compile(machine, target)
    match found.verdict:
        case Impossible(witness) as verdict:
            return CompiledCell(compiled=None, size=None, proof=str(verdict), words=few_words(witness))
        case Unsettled() as verdict:
            return _none(str(verdict))
        case Compiled() as verdict:
            too_wide = None if block is None else _too_wide(verdict, block)
            return _certified(found, verdict) if too_wide is None else _none(too_wide)


def _too_wide(verdict: Compiled, block: int) -> str | None:
    """Return that the blocks are wider than those asked for, and what is proved of that; None where they are not."""
    widest = verdict.sizes.of(Counts.LARGEST_BLOCK)
    if widest is None or widest.number <= block:
        return None
    return f"no blocks of {block} were found, but of {widest.number}: {widest.proof or BEST}"


def _certified(found: Result, verdict: Compiled) -> CompiledCell:
    try:
        report = report_on(found.proved())
    except LimitError as error:
        return _none(f"not settled: {error}")
    limit = verdict.steps()[FLOAT32.name] if report.grade == HORIZON else None
    held = "every length" if limit is None else f"{limit:,} letters"
    holds = report.accepted and (limit is None or limit >= ASKED)
    proof = f"{report.grade}, {held}"
    return CompiledCell(compiled=RIGHT if holds else None, size=verdict.operator.size, proof=proof)


def _none(why: str) -> CompiledCell:
    return CompiledCell(compiled=None, size=None, proof=why)
