"""What a machine is, and what each target says of it: the answer of `explain`, without torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

from fsm2rnn.algebra.letters import letter_facts
from fsm2rnn.compiler import Answer, ask_all
from fsm2rnn.machine.labels import Json
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.certificate import length_text
from fsm2rnn.proof.contract import Contract
from fsm2rnn.targets.verdict import Compiled, Impossible, Unsettled

UNDECIDED = ("aperiodic", "solvable", "group", "hankel_rank")


@final
@dataclass(frozen=True, repr=False)
class Explanation:
    """Facts about a machine, and every target's answer about its minimised form.

    `facts` counts states as read and minimised; letter facts are those of the minimised machine. A fact
    that this version does not decide is None.
    """

    facts: Mapping[str, Json]
    answers: tuple[Answer, ...]

    def __str__(self) -> str:
        """Say the facts in one line and each verdict in one."""
        facts = ", ".join(f"{name} {value}" for name, value in self.facts.items() if value is not None)
        return "\n".join([facts, *(f"{answer.target}: {answer.verdict}" for answer in self.answers)])

    __repr__ = __str__

    def to_json(self) -> dict[str, Json]:
        """Return the answer of `explain --json`."""
        return {
            "machine": dict(self.facts),
            "targets": {answer.target: answer_to_json(answer) for answer in self.answers},
        }


def explain(machine: StateMachine, contract: Contract = Contract.INJECTIVE, target: str | None = None) -> Explanation:
    """Return the explanation of `machine`, of one target if it is named."""
    answers = [answer for answer in ask_all(machine, contract) if target in (None, answer.target)]
    minimal = answers[0].machine
    letters = letter_facts(minimal)
    facts: dict[str, Json] = {
        "states": len(machine.states),
        "minimal_states": len(minimal.states),
        "symbols": len(machine.symbols),
        "letter_maps": letters.letter_maps,
        "permutation": letters.permutation,
        "commutative": letters.commutative,
    }
    return Explanation(facts | dict.fromkeys(UNDECIDED), tuple(answers))


def answer_to_json(answer: Answer) -> dict[str, Json]:
    """Return one target's entry."""
    match answer.verdict:
        case Compiled() as verdict:
            steps = verdict.steps()
            entry: dict[str, Json] = {
                "verdict": "compiled",
                "size": verdict.operator.size,
                "parameters": verdict.parameters,
                "contract": verdict.proof.contract.value,
                "grade": grade_name(steps),
                "dtypes": {name: length_text(count) for name, count in steps.items()},
                "margin": verdict.margin,
                **verdict.details,
            }
            if verdict.minimal is not None:
                entry["lower_bound"] = verdict.minimal.to_json()
            return entry
        case Impossible(witness) as verdict:
            return {
                "verdict": "impossible",
                "witness": witness.to_json(),
                "hypotheses": list(verdict.hypotheses),
                "contract": verdict.contract.value,
            }
        case Unsettled(tried):
            return {"verdict": "unsettled", "tried": tried}


def grade_name(steps: Mapping[str, int | None]) -> str:
    """Return "exact" where some format never rounds, "horizon" where steps are bounded in all."""
    return "exact" if None in steps.values() else "horizon"
