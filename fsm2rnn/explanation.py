"""What a machine is, and what each target says of it: the answer of `explain`, without torch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeVar, final

from fsm2rnn.algebra.facts import Facts
from fsm2rnn.compiler import Answer, ask_about, minimal_facts
from fsm2rnn.constructions.floats.improvement import improved
from fsm2rnn.constructions.refutation import (
    idempotent_words,
    inseparable_sum,
    merged_states,
    noncommuting_square_words,
    nonsolvable_words,
    periodic_word,
)
from fsm2rnn.constructions.sizes_json import sizes_to_json
from fsm2rnn.constructions.verdict import Compiled, Impossible, Unsettled, Verdict
from fsm2rnn.errors import LimitError
from fsm2rnn.machine.labels import Json
from fsm2rnn.machine.mealy import moore_form
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.file.certificate import length_text
from fsm2rnn.proof.refutation.witness import Witness
from fsm2rnn.sizes import Size, sizes
from fsm2rnn.targets import TARGETS
from fsm2rnn.targets.target import Target

Found = TypeVar("Found")

OBSTRUCTIONS: Final[tuple[tuple[str, Callable[[Facts], Witness | None]], ...]] = (
    ("invertible matrices", lambda facts: merged_states(facts.machine)),
    ("Euclidean contractions (products of reflections, no write term)", idempotent_words),
    ("2 x 2 blocks", noncommuting_square_words),
    ("sums of irreducible blocks", inseparable_sum),
)
STACKS: Final = "stacks of non-negative diagonal layers"


@final
@dataclass(frozen=True)
class Obstruction:
    """A witness against families that have no target of their own here."""

    refutes: str
    witness: Witness
    hypotheses: tuple[str, ...]


@final
@dataclass(frozen=True, repr=False)
class Explanation:
    """Facts about a machine, every target's answer about its minimised form, and what else is refuted.

    `facts` counts states as read and minimised; all other facts are those of the minimised machine. A fact is
    None where a stated limit stopped the search; `group` and `group_order` also where the machine's letters are no
    permutations. Of a Mealy machine `pair_states` counts those of its smallest Moore form, and the Hankel rank is that
    form's. `sizes` stand side by side, each with what proves it.
    """

    facts: Mapping[str, Json]
    answers: tuple[Answer, ...]
    obstructions: tuple[Obstruction, ...]
    sizes: tuple[Size, ...]

    def __str__(self) -> str:
        """Say the facts in one line and each verdict in one."""
        facts = ", ".join(f"{name} {value}" for name, value in self.facts.items() if value is not None)
        return "\n".join([facts, *(f"{answer.target}: {answer.verdict}" for answer in self.answers)])

    __repr__ = __str__

    def to_json(self) -> dict[str, Json]:
        """Return facts, verdicts, sizes and obstructions; `pages.document` adds the machine itself."""
        return {
            "machine": dict(self.facts),
            "targets": {answer.target: answer_to_json(answer) for answer in self.answers},
            "sizes": {size.name: size.to_json() for size in self.sizes},
            "obstructions": [
                {
                    "refutes": found.refutes,
                    "witness": found.witness.to_json(),
                    "hypotheses": list(found.hypotheses),
                }
                for found in self.obstructions
            ],
        }


def explain(
    machine: StateMachine, contract: Contract = Contract.INJECTIVE, targets: Iterable[Target] = TARGETS
) -> Explanation:
    """Return the explanation of `machine`, with the verdicts of `targets` under a contract."""
    facts = minimal_facts(machine)
    answers = ask_about(facts, contract, targets)
    minimal, periodic, solvable = facts.machine, facts.aperiodicity, facts.solvability
    # Of a Mealy machine, its smallest Moore form, on pairs of a state and the last output.
    pairs = minimal_facts(moore_form(minimal).machine) if minimal.is_mealy else None
    said = _said(machine, facts, pairs) | {
        "aperiodic": periodic.aperiodic,
        "solvable": solvable.solvable,
        "group": facts.transition_group.name,
        "group_order": facts.transition_group.order,
        "hankel_rank": _within_limits(lambda: (pairs or facts).hankel.rank),
    }
    searches: list[tuple[str, Callable[[], Witness | None], tuple[str, ...]]] = [
        *((refutes, partial(search, facts), ()) for refutes, search in OBSTRUCTIONS),
        # A cycle of one layer is stated for bounded orbits; of a whole stack it needs a finite one.
        (STACKS, partial(periodic_word, minimal, periodic.cycle), (STACKS, "finite orbit")),
        ("stacks of commuting layers, depth fixed", partial(nonsolvable_words, minimal, solvable.witness), ()),
    ]
    witnesses = ((refutes, _within_limits(search), stated) for refutes, search, stated in searches)
    found = (
        Obstruction(refutes, witness, (*(stated or witness.hypotheses), "exact arithmetic"))
        for refutes, witness, stated in witnesses
        if witness is not None
    )
    return Explanation(said, tuple(answers), tuple(found), sizes(facts, answers))


def answer_to_json(answer: Answer) -> dict[str, Json]:
    """Return one target's entry; what decay adds under contract robust stands beside an impossibility."""
    entry = _verdict_to_json(answer.verdict)
    return entry if answer.robust is None else entry | {"robust": _verdict_to_json(answer.robust)}


def grade_name(steps: Mapping[str, int | None]) -> str:
    """Return "exact" where some format never rounds, "horizon" where steps are bounded in all."""
    return "exact" if None in steps.values() else "horizon"


def _verdict_to_json(verdict: Verdict) -> dict[str, Json]:
    match verdict:
        case Compiled():
            steps = verdict.steps()
            entry: dict[str, Json] = {
                "verdict": "compiled",
                "size": verdict.operator.size,
                "parameters": verdict.parameters,
                "contract": verdict.proof.contract.value,
                "grade": grade_name(steps),
                "dtypes": {name: length_text(count) for name, count in steps.items()},
                "scan_order": {name: length_text(count) for name, count in verdict.scan_steps().items()},
                "margin": verdict.margin,
                **sizes_to_json(verdict.sizes),
            }
            if better := improved(verdict):
                entry["improved"] = {name: one.to_json() for name, one in better.items()}
            if verdict.minimal is not None:
                entry["lower_bound"] = verdict.minimal.to_json()
            return entry
        case Impossible(witness):
            return {
                "verdict": "impossible",
                "witness": witness.to_json(),
                "hypotheses": list(verdict.hypotheses),
                "contract": verdict.contract.value,
            }
        case Unsettled(tried):
            return {"verdict": "unsettled", "tried": tried}


def _said(machine: StateMachine, facts: Facts, pairs: Facts | None) -> dict[str, Json]:
    letters = facts.letters
    return {
        "states": len(machine.states),
        "minimal_states": len(facts.machine.states),
        **({} if pairs is None else {"pair_states": len(pairs.machine.states)}),
        "symbols": len(machine.symbols),
        "letter_maps": len(letters.maps),
        "permutation": letters.permutation,
        "commutative": letters.commutative,
    }


def _within_limits(search: Callable[[], Found]) -> Found | None:
    try:
        return search()
    except LimitError:
        return None
