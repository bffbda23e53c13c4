"""h_w = A_w v over Z: a group in integer matrices of small width, exact at every length without renormalisation.

The sum of the images of Z^k under a finite group of rational matrices is a lattice that the group keeps, so every
rational representation can be written over Z, and h stays in the finite orbit of v: where the sums of |A_ij| |h_j| and
those of the readout are at most 2^p, no step rounds in a float format of p bits of precision. With one code per element
A5, S5 and S6 take 4, 4 and 5 coordinates, a cycle of length n the sum of phi(p^k) over the prime powers of n (an
invariant 2 joined to an odd one is free).

For letters that permute the states `algebra.integer_representation` says whether the width is the least over Q with one
code per state: then no smaller integer network has one. Resets join the permutations through a constant coordinate c:
v_q c is the code of q.

Not in `TARGETS` yet: ask it as `INTEGER.compile(machine, contract)`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from fsm2rnn.algebra.integer_representation import integer_representation
from fsm2rnn.constructions.nearest import nearest_integers
from fsm2rnn.constructions.promise import NO_HEAD, finite_promise
from fsm2rnn.constructions.verdict import Compiled, Unsettled, Verdict
from fsm2rnn.errors import InputError
from fsm2rnn.machine.labels import Json
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.operators.dense import Dense
from fsm2rnn.proof.contract import Contract
from fsm2rnn.proof.simulation import Simulation


@final
@dataclass(frozen=True)
class Integer:
    """The dense integer network of a machine whose letters permute or reset the states."""

    name: str = "integer"

    def compile(self, machine: StateMachine, contract: Contract) -> Verdict:
        """Return the network of one code per state; Unsettled for other letters; LimitError where it is too large."""
        if contract is Contract.LINEAR:
            return Unsettled(NO_HEAD)
        try:
            found = integer_representation(machine)
        except InputError as error:
            return Unsettled(f"integer networks are built where letters permute or reset the states: {error.message}")
        states = len(machine.states)
        decoder = nearest_integers(found.codes, range(states), found.size)
        reads = tuple(range(states))
        proof = Simulation(machine, found.matrices, found.codes, reads, decoder, finite_promise(contract))
        size_is = "least with one code per state" if found.least else "best found"
        details: dict[str, Json] = {"size_is": size_is, "reason": found.reason}
        return Compiled(Dense(found.matrices), proof, (), details)


INTEGER = Integer()
