"""Words that no network of a family can follow, and lower bounds, as a text that the kernel replays on the machine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, final

from fsm2rnn.compiler import Answer
from fsm2rnn.constructions.verdict import Compiled, Impossible
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.explanation import Obstruction
from fsm2rnn.machine.labels import typed
from fsm2rnn.machine.output_functions import output_functions
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.refutation.witness import Witness
from fsm2rnn.rocq.claim_text import MAX_TEXT, Text, printed_axioms
from fsm2rnn.rocq.gallina import Terms, joined, list_term
from fsm2rnn.rocq.library import LIBRARY
from fsm2rnn.rocq.theorems import Theorem
from fsm2rnn.rocq.witness_theorems import kind_of, theorem_of

NEEDED: Final = (
    "Definitions",
    "Impossible",
    "Refutations",
    "Hankel",
    "Idempotents",
    "Squares",
    "Stacks",
    "Irreducible",
    "Radical",
)
"""The files of the library that a text may need."""


@final
@dataclass(frozen=True)
class WitnessText:
    """A text, and the kinds of witnesses that stand in the explanation and not in the text."""

    text: Text
    left_out: tuple[str, ...]


def witnesses_of(answers: Iterable[Answer], obstructions: Iterable[Obstruction] = ()) -> tuple[Witness, ...]:
    """Return what an explanation rests on: what refutes targets and other families, and what proves sizes least."""
    found: dict[str, Witness] = {}
    for answer in answers:
        match answer.verdict:
            case Impossible(witness):
                found.setdefault(kind_of(witness), witness)
            case Compiled(minimal=witness) if witness is not None:
                found.setdefault(kind_of(witness), witness)
            case _:
                pass
    for obstruction in obstructions:
        found.setdefault(kind_of(obstruction.witness), obstruction.witness)
    return tuple(found.values())


def witness_text(witnesses: Sequence[Witness], *, limit: int = MAX_TEXT) -> WitnessText:
    """Return the text of witnesses, one theorem for each kind; what is too large, or has no law, is left out and named.

    InputError where there is no witness, or where outputs belong to steps; LimitError for a text beyond `limit`
    characters, and where every witness is too large.
    """
    machines = list(dict.fromkeys(witness.machine for witness in witnesses))
    if any(machine.is_mealy for machine in machines):
        message = "outputs belong to steps, and the library's laws are about outputs of states"
        raise InputError(message, hint="convert the machine to a Moore machine")
    terms = Terms()
    theorems, left_out = _theorems(witnesses, machines, terms)
    body = joined((line for place, one in enumerate(machines) for line in _machine(place, one, terms)), limit)
    proofs = [f"Theorem {one.name} :\n  {one.statement}.\nProof. {one.proof} Qed." for one in theorems]
    printed, allowed = printed_axioms(theorems)
    lines = [*_heading(), *terms.definitions(), body, *proofs, *printed]
    return WitnessText(Text(joined(lines, limit), theorems, allowed), left_out)


def _theorems(
    witnesses: Sequence[Witness], machines: Sequence[StateMachine], terms: Terms
) -> tuple[tuple[Theorem, ...], tuple[str, ...]]:
    """Return the theorems, and each kind that is left out with the reason: a limit, or no law."""
    written: list[Theorem] = []
    refused: dict[str, InputError | LimitError] = {}
    for witness in witnesses:
        try:
            written.append(theorem_of(witness, machines.index(witness.machine), terms))
        except (InputError, LimitError) as error:
            refused[kind_of(witness)] = error
    if not written:
        if refused:
            raise next(iter(refused.values()))
        message = "no verdict rests on a witness"
        raise InputError(message, hint="explain without -f rocq says what the verdicts rest on")
    return tuple(written), tuple(f"{kind}: {error}" for kind, error in refused.items())


def _heading() -> Iterator[str]:
    yield "(* Words that no network of a family can follow, replayed on the machine. *)"
    yield "From Coq Require Import List ZArith NArith."
    yield f"From {LIBRARY} Require Import {' '.join(NEEDED)}."
    yield "Import ListNotations."
    yield "Open Scope Z_scope."
    yield "(* nK is the number K; pK and mK are the integers K and -K. *)"


def _machine(place: int, machine: StateMachine, terms: Terms) -> Iterator[str]:
    """Yield the machine, its functions, and one number of the output for every state."""
    rows = ";\n".join(map(terms.naturals, machine.table))
    functions = list_term(map(terms.integers, output_functions(machine)))
    shown = [typed(output) for output in machine.outputs]
    number = {output: place for place, output in enumerate(dict.fromkeys(shown))}
    yield f"Definition machine_{place} : machine :=\nMachine {terms.natural(machine.start)}\n[{rows}]\n{functions}."
    yield f"Definition label_{place} : list N := {terms.naturals(number[output] for output in shown)}."
