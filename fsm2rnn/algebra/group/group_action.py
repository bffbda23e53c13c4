r"""q_0 g <-> H g: a permutation machine as a group with a point stabiliser and letters, and the overgroups of H."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
import numpy.typing as npt

from fsm2rnn.algebra.fact import fact
from fsm2rnn.algebra.group.character_numbers import generated
from fsm2rnn.algebra.group.characters import ORDER_LIMIT, CharacterTable, character_table
from fsm2rnn.algebra.group.group_table import GroupTable, group_table
from fsm2rnn.algebra.letters.letter_maps import Numbers, letter_maps
from fsm2rnn.algebra.monoid.permutation_group import group_of_permutations
from fsm2rnn.algebra.monoid.row_orbit import row_orbit
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.machine.state_machine import StateMachine


@final
@dataclass(frozen=True, eq=False)
class GroupAction:
    """A transitive group on the cosets H g, state q_0 g being H g; every symbol is a group element."""

    group: GroupTable
    states: Numbers  # (N,), the state that g leads the start to
    letters: Numbers  # (D,), the element of each symbol

    @property
    def stabiliser(self) -> npt.NDArray[np.bool_]:
        """Return H as a mask (N,)."""
        return np.asarray(self.states == self.states[0])

    @fact
    def characters(self) -> CharacterTable:
        """The irreducible characters of G; errors as `character_table`."""
        return character_table(self.group)


def group_action(machine: StateMachine) -> GroupAction:
    """Return the transition group of a machine whose letters permute its states, all reachable from the start.

    InputError for any other machine, LimitError beyond ORDER_LIMIT elements.
    """
    letters = letter_maps(machine)
    if not letters.permutation:
        message = "a group action needs letters that permute the states"
        raise InputError(message)
    group = group_of_permutations(letters.maps)
    if group.order > ORDER_LIMIT:
        what = "elements of a transition group"
        raise LimitError(what, limit=ORDER_LIMIT, needed=group.order)
    table = group_table(group)
    # The elements of the table are numbered like this orbit; the trivial group has no generators and no base.
    generators = group.generators if group.order > 1 else letters.maps
    base = group.base if group.order > 1 else np.array([machine.start])
    orbit = row_orbit(generators, base, limit=group.order)
    states = np.full(len(table), machine.start, dtype=np.intp)
    for element in range(1, len(table)):
        states[element] = generators[orbit.letters[element], states[orbit.parents[element]]]
    unreached = len(machine.states) - len(set(states.tolist()))
    if unreached:
        message = f"{unreached} states are not reachable from the start"
        raise InputError(message)
    number = {tuple(row): element for element, row in enumerate(orbit.rows.tolist())}
    columns = np.array(machine.table, dtype=np.intp).T[:, base]  # (D, B)
    elements = np.array([number[tuple(column)] for column in columns.tolist()], dtype=np.intp)
    return GroupAction(table, states, elements)


def overgroup_counts(table: CharacterTable, action: GroupAction) -> Numbers:
    """Return for subgroups K > H the number of their elements in every class, (M, k); () for H = G.

    Every minimal K > H is conjugate to one of those listed where H = 1, and listed otherwise: K = <H, g> for any g in
    K outside H, and <H, g> is the same for all g in a double coset H g H. For H = 1 they are <g>, g of prime order.
    """
    if np.count_nonzero(action.stabiliser) == 1:
        return _cyclic_counts(table)
    members = np.flatnonzero(action.stabiliser)
    generators = _few_generators(table, members)
    seen = action.stabiliser
    masks: dict[bytes, npt.NDArray[np.bool_]] = {}
    while not seen.all():
        element = int(np.argmin(seen))
        seen = seen.copy()
        seen[table.group.columns[members[:, None], table.group.columns[element, members]]] = True
        mask = generated(table, np.append(generators, element))
        masks[mask.tobytes()] = mask
    counts = [np.bincount(table.class_of[mask], minlength=len(table)) for mask in masks.values()]
    return np.array(counts, dtype=np.int64).reshape(len(counts), len(table))


def _cyclic_counts(table: CharacterTable) -> Numbers:
    rows = []
    for element, order in zip(table.representatives.tolist(), table.orders.tolist(), strict=True):
        if order > 1 and all(order % divisor for divisor in range(2, order)):
            mask = generated(table, np.array([element]))
            rows.append(np.bincount(table.class_of[mask], minlength=len(table)))
    return np.array(rows, dtype=np.int64).reshape(len(rows), len(table))


def _few_generators(table: CharacterTable, members: Numbers) -> Numbers:
    """Return elements that generate the subgroup with these members, each outside what the earlier ones generate."""
    chosen = np.zeros(1, dtype=np.intp)
    while len(missing := members[~generated(table, chosen)[members]]):
        chosen = np.append(chosen, missing[0])
    return chosen
