r"""chi(s t) = chi(s) chi(t), chi(1) = 1: the coordinates of a diagonal network, and the least number of them.

Let the letters commute and have index at most 1. If 0 s = 0 t for words s, t, then q = 0 u gives q s = 0 s u = 0 t u
= q t: a state is the same as the map that takes the start to it. So Q = T(M) is a finite commutative monoid with
identity 0, and every t lies in the group H_f of its idempotent power f: Q is a semilattice E of abelian groups, ordered
by e <= f iff e f = e.

A coordinate with one code per state and h_0 = 1 is a function on Q with chi(q x) = a_x chi(q), so a semicharacter.
On idempotents it is 0 or 1; let e be the product of those where it is 1. Then chi(t) = psi(e t) for a character psi of
H_e where t lies above e (f >= e), else 0. A set of pairs (e, psi) separates the states iff

1. every join-irreducible e (one with a single lower cover e_*) occurs: only e <= e, not e <= e_*, tells e from e_*;
   and these suffice for idempotents, since each is the join of the join-irreducibles below it;
2. for every f, the characters h -> psi(e h) with e <= f generate the dual of H_f, so have no common kernel there.

By (2) at each e < f the pairs below f generate all h -> psi(e h) with any psi, the characters of H_f that are trivial
on N_f = {h in H_f : e h = e for all e < f}, whatever was chosen below. What must be added at f generates the
dual of N_f, so with J_f = 1 for a join-irreducible f and 0 for others

    least number of coordinates = sum over f of max(rank N_f, J_f),  rank = number of invariant factors.

Real characters have order <= 2 and vanish on the squares H_f^2, so at least rank(N_f & H_f^2) of those at f are not
real: the least real dimension is at least the sum of max(rank N_f, J_f) + rank(N_f & H_f^2). Both are reached: a real
character is taken as long as it lowers the rank of what is left to generate. (While that rank exceeds the rank of its
quotient by the real ones it is the rank of the 2-part, and a real character outside its doubles lowers it.)

Where T(M) is a group: k coordinates for n_1 | ... | n_k, in #{n_i = 2} + 2 #{n_i > 2} real numbers. Where x^2 = x for
all letters: one coordinate 1 or 0 for each join-irreducible. The semicharacters are in E. Hewitt and H. S. Zuckerman,
"The l_1-algebra of a commutative semigroup" (1956). Networks with several codes per state can be smaller.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, TypeAlias, final

import numpy as np
import numpy.typing as npt

from fsm2rnn.algebra.group.invariant_factors import AbelianGroup, Rows, SmithForm, abelian_group, smith_form
from fsm2rnn.algebra.letters.letter_orders import letter_orders, noncommuting
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.machine.state_machine import StateMachine

Turn: TypeAlias = Fraction | None
"""None is the value 0, a fraction t of a turn in [0, 1) the value exp(2 pi i t)."""

STATE_LIMIT: Final = 4096
"""Most states: the product of any two is tabulated."""

_Table: TypeAlias = npt.NDArray[np.integer[Any]]


@final
@dataclass(frozen=True)
class Coordinates:
    """h_j <- exp(2 pi i turns[x][j]) h_j from h_j = 1: distinct states have distinct codes, each state one.

    A coordinate whose turns are all 0, 1/2 or None is one real number, any other is a 2x2 block. The machine with one
    state has no coordinates.
    """

    turns: tuple[tuple[Turn, ...], ...]  # per symbol, per coordinate
    minimal: bool  # whether no network with one code per state has fewer coordinates
    reason: str


def complex_coordinates(machine: StateMachine) -> Coordinates:
    """Return the fewest complex coordinates, and among these the fewest real numbers (the two go together).

    Raises InputError unless the letters commute, have index at most 1 and reach every state from state 0; LimitError
    above STATE_LIMIT states.
    """
    return _coordinates(machine, len(machine.states), "complex")


def real_coordinates(machine: StateMachine) -> Coordinates:
    """Return the fewest coordinates with values 1, -1 and 0; InputError unless also x^3 = x for all letters."""
    return _coordinates(machine, 2, "real")


def nonnegative_coordinates(machine: StateMachine) -> Coordinates:
    """Return the fewest coordinates with values 1 and 0; InputError unless also x^2 = x for all letters."""
    return _coordinates(machine, 1, "nonnegative")


def _coordinates(machine: StateMachine, longest: int, kind: str) -> Coordinates:
    """Return the coordinates of the module's theorem: with period <= 2 they are real, with period 1 nonnegative.

    No period exceeds |Q|, since x, x^2 ... x^p are distinct states.
    """
    if noncommuting(machine) is not None or any(
        order.index > 1 or order.period > longest for order in letter_orders(machine)
    ):
        message = f"{kind} coordinates need commuting letters of index at most 1 and period at most {longest}"
        raise InputError(message)
    if len(machine.states) > STATE_LIMIT:
        what = "states of a commutative machine"
        raise LimitError(what, limit=STATE_LIMIT, needed=len(machine.states))
    monoid = _monoid(machine)
    columns = [column for place in range(len(monoid.idempotents)) for column in monoid.columns(place)]
    turns = tuple(tuple(column[symbol] for column in columns) for symbol in range(len(machine.symbols)))
    return Coordinates(turns, minimal=True, reason=_reason(monoid, len(columns), kind))


def _reason(monoid: _Monoid, count: int, kind: str) -> str:
    if len(monoid.idempotents) == 1:
        return f"one code per state: the least number of characters that generate the dual of the group is {count}"
    if len(monoid.idempotents) == len(monoid.product):
        return f"one code per state: each join-irreducible idempotent needs a coordinate of its own, {count} in all"
    return (
        f"one code per state: the least number of {kind} semicharacters that tell join-irreducible idempotents "
        f"from their lower covers and generate the duals of the maximal subgroups is {count}"
    )


@final
@dataclass(frozen=True)
class _Monoid:
    """Q as a semilattice of abelian groups."""

    letters: tuple[tuple[int, ...], ...]  # (D, Q)
    product: _Table  # (Q, Q)
    idempotent: _Table  # (Q,), the idempotent of the group that holds each state
    idempotents: list[int]  # E in rising order
    below: npt.NDArray[np.bool_]  # (E, E): below[i, j] where e_i <= e_j
    heights: npt.NDArray[np.intp]  # (E,): how many idempotents lie below, itself included

    def columns(self, place: int) -> list[tuple[Turn, ...]]:
        """Return the coordinates (e, psi) chosen at one idempotent e, each as its turn per symbol."""
        base = self.idempotents[place]
        # Letters above e act on H_e as e x does; the others leave it, and the coordinate becomes 0.
        staying = [letter for letter in self.letters if self.idempotent[letter[base]] == base]
        members = np.flatnonzero(self.idempotent == base)
        kernel = self._kernel(place, members)
        if len(kernel) == 1:
            group = AbelianGroup((), (), dict.fromkeys(members.tolist(), ()))
            characters: list[tuple[int, ...]] = [()] if self._join_irreducible(place) else []
        else:
            group = abelian_group(staying, base)
            characters = _characters(group, self._trivial_on(group, base, kernel))
        return [tuple(_turn(group, character, letter[base]) for letter in self.letters) for character in characters]

    def _kernel(self, place: int, members: _Table) -> _Table:
        """Return N_e."""
        below = np.array(self.idempotents)[self.below[:, place]]
        below = below[below != self.idempotents[place]]
        fixed: npt.NDArray[np.bool_] = (self.product[np.ix_(members, below)] == below).all(axis=1)
        return members[fixed]

    def _join_irreducible(self, place: int) -> bool:
        """Return whether one idempotent strictly below has below it all the others: there is a single lower cover."""
        return bool((self.heights[self.below[:, place]] == self.heights[place] - 1).any())

    def _trivial_on(self, group: AbelianGroup, base: int, kernel: _Table) -> Rows:
        """Return characters that generate those of H_e trivial on N_e.

        In residues, N_e is a lattice L between diag(n) Z^k and Z^k. With the Smith form diag(d) of L and its column
        transform V, the forms V_{ji} / d_i are a basis of the dual lattice, so those are n_j V_{ji} / d_i in parts n_j.
        """
        width = len(group.factors)
        diagonal = [[factor * (row == column) for column in range(width)] for row, factor in enumerate(group.factors)]
        if len(kernel) == len(group.residues):
            return diagonal
        inner = abelian_group([self.product[state].tolist() for state in kernel.tolist()], base)
        smith = smith_form(diagonal + [list(group.residues[int(kernel[place])]) for place in inner.generators], width)
        return [
            [part * row[index] // divisor for part, row in zip(group.factors, smith.transform, strict=True)]
            for index, divisor in enumerate(smith.factors)
        ]


def _monoid(machine: StateMachine) -> _Monoid:
    product = _products(machine)
    idempotent = _idempotents(product)
    idempotents = sorted(set(idempotent.tolist()))
    below = product[np.ix_(idempotents, idempotents)] == np.array(idempotents)[:, None]
    letters = tuple(zip(*machine.table, strict=True))
    return _Monoid(letters, product, idempotent, idempotents, below, below.sum(axis=0))


def _products(machine: StateMachine) -> _Table:
    """Return r q for all states, each row q -> r q found from that of a state one letter before r."""
    letters = np.array(machine.table, dtype=np.intp).T
    product = np.full((len(machine.states), len(machine.states)), -1, dtype=np.int32)
    product[0] = np.arange(len(product))
    order = [0]
    for state in order:
        for letter, reached in zip(letters, machine.table[state], strict=True):
            if product[reached, 0] < 0:
                order.append(reached)
                product[reached] = letter[product[state]]
    if len(order) < len(product):
        message = f"{len(product) - len(order)} states are not reachable from state 0"
        raise InputError(message)
    return product


def _idempotents(product: _Table) -> _Table:
    """Return the idempotent power of every state q: the one before q among q, q^2, q^3 ..., which come back to q."""
    idempotent = np.full(len(product), -1, dtype=np.int32)
    for state in range(len(product)):
        if idempotent[state] < 0:
            times = product[state].tolist()
            powers = [state]
            while times[powers[-1]] != state:
                powers.append(times[powers[-1]])
            idempotent[powers] = powers[-1]  # all powers lie in one group
    return idempotent


def _characters(group: AbelianGroup, trivial: Rows) -> list[tuple[int, ...]]:
    """Return the fewest characters that generate the dual with the `trivial` ones, as many real ones as can be.

    A character u has the turn sum_i u_i y_i / n_i at residues y; the dual is the product of the Z/n_i again.
    """
    width = len(group.factors)
    chosen: list[tuple[int, ...]] = []
    smith = smith_form(trivial, width)
    for place, factor in enumerate(group.factors):
        real = tuple(factor // 2 * (index == place) for index in range(width))
        finer = smith_form([*trivial, *chosen, real], width)
        if factor % 2 == 0 and finer.rank < smith.rank:
            chosen.append(real)
            smith = finer
    return chosen + _generators(smith, group.factors)


def _generators(smith: SmithForm, factors: Sequence[int]) -> list[tuple[int, ...]]:
    """Return one element for each factor of the quotient other than 1."""
    return [
        tuple(entry % factor for entry, factor in zip(row, factors, strict=True))
        for row, divisor in zip(smith.inverse, smith.factors, strict=True)
        if divisor != 1
    ]


def _turn(group: AbelianGroup, character: Sequence[int], state: int) -> Turn:
    residues = group.residues.get(state)
    if residues is None:
        return None
    parts = zip(character, residues, group.factors, strict=True)
    return sum((Fraction(number * residue, factor) for number, residue, factor in parts), Fraction(0)) % 1
