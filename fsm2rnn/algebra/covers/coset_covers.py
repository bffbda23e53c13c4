r"""G on the cosets K g, K < H: machines that map onto G on the cosets H g, a state K g becoming H g.

Let G be the group of the letters that permute the states, H the stabiliser of the start. A code for every coset of K,
read as a state, is a network of the machine with |H : K| codes for each state. A representation W of G has such codes
where a vector of W has a stabiliser inside H. So W must be faithful, since its kernel is normal and inside H, and the
normal subgroups in H act trivially; and where W is, K = 1 does, with a generic vector. A larger K needs no fewer
dimensions, only fewer codes. A letter that resets the states resets the cosets, to one that is read right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import final

import numpy as np

from fsm2rnn.algebra.group.group_action import GroupAction
from fsm2rnn.algebra.group.group_table import restricted
from fsm2rnn.algebra.group.subgroup_classes import right_cosets, subgroup_classes
from fsm2rnn.algebra.letters.letter_maps import Numbers
from fsm2rnn.machine.quotient import QuotientMap
from fsm2rnn.machine.reachable import reachable_states
from fsm2rnn.machine.state_machine import StateMachine


@final
@dataclass(frozen=True, eq=False)
class CosetCover:
    """G on the cosets K g, and whether some symbols reset the states."""

    machine: StateMachine
    action: GroupAction  # state K g as its number
    image: Numbers  # (N / |K|,), the state H g
    elements: Mapping[int, int]  # of G, for the symbols that do not reset

    @property
    def resets(self) -> bool:
        """Whether some symbol does."""
        return len(self.elements) < len(self.machine.symbols)

    def quotient(self) -> QuotientMap:
        """Return the machine on the cosets, mapped onto the one on the states."""
        columns = []
        _, representatives = np.unique(self.action.states, return_index=True)
        for symbol, target in enumerate(self.machine.table[self.machine.start]):
            if symbol in self.elements:
                moved = self.action.group.columns[self.elements[symbol], representatives]
                columns.append(self.action.states[moved])
            else:
                columns.append(np.full(len(self.image), np.argmax(self.image == target)))
        table = tuple(map(tuple, np.stack(columns, axis=1).tolist()))
        outputs = tuple(self.machine.outputs[state] for state in self.image.tolist())
        start = int(self.action.states[0])
        source = StateMachine(tuple(range(len(table))), self.machine.symbols, table, start, outputs)
        return QuotientMap(source, self.machine, tuple(self.image.tolist()))


def regular_cover(machine: StateMachine, action: Callable[[], GroupAction]) -> CosetCover | None:
    """Return G on itself; `action` lists G, where it is needed.

    None where G is regular or some letter neither permutes the states nor resets them, or where the permutations do not
    reach all states. LimitError for a group that is too large.
    """
    count = len(machine.states)
    images = [len(set(column)) for column in zip(*machine.table, strict=True)]
    kept = [symbol for symbol, image in enumerate(images) if image == count]
    if not kept or not set(images) <= {1, count}:
        return None
    rows = tuple(tuple(row[symbol] for symbol in kept) for row in machine.table)
    part = replace(machine, symbols=tuple(machine.symbols[symbol] for symbol in kept), table=rows, is_mealy=False)
    if len(reachable_states(part)) < count:
        return None
    listed = action()
    if np.count_nonzero(listed.stabiliser) == 1:
        return None
    elements = dict(zip(kept, listed.letters.tolist(), strict=True))
    return _on_cosets(machine, listed, elements, np.zeros(1, dtype=np.intp))


def smaller_covers(regular: CosetCover) -> Iterator[CosetCover]:
    """Yield G on the cosets of subgroups of H but 1, the largest ones first, one of each class in H."""
    action = replace(regular.action, states=regular.image[regular.action.states])
    for subgroup in _subgroups(action):
        yield _on_cosets(regular.machine, action, regular.elements, subgroup)


def _on_cosets(
    machine: StateMachine, action: GroupAction, elements: Mapping[int, int], subgroup: Numbers
) -> CosetCover:
    representatives, coset = right_cosets(action.group, subgroup)
    return CosetCover(machine, replace(action, states=coset), action.states[representatives], elements)


def _subgroups(action: GroupAction) -> Sequence[Numbers]:
    """Return subgroups between 1 and H, the largest first, one of each class in H."""
    inside = np.flatnonzero(action.stabiliser)
    classes = subgroup_classes(restricted(action.group, action.stabiliser), lambda _: True)
    found = [inside[one.members] for one in classes.found if 1 < len(one.members) < len(inside)]
    return sorted(found, key=len, reverse=True)
