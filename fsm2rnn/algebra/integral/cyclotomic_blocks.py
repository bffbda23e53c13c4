r"""x acts on Z[t] / Phi_m(t) as t^e: commuting permutation letters in integer blocks, one for each prime power.

A rational irreducible representation of an abelian group G is a character chi of some order m with its conjugates, of
dimension phi(m), and it can be written on the integer basis 1, t, ..., t^(phi(m) - 1) of Z[t] / Phi_m(t). On a
minimal machine with commuting permutation letters G acts regularly, and codes are distinct iff the chosen chi generate
the dual of G (their common kernel is 1).

The least sum of phi(m_i). A chi of order m is the product of its primary parts, which have order p^k for each p^k
exactly dividing m, and phi(m) is at least the sum of the phi(p^k) where k >= 2 or p is odd, since a b >= a + b for a,
b >= 2; a part of order 2 costs 1 if m = 2 and nothing if an odd part is there. The p-parts generate the p-part of the
dual, so if that is a sum of r cyclic groups of orders q_1 >= ... >= q_r, at least i of them have order q_i or more
(their multiples by q_i / p generate a group of rank at least i). Hence the total is at least the sum of phi(q) over
the primary invariants q other than 2, plus the number of invariants equal to 2, less the number of chi with an odd
part of order above 1; and each such chi beyond the number of odd primary invariants costs 2 at least for the 1 that it
saves. One block per primary invariant, an invariant 2 joined to an odd one q as Phi_2q while there are both, reaches
that bound.

With m = p^k or 2 p^k, t^e modulo Phi_m is plus or minus a power of t or a sum of p - 1 of them: entries are 0, 1, -1.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import final

from fsm2rnn.algebra.group.invariant_factors import AbelianGroup, abelian_group
from fsm2rnn.exact.sparse import SparseMatrix, Vector, vector
from fsm2rnn.machine.state_machine import StateMachine


@final
@dataclass(frozen=True)
class PrimaryPart:
    """The residue of an element modulo a primary invariant: a coordinate of its invariant factor, taken modulo q."""

    prime: int
    order: int  # q, a power of the prime
    place: int  # which invariant factor


@final
@dataclass(frozen=True)
class CyclotomicBlock:
    """A character of order m = p^k or 2 p^k, given by the parts whose residues (coprime orders) are joined."""

    parts: tuple[PrimaryPart, ...]

    @property
    def order(self) -> int:
        """The order m of the character."""
        return math.prod(part.order for part in self.parts)

    @property
    def size(self) -> int:
        """phi(m), the degree of Phi_m."""
        main = self.parts[0]  # phi(2) = 1 for the other
        return main.order - main.order // main.prime

    def exponent(self, residues: Sequence[int]) -> int:
        """Return e with e = residue modulo the order of every part."""
        found, modulus = 0, 1
        for part in self.parts:
            while (found - residues[part.place]) % part.order:
                found += modulus
            modulus *= part.order
        return found

    def powers(self) -> tuple[Vector, ...]:
        """Return t^e modulo Phi_m for e = 0 ... m - 1, as vectors of length phi(m).

        With q = p^k and s = q / p, Phi_q(t) = 1 + t^s + ... + t^((p-1) s), and Phi_2q(t) = Phi_q(-t) for odd p.
        """
        main = self.parts[0]
        step = main.order // main.prime
        sign = -1 if len(self.parts) > 1 else 1
        found: list[Vector] = []
        for power in range(self.order):
            place = power % main.order
            # t = sign * u with u of order q.
            factor = sign**power
            if place < self.size:
                terms = [(place, factor)]
            else:
                terms = [(low, -factor) for low in range(place - self.size, self.size, step)]
            found.append(vector((index, value * sign**index) for index, value in terms))
        return tuple(found)


@final
@dataclass(frozen=True)
class CyclotomicAction:
    """A_x code_q = code_delta(q, x) over Z, in blocks of least total size."""

    blocks: tuple[CyclotomicBlock, ...]
    matrices: tuple[SparseMatrix, ...]  # (k, k), one per symbol
    codes: tuple[Vector, ...]  # Q columns of height k, entries 0, 1, -1


# Each block is Z[zeta_n], in which an element of the group multiplies by a power of zeta_n. A letter is the group
# element that takes the start to where the letter leads, since an abelian group acts regularly.
def cyclotomic_action(machine: StateMachine) -> CyclotomicAction:
    """Return the blocks of commuting letters that permute the states, all of them reachable; |Q| |Sigma| k steps."""
    group = abelian_group(list(zip(*machine.table, strict=True)), machine.start)
    blocks = _blocks(group)
    powers = [block.powers() for block in blocks]
    offsets = list(itertools.accumulate((block.size for block in blocks), initial=0))
    codes = []
    for state in range(len(machine.states)):
        exponents = (block.exponent(group.residues[state]) for block in blocks)
        codes.append(_joined(zip(offsets, (row[e] for row, e in zip(powers, exponents, strict=True)), strict=False)))
    matrices = []
    for target in machine.table[machine.start]:
        columns: list[Vector] = []
        for block, row, offset in zip(blocks, powers, offsets, strict=False):
            shift = block.exponent(group.residues[target])
            columns += [_joined([(offset, row[(shift + low) % block.order])]) for low in range(block.size)]
        matrices.append(SparseMatrix(offsets[-1], tuple(columns)))
    return CyclotomicAction(blocks, tuple(matrices), tuple(codes))


def _blocks(group: AbelianGroup) -> tuple[CyclotomicBlock, ...]:
    """Return one block per primary invariant, invariants 2 joined to odd ones while there are both."""
    parts = [part for place, factor in enumerate(group.factors) for part in _primary_parts(factor, place)]
    twos = [part for part in parts if part.order == 2]  # the prime two
    others = sorted((part for part in parts if part.order > 2), key=lambda part: (part.order, part.place))  # likewise
    blocks = []
    for part in others:
        free = part.prime > 2 and twos  # odd
        blocks.append(CyclotomicBlock((part, twos.pop()) if free else (part,)))
    return (*(CyclotomicBlock((part,)) for part in twos), *blocks)


def _primary_parts(factor: int, place: int) -> Iterable[PrimaryPart]:
    prime = 2
    while factor > 1:
        order = 1
        while factor % prime == 0:
            factor //= prime
            order *= prime
        if order > 1:
            yield PrimaryPart(prime, order, place)
        prime += 1


def _joined(pieces: Iterable[tuple[int, Vector]]) -> Vector:
    """Return the vector with the pieces at their offsets, rising."""
    return tuple((offset + index, value) for offset, piece in pieces for index, value in piece)
