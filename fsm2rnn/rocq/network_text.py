"""The text of a network file's claim, whatever proves it: codes of a linear network, or boxes of a nonlinear cell."""

from __future__ import annotations

from fsm2rnn.errors import InputError
from fsm2rnn.proof.file.cell_network import ProvedCell
from fsm2rnn.proof.file.checker import Proved
from fsm2rnn.rocq.box_claim import box_claim_of
from fsm2rnn.rocq.box_text import box_text
from fsm2rnn.rocq.claim import claim_of
from fsm2rnn.rocq.claim_text import MAX_TEXT, Text, claim_text
from fsm2rnn.rocq.theorems import Floats


def network_text(
    network: Proved, digest: str, *, floats: Floats = Floats.ANY, assumed: bool = False, limit: int = MAX_TEXT
) -> Text:
    """Return the text of the claim of a proved network; `digest` is the SHA-256 of its file.

    With `assumed` the bounds of tanh that boxes rest on are not proved. InputError names networks that are not written,
    LimitError says that the text would have more than `limit` characters.
    """
    if not isinstance(network, ProvedCell):
        return claim_text(claim_of(network), digest, floats=floats, limit=limit)
    claim = box_claim_of(network)
    if floats is Floats.IEEE:
        message = "boxes are proved in exact arithmetic, and their theorem speaks of no float format"
        raise InputError(message, hint="fsm2rnn check says by how much a computed step may err")
    return box_text(claim, digest, assumed=assumed, limit=limit)
