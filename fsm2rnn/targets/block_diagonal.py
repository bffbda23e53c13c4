r"""A_x = diag(B_x1, ..., B_xk): no letter mixes the coordinates of two blocks, and the largest block is small.

Letters that permute the states: the codes span a sum of irreducible representations of their group, one block each.
Over Z (`algebra.integral.integer_representation`) such a network is exact at every length. Where the least real
representation, or the least one in the smallest blocks that do, has smaller blocks, or fewer coordinates with blocks as
small, its matrices over Q(zeta_n) are proved exactly (`proof.claim.field_simulation`), stored in an orthonormal basis,
and right for the number of steps that is proved.

Under contract cover a network of a group that maps onto theirs does, where its blocks are smaller, or fewer coordinates
do in blocks as small. Their group acting on itself needs a faithful representation, however few vectors the stabiliser
of a state fixes (`algebra.covers.coset_covers`): A5 on 5 points has blocks of 4 with one code per state and the
icosahedral one of 3 with 20 codes, a tetrahedron for each point. Blocks of 2 exist if and only if all squares of words
commute (`algebra.covers.dihedral_cover`): Q8 in blocks of 4 is covered by 16 codes in two blocks of 2.

Other letters: a network of blocks of at most b coordinates exists if and only if spaces of functions on the states that
all letters keep, of dimension at most b, together tell every two states apart (`algebra.functions.summands`). Blocks
need not be irreducible: where the states are not told apart modulo the radical, a sum of words that vanishes on every
irreducible block is the witness that they cannot all be (`Radical`, printed among the obstructions).

Source: Ebrahimi and Memisevic, arXiv 2505.21749 (block-diagonal models).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import Final, final

from fsm2rnn.algebra.covers.coset_covers import CosetCover
from fsm2rnn.algebra.covers.dihedral_cover import PLANE
from fsm2rnn.algebra.facts import Cover, Facts
from fsm2rnn.algebra.functions.summands import block_form
from fsm2rnn.algebra.group.characters import CharacterTable
from fsm2rnn.algebra.integral.module_sums import IntegerRepresentation
from fsm2rnn.algebra.letters.letter_orders import long_cycle
from fsm2rnn.algebra.representation.least_representation import LeastRepresentation, least_block, least_real
from fsm2rnn.algebra.representation.orthogonal_representation import furthest
from fsm2rnn.constructions.dense.orthogonal_network import field_codes, field_network, real_blocks
from fsm2rnn.constructions.dense.several_codes import Build, Covering, with_several_codes
from fsm2rnn.constructions.integer_network import integer_network
from fsm2rnn.constructions.promise import NO_HEAD
from fsm2rnn.constructions.refutation import noncommuting_square_words
from fsm2rnn.constructions.sizes import (
    BEST,
    FINITELY_MANY,
    OVER_R,
    BlockFacts,
    Counts,
    Least,
    SeveralCodes,
    Sizes,
    measured,
)
from fsm2rnn.constructions.verdict import Compiled, Unsettled, Verdict
from fsm2rnn.errors import LimitError, NumericError
from fsm2rnn.exact.sparse import SparseMatrix, vector
from fsm2rnn.operators.block_diagonal import BlockDiagonal
from fsm2rnn.proof.claim.contract import Contract

OVER_Q, OVER_Z = (Least(f"over {ring} with one code per state") for ring in "QZ")


@final
@dataclass(frozen=True)
class Blocks:
    """The network whose largest block is the smallest found."""

    name: str = "block-diagonal"

    def compile(self, facts: Facts, contract: Contract) -> Verdict:
        """Return the network; LimitError where machine or group are too large."""
        if contract is Contract.LINEAR:
            return Unsettled(NO_HEAD)
        if facts.transitive:
            return with_several_codes(facts, contract, _group_network(facts, contract), COVERING)
        machine = facts.machine
        form = block_form(machine, lambda: facts.function_spaces)
        matrices = tuple(
            tuple(SparseMatrix.from_rows(block[symbol].tolist()) for block in form.blocks)
            for symbol in range(len(machine.symbols))
        )
        codes = tuple(vector(enumerate(code)) for code in form.codes.tolist())
        operator = BlockDiagonal(matrices)
        sizes = Sizes(
            measured(operator, Counts.COORDINATES),
            measured(operator, Counts.LARGEST_BLOCK, OVER_Q if form.least else BEST),
            form.reason,
            BlockFacts(form.semisimple),
        )
        return integer_network(machine, operator, codes, contract, sizes)


def _group_network(facts: Facts, contract: Contract, widest: int | None = None) -> Compiled:
    """Return the integer network, unless the real one has smaller blocks, or fewer coordinates in blocks as small.

    Where blocks of `widest` coordinates are known to do, there are no wider ones if both are found.
    """
    # Integers are exact at every length, so the real form must be smaller to be taken; where a limit stops its search
    # the integers stand, and the sizes say what was not decided.
    whole = facts.integers if widest is None else facts.integers_within(widest)
    widths = _widths(whole)
    operator = BlockDiagonal(tuple(_split(matrix, widths) for matrix in whole.matrices))
    undecided = None
    try:
        found = _smaller(facts, contract, operator, widest)
    except (LimitError, NumericError) as error:
        found, undecided = None, str(error)
    if found is not None:
        return found
    sizes = Sizes(
        measured(operator, Counts.COORDINATES, OVER_Z if whole.least else BEST),
        measured(operator, Counts.LARGEST_BLOCK),
        whole.reason,
        BlockFacts(semisimple=True, real_undecided=undecided),
    )
    return integer_network(facts.machine, operator, whole.codes, contract, sizes)


def _smaller(facts: Facts, contract: Contract, exact: BlockDiagonal, widest: int | None) -> Compiled | None:
    """Return the network of the least real representation, None where largest block and size are not below `exact`."""
    action, table = facts.group.action, facts.group.characters
    least = facts.group.least_real if widest is None else least_real(table, action, widest)
    proved = OVER_R
    if widest is None and (narrow := least_block(table, action)) < _largest(least):
        # Smaller blocks are taken though they have more coordinates.
        least, widest = least_real(table, action, narrow), narrow
        proved = Least(f"over R in blocks of {narrow} at most with one code per state")
    block = _largest(least)
    if (max(exact.sizes), exact.size) <= (block, least.dimension) or not block:
        return None
    real = facts.group.furthest if widest is None else furthest(table, action, least)
    codes, operator = field_codes(facts.machine, action, real, contract), real_blocks(real)
    sizes = Sizes(
        measured(operator, Counts.COORDINATES, proved if least.minimal else BEST),
        measured(operator, Counts.LARGEST_BLOCK),
        least.reason,
        BlockFacts(semisimple=True),
        exact=(measured(exact, Counts.COORDINATES), measured(exact, Counts.LARGEST_BLOCK)),
    )
    return field_network(codes, operator, sizes)


def _largest(found: LeastRepresentation) -> int:
    return max((summand.dimension for summand in found.summands), default=0)


def _of_cover(facts: Facts) -> Compiled:
    return _group_network(facts, Contract.INJECTIVE)


def _bound(table: CharacterTable, cover: CosetCover) -> tuple[float, float]:
    return least_block(table, cover.action), least_real(table, cover.action).dimension


def _in_planes(facts: Facts) -> tuple[Cover, Build] | None:
    build = partial(_group_network, contract=Contract.INJECTIVE, widest=PLANE)
    return None if facts.covers.dihedral is None else (facts.covers.dihedral, build)


def _cost(verdict: Verdict) -> tuple[float, float]:
    """Return the largest block and the size."""
    if not isinstance(verdict, Compiled) or not isinstance(verdict.operator, BlockDiagonal):
        return math.inf, math.inf
    return max(verdict.operator.sizes), verdict.operator.size


def _least_block(facts: Facts, block: float) -> str | None:
    """Say why no smaller blocks hold permutations with finitely many codes; None where that is not known."""
    if block == PLANE and (facts.noncommuting or long_cycle(facts.machine, 2)):
        return "blocks of one coordinate are signs, which commute and have squares 1"
    if block == PLANE + 1 and noncommuting_square_words(facts) is not None:
        return "in blocks of two coordinates all squares of words commute"
    return None


def _widths(found: IntegerRepresentation) -> tuple[int, ...]:
    """Return the widths of the finest blocks of consecutive coordinates that no letter mixes."""
    reach = [0] * found.size
    met = {(row, place) for one in found.matrices for place, column in enumerate(one.columns) for row, _ in column}
    for row, place in met:
        reach[min(row, place)] = max(reach[min(row, place)], row, place)
    sizes, first, last = list[int](), 0, 0
    for place in range(found.size):
        last = max(last, reach[place])
        if last == place:
            sizes.append(place + 1 - first)
            first = last = place + 1
    return tuple(sizes)


def _split(matrix: SparseMatrix, sizes: tuple[int, ...]) -> tuple[SparseMatrix, ...]:
    """Return the blocks of these widths."""
    blocks, first = [], 0
    for size in sizes:
        columns = matrix.columns[first : first + size]
        blocks.append(
            SparseMatrix(size, tuple(tuple((row - first, entry) for row, entry in column) for column in columns))
        )
        first += size
    return tuple(blocks)


def _enough(facts: Facts) -> int:
    """Return the width of the blocks that covers in the plane have."""
    del facts
    return PLANE


def _sizes(facts: Facts, found: Compiled, several: SeveralCodes) -> Sizes:
    """Return the sizes of a network of several codes per state, the least where smaller blocks break a law."""
    block, size = _cost(found)
    reason = _least_block(facts, block)
    return Sizes(
        measured(found.operator, Counts.COORDINATES, FINITELY_MANY if reason is not None and size == block else BEST),
        measured(found.operator, Counts.LARGEST_BLOCK, BEST if reason is None else FINITELY_MANY),
        reason,
        found.sizes.facts,
        over_field=found.sizes.over_field,
        several=several,
    )


COVERING: Final = Covering(_of_cover, _cost, _bound, (_in_planes,), _enough, _sizes)

BLOCK_DIAGONAL = Blocks()
