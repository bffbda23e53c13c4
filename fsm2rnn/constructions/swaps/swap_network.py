"""y <- A_x y + b_x for every tracked point: the recurrence of a layer of reflections, over whole letters, in integers.

What several steps of a layer do for one letter is one matrix, on (y, 1), a block for each tracked point. A state scores
the number of tracked points that are where they are in it: the state itself all of them, another one fewer.
"""

from __future__ import annotations

from typing import Final

from fsm2rnn.algebra.facts import Facts
from fsm2rnn.algebra.swaps.swap_action import SwapLetter, SwapPart, swap_parts
from fsm2rnn.constructions.promise import NO_HEAD, finite_promise
from fsm2rnn.constructions.sizes import BEST, width_only
from fsm2rnn.constructions.swaps.swap_steps import reflection, shown, state_of
from fsm2rnn.constructions.verdict import Compiled, Unsettled, Verdict
from fsm2rnn.errors import LimitError
from fsm2rnn.exact.sparse import Scalar, SparseMatrix, Vector, vector
from fsm2rnn.exact.updates import UpdateProduct
from fsm2rnn.operators.block_diagonal import BlockDiagonal
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.decoder import Decoder
from fsm2rnn.proof.claim.simulation import Simulation

NUMBER_LIMIT: Final = 1 << 24
"""Most numbers in the blocks of all letters: 64 MiB in float32."""
NEITHER: Final = (
    "a letter neither permutes the states nor sends all of them to one, and no quotients of which all letters do were "
    "found that tell all states apart; one layer of reflections is built for no other machines"
)


def swap_network(facts: Facts, contract: Contract) -> Verdict:
    """Return the network, one code per state; LimitError where it has too many points or numbers."""
    if contract is Contract.LINEAR:
        return Unsettled(NO_HEAD)
    parts = swap_parts(facts)
    if parts is None:
        return Unsettled(NEITHER)
    letters = len(facts.machine.symbols)
    numbers = letters * sum(len(part.tracked) * (part.points + 1) ** 2 for part in parts)
    if numbers > NUMBER_LIMIT:
        what = "numbers in the blocks of a layer of reflections"
        raise LimitError(what, limit=NUMBER_LIMIT, needed=numbers)
    operator = swap_operator(parts, letters)
    codes = tuple(_code(parts, state) for state in range(len(facts.machine.states)))
    matrices = tuple(operator.matrix(letter) for letter in range(letters))
    reads = tuple(range(len(codes)))
    start = facts.machine.start
    order = (start, *(state for state in reads if state != start))
    proof = Simulation(
        facts.machine,
        matrices,
        tuple(codes[state] for state in order),
        order,
        Decoder.linear(_scores(parts, len(codes), operator.size)),
        finite_promise(contract),
    )
    return Compiled(operator, proof, width_only(operator, BEST, _reason(parts)))


def swap_operator(parts: tuple[SwapPart, ...], letters: int) -> BlockDiagonal:
    """Return the blocks of all letters."""
    return BlockDiagonal(
        tuple(
            tuple(
                letter_block(part.letters[letter], part.points, tracked) for part in parts for tracked in part.tracked
            )
            for letter in range(letters)
        )
    )


def letter_block(letter: SwapLetter, points: int, tracked: int) -> SparseMatrix:
    """Return what a letter does to (y, 1) of a tracked point, shape (n + 1, n + 1)."""
    updates = tuple(reflection(swap, tracked) for swap in letter.word)
    product = UpdateProduct(points + 1, updates, points).product
    if not letter.reset:
        return product
    return SparseMatrix(points + 1, (*(() for _ in range(points)), product.columns[points]))


def _code(parts: tuple[SwapPart, ...], state: int) -> Vector:
    """Return (y, 1) of all tracked points in a state."""
    code, first = list[tuple[int, Scalar]](), 0
    for part in parts:
        for tracked, image in zip(part.tracked, part.images[state], strict=True):
            code += [(first + point, entry) for point, entry in state_of(part, tracked, image)]
            code.append((first + part.points, 1))
            first += part.points + 1
    return tuple(code)


def _scores(parts: tuple[SwapPart, ...], states: int, size: int) -> SparseMatrix:
    """Return the number of tracked points that are where they are in each state, shape (Q, H)."""
    columns: list[list[tuple[int, Scalar]]] = [[] for _ in range(size)]
    first = 0
    for part in parts:
        for place, tracked in enumerate(part.tracked):
            for state in range(states):
                point = part.images[state][place]
                constant, slope = shown(part, tracked, point)
                columns[first + point].append((state, slope))
                columns[first + part.points].append((state, constant))
            first += part.points + 1
    return SparseMatrix(states, tuple(vector(column) for column in columns))


def _reason(parts: tuple[SwapPart, ...]) -> str:
    """Say on what the letters act, and how long they are."""
    sets = " and ".join(f"{len(part.tracked)} of {part.points} points" for part in parts)
    longest = max(part.length for part in parts)
    return f"the images of {sets}; letters are words of transpositions, the longest of {longest}"
