"""How small each kind of network of one machine is, side by side, and what proves it or that it is the best found.

The least real and complex widths of a group are those of `algebra.representation.least_representation`, one code per
state; a complex coordinate is two numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, final

from fsm2rnn.algebra.group.characters import character_table
from fsm2rnn.algebra.group.group_action import group_action
from fsm2rnn.algebra.representation.least_representation import LeastRepresentation, least_complex, least_real
from fsm2rnn.compiler import Answer
from fsm2rnn.constructions.verdict import Compiled
from fsm2rnn.errors import LimitError
from fsm2rnn.machine.labels import Json
from fsm2rnn.machine.permutations import letters_permute
from fsm2rnn.machine.reachable import reachable_states
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.file.certificate import length_text

BEST: Final = "best found"
STATES: Final = "one coordinate per state"
# What is counted, the target that builds it, the detail that is the number, and the one that says whether it is least.
ROWS: Final = (
    ("one-hot", "full", None, None),
    ("linear", "minimal", None, "size_is"),
    ("integer", "integer", None, "size_is"),
    ("signed permutations", "pd", None, "size_is"),
    ("blocks", "block-diagonal", None, "size_is"),
    ("n_h", "householder", "n_h", "n_h_is"),
    ("CP rank", "factored", "rank", "size_is"),
)


@final
@dataclass(frozen=True)
class Size:
    """A width, a number of reflections or a rank; `proved` says of what it is the least, or "best found"."""

    name: str
    size: int
    proved: str
    grade: str | None  # "exact", "horizon", None where no network was built
    margin: str | None
    dtypes: Mapping[str, Json]

    @property
    def least(self) -> bool:
        """Whether the size is proved to be the least of its kind."""
        return self.proved.startswith("least")

    def to_json(self) -> dict[str, Json]:
        """Return the fields."""
        fields: dict[str, Json] = {"size": self.size, "proved": self.proved}
        built: dict[str, Json] = {"grade": self.grade, "margin": self.margin, "dtypes": dict(self.dtypes)}
        return fields | (built if self.grade else {})


def sizes(machine: StateMachine, answers: Iterable[Answer]) -> tuple[Size, ...]:
    """Return the sizes of the networks among the answers about a minimal machine, then those that characters give."""
    by_target = {answer.target: answer.verdict for answer in answers}
    found = [_row(name, by_target.get(target), number, least) for name, target, number, least in ROWS]
    return (*(row for row in found if row is not None), *_characters(machine))


def _row(name: str, verdict: object, number: str | None, least: str | None) -> Size | None:
    if not isinstance(verdict, Compiled) or (name == "signed permutations" and verdict.details.get("codes") != name):
        return None
    steps = verdict.steps()
    value = verdict.operator.size if number is None else verdict.details[number]
    proved = str(verdict.details.get(least, BEST)) if least else STATES
    reason = verdict.details.get("reason")
    return Size(
        name,
        int(str(value)),
        f"{proved}: {reason}" if reason and proved != BEST else proved,
        "exact" if None in steps.values() else "horizon",
        verdict.margin,
        {form: length_text(count) for form, count in steps.items()},
    )


def _characters(machine: StateMachine) -> Iterator[Size]:
    """Yield the least real and complex widths of a group."""
    if not letters_permute(machine) or len(reachable_states(machine)) < len(machine.states):
        return
    try:
        action = group_action(machine)
        table = character_table(action.group)
        found = {"real": least_real(table, action), "complex": least_complex(table, action)}
    except LimitError:
        return
    for name, least in found.items():
        yield Size(name, max(1, least.dimension), _proved(least), None, None, {})


def _proved(least: LeastRepresentation) -> str:
    return f"least with one code per state: {least.reason}" if least.minimal else least.reason
