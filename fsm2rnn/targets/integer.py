"""h_w = A_w v over Z: integer matrices of small width, exact at every length without renormalisation.

The sum of the images of Z^k under a finite group of rational matrices is a lattice that the group keeps, so every
rational representation can be written over Z, and h stays in the finite orbit of v: where the sums of |A_ij| |h_j| and
those of the readout are at most 2^p, no step rounds in a float format of p bits of precision. With one code per element
A5, S5 and S6 take 4, 4 and 5 coordinates, a cycle of length n the sum of phi(p^k) over the prime powers of n (an
invariant 2 joined to an odd one is free).

For letters that permute the states `algebra.integral.integer_representation` says whether the width is the least over Q
with one code per state: then no smaller integer network has one. Resets join the permutations through a constant
coordinate c: v_q c is the code of q. Other letters act on functions on the states (`algebra.functions.summands`), n + 1
coordinates for a shift register of n bits and n for a counter that saturates at n, the functions that a linear head
gives among them; or on the states themselves, one that no letter leaves being the origin.

Under contract cover the representation need only be faithful (`algebra.covers.coset_covers`): S5 on 6 points takes 5
coordinates with one code per state, and 4 with several.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final, final

from fsm2rnn.algebra.covers.coset_covers import CosetCover
from fsm2rnn.algebra.facts import Cover, Facts
from fsm2rnn.algebra.group.characters import CharacterTable
from fsm2rnn.algebra.integral.module_sums import IntegerRepresentation
from fsm2rnn.algebra.representation.least_representation import least_rational
from fsm2rnn.constructions.dense.integer_codes import integer_codes
from fsm2rnn.constructions.dense.several_codes import Build, Covering, with_several_codes
from fsm2rnn.constructions.integer_network import integer_network
from fsm2rnn.constructions.promise import NO_HEAD
from fsm2rnn.constructions.sizes import BEST, ONE_CODE, SeveralCodes, Sizes, width_only
from fsm2rnn.constructions.verdict import Compiled, Unsettled, Verdict
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.operators.dense import Dense
from fsm2rnn.proof.claim.contract import Contract


@final
@dataclass(frozen=True)
class Integer:
    """The dense integer network of the smallest width found."""

    name: str = "integer"

    def compile(self, facts: Facts, contract: Contract) -> Verdict:
        """Return the network of one code per state; LimitError where it is too large."""
        if contract is Contract.LINEAR:
            return Unsettled(NO_HEAD)
        alone = _network(facts.machine, integer_codes(facts), contract)
        return with_several_codes(facts, contract, alone, COVERING)


def _network(machine: StateMachine, found: IntegerRepresentation, contract: Contract) -> Compiled:
    """Return the network of codes of all states, proved."""
    operator = Dense(found.matrices)
    sizes = width_only(operator, ONE_CODE if found.least else BEST, found.reason)
    return integer_network(machine, operator, found.codes, contract, sizes)


def _of_cover(facts: Facts) -> Compiled:
    return _network(facts.machine, facts.integers, Contract.INJECTIVE)


def _bound(table: CharacterTable, cover: CosetCover) -> tuple[float]:
    least = least_rational(table, cover.action)
    return (sum(summand.least_dimension for summand in least.summands) + cover.resets,)


def _in_planes(facts: Facts) -> tuple[Cover, Build] | None:
    return None if facts.covers.dihedral is None else (facts.covers.dihedral, _of_cover)


def _width(verdict: Verdict) -> tuple[float]:
    return (verdict.operator.size if isinstance(verdict, Compiled) else math.inf,)


def _enough(facts: Facts) -> int:
    """Return a width below which there is none."""
    del facts
    return 1


def _sizes(facts: Facts, found: Compiled, several: SeveralCodes) -> Sizes:
    del facts
    return replace(width_only(found.operator, BEST), several=several)


COVERING: Final = Covering(_of_cover, _width, _bound, (_in_planes,), _enough, _sizes)

INTEGER = Integer()
