"""What a machine is, and what each target says of it: the answer of `explain`, without torch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Final, TypeVar, final

from fsm2rnn.algebra.facts import Facts
from fsm2rnn.answers import SILENT, Ask, Listener, answers_within
from fsm2rnn.budget import UNLIMITED, Budget, BudgetError
from fsm2rnn.compiler import Answer, ask_about, minimal_facts
from fsm2rnn.constructions.cells.claim import CellClaim
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
from fsm2rnn.operators.stack_recipe import StackRecipe
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.refutation.merging_witness import NoncommutingIdempotents
from fsm2rnn.proof.refutation.structural_witness import HankelMinor
from fsm2rnn.proof.refutation.witness import Witness
from fsm2rnn.proof.rounding.horizon import length_text
from fsm2rnn.sizes import Size, group_sizes, sizes
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
CHARACTERS: Final = 1 << 24
"""Most characters in the words of a minor that is written, 16 MB: names of permutations have thousands."""
SHARE: Final = 1 / 3
"""What the facts may take of a budget before the targets are asked."""


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
    form's. `sizes` stand side by side, each with what proves it. `undecided` names what a budget ended beside the
    targets, whose answers say so themselves.
    """

    facts: Mapping[str, Json]
    answers: tuple[Answer, ...]
    obstructions: tuple[Obstruction, ...]
    sizes: tuple[Size, ...]
    undecided: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Say the facts in one line and each verdict in one."""
        facts = ", ".join(f"{name} {value}" for name, value in self.facts.items() if value is not None)
        return "\n".join([facts, *(f"{answer.target}: {answer.verdict}" for answer in self.answers)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """Return facts and verdicts as a table, as a notebook shows it."""
        from fsm2rnn.pages.notebook import shown_explanation

        return shown_explanation(self)

    def to_json(self, budget: Budget = UNLIMITED) -> dict[str, Json]:
        """Return facts, verdicts, sizes and obstructions; `pages.document` adds the machine itself.

        Better grades are searched for within the budget; where it ends, `improved` is why it is not decided.
        """
        return {
            "machine": dict(self.facts),
            "targets": {answer.target: answer_to_json(answer, budget) for answer in self.answers},
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
    machine: StateMachine,
    contract: Contract = Contract.INJECTIVE,
    targets: Iterable[Target] = TARGETS,
    *,
    ask: Ask = ask_about,
    budget: Budget = UNLIMITED,
    listener: Listener = SILENT,
) -> Explanation:
    """Return the explanation of `machine`, with the verdicts of `targets` under a contract, as `ask` gives them.

    Answers are in the order of the targets. What is not decided within the budget is unsettled, with that reason.
    Targets that search long are asked last.
    """
    facts, clock = minimal_facts(machine), _Clock(budget)
    said = _facts(machine, facts, _Clock(budget.part(SHARE), clock.undecided))
    listener.facts(said)
    answers = answers_within(facts, contract, targets, budget, listener, ask)
    listener.asked("sizes")
    found = tuple(_obstructions(facts, clock))
    least = clock.within("least widths of the group", lambda: group_sizes(facts)) or ()
    return Explanation(said, answers, found, (*sizes(answers), *least), tuple(clock.undecided))


def _facts(machine: StateMachine, facts: Facts, clock: _Clock) -> dict[str, Json]:
    # Of a Mealy machine, its smallest Moore form, on pairs of a state and the last output.
    pairs = minimal_facts(moore_form(facts.machine).machine) if facts.machine.is_mealy else None
    group = clock.within("group", lambda: facts.transition_group)
    periodic = clock.within("aperiodic", lambda: facts.aperiodicity)
    solvable = clock.within("solvable", lambda: facts.solvability)
    return _said(machine, facts, pairs) | {
        "commutative": clock.within("commutative", lambda: facts.letters.commutative),
        "aperiodic": None if periodic is None else periodic.aperiodic,
        "solvable": None if solvable is None else solvable.solvable,
        "group": None if group is None else group.name,
        "group_order": None if group is None else group.order,
        "hankel_rank": clock.within("hankel rank", lambda: (pairs or facts).hankel.rank),
    }


def _obstructions(facts: Facts, clock: _Clock) -> Iterator[Obstruction]:
    """Yield a witness of each further family that is refuted."""
    minimal = facts.machine
    searches: list[tuple[str, Callable[[], Witness | None], tuple[str, ...]]] = [
        *((refutes, partial(search, facts), ()) for refutes, search in OBSTRUCTIONS),
        # A cycle of one layer is stated for bounded orbits; of a whole stack it needs a finite one.
        (STACKS, lambda: periodic_word(minimal, facts.aperiodicity.cycle), (STACKS, "finite orbit")),
        (
            "stacks of commuting layers, depth fixed",
            lambda: nonsolvable_words(minimal, facts.solvability.witness),
            (),
        ),
    ]
    for refutes, search, stated in searches:
        witness = clock.within("further families", search)
        if witness is not None:
            # Further families are refuted with finite orbits, which witnesses against robust networks too do not name.
            orbit = ("finite orbit",) if isinstance(witness, NoncommutingIdempotents) else ()
            named = (*(stated or witness.hypotheses), *orbit, "exact arithmetic")
            yield Obstruction(refutes, witness, tuple(dict.fromkeys(named)))


@final
@dataclass(frozen=True)
class _Clock:
    """A budget, and the names of what it ended."""

    budget: Budget
    undecided: list[str] = field(default_factory=list)

    def within(self, name: str, search: Callable[[], Found]) -> Found | None:
        """Return what the search finds, None where a limit or the budget ends it."""
        try:
            return self.budget.spend(search)
        except LimitError:
            return None
        except BudgetError:
            if name not in self.undecided:
                self.undecided.append(name)
            return None


def answer_to_json(answer: Answer, budget: Budget = UNLIMITED) -> dict[str, Json]:
    """Return one target's entry; what decay adds under contract robust stands beside an impossibility."""
    entry = _verdict_to_json(answer.verdict, budget)
    return entry if answer.robust is None else entry | {"robust": _verdict_to_json(answer.robust, budget)}


def grade_name(steps: Mapping[str, int | None]) -> str:
    """Return "exact" where some format never rounds, "horizon" where steps are bounded in all."""
    return "exact" if None in steps.values() else "horizon"


def _verdict_to_json(verdict: Verdict, budget: Budget) -> dict[str, Json]:
    match verdict:
        case Compiled(proof=CellClaim() as claim):
            size: dict[str, Json] = {"size": verdict.operator.size, "parameters": verdict.parameters}
            stack = sizes_to_json(verdict.sizes) if isinstance(verdict.operator, StackRecipe) else {}
            return {"verdict": "compiled", **size, **stack, **claim.to_json()}
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
            if verdict.smaller is not None:
                entry["smaller"] = _verdict_to_json(verdict.smaller, budget)
            if better := _improved(verdict, budget):
                entry["improved"] = better
            if verdict.minimal is not None and _characters(verdict.minimal) <= CHARACTERS:
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


def _characters(witness: Witness) -> int:
    """Return how long the labels are that the words of a minor spell; those of other witnesses are short."""
    if not isinstance(witness, HankelMinor):
        return 0
    lengths = [len(str(label)) for label in witness.machine.symbols]
    return sum(lengths[symbol] for words in (witness.prefixes, witness.suffixes) for word in words for symbol in word)


def _said(machine: StateMachine, facts: Facts, pairs: Facts | None) -> dict[str, Json]:
    letters = facts.letters
    return {
        "states": len(machine.states),
        "minimal_states": len(facts.machine.states),
        **({} if pairs is None else {"pair_states": len(pairs.machine.states)}),
        "symbols": len(machine.symbols),
        "letter_maps": len(letters.maps),
        "permutation": letters.permutation,
    }


def _improved(verdict: Compiled, budget: Budget) -> Json:
    try:
        return {name: one.to_json() for name, one in budget.spend(lambda: improved(verdict)).items()}
    except BudgetError as error:
        return str(error)
