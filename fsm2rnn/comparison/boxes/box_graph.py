"""The nodes on which boxes stand: (machine state, output shown, the last k letters), the start apart.

With k = 0 all ways into a state share a box; an Elman cell cannot follow parity so, since two boxes are apart in some
unit, whose sum would have to rise and to fall with the same unit. With k = 1 each letter has its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias, final

from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.outputs import next_outputs

Node: TypeAlias = tuple[int, int | None, tuple[int, ...]]


@final
@dataclass(frozen=True)
class BoxGraph:
    """Nodes that words reach, node 0 the start, which claims no output and which no letter enters."""

    reads: tuple[int, ...]
    outputs: tuple[int | None, ...]
    moves: tuple[tuple[int, ...], ...]

    def path(self, word: list[int]) -> list[int]:
        """Return the node after each letter of a word."""
        node, found = 0, []
        for letter in word:
            node = self.moves[node][letter]
            found.append(node)
        return found


def box_graph(machine: StateMachine, letters: int) -> BoxGraph:
    """Return the graph whose nodes remember that many last letters."""
    due = next_outputs(machine)
    start: Node = (machine.start, None, ())
    index: dict[Node, int] = {start: 0}
    order, moves = [start], []
    for state, _, word in order:
        row = []
        for letter, to in enumerate(machine.table[state]):
            node: Node = (to, due[state][letter], (*word, letter)[-letters:] if letters else ())
            if node not in index:
                index[node] = len(order)
                order.append(node)
            row.append(index[node])
        moves.append(tuple(row))
    return BoxGraph(tuple(node[0] for node in order), tuple(node[1] for node in order), tuple(moves))
