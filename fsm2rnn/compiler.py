"""All targets and families over one machine: minimise, ask each, pick the cheapest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, final

from fsm2rnn.algebra.fact import remembered
from fsm2rnn.algebra.facts import Facts
from fsm2rnn.choice import choose
from fsm2rnn.constructions.cells.claim import CellClaim
from fsm2rnn.constructions.verdict import Compiled, Impossible, Unsettled, Verdict
from fsm2rnn.errors import CertificateError, InputError, LimitError
from fsm2rnn.exact.rounding import FLOAT32
from fsm2rnn.machine.minimise import minimise
from fsm2rnn.machine.quotient import QuotientMap
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.file.cell_network import ProvedCell
from fsm2rnn.proof.file.stack_network import ProvedStack
from fsm2rnn.targets import RUNGS, STACKS, TARGETS
from fsm2rnn.targets.target import Target

if TYPE_CHECKING:
    from fsm2rnn.proof.file.checker import Proved

AUTO = "auto"
ALIASES: Final = {
    "deltaproduct": "householder",
    "pd-ssm": "pd",
    "slice": "block-diagonal",
    "r2": "rotation",
    "cp": "factored",
}
"""Published layers by the names of their papers, and the target that is their structure; DeltaProduct's has a write
term."""
LARGE: Final = 100_000
"""States from which a partition is refined on arrays: numba takes half a second to load, which Python's refinement
exceeds here by more than half as much again."""


@final
@dataclass(frozen=True)
class Answer:
    """What one target says of the minimised machine."""

    target: str
    machine: StateMachine
    verdict: Verdict
    robust: Verdict | None = None  # what contract robust adds to an impossibility


def find_target(target: Target | str) -> Target:
    """Return the target, family or module, or that of the name or alias; InputError with the nearest name otherwise."""
    known: dict[str, Target] = {one.name: one for one in (*TARGETS, *STACKS)}
    known |= {alias: known[name] for alias, name in ALIASES.items()}
    if target not in (known if isinstance(target, str) else known.values()):
        from fsm2rnn.families import FAMILIES
        from fsm2rnn.targets.modules import MODULES

        known = {one.name: one for one in (*TARGETS, *STACKS, *FAMILIES, *MODULES)} | known
    return choose("target", target, known)


def alias_note(target: Target | str | None) -> str | None:
    """Return what is said where a target is named by an alias, or is a family that answers as rungs."""
    if target is None:
        return None
    if isinstance(target, str) and target in ALIASES:
        return f"{target} answers as {ALIASES[target]}"
    from fsm2rnn.families import FAMILIES

    return next((one.note for one in FAMILIES if target in (one, one.name)), None)


def minimal_facts(machine: StateMachine) -> Facts:
    """Return the facts of the minimal machine with the same outputs: one value for all targets, kept by the machine."""
    return remembered(machine, "minimal facts", _minimal_facts)


def _minimal_facts(machine: StateMachine) -> Facts:
    return Facts(_minimal(machine).target)


def _minimal(machine: StateMachine) -> QuotientMap:
    """Return the quotient, refined on arrays where the machine is large; the same one, which proves itself."""
    if len(machine.states) < LARGE:
        return minimise(machine)
    from fsm2rnn.algebra.minimal.partition import minimise as minimise_on_arrays

    return minimise_on_arrays(machine)


def ask(machine: StateMachine, target: Target, contract: Contract = Contract.INJECTIVE) -> Answer:
    """Return one target's verdict on the minimal machine with the same outputs; LimitError where it would blow up."""
    facts = minimal_facts(machine)
    return Answer(target.name, facts.machine, target.compile(facts, contract))


def ask_all(
    machine: StateMachine, contract: Contract = Contract.INJECTIVE, targets: Iterable[Target] = TARGETS
) -> list[Answer]:
    """Return the verdict of each target; a limit that stops a target is reported as unsettled."""
    return ask_about(minimal_facts(machine), contract, targets)


def ask_about(
    facts: Facts, contract: Contract = Contract.INJECTIVE, targets: Iterable[Target] = TARGETS
) -> list[Answer]:
    """Return the verdict of each target on the machine of these facts, unsettled where a limit stops it."""
    return [_answer(target, facts, contract) for target in targets]


def ask_and_prove(facts: Facts, contract: Contract, targets: Iterable[Target]) -> list[Answer]:
    """Return the verdicts of `ask_about`, of nonlinear cells proved as they are stored in float32."""
    return [replace(answer, verdict=_proved(answer.verdict)) for answer in ask_about(facts, contract, targets)]


def _proved(verdict: Verdict) -> Verdict:
    if not isinstance(verdict, Compiled) or not isinstance(verdict.proof, CellClaim):
        return verdict
    try:
        stored = verdict.store(FLOAT32, {})
    except (CertificateError, LimitError) as error:
        return Unsettled(str(error))
    return with_proof(verdict, stored)


def with_proof(verdict: Compiled, stored: Proved) -> Compiled:
    """Return the verdict with what is proved of the stored cell; that of a linear recurrence has its proof already."""
    if isinstance(verdict.proof, CellClaim) and isinstance(stored, ProvedCell | ProvedStack):
        return replace(verdict, proof=replace(verdict.proof, proved=stored))
    return verdict


def cheapest(machine: StateMachine, contract: Contract = Contract.INJECTIVE) -> Answer:
    """Return the linear recurrence, exact at every length, with the fewest stored numbers; InputError for none."""
    found = cheapest_of(ask_all(machine, contract, RUNGS))
    if found is None:
        message = "no target compiles this machine exactly within its limits"
        raise InputError(message)
    return found


def cheapest_of(answers: Iterable[Answer]) -> Answer | None:
    """Return the linear recurrence, exact at every length, with the fewest stored numbers; None where there is none."""
    linear = {target.name for target in RUNGS}
    return min((one for one in answers if one.target in linear and _is_exact(one.verdict)), key=_cost, default=None)


def _cost(answer: Answer) -> int:
    return answer.verdict.parameters if isinstance(answer.verdict, Compiled) else 0


def _is_exact(verdict: Verdict) -> bool:
    return isinstance(verdict, Compiled) and None in verdict.steps().values()


def _answer(target: Target, facts: Facts, contract: Contract) -> Answer:
    verdict = _within_limits(target, facts, contract)
    if isinstance(verdict, Impossible) and contract is not Contract.ROBUST:
        robust = _within_limits(target, facts, Contract.ROBUST)
        return Answer(target.name, facts.machine, verdict, robust if isinstance(robust, Compiled) else None)
    return Answer(target.name, facts.machine, verdict)


def _within_limits(target: Target, facts: Facts, contract: Contract) -> Verdict:
    try:
        return target.compile(facts, contract)
    except LimitError as error:
        return Unsettled(str(error))
