"""M(A) = {q -> delta(q, w)}: the maps of the states that words are, with the graph w -> wx of right products."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from fsm2rnn.algebra.letters.letter_maps import LetterMaps, Numbers, letter_maps
from fsm2rnn.algebra.letters.words_between import Word
from fsm2rnn.algebra.monoid.row_orbit import ELEMENT_LIMIT, RowOrbit, row_orbit
from fsm2rnn.errors import CertificateError
from fsm2rnn.machine.state_machine import StateMachine


@final
@dataclass(frozen=True, eq=False)
class TransitionMonoid:
    """Maps of the states that words are; element 0 is the empty word. `letters` names the columns of the graph.

    Where the orbit is complete the elements hold the identity and are closed under every letter, hence under every
    word: the orbit proves where letters lead, and the constructor that it starts with the identity.
    """

    letters: LetterMaps
    orbit: RowOrbit

    def __post_init__(self) -> None:
        """Prove that the orbit is one of all states."""
        if not np.array_equal(self.orbit.rows[0], np.arange(self.letters.maps.shape[1])):
            message = "element 0 is not the empty word"
            raise CertificateError("monoid.identity", message)
        if not np.array_equal(self.orbit.maps, self.letters.maps):
            message = "the orbit is one of other letters"
            raise CertificateError("monoid.letters", message)

    @property
    def elements(self) -> Numbers:
        """The maps (N, Q)."""
        return self.orbit.rows

    @property
    def graph(self) -> Numbers:
        """The right Cayley graph (N, D), -1 where a limit came first."""
        return self.orbit.graph

    def __len__(self) -> int:
        """Return N."""
        return len(self.orbit)

    def word(self, element: int) -> Word:
        """Return a shortest word of symbol indices that acts as `element`."""
        return self.letters.word(self.orbit.path(element))


def transition_monoid(machine: StateMachine, *, limit: int = ELEMENT_LIMIT) -> TransitionMonoid:
    """Return {q -> delta(q, w)}; LimitError past `limit` elements, BYTE_LIMIT or WORK_LIMIT of `row_orbit`."""
    return short_elements(machine, limit=limit, whole="elements of the transition monoid")


def short_elements(machine: StateMachine, *, limit: int = ELEMENT_LIMIT, whole: str | None = None) -> TransitionMonoid:
    """Return the elements of the shortest words, all where no limit comes first; LimitError about `whole` if given."""
    letters = letter_maps(machine)
    start = np.arange(letters.maps.shape[1])
    return TransitionMonoid(letters, row_orbit(letters.maps, start, limit=limit, whole=whole))
