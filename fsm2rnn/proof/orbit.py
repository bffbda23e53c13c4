"""The orbit {A_w h_0}: found breadth first beside the machine, so that any stored weights can be proved anew.

This search may be wrong without harm: what it finds is proved by `Simulation`.
"""

from __future__ import annotations

from fsm2rnn.errors import CertificateError, LimitError
from fsm2rnn.exact.sparse import Vector
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.simulation import Contract
from fsm2rnn.proof.structures import Meaning


def orbit(stored: Meaning, machine: StateMachine, *, limit: int) -> tuple[tuple[Vector, ...], tuple[int, ...]]:
    """Return the codes that words reach and the machine state that each must be read as.

    Raises CertificateError when one code would have to be read as two states, LimitError when more than
    `limit` codes are reached.
    """
    codes = [stored.initial_state]
    reads = {stored.initial_state: machine.start}
    for code in codes:
        row = machine.table[reads[code]]
        for symbol, matrix in enumerate(stored.matrices):
            reached = matrix.apply(code)
            read = reads.setdefault(reached, row[symbol])
            if read != row[symbol]:
                message = (
                    f"symbol {machine.symbols[symbol]!r} sends the code of {machine.states[reads[code]]!r} to the code "
                    f"of {machine.states[read]!r}, expected that of {machine.states[row[symbol]]!r}"
                )
                raise CertificateError("induction", message)
            if len(reads) > len(codes):
                codes.append(reached)
        if len(codes) > limit:
            what = "codes in the orbit of the stored weights"
            raise LimitError(what, limit=limit)
    return tuple(codes), tuple(reads[code] for code in codes)


def strongest_contract(reads: tuple[int, ...]) -> Contract:
    """Return INJECTIVE when no state has two codes, COVER otherwise."""
    return Contract.INJECTIVE if len(set(reads)) == len(reads) else Contract.COVER
