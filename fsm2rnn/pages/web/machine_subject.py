"""A machine's part of a page: what it is in words, networks to step, and the ladder of targets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from fsm2rnn.answers import SILENT, Listener
from fsm2rnn.budget import Budget
from fsm2rnn.compiler import Answer, cheapest_of
from fsm2rnn.constructions.verdict import Compiled
from fsm2rnn.errors import CertificateError, FsmError, LimitError, NumericError
from fsm2rnn.escapes import escaped
from fsm2rnn.exact.rounding import BFLOAT16, FLOAT32, FloatFormat
from fsm2rnn.explanation import explain
from fsm2rnn.families import FAMILIES
from fsm2rnn.machine.labels import Json
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.pages.web.drawing import drawn_machine, require_page_room
from fsm2rnn.pages.web.ladder import ladder_rung
from fsm2rnn.pages.web.linear import linear
from fsm2rnn.pages.web.page_data import Claim, Linear, Subject, Tone
from fsm2rnn.targets import STACKS, TARGETS

ORDER: Final = (
    "positive-diagonal",
    "real-diagonal",
    "rotation",
    "affine-positive-diagonal",
    "affine-real-diagonal",
    "householder",
    "block-diagonal",
    "pd",
    "factored",
    "integer",
    "minimal",
    "full",
)
"""From the weakest linear recurrence to the strongest; nonlinear layers stand after them, as they are listed."""
VERDICTS: Final = ("impossible", "unsettled", "compiled")
ROUNDED: Final = ("rotation", "block-diagonal")
"""Targets whose rounded step is one product with A_x: a page runs it as the network does."""
NONE: Final = Claim(Tone.OPEN, "No network on this page.", "None was found that is exact at every length.")


def machine_subject(name: str, machine: StateMachine, budget: Budget, listener: Listener = SILENT) -> Subject:
    """Return what a page shows of a machine, whose states with equal answers are drawn as one.

    What is not decided within the budget is said to be open. LimitError where the machine is too large for a page.
    """
    require_page_room(machine)
    told = explain(machine, targets=(*TARGETS, *STACKS, *FAMILIES), budget=budget, listener=listener)
    minimal = told.answers[0].machine
    notes = [f"{what}: {budget.reason}" for what in told.undecided]
    if len(minimal.states) != len(machine.states):
        notes.append(f"of {len(machine.states):,} states as read, those that answer alike are drawn as one")
    networks = tuple(_networks(told.answers, notes))
    titles = {family.name: family.title for family in FAMILIES}
    rungs = [one for one in told.answers if one.target not in titles]
    rungs.sort(key=lambda one: ORDER.index(one.target) if one.target in ORDER else len(ORDER))
    layers = [ladder_rung(one, (titles[one.target],)) for one in told.answers if one.target in titles]
    layers.sort(key=lambda one: (VERDICTS.index(one.verdict), one.text))
    return Subject(
        name=escaped(name),
        title=title(minimal, told.facts),
        claim=networks[0].claim if networks else NONE,
        machine=drawn_machine(minimal),
        networks=networks,
        ladder=tuple(map(ladder_rung, rungs)),
        layers=tuple(layers),
        notes=tuple(map(escaped, notes)),
    )


def title(machine: StateMachine, facts: Mapping[str, Json]) -> str:
    """Return what the machine is, in words."""
    parts = [_counted(len(machine.states), "state"), _counted(len(machine.symbols), "symbol")]
    if facts.get("group") is not None:
        parts.append(f"its symbols generate the group {facts['group']}")
    elif facts.get("permutation"):
        parts.append("each symbol permutes the states")
    if facts.get("commutative"):
        parts.append("the order of symbols does not matter")
    if facts.get("aperiodic"):
        parts.append("no word goes around a cycle")
    if facts.get("solvable") is False:
        parts.append("no stack of commuting layers of fixed depth follows it")
    return escaped("; ".join([", ".join(parts[:2]), *parts[2:]]))


def _networks(answers: tuple[Answer, ...], notes: list[str]) -> Iterator[Linear]:
    """Yield the cheapest exact network and the narrowest that rounds; what stands in the way of one is noted."""
    exact = cheapest_of(answers)
    rounded = min((one for one in answers if one.target in ROUNDED and _rounds(one)), key=_width, default=None)
    wanted: list[tuple[Answer | None, FloatFormat]] = [(exact, FLOAT32), (rounded, BFLOAT16)]
    for answer, form in wanted:
        if answer is None or not isinstance(answer.verdict, Compiled):
            continue
        name = f"{answer.target}, {_counted(_width(answer), 'number')}, {form.name}"
        try:
            yield linear(name, answer.verdict.store_linear(form, {}))
        except (CertificateError, LimitError, NumericError) as error:
            notes.append(f"{name} is not on this page: {_first(error)}")


def _rounds(answer: Answer) -> bool:
    """Whether bfloat16 is proved for some symbols, and not for all."""
    steps = answer.verdict.steps() if isinstance(answer.verdict, Compiled) else {}
    return steps.get(BFLOAT16.name) is not None


def _width(answer: Answer) -> int:
    return answer.verdict.operator.size if isinstance(answer.verdict, Compiled) else 0


def _first(error: FsmError) -> str:
    return str(error).splitlines()[0]


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
