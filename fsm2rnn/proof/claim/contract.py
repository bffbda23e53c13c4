"""The four meanings of "simulates", the strongest first."""

from __future__ import annotations

from enum import Enum


class Contract(Enum):
    """What a network promises; one that keeps a contract keeps all that follow it.

    Minimal sizes differ by contract, so every claim names its own.
    """

    LINEAR = "linear"  # injective, and a linear head C h is exactly the output functions
    INJECTIVE = "injective"  # one code per state
    COVER = "cover"  # finitely many codes, several may be read as one state
    ROBUST = "robust"  # bounded states, read with a positive margin

    def implies(self, other: Contract) -> bool:
        """Return whether a network that keeps this contract keeps `other`."""
        order = list(Contract)
        return order.index(self) <= order.index(other)
