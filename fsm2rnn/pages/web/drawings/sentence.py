"""A claim as a notebook shows it: a sentence on its colour; no style sheet, which would reach the page around."""

from __future__ import annotations

import html
from typing import Final

from fsm2rnn.escapes import escaped
from fsm2rnn.pages.web.drawings.svg import AMBER, AMBER_BACK, GREEN, GREEN_BACK, RED, RED_BACK
from fsm2rnn.pages.web.page_data import Claim, Tone

TONES: Final = {
    Tone.PROVED: (GREEN, GREEN_BACK),
    Tone.BOUNDED: (AMBER, AMBER_BACK),
    Tone.REFUTED: (RED, RED_BACK),
    Tone.OPEN: (AMBER, AMBER_BACK),
}


def shown_claim(claim: Claim) -> str:
    """Return a sentence on its colour, its first words in bold, as HTML."""
    colour, back = TONES[claim.tone]
    head, rest = (html.escape(escaped(text)) for text in (claim.head, claim.rest))
    style = f"background:{back};color:{colour};padding:8px 12px;border-radius:8px;overflow-wrap:anywhere"
    return f'<div style="{style}"><b>{head}</b> {rest}</div>'
