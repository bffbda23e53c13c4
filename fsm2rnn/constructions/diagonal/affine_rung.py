"""h_j <- a_xj h_j + b_xj, one layer with an additive term: each letter keeps, resets or reflects each coordinate.

On a finite orbit a coordinate's letters are the identity, resets and, with real factors, one common reflection
(`algebra.diagonal.affine_diagonal`). With one code per state the network exists iff such functions separate the states,
which is decided by trying all roles of the letters; a machine that breaks a law of these networks has none, with
several codes per state neither, and the witness shows it. Resets, flip-flops and their like are held, which no diagonal
network without an additive term holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import final

from fsm2rnn.algebra.diagonal.affine_diagonal import AffineCoordinates
from fsm2rnn.algebra.facts import Facts
from fsm2rnn.constructions.diagonal.affine_cover import Coordinate, affine_cover_network
from fsm2rnn.constructions.diagonal.decay import decay_network
from fsm2rnn.constructions.integer_network import integer_network
from fsm2rnn.constructions.promise import NO_HEAD
from fsm2rnn.constructions.refutation import long_way_round
from fsm2rnn.constructions.sizes import BEST, ONE_CODE, width_only
from fsm2rnn.constructions.verdict import Impossible, Unsettled, Verdict
from fsm2rnn.exact.sparse import vector
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.operators.diagonal import AffineDiagonal
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.refutation.witness import BrokenLaw

SEVERAL_NEEDED = (
    "no network with one code per state exists (all roles of the letters were tried, but no witness is built); "
    "contract cover holds"
)
DECAYS = "a law fails that holds for finite orbits only, and decaying affine networks are not built"


@final
@dataclass(frozen=True)
class AffineRung:
    """One field of factors: the longest cycle of a letter, the laws its networks obey, and its coordinates."""

    name: str
    longest: int
    refute: Callable[[StateMachine], BrokenLaw | None]
    coordinates: Callable[[Facts], AffineCoordinates | None]
    cover: Callable[[int], Iterator[Coordinate]]

    def compile(self, facts: Facts, contract: Contract) -> Verdict:
        """Return the network, the witness, or what was tried; LimitError when there are too many roles to try."""
        machine = facts.machine
        witness = self.refute(machine)
        # A law that fails refutes every finite orbit; where all laws hold, several codes per state always do.
        if witness is not None:
            return self._decaying(facts) if contract is Contract.ROBUST else Impossible(witness, contract)
        if contract is Contract.LINEAR:
            return Unsettled(NO_HEAD)
        found = self.coordinates(facts)
        if found is None and contract is Contract.INJECTIVE:
            return Unsettled(SEVERAL_NEEDED)
        if found is None:
            return affine_cover_network(machine, list(self.cover(len(set(zip(*machine.table, strict=True))))))
        letters = len(machine.symbols)
        still = ((1,),) * letters, ((0,),) * letters, ((1,),)
        slopes, offsets, codes = (found.slopes, found.offsets, found.codes) if found.slopes[0] else still
        operator = AffineDiagonal(slopes, offsets)
        sizes = width_only(operator, ONE_CODE if found.minimal else BEST)
        return integer_network(machine, operator, [vector(enumerate(code)) for code in codes], contract, sizes)

    def _decaying(self, facts: Facts) -> Verdict:
        """Return what contract robust adds: a decaying network without additive term, or a cycle that refutes all."""
        cycle = long_way_round(facts.machine, self.longest)
        if cycle is not None:
            return Impossible(cycle, Contract.ROBUST)
        return decay_network(facts.machine) if facts.noncommuting is None else Unsettled(DECAYS)
