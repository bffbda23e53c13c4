"""The nodes among listed ones that the kernel's own intervals lead to, where a wider search listed more."""

from __future__ import annotations

import itertools

from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.cell import Cell
from fsm2rnn.proof.claim.cell_orbit import branches
from fsm2rnn.proof.claim.outputs import next_outputs
from fsm2rnn.proof.claim.point_steps import point_steps

Node = tuple[tuple[int, ...], int, int | None]  # grid state, machine state, output


def proved_reach(machine: StateMachine, cell: Cell, grid: int, nodes: list[Node]) -> list[int]:
    """Return the places of the nodes that words lead to from node 0; what is not listed is passed over."""
    index = {node: place for place, node in enumerate(nodes)}
    steps, shown = point_steps(cell, grid), next_outputs(machine)
    order, seen = [0], {0}
    for place in order:
        state, read, _ = nodes[place]
        after = zip(machine.table[read], shown[read], strict=True)
        for (first, last), (to, output) in zip(steps.ends(state), after, strict=True):
            for reached in itertools.product(*branches(first, last)):
                found = index.get((reached, to, output))
                if found is not None and found not in seen:
                    seen.add(found)
                    order.append(found)
    return sorted(seen)
