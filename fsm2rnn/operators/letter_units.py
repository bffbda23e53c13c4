"""U = {(p, f) : p in im f}: one unit per map f of a letter and state p in its image; letters of one map share theirs.

After a word that is not empty, exactly one unit is on: the map of the last letter, and the state that was reached. The
start needs no unit: no unit on is the start. States are those of the machine, or, of a Mealy machine, its pairs
(state, last output), so that in both cases a unit knows the output.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias, final

from fsm2rnn.errors import LimitError
from fsm2rnn.machine.labels import typed
from fsm2rnn.machine.mealy import moore_form
from fsm2rnn.machine.state_machine import StateMachine

UNITS: Final = 2048
"""Most units of a cell: W_hh of an LSTM is then 64 MiB in float32."""

Unit: TypeAlias = tuple[int, int]  # tracked state, map


@final
@dataclass(frozen=True)
class LetterUnits:
    """The units of a machine, in the order of maps and states."""

    machine: StateMachine
    start: int  # a tracked state, as are all indices below
    maps: tuple[tuple[int, ...], ...]  # the distinct maps of letters, per map the image of each tracked state
    map_of: tuple[int, ...]  # per symbol a map
    units: tuple[Unit, ...]
    states: tuple[int, ...]  # per tracked state one of the machine
    outputs: tuple[int | None, ...]  # per tracked state an output label's index; None before a Mealy machine's first

    def sources(self) -> list[list[int]]:
        """Return per unit (q, f) the units that f sends to it: those of the states p with f(p) = q."""
        place_of = {unit: place for place, unit in enumerate(self.units)}
        found: list[list[int]] = [[] for _ in self.units]
        for number, image in enumerate(self.maps):
            for place, (state, _) in enumerate(self.units):
                found[place_of[image[state], number]].append(place)
        return found

    def moves(self) -> list[tuple[int, ...]]:
        """Return per node, the start and then the units in order, the node that each symbol leads to."""
        node_of = {unit: place for place, unit in enumerate(self.units, 1)}
        tracked = [self.start, *(state for state, _ in self.units)]
        return [tuple(node_of[self.maps[number][state], number] for number in self.map_of) for state in tracked]


def letter_units(machine: StateMachine) -> LetterUnits:
    """Return the units of a machine; LimitError for more than `UNITS`."""
    moore = moore_form(machine) if machine.is_mealy else None
    tracked = machine if moore is None else moore.machine
    numbers: dict[tuple[int, ...], int] = {}
    map_of = tuple(numbers.setdefault(column, len(numbers)) for column in zip(*tracked.table, strict=True))
    images = [set(column) for column in numbers]
    needed = sum(map(len, images))
    if needed > UNITS:
        what = "units of a cell, one per letter map and state in its image"
        raise LimitError(what, limit=UNITS, needed=needed, hint="target pd stores |Q| |Sigma| numbers instead")
    labels = {typed(label): place for place, label in enumerate(machine.output_labels)}
    return LetterUnits(
        machine,
        tracked.start,
        tuple(numbers),
        map_of,
        tuple((state, number) for number, image in enumerate(images) for state in sorted(image)),
        tuple(range(len(machine.states))) if moore is None else moore.origin,
        tuple(labels.get(typed(label)) for label in tracked.outputs),
    )
