"""2 (gamma_n S + n lambda): by how much rounding can change the lead of one score over another."""

from __future__ import annotations

from fractions import Fraction

from fsm2rnn.errors import CertificateError
from fsm2rnn.exact.rounding import FloatFormat


def score_rounding(form: FloatFormat, size: int, largest: Fraction) -> Fraction:
    """Return twice the error of one score of `size` products and a bias, in any order of summation, from above.

    `largest` bounds the sum of magnitudes of products and bias. A score is off by gamma_(size + 2) times that, and by
    underflows. With gamma <= 1 no partial sum exceeds twice the sum of magnitudes, nor do underflows grow to more than
    twice their sum. CertificateError where there are too many terms for that, or a score may overflow.
    """
    terms = size + 2
    if 2 * terms > 1 << form.precision:
        message = f"{terms} terms are too many for scores in {form.name}"
        raise CertificateError("decoder", message)
    gamma, underflow = Fraction(terms, (1 << form.precision) - terms), terms * Fraction(2) ** form.lowest
    if 2 * largest + underflow > form.largest:
        message = f"a score may exceed the numbers of {form.name}"
        raise CertificateError("decoder", message)
    return 2 * (gamma * largest + underflow)
