"""A network of M' is a network of M where M' maps onto M: a code of a state of M' is read as what it becomes.

So several codes are read as one state, finitely many altogether: contract cover.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final, TypeAlias, final

from fsm2rnn.algebra.covers.coset_covers import CosetCover
from fsm2rnn.algebra.facts import Cover, Facts
from fsm2rnn.algebra.group.characters import CharacterTable
from fsm2rnn.constructions.sizes import NotCounted, SeveralCodes, Sizes
from fsm2rnn.constructions.verdict import Compiled, Verdict
from fsm2rnn.errors import LimitError, NumericError
from fsm2rnn.machine.quotient import QuotientMap
from fsm2rnn.operators.prototypes import PrototypeReadout
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.field_simulation import FieldSimulation
from fsm2rnn.proof.claim.simulation import Simulation

Build: TypeAlias = Callable[[Facts], Verdict]
Cost: TypeAlias = tuple[Any, ...]
Kind: TypeAlias = Callable[[Facts], tuple[Cover, Build] | None]

TRIES: Final = 8
"""Most subgroups for which a network is built: a build may take seconds, and the largest subgroups come first."""


@final
@dataclass(frozen=True)
class Covering:
    """How one target looks for networks of machines that map onto its own.

    `build` makes the network of a group that acts on itself or on cosets. `cost` orders networks, the first number
    being what the family counts; `bound` is what the characters of a group say that a network costs at least. Covering
    machines of the `kinds`, each with what builds its network, are asked only while the first cost is above `enough`.
    `sizes` says how large the network chosen is.
    """

    build: Build
    cost: Callable[[Verdict], Cost]
    bound: Callable[[CharacterTable, CosetCover], Cost]
    kinds: tuple[Kind, ...]
    enough: Callable[[Facts], int]
    sizes: Callable[[Facts, Compiled, SeveralCodes], Sizes]


Search: TypeAlias = Callable[[Covering, Facts, Verdict], Compiled | None]


def with_several_codes(facts: Facts, contract: Contract, alone: Verdict, covering: Covering) -> Verdict:
    """Return `alone`, the network of one code per state, or one of a covering machine that costs less.

    Contracts that ask for one code per state keep it. Where a limit stops all searches, the sizes say so.
    """
    if contract.implies(Contract.INJECTIVE):
        return alone
    # Each search starts from what the one before it left; one that a limit stops leaves that as it is.
    best, stopped = alone, list[str]()
    searches: list[Search] = [_on_cosets, *(partial(_of_kind, kind) for kind in covering.kinds)]
    for search in searches:
        try:
            best = search(covering, facts, best) or best
        except (LimitError, NumericError) as error:
            stopped.append(str(error))
    if not isinstance(best, Compiled):
        return best
    if best is not alone:
        return replace(best, sizes=covering.sizes(facts, best, _several(best, alone)))
    return replace(best, sizes=replace(best.sizes, several=NotCounted(stopped[0]))) if stopped else best


def _on_cosets(covering: Covering, facts: Facts, best: Verdict) -> Compiled | None:
    """Return the network of the group of the letters acting on itself where it costs less than `best`, else None.

    The group acts on the cosets of the largest subgroup found for which that costs no more; up to TRIES subgroups for
    which the bound is not too much are tried.
    """
    # Characters are asked before anything is built. The regular action, which needs a faithful representation
    # alone, costs least; larger subgroups come first, have fewer codes, and the first that costs no more is taken.
    first, bound, cost = facts.covers.regular_coset, covering.bound, covering.cost
    if first is None or facts.covers.regular is None:
        return None
    table = facts.permutations.characters
    if bound(table, first) >= cost(best):
        return None
    regular = _cheaper(covering, best, facts.covers.regular, covering.build)
    if regular is None:
        return None
    hopeful = (cover for cover in facts.covers.smaller_cosets if bound(table, cover) <= cost(regular))
    for cover in (Cover(one.quotient()) for one in itertools.islice(hopeful, TRIES)):
        with suppress(LimitError, NumericError):
            found = read_through(covering.build(cover.facts), cover.quotient)
            if found is not None and cost(found) <= cost(regular):
                return found
    return regular


def _of_kind(kind: Kind, covering: Covering, facts: Facts, best: Verdict) -> Compiled | None:
    """Return the network of a covering machine of one kind where `best` costs more than that and more than enough."""
    found = kind(facts) if covering.cost(best)[0] > covering.enough(facts) else None
    return None if found is None else _cheaper(covering, best, *found)


def _cheaper(covering: Covering, best: Verdict, cover: Cover, build: Build) -> Compiled | None:
    """Return the network of the covering machine, read as the covered one, where it costs less than `best`."""
    found = read_through(build(cover.facts), cover.quotient)
    return found if found is not None and covering.cost(found) < covering.cost(best) else None


def read_through(found: Verdict, cover: QuotientMap) -> Compiled | None:
    """Return the network of the covering machine as one of the machine that it covers, proved; None for no network.

    Its sizes still speak of the covering machine. Networks of a proof by regions are not read again.
    """
    if not isinstance(found, Compiled):
        return None
    # Matrices and codes stay; only what a code is read as goes through the map, and the claim is proved anew.
    image = cover.image
    match found.proof, found.rows:
        case Simulation() as proof, _:
            decoder = replace(proof.decoder, reads=tuple(image[read] for read in proof.decoder.reads))
            reads = tuple(image[read] for read in proof.reads)
            again = Simulation(cover.target, proof.matrices, proof.codes, reads, decoder, Contract.COVER)
            return replace(found, proof=again)
        case FieldSimulation() as proof, PrototypeReadout() as readout:
            reads = tuple(image[read] for read in proof.reads)
            exact = FieldSimulation(
                cover.target, proof.conductor, proof.matrices, proof.codes, reads, proof.gram, Contract.COVER
            )
            return replace(found, proof=exact, rows=readout.read_as(image))
        case _:
            return None


def _several(found: Compiled, alone: Verdict) -> SeveralCodes:
    """Return how many codes there are, and the measures of the network of one code per state."""
    codes = found.proof.codes if isinstance(found.proof, Simulation | FieldSimulation) else ()
    return SeveralCodes(len(codes), alone.sizes.measures if isinstance(alone, Compiled) else None)
