"""What is known of a group that is listed: every fact is searched for once, as those of its machine are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from fsm2rnn.algebra.fact import fact
from fsm2rnn.algebra.group.characters import CharacterTable
from fsm2rnn.algebra.group.group_action import GroupAction
from fsm2rnn.algebra.representation.least_representation import LeastRepresentation, least_complex, least_real
from fsm2rnn.algebra.representation.orthogonal_representation import OrthogonalRepresentation, furthest, with_summands
from fsm2rnn.algebra.signed.phase_form import PhaseForm, phase_form


@final
@dataclass(frozen=True, eq=False)
class GroupFacts:
    """A listed transitive permutation group: its characters and its least representations, one code per state."""

    action: GroupAction

    @property
    def characters(self) -> CharacterTable:
        """The irreducible characters; LimitError for too many elements or classes."""
        return self.action.characters

    @fact
    def least_real(self) -> LeastRepresentation:
        """The least representation over R."""
        return least_real(self.characters, self.action)

    @fact
    def least_complex(self) -> LeastRepresentation:
        """The least representation over C."""
        return least_complex(self.characters, self.action)

    @fact
    def furthest(self) -> OrthogonalRepresentation:
        """An orthogonal representation of the least dimension, codes as far apart as was found."""
        return furthest(self.characters, self.action, self.least_real)

    def with_summands(self, chosen: LeastRepresentation) -> OrthogonalRepresentation:
        """Codes as far apart as was found on these summands: those of `furthest` where it has the same ones."""
        if chosen.summands == self.least_real.summands == self.furthest.summands:
            return self.furthest
        return with_summands(self.characters, self.action, chosen)

    @fact
    def phases(self) -> PhaseForm:
        """The fewest complex numbers that letters permute and turn, with one code per state."""
        return phase_form(self.action)
