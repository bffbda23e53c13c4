"""Machines for the layers of torch.nn: of the literature, groups, real acceptors and protocols."""

from __future__ import annotations

import warnings
from functools import cache
from pathlib import Path

import fsm2rnn

SHARED = Path(__file__).resolve().parents[3] / "shared" / "machines"
NAMED = (
    *("parity", "flip-flop", "modadd(10)", "even-pairs", "cycle-navigation(5)"),
    *(f"tomita{number}" for number in range(1, 8)),
    *("S3", "Q8", "A5@gens", "S5@gens"),
)
ACCEPTORS = (
    *("mlregtest/04.04.PT.2.1.6.att", "mlregtest/04.04.SF.0.0.9.att", "mlregtest/16.04.TLT.4.1.8.att"),
    *("mlregtest/16.16.Reg.0.0.5.att", "mlregtest/64.64.LTT.4.2.1.att"),
)
PROTOCOLS = ("protocols/TCP_Linux_Client.dot", "protocols/nRF52832.dot", "protocols/NSS_3.17.4_server_regular.dot")
FILES = (*ACCEPTORS, *PROTOCOLS)
FAST = ("flip-flop", "tomita3", "S3@gens")
CELLS = ("relu", "elman", "gru", "lstm")


@cache
def machine_of(name: str):
    """Return a machine by its name, or by its file beside the checkout."""
    if name not in FILES:
        return fsm2rnn.read(name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what readers guess of labels is no matter here
        return fsm2rnn.read(SHARED / name, complete="sink")


def missing(name: str) -> str | None:
    """Return why a machine cannot be read here."""
    return None if name not in FILES or SHARED.exists() else "no ../shared/machines beside the checkout"
