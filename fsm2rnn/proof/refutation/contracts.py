"""The contracts under which a witness refutes: those whose networks are all of the kind that its proof speaks of."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Final

from fsm2rnn.errors import CertificateError
from fsm2rnn.proof.claim.contract import Contract

EVERY_CONTRACT: Final = frozenset(Contract)
FINITE_ORBIT: Final = frozenset({Contract.LINEAR, Contract.INJECTIVE, Contract.COVER})
"""Contracts of finitely many codes; bounded states read with a margin may be infinitely many."""
ONE_CODE_PER_STATE: Final = frozenset({Contract.LINEAR, Contract.INJECTIVE})
LINEAR_HEAD: Final = frozenset({Contract.LINEAR})


def require_refuted(contract: Contract, refuted: AbstractSet[Contract]) -> None:
    """Prove that a contract is among those under which a witness refutes; CertificateError otherwise."""
    if contract not in refuted:
        message = f"this witness says nothing of networks that only keep contract {contract.value}"
        raise CertificateError("witness", message)
