r"""Numbers of Q(zeta_n) as rational polynomials in zeta_n = exp(2 pi i / n) modulo the cyclotomic polynomial Phi_n.

Phi_n is the minimal polynomial of zeta_n over Q, so 1, zeta_n, ..., zeta_n^(phi(n) - 1) is a basis: integers over one
denominator in lowest terms are one spelling per number, and == is equality.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import final

from fsm2rnn.errors import LimitError, NumericError
from fsm2rnn.exact.circle import Bounds, point_on_circle
from fsm2rnn.exact.sparse import Scalar

CONDUCTOR_LIMIT = 1 << 11  # n phi(n) integers are kept for zeta_n: two million, in a third of a second


@final
@dataclass(frozen=True)
class Cyclotomic:
    """sum_i coefficients_i zeta_n^i / denominator in Q(zeta_n), n the conductor, with phi(n) coefficients.

    Raises NumericError unless spelled in lowest terms over a positive denominator, or where two numbers of different
    conductors meet; LimitError beyond CONDUCTOR_LIMIT.
    """

    conductor: int
    coefficients: tuple[int, ...]
    denominator: int = 1

    def __post_init__(self) -> None:
        """Prove the spelling."""
        whole = all(type(number) is int for number in (self.conductor, self.denominator, *self.coefficients))
        if not whole or len(self.coefficients) != degree(self.conductor):
            message = f"not {degree(self.conductor)} integer coefficients: {self.coefficients!r:.80}"
            raise NumericError(message)
        if self.denominator < 1 or math.gcd(self.denominator, *self.coefficients) != 1:
            message = f"not in lowest terms over a positive denominator: {self.coefficients!r:.80}/{self.denominator}"
            raise NumericError(message)

    @classmethod
    def of(cls, conductor: int, coefficients: Sequence[Scalar]) -> Cyclotomic:
        """Return sum_i coefficients_i zeta_n^i for any number of rational coefficients."""
        denominator = math.lcm(*(Fraction(value).denominator for value in coefficients))
        terms = enumerate(int(value * denominator) for value in coefficients)
        return _lowest(conductor, _reduced(conductor, terms), denominator)

    @classmethod
    def rational(cls, conductor: int, value: Scalar) -> Cyclotomic:
        """Return a rational number."""
        return cls.of(conductor, (value,))

    def __add__(self, other: Cyclotomic) -> Cyclotomic:
        """Return the sum."""
        self._require_same_field(other)
        pairs = zip(self.coefficients, other.coefficients, strict=True)
        total = [left * other.denominator + right * self.denominator for left, right in pairs]
        return _lowest(self.conductor, total, self.denominator * other.denominator)

    def __neg__(self) -> Cyclotomic:
        """Return the negative."""
        return Cyclotomic(self.conductor, tuple(-value for value in self.coefficients), self.denominator)

    def __sub__(self, other: Cyclotomic) -> Cyclotomic:
        """Return the difference."""
        return self + -other

    def __mul__(self, other: Cyclotomic) -> Cyclotomic:
        """Return the product."""
        self._require_same_field(other)
        terms = (
            (place + offset, left * right)
            for place, left in enumerate(self.coefficients)
            if left
            for offset, right in enumerate(other.coefficients)
            if right
        )
        return _lowest(self.conductor, _reduced(self.conductor, terms), self.denominator * other.denominator)

    def __bool__(self) -> bool:
        """Whether it is not zero."""
        return any(self.coefficients)

    def conjugate(self) -> Cyclotomic:
        """Return the complex conjugate, zeta_n -> zeta_n^-1."""
        terms = ((-place, value) for place, value in enumerate(self.coefficients))
        return _lowest(self.conductor, _reduced(self.conductor, terms), self.denominator)

    @property
    def is_real(self) -> bool:
        """Whether it is its own conjugate."""
        return not any(self.coefficients[1:]) or self == self.conjugate()

    def bounds(self) -> tuple[Bounds, Bounds]:
        """Return bounds of the real and the imaginary part."""
        real, imaginary = [0, 0], [0, 0]
        for place, value in enumerate(self.coefficients):
            if value:
                for total, bounds in zip((real, imaginary), _root_of_unity(self.conductor, place), strict=True):
                    low, high = (bounds.low, bounds.high) if value > 0 else (bounds.high, bounds.low)
                    total[0] += value * low
                    total[1] += value * high
        first, second = (
            Bounds(low // self.denominator, -(-high // self.denominator)) for low, high in (real, imaginary)
        )
        return first, second

    def times_powers(self) -> tuple[tuple[int, ...], ...]:
        """Return the coefficients of the number times zeta_n^j, j = 0 .. phi(n) - 1, over the same denominator."""
        found = [self.coefficients]
        for _ in self.coefficients[1:]:
            found.append(_next_power(found[-1], _polynomial(self.conductor)))
        return tuple(found)

    def _require_same_field(self, other: Cyclotomic) -> None:
        if self.conductor != other.conductor:
            message = f"numbers of conductors {self.conductor} and {other.conductor} meet"
            raise NumericError(message)


def degree(conductor: int) -> int:
    """Return phi(n), the degree of Q(zeta_n) over Q."""
    return len(roots_of_unity(conductor)[0])


@cache
def roots_of_unity(conductor: int) -> tuple[tuple[int, ...], ...]:
    """Return the coefficients of zeta_n^k for k = 0 .. n - 1.

    NumericError for n < 1, LimitError beyond CONDUCTOR_LIMIT.
    """
    if conductor < 1:
        message = f"{conductor} is no conductor"
        raise NumericError(message)
    if conductor > CONDUCTOR_LIMIT:
        what = "conductor of a cyclotomic field"
        raise LimitError(what, limit=CONDUCTOR_LIMIT, needed=conductor)
    polynomial = _polynomial(conductor)
    powers = [(1, *[0] * (len(polynomial) - 2))]
    for _ in range(conductor - 1):
        powers.append(_next_power(powers[-1], polynomial))
    return tuple(powers)


def _next_power(coefficients: tuple[int, ...], polynomial: tuple[int, ...]) -> tuple[int, ...]:
    """Return the coefficients of a number times zeta_n, Phi_n being the polynomial."""
    *rest, top = coefficients
    if not top:
        return 0, *rest
    return tuple(value - top * low for value, low in zip((0, *rest), polynomial, strict=False))


@cache
def _polynomial(conductor: int) -> tuple[int, ...]:
    """Return Phi_n from the constant term up: t^n - 1 divided by Phi_d for all d | n below n."""
    rest = [-1, *[0] * (conductor - 1), 1]
    for divisor in range(1, conductor):
        if conductor % divisor == 0:
            rest = _quotient(rest, _polynomial(divisor))
    return tuple(rest)


def _quotient(dividend: Sequence[int], divisor: Sequence[int]) -> list[int]:
    """Return the exact quotient by a polynomial with leading coefficient 1."""
    rest, found = list(dividend), []
    for place in range(len(dividend) - len(divisor), -1, -1):
        top = rest[place + len(divisor) - 1]
        found.append(top)
        for offset, value in enumerate(divisor):
            rest[place + offset] -= top * value
    return found[::-1]


@cache
def _root_of_unity(conductor: int, power: int) -> tuple[Bounds, Bounds]:
    return point_on_circle(Fraction(power, conductor))


def _reduced(conductor: int, terms: Iterable[tuple[int, int]]) -> list[int]:
    """Return the coefficients of the sum of value * zeta_n^power."""
    raw = [0] * conductor
    for power, value in terms:
        raw[power % conductor] += value
    powers = roots_of_unity(conductor)
    total = raw[: len(powers[0])]
    for power in range(len(total), conductor):
        if value := raw[power]:
            total = [entry + value * root for entry, root in zip(total, powers[power], strict=True)]
    return total


def _lowest(conductor: int, numerators: Sequence[int], denominator: int) -> Cyclotomic:
    common = math.gcd(denominator, *numerators)
    return Cyclotomic(conductor, tuple([value // common for value in numerators]), denominator // common)
