"""Blocks of coordinates, of which each letter keeps one and overwrites the others by functions of it.

For a machine whose letters are idempotent, xx = x. Take a block of coordinates for each way in which a letter joins
states, one-hot in what is joined, and where all blocks together leave two states alike one more, one-hot in the state.
A letter x keeps its own block, since x leads q to a state that x leads to the same: what is joined with q. And the
state after x, so every other block, is a function of the kept one. So the codes follow the machine, one code per state.

Let J be the coordinates kept and B what the others are made of. M = 1 on J, B from J to the others, is Q^-1 L for
L = s on J and Q = s (1 + K)^-1, where K is B from J to the others, -B^T from these to J: K is skew, so 1 + K and Q are
normal and the eigenvalues of 1 - Q are 1 - s / (1 + i k), smaller than 1 for 0 < s < 2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, final

from fsm2rnn.algebra.facts import Facts
from fsm2rnn.algebra.letters.affine_laws import distinct_letters
from fsm2rnn.constructions.integer_network import integer_network
from fsm2rnn.constructions.promise import NO_HEAD
from fsm2rnn.constructions.sizes import BEST, width_only
from fsm2rnn.constructions.verdict import Unsettled, Verdict
from fsm2rnn.errors import LimitError
from fsm2rnn.exact.sparse import SparseMatrix, Vector
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.operators.dense import Dense
from fsm2rnn.proof.claim.contract import Contract

NUMBERS: Final = 1 << 24
"""Most numbers of the matrices of all letters: 64 MiB in float32."""


@final
@dataclass(frozen=True)
class KeptBlocks:
    """The dense matrices of kept and overwritten blocks, of machines whose letters are idempotent."""

    name: str = "full"

    def compile(self, facts: Facts, contract: Contract) -> Verdict:
        """Return the network; LimitError for more than NUMBERS numbers."""
        machine = facts.machine
        if contract is Contract.LINEAR:
            return Unsettled(NO_HEAD)
        columns = [*zip(*machine.table, strict=True)]
        if any(column[reached] != reached for column in columns for reached in column):
            return Unsettled("a letter read twice is another than read once, so that no blocks are kept")
        blocks = joined_blocks(machine)
        size = sum(len(set(block)) for block in blocks)
        needed = size * size * len(columns)
        if needed > NUMBERS:
            what = f"numbers of {size} x {size} x {len(columns)} in blocks that are kept or overwritten"
            raise LimitError(what, limit=NUMBERS, needed=needed)
        codes = _codes(blocks)
        operator = Dense(tuple(_matrix(column, blocks, codes, size) for column in columns))
        return integer_network(machine, operator, codes, contract, width_only(operator, BEST))


def joined_blocks(machine: StateMachine) -> list[tuple[int, ...]]:
    """Return for each block the state that stands for each state: the first that a letter joins with it, or itself."""
    columns = [*zip(*machine.table, strict=True)]
    joined = dict.fromkeys(_joined(columns[letter]) for letter in distinct_letters(machine))
    states = tuple(range(len(machine.states)))
    told = len(set(zip(*joined, strict=True))) == len(states)
    return [*joined] if told else [*joined, states]


def _joined(column: tuple[int, ...]) -> tuple[int, ...]:
    """Return the first state of those that a letter leads where it leads each."""
    return tuple(map(column.index, column))


def _codes(blocks: list[tuple[int, ...]]) -> tuple[Vector, ...]:
    """Return the one-hot codes of all blocks side by side, of every state."""
    places: list[dict[int, int]] = []
    first = 0
    for block in blocks:
        places.append({stands: first + place for place, stands in enumerate(dict.fromkeys(block))})
        first += len(places[-1])
    return tuple(
        tuple((place[stands], 1) for place, stands in zip(places, row, strict=True))
        for row in zip(*blocks, strict=True)
    )


def _matrix(
    column: tuple[int, ...], blocks: list[tuple[int, ...]], codes: tuple[Vector, ...], size: int
) -> SparseMatrix:
    """Return the matrix that takes each coordinate of the letter's own block to the code of where it leads."""
    own = blocks.index(_joined(column))
    images: list[Vector] = [()] * size
    for state, reached in enumerate(column):
        images[codes[state][own][0]] = codes[reached]
    return SparseMatrix(size, tuple(images))


KEPT_BLOCKS: Final = KeptBlocks()
