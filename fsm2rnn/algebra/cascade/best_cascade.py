"""The best of three cascades: the canonical one, and those that look for functions of the state first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Final

from fsm2rnn.algebra.cascade.block_levels import with_block_levels
from fsm2rnn.algebra.cascade.contexts import work
from fsm2rnn.algebra.cascade.event_cascade import (
    Cascade,
    Strategy,
    canonical_level,
    event_cascade,
    partition_level,
    quotient_first,
    turning_first,
)
from fsm2rnn.algebra.cascade.level_units import CascadeUnits, cascade_units
from fsm2rnn.algebra.cascade.live_machine import live_machine
from fsm2rnn.algebra.cascade.solvable_levels import with_abelian_levels
from fsm2rnn.errors import LimitError
from fsm2rnn.machine.state_machine import StateMachine

STRATEGIES: Final = (canonical_level, partition_level(Fraction(1)), partition_level(Fraction(3, 2)))
"""For machines without groups."""
TURNING: Final = (
    turning_first,
    partition_level(Fraction(1), turning_first),
    partition_level(Fraction(3, 2), turning_first),
)
"""For machines with groups."""
QUOTIENTS: Final = (quotient_first(partition_level(Fraction(1), turning_first)),)
"""For machines with groups where none of these ends."""
QUICK: Final = 2_000_000
"""Steps of a strategy where another one is known to end: about two seconds."""
PATIENT: Final = 16_000_000
"""Steps of a strategy where none has ended yet: about 20 seconds."""


def best_cascade(
    machine: StateMachine,
    outputs: Sequence[int],
    strategies: Sequence[Strategy] = STRATEGIES,
    split: Callable[[Cascade], Cascade] = with_abelian_levels,
) -> CascadeUnits:
    """Return the cascade of the fewest layers, and of these of the fewest units, for outputs[q] shown in state q.

    The machine is minimal, its start is state 0; `split` replaces levels that turn. LimitError of the first strategy
    where none ends within its limits.
    """
    live = live_machine(machine)
    found: list[CascadeUnits] = []
    refused: list[LimitError] = []
    for strategy in strategies:
        try:
            built = event_cascade(live, strategy, work(QUICK if found else PATIENT))
            found.append(cascade_units(split(built), outputs))
        except LimitError as error:
            refused.append(error)
    if not found:
        raise refused[0]
    return min(found, key=lambda units: units.score)


def block_cascade(machine: StateMachine, outputs: Sequence[int]) -> CascadeUnits:
    """Return the best cascade with blocks for groups that are not solvable; by quotients where no other search ends.

    LimitError where that one does not end either.
    """
    try:
        return best_cascade(machine, outputs, TURNING, with_block_levels)
    except LimitError:
        return best_cascade(machine, outputs, QUOTIENTS, with_block_levels)
