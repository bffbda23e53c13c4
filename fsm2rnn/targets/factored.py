"""A_x = U diag(w_x) V^T over the integers: the CP (factored) form, with the fewest products R of five constructions.

Every machine is held: one product per letter and image state is enough, so R is at most the sum of the ranks of the
letters. The five ways to cut the letter tensor, and the bounds from below by its flattenings and by the pencil of two
letters, are in `algebra.cp_bounds`; the identity U diag(w_x) V^T = A_x is checked over Z for every letter. Both the
one-hot codes and those of the least linear realisation are tried, and the smaller R is taken.

Source: Ebrahimi and Memisevic, arXiv 2505.21749 (the factored model).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from fsm2rnn.algebra.cp_bounds import flattening_rank
from fsm2rnn.algebra.cp_factors import CPFactors, cp_factors
from fsm2rnn.algebra.hankel import Realisation, realisation
from fsm2rnn.algebra.pencil import pencil_bound
from fsm2rnn.constructions.nearest import nearest_integers
from fsm2rnn.constructions.promise import one_hot_promise
from fsm2rnn.constructions.verdict import Compiled, Verdict
from fsm2rnn.errors import LimitError
from fsm2rnn.exact.sparse import SparseMatrix, unit
from fsm2rnn.machine.labels import Json
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.operators.factored import Factored
from fsm2rnn.proof.contract import Contract
from fsm2rnn.proof.decoder import Decoder
from fsm2rnn.proof.simulation import Simulation

PENCIL_LETTERS = 8  # distinct letters, up to which all pairs are looked at


@final
@dataclass(frozen=True)
class FactoredForm:
    """The smallest integer factorisation found."""

    name: str = "factored"

    def compile(self, machine: StateMachine, contract: Contract) -> Verdict:
        """Return the network of the smaller R; LimitError where the letter tensor is too large."""
        states = len(machine.states)
        matrices = tuple(
            SparseMatrix(states, tuple(unit(state) for state in column)) for column in zip(*machine.table, strict=True)
        )
        one_hot = cp_factors(matrices)
        narrow = _narrower(machine)
        if narrow is not None:
            factors = cp_factors(narrow.matrices)
            if factors.rank < one_hot.rank:
                return _narrow(machine, narrow, factors)
        operator = _operator(one_hot)
        kept, head = one_hot_promise(machine, contract)
        codes = tuple(unit(state) for state in range(states))
        decoder = Decoder.linear(SparseMatrix.identity(states))
        products = tuple(operator.matrix(symbol) for symbol in range(len(machine.symbols)))
        proof = Simulation(machine, products, codes, tuple(range(states)), decoder, kept, head)
        return Compiled(operator, proof, (), _details("one-hot", one_hot, matrices))


def _narrower(machine: StateMachine) -> Realisation | None:
    """Return the least linear realisation where it has fewer coordinates than states, and is within limits."""
    try:
        found = realisation(machine)
    except LimitError:
        return None
    return found if found.head.width < len(machine.states) else None


def _narrow(machine: StateMachine, found: Realisation, factors: CPFactors) -> Compiled:
    operator = _operator(factors)
    states = len(machine.states)
    decoder = nearest_integers(found.codes, range(states), operator.size)
    products = tuple(operator.matrix(symbol) for symbol in range(len(machine.symbols)))
    proof = Simulation(machine, products, found.codes, tuple(range(states)), decoder, Contract.LINEAR, found.head)
    return Compiled(operator, proof, (), _details("least linear realisation", factors, found.matrices))


def _operator(factors: CPFactors) -> Factored:
    """Return the factors as they are stored; letters that are all zero have rank 0 and keep one empty product."""
    if factors.rank:
        return Factored(factors.output, factors.gates, factors.input.transposed())
    empty = SparseMatrix(factors.output.height, ((),))
    return Factored(empty, factors.gates, empty)


def _details(codes: str, factors: CPFactors, matrices: tuple[SparseMatrix, ...]) -> dict[str, Json]:
    flattening = flattening_rank(matrices)
    pencil = pencil_bound(matrices) if len(set(matrices)) <= PENCIL_LETTERS else None
    least = max(flattening, 0 if pencil is None else pencil.real)
    return {
        "rank": max(1, factors.rank),  # what is stored; letters that are all zero have rank 0
        "codes": codes,
        "construction": str(factors.construction),
        "rank_at_least": {"flattening": flattening, "pencil": None if pencil is None else pencil.real},
        "size_is": "best found" if factors.rank > least else "least rank for these codes",
    }


FACTORED = FactoredForm()
