"""How small each kind of network of one machine is, side by side, and what proves it or that it is the best found.

The least real and complex widths of a group are those of `algebra.representation.least_representation`, one code per
state; a complex coordinate is two numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, final

from fsm2rnn.algebra.facts import Facts
from fsm2rnn.compiler import Answer
from fsm2rnn.constructions.sizes import (
    BEST,
    ONE_CODE,
    BestFound,
    Codes,
    Counts,
    Least,
    Measure,
    ProductFacts,
    SizeProof,
)
from fsm2rnn.constructions.verdict import Compiled, Verdict
from fsm2rnn.machine.labels import Json
from fsm2rnn.proof.rounding.horizon import length_text

# What stands in a row, the target that builds it, and which of its measures it is.
ROWS: Final = (
    ("one-hot", "full", Counts.COORDINATES),
    ("linear", "minimal", Counts.COORDINATES),
    ("integer", "integer", Counts.COORDINATES),
    ("signed permutations", "pd", Counts.COORDINATES),
    ("blocks", "block-diagonal", Counts.COORDINATES),
    ("n_h", "householder", Counts.UPDATES),
    ("CP rank", "factored", Counts.PRODUCTS),
)
SIGNED: Final = "signed permutations"


@final
@dataclass(frozen=True)
class Size:
    """A number of one kind of network, what it counts, and of what it is proved to be the least, with the reason.

    Row "blocks" counts the coordinates of all blocks together, not those of the largest one.
    """

    name: str
    measure: Measure
    reason: str | None
    grade: str | None  # "exact", "horizon", None where no network was built
    margin: str | None
    dtypes: Mapping[str, Json]

    @property
    def size(self) -> int:
        """The number."""
        return self.measure.number

    @property
    def proof(self) -> SizeProof:
        """What is proved of the number, best found where the target says nothing."""
        return self.measure.proof or BEST

    @property
    def proved(self) -> str:
        """What is proved of the number, in words."""
        if isinstance(self.proof, BestFound):
            return self.reason or str(self.proof)
        return f"{self.proof}: {self.reason}" if self.reason else str(self.proof)

    @property
    def least(self) -> bool:
        """Whether the size is proved to be the least of its kind."""
        return isinstance(self.proof, Least)

    def to_json(self) -> dict[str, Json]:
        """Return the fields."""
        fields: dict[str, Json] = {"size": self.size, "proved": self.proved}
        built: dict[str, Json] = {"grade": self.grade, "margin": self.margin, "dtypes": dict(self.dtypes)}
        return fields | (built if self.grade else {})


def sizes(answers: Iterable[Answer]) -> tuple[Size, ...]:
    """Return the sizes of the networks among the answers about a minimal machine."""
    by_target = {answer.target: answer.verdict for answer in answers}
    found = (_row(name, by_target.get(target), counts) for name, target, counts in ROWS)
    return tuple(row for row in found if row is not None)


def _row(name: str, verdict: Verdict | None, counts: Counts) -> Size | None:
    if not isinstance(verdict, Compiled) or (name == SIGNED and verdict.sizes.facts is not Codes.SIGNED_PERMUTATIONS):
        return None
    measure = verdict.sizes.of(counts)
    if measure is None:
        return None
    steps = verdict.steps()
    return Size(
        name,
        measure,
        verdict.sizes.reason if isinstance(measure.proof, Least) else _over_q(verdict),
        "exact" if None in steps.values() else "horizon",
        verdict.margin,
        {form: length_text(count) for form, count in steps.items()},
    )


def _over_q(verdict: Compiled) -> str | None:
    """Return how many rational products do where those of binary fractions are more."""
    match verdict.sizes.facts:
        case ProductFacts(over_q=int(number)):
            return f"{BEST} in binary fractions; {number} over Q, which round"
        case _:
            return None


def group_sizes(facts: Facts) -> tuple[Size, ...]:
    """Return the least real and complex widths of a group; none for a machine that is none, LimitError for a large one.

    They need no network: characters give them.
    """
    if not facts.transitive:
        return ()
    found = {"real": facts.group.least_real, "complex": facts.group.least_complex}
    measures = (
        (name, least, Measure(max(1, least.dimension), Counts.COORDINATES, ONE_CODE if least.minimal else BEST))
        for name, least in found.items()
    )
    return tuple(Size(name, measure, least.reason, None, None, {}) for name, least, measure in measures)
