r"""A_x = prod_j (I - b_xj k_xj k_xj^T), at most n_h factors per step: DeltaProduct, DeltaNet for n_h = 1.

Letters that permute the states: an orthogonal matrix is a product of rank(I - A) reflections and of no fewer (Cartan,
Dieudonne, Scherk), so n_h is the most rank(I - A_x) of any letter, and its least value over the orthogonal
representations with one code per state is read off characters (`algebra.representation.least_representation`). Signed
permutations are products of swaps k = e_i - e_j, b = 1, in integers, exact at every length; they are taken where no
representation has a smaller n_h. Otherwise the keys are unit vectors with b = 2 in floats, right for the number of
steps that is proved.

Under contract cover a group that maps onto theirs does, where it has a smaller n_h, or as small a one exactly, or in
fewer coordinates: their group acting on itself (`algebra.covers.coset_covers`), letters that commute in a cyclic group
each (`algebra.covers.cyclic_cover`), so that any number of commuting involutions has n_h = 1, and groups of blocks in
the plane (`algebra.covers.dihedral_cover`). On the codes that words reach one update has A^3 = A, if they are finitely
many: A scales a line by a factor whose powers are finitely many, 0, 1 or -1. So a permutation that is no involution
takes two.

Letters that merge states: with unit keys and 0 <= b <= 2 all A_x are Euclidean contractions, and two words that act as
idempotents and do not commute refute these without a write term, two different ones with one image with or without it,
under contract robust too (`NoncommutingIdempotents`): only the latter settle this target, which has a write term.
Partial permutations need no more than swaps and projections, b = 1. With the write term h <- h + b (v - <k, h>) k, a
reset writes the code of its state coordinate by coordinate: these networks are built where every letter is a partial
permutation or a reset. Other letters may permute functions on the states up to signs and set the rest to constants
(`algebra.signed.signed_families`): families that together tell all states apart are found among those of the functions
of `algebra.functions.function_spaces`, and on few states among all (`algebra.signed.ternary_functions`).

Source: DeltaNet (arXiv 2406.06484), DeltaProduct (arXiv 2502.10297).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final, final

from fsm2rnn.algebra.covers.coset_covers import CosetCover
from fsm2rnn.algebra.covers.cyclic_cover import cyclic_cover
from fsm2rnn.algebra.facts import Cover, Facts
from fsm2rnn.algebra.group.characters import CharacterTable
from fsm2rnn.algebra.letters.letter_orders import long_cycle
from fsm2rnn.algebra.representation.fewest_reflections import fewest_reflections
from fsm2rnn.algebra.representation.least_representation import (
    SUMMANDS,
    LeastReflections,
    LeastRepresentation,
    least_real,
    least_reflections,
)
from fsm2rnn.constructions.dense.orthogonal_network import field_codes, field_network, reflections
from fsm2rnn.constructions.dense.several_codes import Build, Covering, with_several_codes
from fsm2rnn.constructions.promise import NO_HEAD
from fsm2rnn.constructions.refutation import one_image_words
from fsm2rnn.constructions.sizes import (
    BEST,
    FINITELY_MANY,
    Counts,
    Least,
    Measure,
    SeveralCodes,
    SizeProof,
    Sizes,
    measured,
)
from fsm2rnn.constructions.updates.cyclic_updates import cyclic_form
from fsm2rnn.constructions.updates.update_form import UpdateForm, updates_network
from fsm2rnn.constructions.updates.written_updates import update_form
from fsm2rnn.constructions.verdict import Compiled, Impossible, Unsettled, Verdict
from fsm2rnn.errors import LimitError, NumericError
from fsm2rnn.operators.householder import Householder
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.field_simulation import FieldSimulation

NEITHER = (
    "no functions on the states were found that letters permute, up to signs and constants, and that tell all states "
    "apart, and no two idempotents with one image"
)


@final
@dataclass(frozen=True)
class Reflections:
    """The network with the fewest updates per step found."""

    name: str = "householder"

    def compile(self, facts: Facts, contract: Contract) -> Verdict:
        """Return the network, or words that refute contractions; LimitError where it is too large."""
        form, group = update_form(facts), facts.transitive
        if form is None and not group:
            witness = one_image_words(facts)
            return Unsettled(NEITHER) if witness is None else Impossible(witness, contract)
        if contract is Contract.LINEAR:
            return Unsettled(NO_HEAD)
        if form is None or group:
            return with_several_codes(facts, contract, _group_network(facts, contract, form), COVERING)
        return updates_network(facts.machine, form, contract, BEST)


def _group_network(facts: Facts, contract: Contract, form: UpdateForm | None) -> Verdict:
    """Return the exact network unless a representation has a smaller n_h."""
    # Reflections with float keys are taken only for a smaller n_h: at equal n_h integers are exact at every length.
    exact = None if form is None else form.steps
    least, found, tried = None, None, ""
    try:
        action, table = facts.group.action, facts.group.characters
        least = least_reflections(table, action)
        if least is not None and least.summands and (exact is None or max(1, least.reflections) < exact):
            real = facts.group.with_summands(LeastRepresentation(least.summands, least.minimal, ""))
            codes, operator = field_codes(facts.machine, action, real, contract), reflections(real)
            sizes = Sizes(
                measured(operator, Counts.COORDINATES),
                measured(operator, Counts.UPDATES, _fewer(least.reflections, least)),
                exact=() if form is None else _measures(form),
            )
            found = field_network(codes, operator, sizes)
    except (LimitError, NumericError) as error:
        tried = str(error)
    if found is not None:
        return found
    if form is None:
        return Unsettled(tried)
    integers = updates_network(facts.machine, form, contract, _fewer(exact, least))
    reason = f"whether reflections in floats are fewer is not decided: {tried}" if tried else None
    return replace(integers, sizes=replace(integers.sizes, reason=reason))


def _of_cover(facts: Facts) -> Verdict:
    return _group_network(facts, Contract.INJECTIVE, update_form(facts))


def _bound(table: CharacterTable, cover: CosetCover) -> tuple[float, bool, float]:
    """Return the least n_h of a few summands, and the least dimension of any."""
    least = least_reflections(table, cover.action)
    steps = 1 if least is None else max(1, least.reflections)
    return steps, False, least_real(table, cover.action).dimension


def _letter_by_letter(facts: Facts) -> tuple[Cover, Build] | None:
    """Return commuting letters in cyclic groups of their own."""
    cover = cyclic_cover(facts.machine)
    if cover is None:
        return None
    form = cyclic_form(cover)
    if form is not None:
        return Cover(cover.quotient), lambda one: updates_network(one.machine, form, Contract.INJECTIVE, BEST)
    if len(cover.orders) > SUMMANDS:
        return None
    return Cover(cover.quotient), lambda one: _group_network(one, Contract.INJECTIVE, None)


def _in_planes(facts: Facts) -> tuple[Cover, Build] | None:
    return None if facts.covers.dihedral is None else (facts.covers.dihedral, _of_cover)


def fewest_updates(facts: Facts) -> int:
    """Return an n_h below which there is none with finitely many codes."""
    return 1 if long_cycle(facts.machine, 2) is None else 2


def fewest_with_one_code(facts: Facts) -> int:
    """Return an n_h below which there is none with one code per state; 1 where no characters are known.

    On the span of the codes, moved to their middle, the letters of a transitive permutation machine are a finite group
    of matrices, and a product of n updates differs from the identity by a matrix of rank n at most.
    """
    if not facts.transitive:
        return 1
    try:
        return max(1, fewest_reflections(facts.group.characters, facts.group.action))
    except LimitError:
        return 1


def _cost(verdict: Verdict) -> tuple[float, bool, float]:
    """Return n_h, whether anything rounds, and the size."""
    if not isinstance(verdict, Compiled) or not isinstance(verdict.operator, Householder):
        return math.inf, True, math.inf
    return verdict.operator.steps, isinstance(verdict.proof, FieldSimulation), verdict.operator.size


def _measures(form: UpdateForm) -> tuple[Measure, ...]:
    return Measure(form.steps, Counts.UPDATES), Measure(form.width, Counts.COORDINATES)


def _fewer(steps: int | None, least: LeastReflections | None) -> SizeProof:
    """Say whether n_h is the least: of all orthogonal representations with a few summands, one code per state."""
    if least is None or not least.minimal or steps != max(1, least.reflections):
        return BEST
    summands = f"{least.most} irreducible summands at most"
    return Least(f"of orthogonal representations with one code per state and {summands}: by characters")


def _sizes(facts: Facts, found: Compiled, several: SeveralCodes) -> Sizes:
    steps = measured(found.operator, Counts.UPDATES)
    return Sizes(
        measured(found.operator, Counts.COORDINATES),
        replace(steps, proof=FINITELY_MANY if steps.number == fewest_updates(facts) else BEST),
        over_field=found.sizes.over_field,
        several=several,
    )


COVERING: Final = Covering(_of_cover, _cost, _bound, (_letter_by_letter, _in_planes), fewest_updates, _sizes)

HOUSEHOLDER = Reflections()
