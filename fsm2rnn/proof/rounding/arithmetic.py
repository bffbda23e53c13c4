"""What a certificate says of the arithmetic of a format: which one adds up, and when a state is rounded."""

from __future__ import annotations

from typing import Final

from fsm2rnn.exact.rounding import FloatFormat

ACCUMULATING: Final = "float32 for bfloat16 and float16, otherwise the stored format"


def reason_in(form: FloatFormat, reason: str) -> str:
    """Return a reason as it holds in `form`: of a format that is only stored it names what computes instead."""
    if form.native:
        return reason
    wide = form.accumulator.name
    own = f"; {form.name} is only stored: its numbers are computed with in {wide}, and each new state is rounded to it"
    return reason.replace(ACCUMULATING, wide) + own
