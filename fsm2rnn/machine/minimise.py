"""The smallest machine with the same outputs: Hopcroft's partition refinement, |Sigma| |Q| log |Q| steps."""

from __future__ import annotations

from collections.abc import Sequence

from fsm2rnn.machine.labels import Label, typed
from fsm2rnn.machine.quotient import QuotientMap
from fsm2rnn.machine.reachable import reachable
from fsm2rnn.machine.state_machine import StateMachine


def minimise(machine: StateMachine) -> QuotientMap:
    """Return the quotient of the reachable part onto the minimal machine, numbered breadth first.

    A class is named after its first state in breadth-first order. The map proves itself; that the
    target is minimal rests on the algorithm (J. Hopcroft, 1971) and on tests.
    """
    source = reachable(machine)
    return by_blocks(source, coarsest_partition(source))


def by_blocks(source: StateMachine, block_of: Sequence[int]) -> QuotientMap:
    """Return the quotient of a machine numbered breadth first by these blocks; CertificateError where they are none."""
    number: dict[int, int] = {}
    # States are numbered breadth first, so classes in order of their first state are so too.
    image = tuple([number.setdefault(block, len(number)) for block in block_of])
    first = dict(zip(reversed(image), reversed(range(len(image))), strict=True))
    kept = [first[block] for block in range(len(number))]
    target = StateMachine(
        tuple(source.states[state] for state in kept),
        source.symbols,
        tuple(tuple([image[reached] for reached in source.table[state]]) for state in kept),
        image[source.start],
        tuple(source.outputs[state] for state in kept),
        source.is_mealy,
    )
    return QuotientMap(source, target, image)


def coarsest_partition(machine: StateMachine) -> list[int]:
    """Return a block number per state: equal exactly for states that no word tells apart."""
    block_of, blocks = _blocks_of_equal_output(machine)
    waiting = set(range(len(blocks))) if len(blocks) < len(machine.states) else set()
    inverse = _inverse(machine) if waiting else []
    while waiting:
        splitter = list(blocks[waiting.pop()])
        for sources in inverse:
            for block, members in _preimage_by_block(splitter, sources, block_of).items():
                if len(members) < len(blocks[block]):
                    _split(block, members, blocks, block_of, waiting)
    return block_of


def _blocks_of_equal_output(machine: StateMachine) -> tuple[list[int], list[set[int]]]:
    number: dict[Label, int] = {}
    block_of = [number.setdefault(typed(output), len(number)) for output in machine.outputs]
    blocks: list[set[int]] = [set() for _ in number]
    for state, block in enumerate(block_of):
        blocks[block].add(state)
    return block_of, blocks


def _inverse(machine: StateMachine) -> list[list[list[int]]]:
    """Return per symbol and state the list of states that the symbol sends there."""
    inverse: list[list[list[int]]] = [[[] for _ in machine.states] for _ in machine.symbols]
    for state, row in enumerate(machine.table):
        for sources, reached in zip(inverse, row, strict=True):
            sources[reached].append(state)
    return inverse


def _preimage_by_block(splitter: list[int], sources: list[list[int]], block_of: list[int]) -> dict[int, list[int]]:
    """Return the states that one letter sends into `splitter`, grouped by their block."""
    touched: dict[int, list[int]] = {}
    for reached in splitter:
        for state in sources[reached]:
            touched.setdefault(block_of[state], []).append(state)
    return touched


def _split(block: int, members: list[int], blocks: list[set[int]], block_of: list[int], waiting: set[int]) -> None:
    """Move `members` out of `block`; the smaller half waits, unless the whole block waited already."""
    blocks[block].difference_update(members)
    fresh = len(blocks)
    blocks.append(set(members))
    for state in members:
        block_of[state] = fresh
    smaller = fresh if block in waiting or len(members) <= len(blocks[block]) else block
    waiting.add(smaller)
