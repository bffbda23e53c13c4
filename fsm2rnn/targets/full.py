"""W_ijk = [delta(j, k) = i]: the full bilinear network holds every machine, one unit per state.

With one-hot states and letters, h_i = sum_jk W_ijk x_k h_j maps e_q to e_delta(q, x), so by induction
h_T = e_delta*(q0, w). Each row meets at most one product that is not zero, hence nothing ever rounds: exact at
every length, in every float format, in any order of summation. Memory is |Q|^2 |Sigma| numbers.

Source: Ebrahimi and Memisevic, arXiv 2505.21749, Proposition 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, final

from fsm2rnn.algebra.facts import Facts
from fsm2rnn.constructions.integer_network import one_hot_network
from fsm2rnn.constructions.sizes import ByDefinition, width_only
from fsm2rnn.constructions.verdict import Verdict
from fsm2rnn.errors import LimitError
from fsm2rnn.exact.sparse import SparseMatrix, unit
from fsm2rnn.operators.dense import Dense
from fsm2rnn.proof.claim.contract import Contract

BYTE_LIMIT: Final = 1 << 28
"""Most bytes of float32 numbers in one weight tensor: 256 MiB, about 400 states with 400 letters."""


@final
@dataclass(frozen=True)
class Full:
    """The dense (H, H, D) tensor with H = |Q| and D = |Sigma|."""

    name: str = "full"

    def compile(self, facts: Facts, contract: Contract) -> Verdict:
        """Return the one-hot network; LimitError when its float32 tensor would exceed `BYTE_LIMIT` bytes."""
        machine = facts.machine
        size, symbols = len(machine.states), len(machine.symbols)
        needed = 4 * size * size * symbols
        if needed > BYTE_LIMIT:
            what = f"bytes of the dense tensor of {size} x {size} x {symbols} float32 numbers"
            raise LimitError(what, limit=BYTE_LIMIT, needed=needed, hint="target pd stores |Q| |Sigma| numbers instead")
        codes = tuple(unit(state) for state in range(size))
        operator = Dense(
            tuple(SparseMatrix(size, tuple(codes[row[symbol]] for row in machine.table)) for symbol in range(symbols))
        )
        return one_hot_network(machine, operator, contract, width_only(operator, ByDefinition()))


FULL = Full()
