"""The theorems about a network: what each says, its statement in Gallina, and its proof from what was computed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final, final

from fsm2rnn.exact.rounding import BFLOAT16, FLOAT16, FLOAT32, FLOAT64
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.rocq.claim import IntegerClaim

# Precision and the exponent of the least power of two that is too large, as the instances of Formats.v have them.
IEEE: Final = {
    FLOAT64: ("float64_exact", 53, 1024),
    FLOAT32: ("float32_exact", 24, 128),
    BFLOAT16: ("bfloat16_exact", 8, 128),
    FLOAT16: ("float16_exact", 11, 16),
}
ROWS: Final = "the_network (all_rows the_network the_head)"

REALS: Final = frozenset(
    {
        "ClassicalDedekindReals.sig_not_dec",
        "ClassicalDedekindReals.sig_forall_dec",
        "FunctionalExtensionality.functional_extensionality_dep",
        "Classical_Prop.classic",
    }
)
"""The axioms of the classical real numbers, on which the IEEE floats of Flocq stand."""

_OPERATIONS: Final = (
    "add addc addcarryc addmuldiv compare div diveucl diveucl_21 eqb head0 int land leb lor lsl lsr ltb lxor mod mul "
    "mulc sub subc subcarryc tail0"
)
_SPECIFIED: Final = (
    "add_spec addc_def_spec addcarryc_def_spec addmuldiv_def_spec compare_def_spec div_spec diveucl_21_spec "
    "diveucl_def_spec eqb_correct eqb_refl head0_spec land_spec leb_spec lor_spec lsl_spec lsr_spec ltb_spec lxor_spec "
    "mod_spec mul_spec mulc_spec of_to_Z sub_spec subc_def_spec subcarryc_def_spec tail0_spec"
)
MACHINE_INTEGERS: Final = frozenset(
    {*(f"PrimInt63.{name}" for name in _OPERATIONS.split()), *(f"Uint63.{name}" for name in _SPECIFIED.split())}
)
"""The processor's integers of 63 bits and what they compute, in which coq-interval calculates."""


@final
class Floats(Enum):
    """Of which arithmetic a text says that it never errs."""

    ANY = "any"  # every arithmetic that is right on integers up to the bound; needs no axioms
    IEEE = "ieee"  # the stored IEEE format too; needs Flocq, and rests on the axioms of the classical reals


@final
@dataclass(frozen=True)
class Theorem:
    """A theorem: its name, what it says, its statement and proof in Gallina, and the axioms that it may rest on."""

    name: str
    says: str
    statement: str
    proof: str
    axioms: frozenset[str] = frozenset()


def theorems_of(claim: IntegerClaim, floats: Floats) -> Iterator[Theorem]:
    """Yield what holds where the checks of the claim are true: readings, the contract, and arithmetic without error."""
    yield from _readings(claim.letters)
    if claim.contract.implies(Contract.INJECTIVE):
        yield _injective(claim.letters)
    if claim.contract is Contract.LINEAR:
        yield _linear(claim.letters, len(claim.head or ()))
    yield _exact(claim)
    if floats is Floats.IEEE:
        yield _ieee(claim)


def _readings(letters: int) -> Iterator[Theorem]:
    yield Theorem(
        "read_right_claim",
        f"after every finite word over {letters} letters a score of the state reached is ahead of all other states'",
        f"forall w, over {letters} w -> read_as the_network (run the_network w) (reached the_machine w)",
        "exact (read_right _ _ _ checked).",
    )
    yield Theorem(
        "decoded_claim",
        f"after every finite word over {letters} letters the argmax of the scores is the state reached",
        f"forall w, over {letters} w -> decode the_network (run the_network w) = reached the_machine w",
        "exact (decoded_right _ _ _ checked).",
    )


def _injective(letters: int) -> Theorem:
    return Theorem(
        "injective_claim",
        "words that reach one state of the machine reach one state of the network",
        f"forall v w, over {letters} v -> over {letters} w ->\n  reached the_machine v = reached the_machine w ->\n"
        "  forall i, run the_network v i = run the_network w i",
        "exact (one_state_each _ _ _ checked one_code_each).",
    )


def _linear(letters: int, functions: int) -> Theorem:
    return Theorem(
        "linear_claim",
        f"after every finite word over {letters} letters the head gives the machine's outputs as numbers",
        f"forall w, over {letters} w -> forall k, (k < {functions})%nat ->\n"
        "  inner (nth k the_head []) (run the_network w) = function_at the_machine k (reached the_machine w)",
        "exact (head_right _ _ the_head _ checked head_checked).",
    )


def _exact(claim: IntegerClaim) -> Theorem:
    return Theorem(
        "exact_claim",
        f"any arithmetic that is right on integers of magnitude at most {claim.bound:,} runs {_run(claim)} without "
        "error after every finite word, in any order of summation",
        f"never_errs {claim.bound} {ROWS}",
        "exact (exact_in_any _ _ _ _ _ checked bounded).",
    )


def _ieee(claim: IntegerClaim) -> Theorem:
    instance, precision, largest = IEEE[claim.form]
    return Theorem(
        "ieee_claim",
        f"{claim.form.name} runs {_run(claim)} without rounding, in each rounding mode and any order of summation",
        f"forall rounding,\n  never_rounds {precision} {largest} eq_refl eq_refl rounding {ROWS}",
        f"intros. refine ({instance} _ _ _ _ _ _ checked bounded _). discriminate.",
        REALS,
    )


def _run(claim: IntegerClaim) -> str:
    return "the matrices, multiplied out," if claim.multiplied_out else "the network"
