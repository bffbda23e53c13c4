"""Orthogonal matrices over a field as products of reflections, by exact elimination (E. Cartan, J. Dieudonne)."""

from __future__ import annotations

from fractions import Fraction

import flint

from fsm2rnn.errors import NumericError
from fsm2rnn.exact.cyclotomic import Cyclotomic


def field_reflections(matrix, gram):
    """Return the keys of A over Q(zeta_n), the first one applied first, for a positive form G that A keeps, both real.

    NumericError where more reflections than dimensions are needed: then A does not keep the form.
    """
    size = range(len(matrix))
    zero, one, two = (Cyclotomic.rational(matrix[0][0].conductor, number) for number in (0, 1, 2))
    rest, keys = [list(row) for row in matrix], []
    while moved := [place for place in size if any(rest[row][place] != (zero, one)[row == place] for row in size)]:
        if len(keys) == len(matrix):
            message = "a matrix that does not keep the form has no reflections"
            raise NumericError(message)
        key = tuple(rest[row][moved[0]] - (zero, one)[row == moved[0]] for row in size)
        dual = [sum((gram[row][other] * key[row] for row in size), start=zero) for other in size]
        scale = two * _inverse(sum((a * b for a, b in zip(dual, key, strict=True)), start=zero))
        for column in size:
            factor = scale * sum((dual[row] * rest[row][column] for row in size), start=zero)
            for row in size:
                rest[row][column] -= key[row] * factor
        keys.append(key)
    return tuple(reversed(keys))


def _inverse(number):
    """Return 1 / number, by Euclid's algorithm modulo the cyclotomic polynomial; NumericError for 0."""
    if not number:
        message = "a key of length 0 has no reflection"
        raise NumericError(message)
    polynomial = flint.fmpq_poly(list(number.coefficients), number.denominator)
    _, inverse, _ = polynomial.xgcd(flint.fmpq_poly(flint.fmpz_poly.cyclotomic(number.conductor)))
    return Cyclotomic.of(number.conductor, [Fraction(int(entry.p), int(entry.q)) for entry in inverse.coeffs()])
