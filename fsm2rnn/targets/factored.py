"""A_x = U diag(w_x) V^T over the integers: the CP (factored) form, with the fewest products R that are found.

Every machine is held: one product per letter and image state is enough, so R is at most the sum of the ranks of the
letters. The five ways to cut the letter tensor, and the bounds from below by its flattenings and by the pencil of two
letters, are in `algebra.tensor_rank.cp_bounds`, the search for fewer products of small letters in `searched_parts`
there; the identity U diag(w_x) V^T = A_x is checked over Z for every letter.
The one-hot codes, those of the least linear realisation and, but for contract linear, those of the narrowest integer
representation are tried, and the smallest R is taken: with H coordinates it is H^2 at most. `condition` is the largest
| |U| |diag w_x| |V|^T |_F / |A_x|_F, by which products of numbers that were rounded would lose digits; integers do not.

Where the letters permute the states and all a^-1 x commute, as two generators do, and all letters of an abelian group,
the least orthogonal representation takes a product for each line and three for each plane
(`algebra.representation.turning_factors`): fewer products, of the size of the letters, right for as many steps as are
proved. The integers are named beside it.

Rational gates can be fewer than binary fractions, which have residues modulo 3: nine products of A4 x Z5 by three
generators take thirds, and ten do without (docs/searches.md). Thirds round, so the network that never rounds stands,
and the number beside it, of an identity that is checked over Q here; where letters permute the states it is a network,
proved over Q (`constructions.dense.rational_products`).

Source: Ebrahimi and Memisevic, arXiv 2505.21749 (the factored model).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, NamedTuple, final

from fsm2rnn.algebra.facts import Facts
from fsm2rnn.algebra.integral.module_sums import IntegerRepresentation
from fsm2rnn.algebra.linear.hankel import Realisation
from fsm2rnn.algebra.representation.turning_factors import fewest_products, letters_turn, turning_factors
from fsm2rnn.algebra.tensor_rank.cp_bounds import flattening_rank
from fsm2rnn.algebra.tensor_rank.cp_factors import CPFactors, cp_factors, rational_factors
from fsm2rnn.algebra.tensor_rank.pencil import pencil_bound
from fsm2rnn.constructions.dense.integer_codes import integer_codes
from fsm2rnn.constructions.dense.orthogonal_network import field_codes, field_network, turning_products
from fsm2rnn.constructions.dense.rational_products import rational_products
from fsm2rnn.constructions.integer_network import integer_network, one_hot_network
from fsm2rnn.constructions.sizes import (
    BEST,
    Codes,
    Counts,
    Least,
    Measure,
    ProductFacts,
    RankBounds,
    Sizes,
    measured,
)
from fsm2rnn.constructions.verdict import Compiled, Verdict
from fsm2rnn.errors import CertificateError, InputError, LimitError, NumericError
from fsm2rnn.exact.sparse import SparseMatrix, unit
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.operators.factored import Factored
from fsm2rnn.proof.claim.contract import Contract

PENCIL_LETTERS: Final = 9
"""Most distinct letters whose pencils are tried: 36 pairs, each an exact inverse at worst."""

LEAST_FOR_CODES: Final = Least("rank for these codes")


@final
@dataclass(frozen=True)
class FactoredForm:
    """The smallest integer factorisation found, or a smaller one that turns planes."""

    name: str = "factored"

    def compile(self, facts: Facts, contract: Contract) -> Verdict:
        """Return the network of the smallest R; LimitError where the letter tensor is too large."""
        machine = facts.machine
        built: list[_Built] = []
        bound: float = math.inf
        integer = None if contract is Contract.LINEAR else _integer(facts)
        if integer is not None:
            built.append(_Built.of(integer.matrices, partial(_integers, machine, contract, integer)))
            bound = built[0].factors.rank
        narrow = _narrower(facts)
        # Invertible letters on H coordinates have a flattening of rank H, and R is no less.
        permute = facts.letters.permutation
        if narrow is not None and not (permute and narrow.head.width >= bound):
            built.append(_Built.of(narrow.matrices, partial(_narrow, machine, narrow)))
        if not (permute and len(machine.states) >= bound):
            matrices = _one_hot_matrices(machine)
            built.append(_Built.of(matrices, partial(_one_hot, machine, contract, matrices)))
        # The last of equals: one-hot codes are read without a product.
        best = min(reversed(built), key=lambda one: one.factors.rank)
        turned = None if contract is Contract.LINEAR or not permute else _turning(facts, contract, best.factors.rank)
        if turned is not None:
            return turned
        codes = integer if integer is not None and permute and best.matrices is integer.matrices else None
        return _beside_rationals(best, codes)


class _Built(NamedTuple):
    matrices: tuple[SparseMatrix, ...]
    factors: CPFactors
    finish: Callable[[CPFactors], Compiled]

    @classmethod
    def of(cls, matrices: tuple[SparseMatrix, ...], finish: Callable[[CPFactors], Compiled]) -> _Built:
        """Return letters with their factors."""
        return cls(matrices, cp_factors(matrices), finish)


def _beside_rationals(best: _Built, codes: IntegerRepresentation | None) -> Compiled:
    """Return the network, and what fewer products over Q there are: a network of them where `codes` are permuted."""
    found = best.finish(best.factors)
    products, told = found.sizes.finer, found.sizes.facts
    if products is None or products.proof is not BEST or not isinstance(told, ProductFacts):
        return found
    rational = rational_factors(best.matrices, products.number)
    if rational is None:
        return found
    smaller = None
    if codes is not None:
        with suppress(LimitError, NumericError, CertificateError):
            smaller = _rationals(found, codes, rational, told)
    sizes = replace(found.sizes, facts=replace(told, over_q=rational.rank))
    return replace(found, sizes=sizes, smaller=smaller)


def _rationals(
    found: Compiled, codes: IntegerRepresentation, rational: CPFactors, told: ProductFacts
) -> Compiled | None:
    """Return the network of rational products, None where no step of its rounded weights is proved."""
    operator = _operator(rational)
    sizes = Sizes(
        measured(operator, Counts.COORDINATES),
        measured(operator, Counts.PRODUCTS, BEST),
        facts=ProductFacts(told.codes, told.bounds, rational.construction, rational.condition),
        exact=found.sizes.measures[1:],
    )
    smaller = rational_products(found.proof.machine, codes, operator, found.proof.contract, sizes)
    return smaller if smaller.steps() else None


def _turning(facts: Facts, contract: Contract, rank: int) -> Compiled | None:
    """Return the network of letters that turn planes of one basis; None where it has no fewer products than `rank`."""
    # Characters bound the products before any matrix is built; integers stand unless fewer products are found.
    try:
        action = facts.group.action
        if not letters_turn(action):
            return None
        table, least = facts.group.characters, facts.group.least_real
        bound = fewest_products(table, action, least.summands) if least.summands else rank
        if bound >= rank:
            return None
        real = facts.group.furthest
        found = turning_factors(real.letters)
        if found.rank >= rank:
            return None
        codes = field_codes(facts.machine, action, real, contract)
    except (InputError, LimitError, NumericError):
        return None
    operator = turning_products(found)
    bounds = RankBounds(real.letters.shape[1], bound)  # letters are invertible: a flattening has rank H
    sizes = Sizes(
        measured(operator, Counts.COORDINATES),
        measured(operator, Counts.PRODUCTS, BEST if found.rank > bound else LEAST_FOR_CODES),
        facts=ProductFacts(Codes.ORTHOGONAL, bounds, condition=found.condition),
        exact=(Measure(rank, Counts.PRODUCTS),),
    )
    return field_network(codes, operator, sizes)


def _integer(facts: Facts) -> IntegerRepresentation | None:
    """Return integer codes where they are narrower than one-hot ones, and within limits."""
    try:
        found = integer_codes(facts)
    except LimitError:
        return None
    return found if found.size < len(facts.machine.states) else None


def _narrower(facts: Facts) -> Realisation | None:
    """Return the least linear realisation where it has fewer coordinates than states, and is within limits."""
    try:
        found = facts.realisation
    except LimitError:
        return None
    return found if found.head.width < len(facts.machine.states) else None


def _one_hot_matrices(machine: StateMachine) -> tuple[SparseMatrix, ...]:
    states = len(machine.states)
    columns = zip(*machine.table, strict=True)
    return tuple(SparseMatrix(states, tuple(unit(state) for state in column)) for column in columns)


def _one_hot(
    machine: StateMachine, contract: Contract, matrices: tuple[SparseMatrix, ...], factors: CPFactors
) -> Compiled:
    operator = _operator(factors)
    return one_hot_network(machine, operator, contract, _sizes(operator, Codes.ONE_HOT, factors, matrices))


def _narrow(machine: StateMachine, found: Realisation, factors: CPFactors) -> Compiled:
    operator = _operator(factors)
    sizes = _sizes(operator, Codes.LINEAR_REALISATION, factors, found.matrices)
    return integer_network(machine, operator, found.codes, Contract.LINEAR, sizes, head=found.head)


def _integers(machine: StateMachine, contract: Contract, found: IntegerRepresentation, factors: CPFactors) -> Compiled:
    operator = _operator(factors)
    sizes = _sizes(operator, Codes.INTEGERS, factors, found.matrices, factors.condition)
    return integer_network(machine, operator, found.codes, contract, sizes)


def _operator(factors: CPFactors) -> Factored:
    """Return the factors as they are stored; letters that are all zero have rank 0 and keep one empty product."""
    if factors.rank:
        return Factored(factors.output, factors.gates, factors.input.transposed())
    empty = SparseMatrix(factors.output.height, ((),))
    return Factored(empty, factors.gates, empty)


def _sizes(
    operator: Factored,
    codes: Codes,
    factors: CPFactors,
    matrices: tuple[SparseMatrix, ...],
    condition: float | None = None,
) -> Sizes:
    """Return the sizes with bounds of the rank; letters that are all zero have rank 0, and one product is stored."""
    pencil = pencil_bound(matrices) if len(set(matrices)) <= PENCIL_LETTERS else None
    bounds = RankBounds(flattening_rank(matrices), None if pencil is None else pencil.real)
    least = max(bounds.flattening, bounds.pencil or 0)
    return Sizes(
        measured(operator, Counts.COORDINATES),
        measured(operator, Counts.PRODUCTS, BEST if factors.rank > least else LEAST_FOR_CODES),
        facts=ProductFacts(codes, bounds, factors.construction, condition),
    )


FACTORED = FactoredForm()
