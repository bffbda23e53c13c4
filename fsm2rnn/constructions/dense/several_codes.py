"""A network of M' is a network of M where M' maps onto M: a code of a state of M' is read as what it becomes.

So several codes are read as one state, finitely many altogether: contract cover.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final, TypeAlias

from fsm2rnn.algebra.covers.coset_covers import CosetCover
from fsm2rnn.algebra.facts import Cover, Facts
from fsm2rnn.algebra.group.characters import CharacterTable
from fsm2rnn.constructions.sizes import SeveralCodes, Undecided
from fsm2rnn.constructions.verdict import Compiled, Verdict
from fsm2rnn.errors import LimitError, NumericError
from fsm2rnn.machine.quotient import QuotientMap
from fsm2rnn.operators.readout import Prototype
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.field_simulation import FieldSimulation
from fsm2rnn.proof.claim.simulation import Simulation

Build: TypeAlias = Callable[[Facts], Verdict]
Cost: TypeAlias = Callable[[Verdict], tuple[Any, ...]]
Bound: TypeAlias = Callable[[CharacterTable, CosetCover], tuple[Any, ...]]
Search: TypeAlias = Callable[[Facts, Verdict], Verdict | None]

TRIES: Final = 8
"""Most subgroups for which a network is built."""


def with_several_codes(facts: Facts, contract: Contract, alone: Verdict, searches: tuple[Search, ...]) -> Verdict:
    """Return `alone`, the network of one code per state, or what the searches make of it, each of the one before.

    Contracts that ask for one code per state keep it. Where a limit stops a search, the sizes say so.
    """
    if contract.implies(Contract.INJECTIVE):
        return alone
    best, stopped = alone, list[str]()
    for search in searches:
        try:
            found = search(facts, best)
        except (LimitError, NumericError) as error:
            stopped.append(str(error))
        else:
            best = best if found is None else found
    if stopped and isinstance(best, Compiled) and best is alone:
        return replace(best, sizes=replace(best.sizes, several=Undecided(stopped[0])))
    return best


def coset_network(facts: Facts, best: Verdict, build: Build, cost: Cost, bound: Bound) -> Compiled | None:
    """Return the network of the group of the letters acting on itself where it costs less than `best`, else None.

    The group acts on the cosets of the largest subgroup found for which that costs no more. `bound` says by characters
    what to expect at least; up to TRIES subgroups for which it is not too much are tried. Errors as for `build`.
    """
    first = facts.regular_coset
    if first is None or facts.regular is None:
        return None
    table = facts.permutations.characters
    if bound(table, first) >= cost(best):
        return None
    regular = cover_network(facts.regular, best, build, cost)
    if regular is None:
        return None
    hopeful = (cover for cover in facts.smaller_cosets if bound(table, cover) <= cost(regular))
    for cover in (Cover(one.quotient()) for one in itertools.islice(hopeful, TRIES)):
        with suppress(LimitError, NumericError):
            found = read_through(build(cover.facts), cover.quotient)
            if found is not None and cost(found) <= cost(regular):
                return found
    return regular


def cover_network(cover: Cover, best: Verdict, build: Build, cost: Cost) -> Compiled | None:
    """Return the network of the covering machine, read as the covered one, where it costs less than `best`."""
    found = read_through(build(cover.facts), cover.quotient)
    return found if found is not None and cost(found) < cost(best) else None


def read_through(found: Verdict, cover: QuotientMap) -> Compiled | None:
    """Return the network of the covering machine as one of the machine that it covers, proved; None for no network.

    Its sizes still speak of the covering machine. Networks of a proof by regions are not read again.
    """
    if not isinstance(found, Compiled):
        return None
    proof, image = found.proof, cover.image
    match proof:
        case Simulation():
            decoder = replace(proof.decoder, reads=tuple(image[read] for read in proof.decoder.reads))
            reads = tuple(image[read] for read in proof.reads)
            again = Simulation(cover.target, proof.matrices, proof.codes, reads, decoder, Contract.COVER)
            return replace(found, proof=again)
        case FieldSimulation():
            reads = tuple(image[read] for read in proof.reads)
            rows = tuple(Prototype(row.point, image[row.read]) for row in found.rows if isinstance(row, Prototype))
            exact = FieldSimulation(
                cover.target, proof.conductor, proof.matrices, proof.codes, reads, proof.gram, Contract.COVER
            )
            return replace(found, proof=exact, rows=rows)
        case _:
            return None


def said_of_codes(found: Compiled, alone: Verdict) -> SeveralCodes:
    """Return how many codes there are, and the measures of the network of one code per state."""
    codes = found.proof.codes if isinstance(found.proof, Simulation | FieldSimulation) else ()
    return SeveralCodes(len(codes), alone.sizes.measures if isinstance(alone, Compiled) else None)
