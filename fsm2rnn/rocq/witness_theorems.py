"""The theorem of each kind of witness: its law in the library, the words that it replays, and what they refute."""

from __future__ import annotations

from typing import Final

from fsm2rnn.algebra.letters.words_between import distinguishing_suffix, word_to_state
from fsm2rnn.errors import InputError
from fsm2rnn.proof.refutation.fixed_transition_witness import EqualLengths, Repeated
from fsm2rnn.proof.refutation.key_witness import OneKey
from fsm2rnn.proof.refutation.law import Law
from fsm2rnn.proof.refutation.merging_witness import Merge, NoncommutingIdempotents
from fsm2rnn.proof.refutation.radical_witness import Radical
from fsm2rnn.proof.refutation.replay import state_after
from fsm2rnn.proof.refutation.structural_witness import HankelMinor, Nonsolvable
from fsm2rnn.proof.refutation.turn_witness import ShortTurn
from fsm2rnn.proof.refutation.witness import BrokenLaw, Cycle, Transient, Witness
from fsm2rnn.rocq.evidence import Space, descending_spaces, inverse_of_minor
from fsm2rnn.rocq.gallina import Terms, list_term
from fsm2rnn.rocq.theorems import Theorem

LAWS: Final = {
    Law.ORDER: ("order", "no_blocks", 1),
    Law.RIGHT_REGULAR: ("first_occurrence", "no_positive_diagonal", 1),
    Law.SQUARES_BEFORE: ("earlier_square", "no_real_diagonal", 1),
    Law.ORDER_BEFORE: ("earlier_order", "no_real_diagonal", 1),
    Law.SQUARES: ("squares", "no_plane_blocks", 2),
}
"""The name of each law, the family that obeys it, and how many claims are computed to be true."""

SAYS: Final = {
    "no_blocks": "no diagonal entries and 2 x 2 blocks that commute, over any commutative ring",
    "no_positive_diagonal": "no diagonal network h <- a h + b with a >= 0 and a finite orbit",
    "no_real_diagonal": "no diagonal network h <- a h + b with a real and a finite orbit",
    "no_complex_diagonal": "no diagonal network h <- a h + b with a complex and a finite orbit",
    "no_invertible": "no network of invertible matrices with a finite orbit",
    "no_plane_blocks": "no network of 2 x 2 blocks over an ordered field with a finite orbit",
    "no_contractions": "no network of affine Euclidean contractions with a finite orbit",
    "no_linear_contractions": "no network of linear Euclidean contractions with a finite orbit",
    "no_commuting_stack": "no stack, of any depth, of layers with commuting transitions and a finite orbit",
    "no_irreducible_blocks": "no direct sum of irreducible blocks with one code for each state, over any field of "
    "characteristic 0 with decidable equality",
}


def kind_of(witness: Witness) -> str:
    """Return what tells kinds of witnesses apart."""
    match witness:
        case BrokenLaw():
            return witness.law.name.lower().replace("_", " ")
        case Cycle():
            return f"cycle of stride {witness.stride}"
        case NoncommutingIdempotents():
            return "idempotents of one image" if witness.one_image else "idempotents that do not commute"
        case HankelMinor():
            return "Hankel minor"
        case _:
            return type(witness).__name__.lower()


def theorem_of(witness: Witness, place: int, terms: Terms) -> Theorem:
    """Return the theorem of a witness about the machine of that number.

    LimitError where its evidence is too large, InputError for a witness against published recurrences alone, of which
    the library has no law.
    """
    machine = f"{len(witness.machine.symbols)} machine_{place}"
    about = f"{machine} label_{place}"
    match witness:
        case BrokenLaw() if witness.law in LAWS:
            parts = (witness.prefix, *witness.words, witness.suffix)
            name, family, computed = LAWS[witness.law]
            return _refuted(name, family, about, " ".join(map(terms.naturals, parts)), computed)
        case Cycle() | Transient():
            return _powers(witness, about, terms)
        case Merge() | NoncommutingIdempotents():
            return _merging(witness, about, terms)
        case HankelMinor():
            return _lower_bound(witness, machine, terms)
        case Nonsolvable():
            return _commutators(witness, about, terms)
        case Radical():
            return _radical(witness, about, terms)
        case BrokenLaw() | EqualLengths() | Repeated() | ShortTurn() | OneKey():
            message = "the library has no law for it yet"
            raise InputError(message)


def _refuted(name: str, family: str, about: str, words: str, computed: int = 1) -> Theorem:
    """Return the theorem that a family has no network, from words on which so many claims are computed to be true."""
    proof = f"refine ({name}_refutes {about} {words} {' '.join('_' * computed)}); vm_cast_no_check (eq_refl true)."
    return Theorem(f"{name}_claim", SAYS[family], f"{family} {about}", proof)


def _powers(witness: Cycle | Transient, about: str, terms: Terms) -> Theorem:
    words = f"{terms.naturals(witness.prefix)} {terms.naturals(witness.word)}"
    if isinstance(witness, Transient):
        later = [
            f"({terms.natural(state)}, {terms.naturals(suffix)})"
            for state, suffix in zip(witness.reaches[1:], witness.suffixes, strict=True)
        ]
        return _refuted("never_returns", "no_complex_diagonal", about, f"{words} {list_term(later)}")
    name, family = ("cycle", "no_positive_diagonal") if witness.stride == 1 else ("long_cycle", "no_real_diagonal")
    return _refuted(name, family, about, f"{words} {witness.length - 1} {terms.naturals(witness.suffix)}")


def _merging(witness: Merge | NoncommutingIdempotents, about: str, terms: Terms) -> Theorem:
    suffix = terms.naturals(witness.suffix)
    if isinstance(witness, Merge):
        words = f"{terms.naturals(witness.left)} {terms.naturals(witness.right)} {terms.natural(witness.letter)}"
        return _refuted("merge", "no_invertible", about, f"{words} {suffix}", 3)
    words = " ".join(map(terms.naturals, (witness.prefix, witness.first, witness.second)))
    name, family = ("one_image", "no_contractions") if witness.one_image else ("idempotents", "no_linear_contractions")
    return _refuted(name, family, about, f"{words} {suffix}", 2)


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


def _commutators(witness: Nonsolvable, about: str, terms: Terms) -> Theorem:
    """Return the theorem, with a point that a word moves, a word to it, and one that tells it from where it goes."""
    machine = witness.machine
    number, point, end = next(
        (number, point, end)
        for number, word in enumerate(witness.words)
        for point in witness.points
        if (end := state_after(machine, point, word)) != point
    )
    words = list_term(map(terms.naturals, witness.words))
    pairs = list_term(
        list_term(f"({first}%nat, {second}%nat)" for first, second in listed) for listed in witness.commutators
    )
    shown = f"{terms.naturals(word_to_state(machine, point))} {number} "
    shown += terms.naturals(distinguishing_suffix(machine, point, end))
    evidence = f"{terms.naturals(witness.points)} {words}\n{pairs} {shown}"
    return _refuted("nonsolvable", "no_commuting_stack", about, evidence, 3)


def _radical(witness: Radical, about: str, terms: Terms) -> Theorem:
    """Return the theorem, with a word to each state, and the spaces that the sum climbs down."""
    machine = witness.machine
    first, *later = descending_spaces(witness)
    ways = list_term(terms.naturals(word_to_state(machine, state)) for state in range(len(machine.states)))
    summed = list_term(
        f"({terms.integer(coefficient)}, {terms.naturals(word)})"
        for word, coefficient in zip(witness.words, witness.coefficients, strict=True)
    )
    spaces = f"{_space(first, terms)}\n{list_term(_space(space, terms) for space in later)}"
    ends = " ".join(map(terms.natural, (*witness.reaches, witness.scale)))
    evidence = f"{ways}\n{summed}\n{spaces}\n{ends} {terms.naturals(witness.suffix)}"
    return _refuted("radical", "no_irreducible_blocks", about, evidence, 2)


def _space(space: Space, terms: Terms) -> str:
    rows = list_term(f"({terms.natural(place)}, {terms.vector(row)})" for place, row in space.rows)
    return f"({terms.integer(space.denominator)}, {rows})"
