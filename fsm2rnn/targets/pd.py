"""A_x = P_x D_x with P_x e_q = e_delta(q, x) and D_x = I: one gather per step, any machine, |Q| |Sigma| numbers.

A column-one-hot matrix times a diagonal one; products keep that form, so a parallel scan costs O(|Q|) per
composition. With D = I a one-hot state stays one-hot and nothing ever rounds: exact at every length, in every
float format.

Source: PD-SSM (Terzic et al., 2025): the structure, and that width |Q| suffices for every automaton.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from fsm2rnn.constructions.promise import one_hot_promise
from fsm2rnn.constructions.verdict import Compiled, Verdict
from fsm2rnn.exact.phase import PhaseMatrix
from fsm2rnn.exact.sparse import SparseMatrix, unit
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.operators.column_one_hot import ColumnOneHot
from fsm2rnn.proof.contract import Contract
from fsm2rnn.proof.decoder import Decoder
from fsm2rnn.proof.simulation import Simulation


@final
@dataclass(frozen=True)
class ColumnOneHotDiagonal:
    """The column-one-hot times diagonal network with one coordinate per state."""

    name: str = "pd"

    def compile(self, machine: StateMachine, contract: Contract) -> Verdict:
        """Return the network of the machine's own table."""
        size = len(machine.states)
        operator = ColumnOneHot(tuple(PhaseMatrix.map(column) for column in zip(*machine.table, strict=True)))
        matrices = tuple(operator.matrix(symbol) for symbol in range(len(machine.symbols)))
        codes = tuple(unit(state) for state in range(size))
        decoder = Decoder.linear(SparseMatrix.identity(size))
        kept, head = one_hot_promise(machine, contract)
        proof = Simulation(machine, matrices, codes, tuple(range(size)), decoder, kept, head)
        return Compiled(operator, proof)


PD = ColumnOneHotDiagonal()
