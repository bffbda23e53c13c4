r"""A_x e_j = s(x, j) e_map(x, j), A_x code_q = code_delta(q, x): signed permutations, from characters of subgroups.

Let letters permute the states, G their group, H the stabiliser of the start. In a signed-permutation form with one code
per state, the coordinates are functions f on the states, f_map(x, j) o delta_x = s(x, j) f_j: the letters permute the
pairs {f, -f}. Zero functions and repeated pairs can go, so coordinates are one pair each, and an orbit of pairs is the
representation induced from the stabiliser K of a pair and the character lambda: K -> {1, -1} by which it acts on f.
With f_j(g) = u(g r_j^-1) for cosets K r_j,

    u(h y k) = u(y) lambda(k),    r_j x = k r_i  =>  A_x e_j = lambda(k) e_i,    code_q = (u(g_q r_j^-1))_j.

Such u are given by one number for each double coset H y K on which lambda does not force u = -u. A generic u has the
smallest stabiliser, so second copies add nothing, and the least width is the least sum of |G : K| over pairs
(K, lambda) whose generic u tell every other state from the start: a weighted set cover. Pairs are tried by rising
|G : K|, until that is no less than the total of some cover. All pairs come from subgroups L = ker lambda up to
conjugacy: K = L, or K = L + L g with g in the normaliser of L and g^2 in L.

Abelian groups act regularly and need no list. Ind(K, lambda) holds the characters that extend lambda, a coset whose
span B in the dual has |G : K| elements, or twice as many where lambda is not 1; the B must span the dual. Let F be the
sum of q over odd primary factors, of 2^(a-1) over factors 2^a, a > 1, and of the number of factors 2 beyond that of odd
ones, if positive. A product of numbers > 1 is no less than their sum, so |B|, and for even order |B| / 2, is at least
F(B). F(B + B') <= F(B) + F(B'), and no quotient has a larger F, since a factor beyond 2 that is lost or made smaller
takes more than it may add. So F of the dual is the least width; cycles of length q, with a sign for a factor 2 beside
them, and negacyclic ones of length 2^(a-1) reach it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, final

import numpy as np

from fsm2rnn.algebra.group.group_action import GroupAction
from fsm2rnn.algebra.group.invariant_factors import abelian_group
from fsm2rnn.algebra.integral.cyclotomic_blocks import CyclotomicBlock, cyclotomic_action
from fsm2rnn.algebra.letters.letter_maps import Numbers, permutes_transitively
from fsm2rnn.algebra.letters.letter_orders import noncommuting
from fsm2rnn.algebra.monoid.few_points import FewPoints
from fsm2rnn.algebra.representation.least_representation import least_rational
from fsm2rnn.algebra.signed.induced_signs import Induced, fewest_reflections_sum, least_sum, letter_signs, small_codes
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.machine.state_machine import StateMachine

STATE_LIMIT: Final = 2048
"""Most states of a machine with a signed-permutation form: its first form, the states themselves, has |Q|^2
numbers."""
WIDTH_LIMIT: Final = 32
"""Largest least width for which wider forms with fewer reflections are searched: up to twice as wide, all sums of
parts."""


@final
@dataclass(frozen=True, eq=False)
class SignedPermutationForm:
    """A_x e_j = signs[x, j] e_maps[x, j], A_x code_q = code_delta(q, x), codes distinct; the kernel proves it."""

    maps: Numbers  # (D, n)
    signs: Numbers  # (D, n), 1 or -1
    codes: Numbers  # (Q, n)
    least: bool  # whether no signed permutations of fewer coordinates do it with one code per state
    reason: str

    @property
    def size(self) -> int:
        """The width n."""
        return int(self.maps.shape[1])


def signed_permutation_form(
    machine: StateMachine, action: Callable[[], GroupAction], points: Callable[[], FewPoints | None]
) -> SignedPermutationForm:
    """Return the smallest form found; where the group is beyond the limits of its table, few points or the states.

    `action` lists that group and `points` finds points for it, where they are needed. InputError unless the letters
    permute the states and reach all of them; LimitError past STATE_LIMIT states that do it themselves.
    """
    if not permutes_transitively(machine):
        message = "a signed-permutation form needs letters that permute the states and reach all of them"
        raise InputError(message)
    if len(machine.states) == 1:
        return _states(machine)
    if noncommuting(machine) is None:
        _require_few(machine)
        return _abelian(machine)
    try:
        listed = action()
    except LimitError:
        found = points()
        return _states(machine) if found is None else _of_points(found)
    return _sum(listed)


def _require_few(machine: StateMachine) -> None:
    """Raise LimitError past STATE_LIMIT states."""
    if len(machine.states) > STATE_LIMIT:
        what = "states of a machine with a signed-permutation form"
        raise LimitError(what, limit=STATE_LIMIT, needed=len(machine.states))


def _states(machine: StateMachine) -> SignedPermutationForm:
    """Return the permutation of the states; LimitError past STATE_LIMIT of them."""
    _require_few(machine)
    maps, count = np.array(machine.table, dtype=np.intp).T, len(machine.states)
    reason = "the states, as the group is not listed: best found" if count > 1 else "the states"
    return SignedPermutationForm(maps, np.ones_like(maps), np.eye(count, dtype=np.int64), count == 1, reason)


def _of_points(found: FewPoints) -> SignedPermutationForm:
    """Return the permutation of few points, labelled."""
    reason = f"the group on {' + '.join(map(str, found.widths))} points, as it is not listed: best found"
    return SignedPermutationForm(found.maps, np.ones_like(found.maps), found.codes, least=False, reason=reason)


def fewest_reflections_form(
    machine: StateMachine, form: SignedPermutationForm, action: Callable[[], GroupAction]
) -> SignedPermutationForm:
    """Return the form whose letters are products of the fewest swaps and signs found, max_x rank(I - A_x), then width.

    Sums of parts of at most twice the width of `form`, the narrowest one, are searched, for widths up to WIDTH_LIMIT.
    """
    if form.size > WIDTH_LIMIT or len(machine.states) == 1:
        return form
    try:
        listed = action()
        found = fewest_reflections_sum(listed, 2 * form.size)
    except LimitError:
        return form
    return form if found is None else _of_parts(listed, found[1].parts, least=False, reason="fewest reflections")


def _abelian(machine: StateMachine) -> SignedPermutationForm:
    """Return cycles, one for each block of `cyclotomic_action`."""
    group = abelian_group(list(zip(*machine.table, strict=True)), machine.start)
    blocks = cyclotomic_action(machine).blocks
    # A word acts as its state's element, so the codes are what the elements make of unit vectors.
    maps, signs, offset = list[Numbers](), list[Numbers](), 0
    codes = []
    for block in blocks:
        width = _cycle(block)
        exponents = np.array([block.exponent(group.residues[state]) for state in range(len(machine.states))])
        powers = exponents[:, None] + np.arange(width)
        turned = np.where(powers // width % 2 * (block.order > width), -1, 1)
        maps.append(offset + powers % width)
        signs.append(turned)
        codes.append((np.arange(width) == powers[:, :1] % width) * turned[:, :1])
        offset += width
    letters = list(machine.table[machine.start])
    acting, turns = np.concatenate(maps, axis=1)[letters], np.concatenate(signs, axis=1)[letters]
    reason = f"cycles of {', '.join(str(_cycle(block)) for block in blocks)}: the primary factors of the group"
    return SignedPermutationForm(acting, turns, np.concatenate(codes, axis=1), least=True, reason=reason)


def _cycle(block: CyclotomicBlock) -> int:
    """Return the length of a cycle of that order, or of half of it with a sign."""
    return block.order // 2 if block.order % 2 == 0 else block.order


def _sum(action: GroupAction) -> SignedPermutationForm:
    """Return the least sum of induced representations, with small codes."""
    found = least_sum(action)
    offset = sum(part.width for part in found.parts)
    width = " + ".join(str(part.width) for part in found.parts)
    least, reason = found.least, f"cosets {width}: of all classes of subgroups, no smaller sum tells the states apart"
    if not least:
        least = _rational_bound(action) == offset
        reason = f"cosets {width}: " + ("no rational representation is smaller" if least else "best found")
    return _of_parts(action, found.parts, least=least, reason=reason)


def _of_parts(action: GroupAction, parts: Sequence[Induced], *, least: bool, reason: str) -> SignedPermutationForm:
    """Return the sum of these parts with small codes."""
    maps, signs, offset = list[Numbers](), list[Numbers](), 0
    for part in parts:
        targets, turned = letter_signs(action, part)
        maps.append(offset + targets)
        signs.append(turned)
        offset += part.width
    codes = small_codes(parts, int(action.states[0]))
    return SignedPermutationForm(np.concatenate(maps, axis=1), np.concatenate(signs, axis=1), codes, least, reason)


def _rational_bound(action: GroupAction) -> int:
    """Return the least width of a rational representation with one code per state, 0 where it is not known."""
    try:
        found = least_rational(action.characters, action)
    except LimitError:
        return 0
    return found.dimension if found.minimal else 0
