"""x -> A_x: a family of square matrices, one per symbol, in a structure of its own."""

from __future__ import annotations

from abc import ABC, abstractmethod

from fsm2rnn.exact.matrix import ExactMatrix


class Operator(ABC):
    """The state update h <- A_x h with exact parameters; everything else about it is a free function."""

    @property
    @abstractmethod
    def size(self) -> int:
        """The width H of the state."""

    @abstractmethod
    def matrix(self, symbol: int) -> ExactMatrix:
        """Return A_x of shape (H, H) for the symbol's index."""
