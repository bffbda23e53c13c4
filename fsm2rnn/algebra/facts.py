"""What is known of one machine: every fact is searched for once, when the first of several targets asks for it.

Facts belong to a machine as one value that is handed from target to target, and go when it goes. A search that meets a
limit refuses with LimitError, and does so again at once whenever it is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import final

import numpy as np

from fsm2rnn.algebra.cascade.best_cascade import STRATEGIES, TURNING, best_cascade, block_cascade
from fsm2rnn.algebra.cascade.followed import FollowedMachine, followed_machine
from fsm2rnn.algebra.cascade.level_units import CascadeUnits
from fsm2rnn.algebra.covers.coset_covers import CosetCover, regular_cover, smaller_covers
from fsm2rnn.algebra.covers.dihedral_cover import dihedral_cover
from fsm2rnn.algebra.diagonal.affine_diagonal import AffineCoordinates, affine_real_coordinates
from fsm2rnn.algebra.fact import fact
from fsm2rnn.algebra.functions.function_spaces import FunctionSpaces, function_spaces
from fsm2rnn.algebra.functions.matrix_algebra import STATE_LIMIT, MatrixAlgebra, matrix_algebra
from fsm2rnn.algebra.group.group_action import group_action
from fsm2rnn.algebra.group.group_name import TransitionGroup, transition_group
from fsm2rnn.algebra.group_facts import GroupFacts
from fsm2rnn.algebra.integral.integer_representation import integer_representation
from fsm2rnn.algebra.integral.module_sums import IntegerRepresentation
from fsm2rnn.algebra.letters.letter_maps import LetterMaps, letter_maps, permutes_transitively
from fsm2rnn.algebra.letters.letter_orders import noncommuting, transient
from fsm2rnn.algebra.linear.hankel import HankelSpan, Realisation, hankel_span, realisation
from fsm2rnn.algebra.monoid.aperiodicity import Aperiodicity, aperiodicity
from fsm2rnn.algebra.monoid.few_points import FewPoints, few_points
from fsm2rnn.algebra.monoid.minimal_pairs import Pair, minimal_classes
from fsm2rnn.algebra.monoid.short_words import Noncommuting, noncommuting_idempotents, noncommuting_squares
from fsm2rnn.algebra.monoid.solvability import Solvability, solvability
from fsm2rnn.algebra.signed.monomial import (
    SignedPermutationForm,
    fewest_reflections_form,
    signed_permutation_form,
)
from fsm2rnn.errors import InputError
from fsm2rnn.machine.quotient import QuotientMap
from fsm2rnn.machine.state_machine import StateMachine


@final
@dataclass(frozen=True, eq=False)
class Facts:
    """Facts about `machine`, the minimal one where targets are asked.

    Errors are those of the functions that search, raised every time a fact is asked for.
    """

    machine: StateMachine

    def __reduce__(self) -> tuple[type[Facts], tuple[StateMachine]]:
        """Send the machine alone to another process, which searches for what it needs."""
        return Facts, (self.machine,)

    @fact
    def letters(self) -> LetterMaps:
        """The distinct letter maps."""
        return letter_maps(self.machine)

    @fact
    def transitive(self) -> bool:
        """Whether all letters permute the states and words reach all of them: the states are cosets of a group."""
        return permutes_transitively(self.machine)

    @fact
    def noncommuting(self) -> tuple[int, int, int] | None:
        """A state and two letters whose order matters there."""
        return noncommuting(self.machine)

    @fact
    def transient(self) -> tuple[int, int] | None:
        """A state and a letter no power of which brings its image back."""
        return transient(self.machine)

    @fact
    def noncommuting_squares(self) -> Noncommuting | None:
        """Words of a permutation machine whose squares do not commute."""
        return noncommuting_squares(self.machine) if self.letters.permutation else None

    @fact
    def noncommuting_idempotents(self) -> Noncommuting | None:
        """Words that are idempotents and do not commute."""
        return noncommuting_idempotents(self.machine)

    @fact
    def aperiodicity(self) -> Aperiodicity:
        """Whether no word permutes states in a cycle."""
        return aperiodicity(self.machine)

    @fact
    def solvability(self) -> Solvability:
        """Whether all groups in the transition monoid are solvable."""
        return solvability(self.machine, lambda: self.few_points)

    @fact
    def cascades(self) -> CascadeFacts:
        """The best cascades."""
        return CascadeFacts(self)

    @fact
    def transition_group(self) -> TransitionGroup:
        """Name and order of the transition group, None for letters that do not permute the states."""
        return transition_group(self.machine, lambda: self.few_points)

    @fact
    def group(self) -> GroupFacts:
        """The transition group of a transitive machine, listed; InputError for another machine."""
        return GroupFacts(group_action(self.machine))

    @fact
    def few_points(self) -> FewPoints | None:
        """Few points that a regular group acts on, whose elements are too many to be listed."""
        return few_points(np.array(self.machine.table, dtype=np.intp).T, self.machine.start)

    @fact
    def permuting(self) -> Facts | None:
        """Facts about the machine of the letters that permute the states; None where there is no such letter."""
        return _permuting(self)

    @fact
    def permutations(self) -> GroupFacts:
        """The group of the letters that permute the states, if they reach all; InputError otherwise."""
        if self.permuting is None:
            message = "no letter permutes the states"
            raise InputError(message)
        return self.permuting.group

    @fact
    def integers(self) -> IntegerRepresentation:
        """The narrowest integer representation of letters that permute or reset the states."""
        return self.integers_within(None)

    def integers_within(self, widest: int | None) -> IntegerRepresentation:
        """Return such a representation without irreducible modules wider than that, where there are others."""
        permuting = self.permuting or self
        return integer_representation(
            self.machine, lambda: self.permutations.action, lambda: permuting.few_points, widest
        )

    @fact
    def signed(self) -> SignedPermutationForm:
        """The narrowest signed permutations with one code per state."""
        return signed_permutation_form(self.machine, lambda: self.group.action, lambda: self.few_points)

    @fact
    def fewest_reflections(self) -> SignedPermutationForm:
        """The signed permutations whose letters are products of the fewest swaps and signs."""
        return fewest_reflections_form(self.machine, self.signed, lambda: self.group.action)

    @fact
    def affine_real(self) -> AffineCoordinates | None:
        """Coordinates that each letter keeps, resets or reflects."""
        return affine_real_coordinates(self.machine)

    @fact
    def minimal_classes(self) -> list[list[Pair]]:
        """The classes of pairs of states that no word leaves."""
        return minimal_classes(self.letters.maps)

    @fact
    def matrix_algebra(self) -> MatrixAlgebra:
        """The span of the words as matrices, with its radical."""
        return matrix_algebra(self.machine)

    @fact
    def function_spaces(self) -> FunctionSpaces:
        """Spaces of functions on the states that all letters keep, which together tell every two states apart."""
        classes, few = self.minimal_classes, len(self.machine.states) <= STATE_LIMIT
        return function_spaces(self.machine, classes, self.matrix_algebra if few else None)

    @fact
    def hankel(self) -> HankelSpan:
        """The span of the functions on the states that words and outputs make."""
        return hankel_span(self.machine)

    @fact
    def realisation(self) -> Realisation:
        """The least linear realisation."""
        return realisation(self.hankel)

    @fact
    def covers(self) -> CoverFacts:
        """Machines that are mapped onto this one."""
        return CoverFacts(self)


def _permuting(facts: Facts) -> Facts | None:
    machine = facts.machine
    columns = zip(*machine.table, strict=True)
    kept = [symbol for symbol, column in enumerate(columns) if len(set(column)) == len(machine.states)]
    if len(kept) == len(machine.symbols):
        return facts
    rows = tuple(tuple(row[symbol] for symbol in kept) for row in machine.table)
    symbols = tuple(machine.symbols[symbol] for symbol in kept)
    return Facts(replace(machine, symbols=symbols, table=rows, is_mealy=False)) if kept else None


@final
@dataclass(frozen=True, eq=False)
class CascadeFacts:
    """What stacks of layers follow of a machine, and its cascades; LimitError where all searches end at limits."""

    facts: Facts

    @fact
    def followed(self) -> FollowedMachine:
        """What a cascade follows of the machine."""
        return followed_machine(self.facts.machine)

    @fact
    def abelian(self) -> CascadeUnits:
        """The best cascade whose levels turn by abelian groups, if at all."""
        strategies = STRATEGIES if self.facts.aperiodicity.cycle is None else TURNING
        return best_cascade(self.followed.machine, self.followed.shown, strategies)

    @fact
    def blocks(self) -> CascadeUnits:
        """The best cascade whose levels turn by any groups: as blocks, where one is not solvable."""
        if self.facts.aperiodicity.cycle is None or self.facts.solvability.solvable:
            return self.abelian
        return block_cascade(self.followed.machine, self.followed.shown)


@final
@dataclass(frozen=True, eq=False)
class CoverFacts:
    """Machines of groups that are mapped onto one, several of their states onto each of its."""

    facts: Facts

    @fact
    def regular_coset(self) -> CosetCover | None:
        """The group of the permutations acting on itself, where that covers the machine and is larger."""
        return regular_cover(self.facts.machine, lambda: self.facts.permutations.action)

    @fact
    def smaller_cosets(self) -> tuple[CosetCover, ...]:
        """That group on the cosets of subgroups of a stabiliser, the largest ones first."""
        return () if self.regular_coset is None else tuple(smaller_covers(self.regular_coset))

    @fact
    def regular(self) -> Cover | None:
        """The machine of `regular_coset`."""
        return None if self.regular_coset is None else Cover(self.regular_coset.quotient())

    @fact
    def dihedral(self) -> Cover | None:
        """A group with faithful blocks of two coordinates that maps onto the machine."""
        none = (
            not self.facts.transitive or self.facts.noncommuting is None or self.facts.noncommuting_squares is not None
        )
        return None if none else Cover(dihedral_cover(self.facts.machine, self.facts.group.action))


@final
@dataclass(frozen=True, eq=False)
class Cover:
    """A machine mapped onto another, and facts about the one that is mapped."""

    quotient: QuotientMap

    @fact
    def facts(self) -> Facts:
        """What is known of the covering machine."""
        return Facts(self.quotient.source)
