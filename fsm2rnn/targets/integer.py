"""h_w = A_w v over Z: integer matrices of small width, exact at every length without renormalisation.

The sum of the images of Z^k under a finite group of rational matrices is a lattice that the group keeps, so every
rational representation can be written over Z, and h stays in the finite orbit of v: where the sums of |A_ij| |h_j| and
those of the readout are at most 2^p, no step rounds in a float format of p bits of precision. With one code per element
A5, S5 and S6 take 4, 4 and 5 coordinates, a cycle of length n the sum of phi(p^k) over the prime powers of n (an
invariant 2 joined to an odd one is free).

For letters that permute the states `algebra.integer_representation` says whether the width is the least over Q with one
code per state: then no smaller integer network has one. Resets join the permutations through a constant coordinate c:
v_q c is the code of q. Other letters act on functions on the states (`algebra.summands`), n + 1 coordinates for a shift
register of n bits and n for a counter that saturates at n; or on the states themselves, one that no letter leaves being
the origin.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from fsm2rnn.algebra.integer_representation import IntegerRepresentation, integer_representation
from fsm2rnn.algebra.summands import block_form
from fsm2rnn.constructions.nearest import nearest_integers
from fsm2rnn.constructions.promise import NO_HEAD, finite_promise
from fsm2rnn.constructions.verdict import Compiled, Unsettled, Verdict
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.exact.sparse import SparseMatrix, unit, vector
from fsm2rnn.machine.labels import Json
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.operators.block_diagonal import BlockDiagonal
from fsm2rnn.operators.dense import Dense
from fsm2rnn.proof.contract import Contract
from fsm2rnn.proof.simulation import Simulation

NUMBER_LIMIT = 1 << 26  # of the dense tensor


@final
@dataclass(frozen=True)
class Integer:
    """The dense integer network of the smallest width found."""

    name: str = "integer"

    def compile(self, machine: StateMachine, contract: Contract) -> Verdict:
        """Return the network of one code per state; LimitError where it is too large."""
        if contract is Contract.LINEAR:
            return Unsettled(NO_HEAD)
        found = _representation(machine)
        states = range(len(machine.states))
        decoder = nearest_integers(found.codes, states, found.size)
        proof = Simulation(machine, found.matrices, found.codes, tuple(states), decoder, finite_promise(contract))
        size_is = "least with one code per state" if found.least else "best found"
        details: dict[str, Json] = {"size_is": size_is, "reason": found.reason}
        return Compiled(Dense(found.matrices), proof, (), details)


def _representation(machine: StateMachine) -> IntegerRepresentation:
    try:
        return integer_representation(machine)
    except InputError:
        on_states = _on_states(machine)
    try:
        on_functions = _on_functions(machine)
    except (LimitError, InputError):
        return on_states
    return on_functions if on_functions.size < on_states.size else on_states


def _on_functions(machine: StateMachine) -> IntegerRepresentation:
    form = block_form(machine)
    rows = [
        [SparseMatrix.from_rows(block[letter].tolist()) for block in form.blocks]
        for letter in range(len(machine.symbols))
    ]
    whole = BlockDiagonal(tuple(map(tuple, rows)))
    matrices = tuple(whole.matrix(letter) for letter in range(len(rows)))
    codes = tuple(vector(enumerate(code)) for code in form.codes.tolist())
    return IntegerRepresentation(matrices, codes, least=False, reason=f"functions on the states: {form.reason}")


def _on_states(machine: StateMachine) -> IntegerRepresentation:
    """Return unit vectors, a state that no letter leaves at the origin; LimitError past NUMBER_LIMIT numbers."""
    origin = next((state for state, row in enumerate(machine.table) if set(row) == {state}), None)
    places = [state for state in range(len(machine.states)) if state != origin]
    if len(places) ** 2 * len(machine.symbols) > NUMBER_LIMIT:
        what = "numbers of the dense tensor of an integer network"
        raise LimitError(what, limit=NUMBER_LIMIT, needed=len(places) ** 2 * len(machine.symbols))
    codes = {state: unit(place) for place, state in enumerate(places)} | ({} if origin is None else {origin: ()})
    matrices = tuple(
        SparseMatrix(len(places), tuple(codes[column[state]] for state in places))
        for column in zip(*machine.table, strict=True)
    )
    reason = "one coordinate per state" + ("" if origin is None else " but one, which no letter leaves")
    return IntegerRepresentation(
        matrices, tuple(codes[state] for state in range(len(codes))), least=False, reason=reason
    )


INTEGER = Integer()
