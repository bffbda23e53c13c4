"""h_w = A_w v over Z: integer matrices of small width, exact at every length without renormalisation.

The sum of the images of Z^k under a finite group of rational matrices is a lattice that the group keeps, so every
rational representation can be written over Z, and h stays in the finite orbit of v: where the sums of |A_ij| |h_j| and
those of the readout are at most 2^p, no step rounds in a float format of p bits of precision. With one code per element
A5, S5 and S6 take 4, 4 and 5 coordinates, a cycle of length n the sum of phi(p^k) over the prime powers of n (an
invariant 2 joined to an odd one is free).

For letters that permute the states `algebra.integer_representation` says whether the width is the least over Q with one
code per state: then no smaller integer network has one. Resets join the permutations through a constant coordinate c:
v_q c is the code of q. Other letters act on functions on the states (`algebra.summands`), n + 1 coordinates for a shift
register of n bits and n for a counter that saturates at n, the functions that a linear head gives among them; or on
the states themselves, one that no letter leaves being the origin.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from fsm2rnn.constructions.integer_codes import integer_codes
from fsm2rnn.constructions.nearest import nearest_integers
from fsm2rnn.constructions.promise import NO_HEAD, finite_promise
from fsm2rnn.constructions.verdict import Compiled, Unsettled, Verdict
from fsm2rnn.machine.labels import Json
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.operators.dense import Dense
from fsm2rnn.proof.contract import Contract
from fsm2rnn.proof.simulation import Simulation


@final
@dataclass(frozen=True)
class Integer:
    """The dense integer network of the smallest width found."""

    name: str = "integer"

    def compile(self, machine: StateMachine, contract: Contract) -> Verdict:
        """Return the network of one code per state; LimitError where it is too large."""
        if contract is Contract.LINEAR:
            return Unsettled(NO_HEAD)
        found = integer_codes(machine)
        states = range(len(machine.states))
        decoder = nearest_integers(found.codes, states, found.size)
        proof = Simulation(machine, found.matrices, found.codes, tuple(states), decoder, finite_promise(contract))
        size_is = "least with one code per state" if found.least else "best found"
        details: dict[str, Json] = {"size_is": size_is, "reason": found.reason}
        return Compiled(Dense(found.matrices), proof, (), details)


INTEGER = Integer()
