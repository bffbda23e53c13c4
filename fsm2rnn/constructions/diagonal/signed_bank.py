"""h_j <- a_xj h_j + b_xj with a in {0, 1, -1}, from h = 0: the real diagonal network with an additive term, moved.

A layer that starts from zero follows y = h - h_0: a letter that keeps a coordinate still does, one that sets it to b
sets it to b - h_0, and a reflection h -> -h is y -> -y - 2 h_0. In all three the written term is a h_0 + b - h_0. The
theorem and its witnesses are those of `constructions.diagonal.affine_rung`; all entries are integers.
"""

from __future__ import annotations

from typing import Final

from fsm2rnn.algebra.facts import Facts
from fsm2rnn.constructions.diagonal.affine_cover import reflecting_coordinates
from fsm2rnn.constructions.diagonal.affine_rung import AffineRung
from fsm2rnn.constructions.integer_network import integer_network
from fsm2rnn.constructions.refutation import earlier_letters_matter
from fsm2rnn.constructions.verdict import Compiled, Impossible, Unsettled, Verdict
from fsm2rnn.exact.sparse import Scalar, Vector, canonical_vector
from fsm2rnn.operators.diagonal import AffineDiagonal
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.simulation import Simulation

DECAYING: Final = "a law fails that holds for finite orbits only, and decaying networks are not written as modules"
_RUNG: Final = AffineRung("signed", 2, earlier_letters_matter, lambda facts: facts.affine_real, reflecting_coordinates)


def signed_verdict(facts: Facts, contract: Contract) -> Verdict:
    """Return the network from zero, under contract injective or else cover; the rung's witness where it has none.

    LimitError when there are too many roles of letters, or codes.
    """
    asked = Contract.INJECTIVE if contract is Contract.ROBUST else contract
    found = _RUNG.compile(facts, asked)
    if isinstance(found, Unsettled) and contract is not Contract.LINEAR:
        found = _RUNG.compile(facts, Contract.COVER)
    if isinstance(found, Impossible) and contract is Contract.ROBUST:
        stronger = _RUNG.compile(facts, contract)
        return stronger if isinstance(stronger, Impossible) else Unsettled(DECAYING)
    return from_zero(found) if isinstance(found, Compiled) else found


def from_zero(network: Compiled) -> Compiled:
    """Return the network whose codes are less the first one."""
    operator, proof = network.operator, network.proof
    if not isinstance(operator, AffineDiagonal) or not isinstance(proof, Simulation):
        message = f"{type(operator).__name__}: a diagonal network with an additive term expected"
        raise TypeError(message)
    start = dict(proof.codes[0])
    offsets = tuple(
        tuple((a - 1) * start.get(j, 0) + b for j, (a, b) in enumerate(zip(kept, offset, strict=True)))
        for kept, offset in zip(operator.factors, operator.offsets, strict=True)
    )
    moved = AffineDiagonal(operator.factors, offsets)
    codes = [_less(code, start, operator.size) for code in proof.codes]
    return integer_network(proof.machine, moved, codes, proof.contract, network.sizes, reads=proof.reads)


def _less(code: Vector, start: dict[int, Scalar], size: int) -> Vector:
    """Return the first `size` coordinates of a code less those of the start."""
    own = dict(code)
    return canonical_vector({j: own.get(j, 0) - start.get(j, 0) for j in range(size)})
