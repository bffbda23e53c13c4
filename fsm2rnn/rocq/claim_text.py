"""A claim as a text of the proof assistant: definitions, and the theorems that its kernel replays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, final

from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.rocq.claim import Code, IntegerClaim, ScoreRow
from fsm2rnn.rocq.gallina import CHARACTERS, Terms, joined, list_term
from fsm2rnn.rocq.library import LIBRARY, Library
from fsm2rnn.rocq.theorems import IEEE, Floats, Theorem, theorems_of

MAX_TEXT: Final = 4_000_000
"""Most characters of a text, by default: a minute and two gigabytes of the proof assistant."""

SHORTEST: Final = 4
"""Fewest characters of a number in a list, with what stands between."""


@final
@dataclass(frozen=True)
class Text:
    """A text, the theorems that it proves, and the axioms on which each name whose axioms it prints may rest."""

    text: str
    theorems: tuple[Theorem, ...]
    printed: tuple[frozenset[str], ...]
    libraries: tuple[Library, ...] = ()


def claim_text(claim: IntegerClaim, digest: str, *, floats: Floats = Floats.ANY, limit: int = MAX_TEXT) -> Text:
    """Return the text of a claim; `digest` is the SHA-256 of the network file, for its first line.

    LimitError beyond `limit` characters, InputError for a fraction, and for a format that has no IEEE instance.
    """
    if floats is Floats.IEEE and claim.form not in IEEE:
        message = f"{claim.form.name} has no instance in the library"
        raise InputError(message, hint="without IEEE floats the theorem speaks of any arithmetic right on integers")
    if (least := SHORTEST * _numbers(claim)) > limit:
        raise LimitError(CHARACTERS, limit=limit, needed=least, hint="--max-text raises it")
    theorems = tuple(theorems_of(claim, floats))
    terms = Terms()
    body = joined(_body(claim, terms), limit)
    proofs = [f"Theorem {one.name} :\n  {one.statement}.\nProof. {one.proof} Qed." for one in theorems]
    printed, allowed = printed_axioms(theorems)
    lines = [*_heading(claim, digest, floats), *terms.definitions(), body, *_checks(claim), *proofs, *printed]
    needs = (Library.FLOCQ,) if floats is Floats.IEEE else ()
    return Text(joined(lines, limit), theorems, allowed, needs)


def printed_axioms(theorems: Sequence[Theorem]) -> tuple[list[str], tuple[frozenset[str], ...]]:
    """Return the lines that print axioms, and those allowed in each answer.

    Theorems without axioms are asked for together: an answer takes half a second, since it visits every proof.
    """
    lines = []
    allowed: list[frozenset[str]] = []
    if free := [theorem.name for theorem in theorems if not theorem.axioms]:
        lines = [f"Definition the_claims := ({', '.join(free)}).", "Print Assumptions the_claims."]
        allowed.append(frozenset())
    for theorem in theorems:
        if theorem.axioms:
            lines.append(f"Print Assumptions {theorem.name}.")
            allowed.append(theorem.axioms)
    return lines, tuple(allowed)


def _numbers(claim: IntegerClaim) -> int:
    """Return how many numbers are written at least."""
    columns = sum(len(column) for matrix in claim.matrices for column in matrix)
    return columns + len(claim.table) * claim.letters + sum(len(code.point) for code in claim.codes)


def _heading(claim: IntegerClaim, digest: str, floats: Floats) -> Iterator[str]:
    yield f"(* The claim of the network file with SHA-256 {digest}:"
    yield f"   {len(claim.table)} states, {claim.letters} letters, contract {claim.contract.value}. *)"
    if claim.multiplied_out:
        yield "(* The file stores factors. The matrices here are their products: what is said of floats is said of a"
        yield "   run with these matrices, and not of one that applies the factors. *)"
    yield "From Coq Require Import List ZArith NArith."
    formats = " Formats" if floats is Floats.IEEE else ""
    yield f"From {LIBRARY} Require Import Definitions Arithmetics Checker Rounding{formats}."
    yield "Import ListNotations."
    yield "Open Scope Z_scope."
    yield "(* nK is the number K; pK and mK are the integers K and -K. *)"


def _body(claim: IntegerClaim, terms: Terms) -> Iterator[str]:
    rows = ";\n".join(map(terms.naturals, claim.table))
    yield f"Definition the_transitions : list (list N) :=\n[{rows}]."
    functions = list_term(map(terms.integers, claim.functions))
    yield f"Definition the_machine : machine :=\nMachine {terms.natural(claim.start)} the_transitions {functions}."
    for letter, columns in enumerate(claim.matrices):
        yield f"Definition matrix_{letter} : list sparse :=\n{terms.vectors(columns)}."
    matrices = list_term(f"matrix_{letter}" for letter in range(claim.letters))
    readout = ";\n".join(_row(terms, row) for row in claim.rows)
    yield f"Definition the_network : network :=\nNetwork {matrices} {terms.vector(claim.first)}\n[{readout}]."
    yield f"Definition the_head : list sparse :=\n{terms.vectors(claim.head or ())}."
    yield f"Definition the_codes : list code :=\n{_codes(terms, claim)}."


def _row(terms: Terms, row: ScoreRow) -> str:
    return f"Row {terms.vector(row.weights)} {terms.integer(row.bias)} {terms.natural(row.state)}"


def _codes(terms: Terms, claim: IntegerClaim) -> str:
    """Return the codes; where they are one for each state in order, by their points alone."""
    plain = [
        Code(code.point, state, row) for state, (code, row) in enumerate(zip(claim.codes, claim.table, strict=False))
    ]
    if list(claim.codes) == plain and len(claim.table) == len(plain):
        return f"one_each 0 ({terms.vectors([code.point for code in claim.codes])}) the_transitions"
    return list_term(
        f"Code {terms.vector(code.point)} {terms.natural(code.reads)} {terms.naturals(code.follows)}"
        for code in claim.codes
    )


def _checks(claim: IntegerClaim) -> Iterator[str]:
    """Yield what is computed: the kernel's virtual machine evaluates each to true, once."""
    for name, computed in (
        ("checked", "check the_machine the_network the_codes"),
        ("bounded", f"check_bound {claim.bound} the_network (all_rows the_network the_head) the_codes"),
        *_contract_checks(claim.contract),
    ):
        yield f"Lemma {name} : {computed} = true.\nProof. vm_cast_no_check (eq_refl true). Qed."


def _contract_checks(contract: Contract) -> Iterator[tuple[str, str]]:
    if contract.implies(Contract.INJECTIVE):
        yield "one_code_each", "check_injective the_codes"
    if contract is Contract.LINEAR:
        yield "head_checked", "check_head the_machine the_head the_codes"
