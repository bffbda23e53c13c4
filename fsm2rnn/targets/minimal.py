"""h_w = F e_q: the least linear realisation of the outputs, of width the Hankel rank, in integers.

Let U be the span of the functions q -> f(q w), f an output function and w a word. A network whose head gives the
outputs exactly (contract linear) has at least dim U coordinates: (Hankel matrix) = (functionals) (states) through its
width. The rows of F are a basis of the integer functions in U, a saturated lattice, shortened by the algorithm of
Lenstra, Lenstra and Lovasz; the letters act on it by integer matrices, and distinct states have distinct columns, since
some word tells them apart. The verdict carries a regular minor of the Hankel matrix, which proves that no width below
is enough.

With an additive term one coordinate less is enough exactly where the constant function lies in U. Source:
Schuetzenberger 1961; Carlyle and Paz 1971; Fliess 1974.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import final

from fsm2rnn.algebra.facts import Facts
from fsm2rnn.algebra.linear.hankel import hankel_minor
from fsm2rnn.constructions.integer_network import integer_network, one_hot_network
from fsm2rnn.constructions.sizes import LINEAR_HEAD, Counts, HankelRank, Sizes, measured
from fsm2rnn.constructions.verdict import Verdict
from fsm2rnn.exact.sparse import unit
from fsm2rnn.operators.dense import Dense
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.refutation.structural_witness import HankelMinor


@final
@dataclass(frozen=True)
class Minimal:
    """The dense network of Hankel rank; one coordinate where the rank is zero."""

    name: str = "minimal"

    def compile(self, facts: Facts, contract: Contract) -> Verdict:
        """Return the realisation, which keeps contract linear whatever is asked; LimitError where it is too large."""
        del contract  # linear implies all of them
        machine, found = facts.machine, facts.realisation
        minor = hankel_minor(facts.hankel)
        operator, states = Dense(found.matrices), len(machine.states)
        sizes = Sizes(
            measured(operator, Counts.COORDINATES, LINEAR_HEAD),
            facts=HankelRank(found.rank, states, max(found.rank - found.affine, 0)),
        )
        if found.codes == tuple(unit(state) for state in range(states)):
            network = one_hot_network(machine, operator, Contract.LINEAR, sizes)
        else:
            network = integer_network(machine, operator, found.codes, Contract.LINEAR, sizes, head=found.head)
        witness = HankelMinor(machine, minor.prefixes, minor.suffixes, minor.functions) if found.rank else None
        return replace(network, minimal=witness)


MINIMAL = Minimal()
