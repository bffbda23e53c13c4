"""S_t = A_t S_{t-1} + B_t: what a configuration says of the matrices A_t of each layer, by eigenvalues alone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias, final

from fsm2rnn.errors import InputError


@final
@dataclass(frozen=True)
class FieldRead:
    """A field of a configuration with its value; `is_default` where the configuration does not say it."""

    name: str
    value: object
    is_default: bool = False

    def __str__(self) -> str:
        """Say the field as a configuration would."""
        return f"{self.name}={self.value!r}" + (" (default)" if self.is_default else "")


@final
class Eigenvalues(Enum):
    """Where all eigenvalues lie of the products that a `Transition` speaks of."""

    NOT_NEGATIVE = "real and not negative"
    REAL = "real"
    ANYWHERE = "anywhere"


@final
@dataclass(frozen=True)
class Transition:
    """The product of A_t over up to `tokens` tokens in a row has such eigenvalues; None: over any number of them.

    `form` says the matrix, with the ranges of its parameters.
    """

    form: str
    eigenvalues: Eigenvalues
    tokens: int | None

    def __post_init__(self) -> None:
        """Prove that the number of tokens counts."""
        if self.tokens is not None and self.tokens < 1:
            message = f"a product over {self.tokens} tokens"
            raise InputError(message)


@final
@dataclass(frozen=True)
class Window:
    """The layer is a function of its last inputs alone: convolutions, perceptrons, attention to a window."""

    reads: str


@final
@dataclass(frozen=True)
class Uncovered:
    """No theorem here speaks of the layer."""

    reason: str


Reach: TypeAlias = Transition | Window | Uncovered


@final
@dataclass(frozen=True)
class LayerFacts:
    """Layers of one kind, what was read of them, and how they reach into the past."""

    kind: str
    count: int
    reach: Reach
    fields: tuple[FieldRead, ...] = ()

    def __str__(self) -> str:
        """Say the layers in one line."""
        read = "".join(f", {field}" for field in self.fields)
        return f"{self.count} x {self.kind}{read}: {reach_text(self.reach)}"


def reach_text(reach: Reach) -> str:
    """Return how a layer reaches into the past, in words."""
    match reach:
        case Transition(form, eigenvalues, tokens):
            over = "any product" if tokens is None else f"products over {tokens} token{'s' * (tokens > 1)}"
            return f"{form}; eigenvalues of {over} {eigenvalues.value}"
        case Window(reads):
            return reads
        case Uncovered(reason):
            return f"not covered: {reason}"
