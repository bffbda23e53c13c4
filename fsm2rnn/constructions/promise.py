"""What a target keeps of the contract it is asked for: its own where that is stronger."""

from __future__ import annotations

from fsm2rnn.exact.sparse import SparseMatrix
from fsm2rnn.machine.output_functions import functions_shown
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.contract import Contract

NO_HEAD = "linear heads are built by full, pd, minimal and factored"


def finite_promise(contract: Contract) -> Contract:
    """Return the contract of a proof by finitely many codes: never weaker than cover."""
    return Contract.COVER if contract is Contract.ROBUST else contract


def one_hot_promise(machine: StateMachine, contract: Contract) -> tuple[Contract, SparseMatrix | None]:
    """Return the contract and the linear head of a network whose state is e_q: head e_q = the output functions at q."""
    if contract is not Contract.LINEAR:
        return finite_promise(contract), None
    count, shown = functions_shown(machine)
    return contract, SparseMatrix(count, tuple(tuple((row, 1) for row in functions) for functions in shown))
