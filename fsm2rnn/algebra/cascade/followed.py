"""The machine whose state a stack follows: its own, or, of a Mealy machine, pairs of a state and the last output."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import final

from fsm2rnn.machine.labels import typed
from fsm2rnn.machine.mealy import moore_form
from fsm2rnn.machine.reachable import reachable_states, restrict
from fsm2rnn.machine.state_machine import StateMachine


@final
@dataclass(frozen=True)
class FollowedMachine:
    """A machine with start 0 whose outputs belong to states; per state one of the given machine, and an output.

    The output is an index among the given machine's output labels, None for the start of a Mealy machine to which no
    word leads back.
    """

    machine: StateMachine
    origin: tuple[int, ...]
    outputs: tuple[int | None, ...]

    @property
    def shown(self) -> tuple[int, ...]:
        """The outputs; that of a start which nobody sees is the most frequent one, which costs no unit."""
        usual = Counter(output for output in self.outputs if output is not None).most_common(1)[0][0]
        return tuple(usual if output is None else output for output in self.outputs)


def followed_machine(machine: StateMachine) -> FollowedMachine:
    """Return what a stack follows; the start of a Mealy machine is any pair of its start, if words lead to one.

    What a Mealy machine shows before its first symbol is nothing, so a stack may show anything there.
    """
    labels = {typed(label): place for place, label in enumerate(machine.output_labels)}
    if not machine.is_mealy:
        places = tuple(labels[typed(output)] for output in machine.outputs)
        return FollowedMachine(machine, tuple(range(len(machine.states))), places)
    moore = moore_form(machine)
    follower = moore.machine
    entered = {target for row in follower.table for target in row}
    if 0 not in entered:
        others = [state for state, origin in enumerate(moore.origin) if origin == machine.start and state in entered]
        follower = replace(follower, start=min(others, default=0))
    order = reachable_states(follower)
    found = restrict(follower, order)
    shown = tuple(labels.get(typed(output)) for output in found.outputs)
    return FollowedMachine(found, tuple(moore.origin[state] for state in order), shown)
