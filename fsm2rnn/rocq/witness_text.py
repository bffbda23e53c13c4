"""Words that no network of a family can follow, and lower bounds, as a text that the kernel replays on the machine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, final

from flint import fmpq_mat, fmpz_mat

from fsm2rnn.compiler import Answer
from fsm2rnn.constructions.verdict import Compiled, Impossible
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.machine.labels import typed
from fsm2rnn.machine.output_functions import output_functions
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.refutation.merging_witness import Merge
from fsm2rnn.proof.refutation.replay import Word, state_after
from fsm2rnn.proof.refutation.structural_witness import HankelMinor
from fsm2rnn.proof.refutation.witness import BrokenLaw, Cycle, Law, Transient, Witness
from fsm2rnn.rocq.claim_text import MAX_TEXT, Text, printed_axioms
from fsm2rnn.rocq.gallina import Terms, joined, list_term
from fsm2rnn.rocq.library import LIBRARY
from fsm2rnn.rocq.theorems import Theorem

MAX_RANK: Final = 128
"""Largest minor that is written: its inverse has a square of it of numbers, each up to hundreds of digits."""

LAWS: Final = {
    Law.ORDER: ("order", "no_blocks"),
    Law.RIGHT_REGULAR: ("first_occurrence", "no_positive_diagonal"),
    Law.SQUARES_BEFORE: ("earlier_square", "no_real_diagonal"),
    Law.ORDER_BEFORE: ("earlier_order", "no_real_diagonal"),
}
SAYS: Final = {
    "no_blocks": "no diagonal entries and 2 x 2 blocks that commute, over any commutative ring",
    "no_positive_diagonal": "no diagonal network h <- a h + b with a >= 0 and a finite orbit",
    "no_real_diagonal": "no diagonal network h <- a h + b with a real and a finite orbit",
    "no_complex_diagonal": "no diagonal network h <- a h + b with a complex and a finite orbit",
    "no_invertible": "no network of invertible matrices with a finite orbit",
}


@final
@dataclass(frozen=True)
class WitnessText:
    """A text, and the kinds of witnesses that stand in the explanation and not in the text."""

    text: Text
    left_out: tuple[str, ...]


def witnesses_of(answers: Iterable[Answer]) -> tuple[Witness, ...]:
    """Return the witnesses of an explanation's verdicts: what refutes a target, and what proves a size the least."""
    found: dict[str, Witness] = {}
    for answer in answers:
        match answer.verdict:
            case Impossible(witness):
                found.setdefault(_kind(witness), witness)
            case Compiled(minimal=witness) if witness is not None:
                found.setdefault(_kind(witness), witness)
            case _:
                pass
    return tuple(found.values())


def witness_text(witnesses: Sequence[Witness], *, limit: int = MAX_TEXT) -> WitnessText:
    """Return the text of witnesses, one theorem for each kind that the library has a law for.

    InputError where it has none for any, or where outputs belong to steps; LimitError for a text beyond `limit`
    characters and a minor beyond MAX_RANK.
    """
    machines = list(dict.fromkeys(witness.machine for witness in witnesses))
    if any(machine.is_mealy for machine in machines):
        message = "outputs belong to steps, and the library's laws are about outputs of states"
        raise InputError(message, hint="convert the machine to a Moore machine")
    terms = Terms()
    written = {_kind(one): _theorem(one, machines.index(one.machine), terms) for one in witnesses}
    theorems = tuple(theorem for theorem in written.values() if theorem is not None)
    if not theorems:
        message = "no verdict rests on a witness that the library has a law for"
        raise InputError(message, hint="explain without -f rocq says what the verdicts rest on")
    body = joined((line for place, one in enumerate(machines) for line in _machine(place, one, terms)), limit)
    proofs = [f"Theorem {one.name} :\n  {one.statement}.\nProof. {one.proof} Qed." for one in theorems]
    printed, allowed = printed_axioms(theorems)
    lines = [*_heading(), *terms.definitions(), body, *proofs, *printed]
    left_out = tuple(kind for kind, theorem in written.items() if theorem is None)
    return WitnessText(Text(joined(lines, limit), theorems, allowed), left_out)


def _kind(witness: Witness) -> str:
    """Return what tells kinds of witnesses apart."""
    match witness:
        case BrokenLaw():
            return witness.law.name.lower().replace("_", " ")
        case Cycle():
            return f"cycle of stride {witness.stride}"
        case _:
            return type(witness).__name__.lower()


def _heading() -> Iterator[str]:
    yield "(* Words that no network of a family can follow, replayed on the machine. *)"
    yield "From Coq Require Import List ZArith NArith."
    yield f"From {LIBRARY} Require Import Definitions Impossible Diagonal Refutations Hankel."
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


def _theorem(witness: Witness, place: int, terms: Terms) -> Theorem | None:
    """Return the theorem of a witness, None where the library has no law for it."""
    letters = len(witness.machine.symbols)
    about = f"{letters} machine_{place} label_{place}"
    match witness:
        case BrokenLaw(law=law) if law in LAWS:
            name, family = LAWS[law]
            parts = (witness.prefix, *witness.words, witness.suffix)
            return _refuted(name, family, about, " ".join(map(terms.naturals, parts)))
        case Cycle():
            name, family = (
                ("cycle", "no_positive_diagonal") if witness.stride == 1 else ("long_cycle", "no_real_diagonal")
            )
            words = f"{terms.naturals(witness.prefix)} {terms.naturals(witness.word)} {witness.length - 1}"
            return _refuted(name, family, about, f"{words} {terms.naturals(witness.suffix)}")
        case Transient():
            later = [
                f"({terms.natural(state)}, {terms.naturals(suffix)})"
                for state, suffix in zip(witness.reaches[1:], witness.suffixes, strict=True)
            ]
            words = f"{terms.naturals(witness.prefix)} {terms.naturals(witness.word)} {list_term(later)}"
            return _refuted("never_returns", "no_complex_diagonal", about, words)
        case Merge():
            words = f"{terms.naturals(witness.left)} {terms.naturals(witness.right)} {terms.natural(witness.letter)}"
            return _refuted("merge", "no_invertible", about, f"{words} {terms.naturals(witness.suffix)}", 3)
        case HankelMinor():
            return _lower_bound(witness, f"{letters} machine_{place}", terms)
        case _:
            return None


def _refuted(name: str, family: str, about: str, words: str, computed: int = 1) -> Theorem:
    """Return the theorem that a family has no network, from words on which so many claims are computed to be true."""
    proof = f"refine ({name}_refutes {about} {words} {' '.join('_' * computed)}); vm_cast_no_check (eq_refl true)."
    return Theorem(f"{name}_claim", SAYS[family], f"{family} {about}", proof)


def _lower_bound(witness: HankelMinor, about: str, terms: Terms) -> Theorem:
    columns, determinant = inverse_of_minor(witness)
    tests = list_term(
        f"({terms.naturals(suffix)}, {function}%nat)"
        for suffix, function in zip(witness.suffixes, witness.functions, strict=True)
    )
    prefixes = list_term(map(terms.naturals, witness.prefixes))
    inverse = list_term(map(terms.integers, columns))
    return Theorem(
        "least_width_claim",
        f"at least {witness.rank} coordinates for outputs that are linear in the state, over any field of "
        f"characteristic 0; {max(witness.rank - 1, 0)} with additive terms",
        f"least_width {about} {witness.rank}",
        f"refine (regular_minor {about} {prefixes}\n{tests}\n{inverse}\n{terms.integer(determinant)} _); "
        "vm_cast_no_check (eq_refl true).",
    )


def inverse_of_minor(witness: HankelMinor) -> tuple[list[list[int]], int]:
    """Return the columns of G and d > 0 in integers with H G = d I, H the minor; LimitError beyond MAX_RANK."""
    if witness.rank > MAX_RANK:
        what = "rows of a minor that is written out"
        raise LimitError(what, limit=MAX_RANK, needed=witness.rank)
    known = output_functions(witness.machine)
    minor = [
        [
            known[function][_end(witness, prefix + suffix)]
            for suffix, function in zip(witness.suffixes, witness.functions, strict=True)
        ]
        for prefix in witness.prefixes
    ]
    numerators, denominator = fmpq_mat(fmpz_mat(minor)).inv().numer_denom()
    return [[int(entry) for entry in column] for column in numerators.transpose().tolist()], int(denominator)


def _end(witness: HankelMinor, word: Word) -> int:
    return state_after(witness.machine, witness.machine.start, word)
