"""SymPy's permutation groups as machines; sympy itself is not imported, its objects say all that is needed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from fsm2rnn.errors import InputError
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.source.named.action_texts import generated_group


class SympyPermutation(Protocol):
    """What is read of a `sympy.combinatorics.Permutation`: the images of 0 .. n-1."""

    @property
    def array_form(self) -> Sequence[int]:
        """Return the images."""


class SympyGroup(Protocol):
    """What is read of a `sympy.combinatorics.PermutationGroup`."""

    @property
    def generators(self) -> Sequence[SympyPermutation]:
        """Return the generators."""


def from_sympy(group: SympyGroup, *, max_states: int = 100_000) -> StateMachine:
    """Return the group acting on itself by right multiplication, its generators as symbols; it outputs its state.

    States are the elements breadth first from the identity. Labels are in cycle notation on the points
    1 .. n, sympy's point i being i + 1; equal generators stand once. Products are left to right in sympy and
    here. Raises LimitError past `max_states` elements or POINT_LIMIT points in all of them, InputError for an
    object that is no permutation group.
    """
    try:
        generators = list(dict.fromkeys(tuple(map(int, generator.array_form)) for generator in group.generators))
    except AttributeError as error:
        message = f"not a permutation group of sympy: {error}"
        raise InputError(message) from None
    return generated_group(generators, max_states=max_states)
