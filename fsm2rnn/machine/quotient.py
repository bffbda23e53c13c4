"""Quotient maps phi: M -> N with phi(q0) = q0', phi(delta(q, x)) = delta'(phi(q), x), lambda(q) = lambda'(phi(q))."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from fsm2rnn.errors import CertificateError
from fsm2rnn.machine.labels import typed
from fsm2rnn.machine.state_machine import StateMachine


@final
@dataclass(frozen=True)
class QuotientMap:
    """A proved map of `source` onto `target`: `image[q]` is the state of `target` that state q becomes.

    By induction on words both machines give the same outputs. Raises CertificateError when one of the
    equations fails, the alphabets differ, or a state of `target` is nobody's image.
    """

    source: StateMachine
    target: StateMachine
    image: tuple[int, ...]

    def __post_init__(self) -> None:
        """Prove the equations of the first line of this module."""
        source, target, image = self.source, self.target, self.image
        if len(image) != len(source.states) or set(image) != set(range(len(target.states))):
            message = f"not a map of {len(source.states)} states onto {len(target.states)}"
            raise CertificateError("quotient.image", message)
        if typed(source.symbols) != typed(target.symbols):
            message = "source and target have different symbols"
            raise CertificateError("quotient.symbols", message)
        if image[source.start] != target.start:
            message = "the start does not become the start"
            raise CertificateError("quotient.start", message)
        for state, row in enumerate(source.table):
            if typed(source.outputs[state]) != typed(target.outputs[image[state]]):
                message = f"state {source.states[state]!r} changes its output"
                raise CertificateError("quotient.outputs", message)
            if tuple([image[reached] for reached in row]) != target.table[image[state]]:
                message = f"the transitions of state {source.states[state]!r} do not commute with the map"
                raise CertificateError("quotient.table", message)
