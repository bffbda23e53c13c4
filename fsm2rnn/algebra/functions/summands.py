r"""A_x = diag(X_x^1, ..., X_x^s) over Z, A_x code_q = code_delta(q, x), codes distinct: small blocks for any machine.

Coordinates of block j are functions on the states; their span W_j, of dimension at most the block's, is kept by
f -> f o x. Conversely a basis F of the integer functions in such a space W has F[:, delta(q, x)] = X_x F[:, q] with
X_x integer. So rational blocks of size at most b exist iff for any two states q, r some W of dimension at most b that
letters keep has f(q) != f(r) for some f in W. `function_spaces` finds such W, and what dimensions are needed; of these
a cheapest set that together separates all states is taken.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, final

import flint
import numpy as np

from fsm2rnn.algebra.cover_sets.weighted_cover import least_cover
from fsm2rnn.algebra.distinct import rows_differ
from fsm2rnn.algebra.functions.function_spaces import FunctionSpaces
from fsm2rnn.algebra.functions.space_search import FunctionSpace
from fsm2rnn.algebra.integral.permutation_module import lattice_bases, letter_matrices
from fsm2rnn.algebra.letters.product import merge_letters
from fsm2rnn.algebra.linear.lattice import BigIntegers, PivotBasis, integer_product, pivot_basis
from fsm2rnn.algebra.linear.word_span import PRIMES, VALUE_LIMIT, Integers, backward_closure
from fsm2rnn.errors import CertificateError, LimitError, NumericError
from fsm2rnn.machine.state_machine import StateMachine

NUMBER_LIMIT: Final = 1 << 24
"""Most numbers in all dense blocks: 128 MB."""
REDUCED: Final = 48
"""Most dimensions of a space whose basis is reduced though it has entries 0, 1, -1 already: reduction takes the
fourth power."""


@final
@dataclass(frozen=True, eq=False)
class BlockForm:
    """diag(X_x^1, ..., X_x^s) code_q = code_delta(q, x) in integers, codes distinct; else CertificateError."""

    machine: StateMachine
    blocks: tuple[Integers, ...]  # s arrays (D, b, b), one matrix per symbol
    codes: Integers  # (Q, d), the blocks' coordinates one after the other
    semisimple: bool | None  # whether the codes span a sum of irreducible modules; None where that was not decided
    least: bool  # whether no rational network with one code per state has a smaller largest block
    reason: str

    def __post_init__(self) -> None:
        """Prove the equations."""
        parts = np.split(self.codes, np.cumsum([block.shape[1] for block in self.blocks])[:-1], axis=1)
        for symbol, ends in enumerate(zip(*self.machine.table, strict=True)):
            for block, part in zip(self.blocks, parts, strict=True):
                if not np.array_equal(integer_product(part, block[symbol].T), part[list(ends)]):
                    message = "a matrix sends a code to a vector that is not the code of the next state"
                    raise CertificateError("matrices", message)
        if not rows_differ(self.codes):
            message = "two states have one code"
            raise CertificateError("codes", message)

    @property
    def largest(self) -> int:
        """The size of the largest block."""
        return max(int(block.shape[1]) for block in self.blocks)


def block_form(machine: StateMachine, spaces: Callable[[], FunctionSpaces]) -> BlockForm:
    """Return blocks of least largest size, among those that `spaces` finds, then of least total size.

    `least` says that the largest block is proved least over Q with one code per state; over R or with several codes
    smaller ones may do. Irreducible modules are preferred where they separate the states within that size. Machines
    with too many pairs of states to search have one block, a coordinate per state but one that no letter leaves.
    InputError for unreachable states; LimitError beyond NUMBER_LIMIT numbers in the blocks, or where no basis has small
    entries.
    """
    try:
        found = spaces()
    except LimitError as error:
        return _on_states(machine, str(error))
    ordered = sorted(found.spaces, key=_cost)
    largest = max((space.dimension for space in _first(ordered, len(found.needed))), default=1)
    ordered = [space for space in ordered if space.dimension <= largest]
    simple = None if found.socle is None else [space for space in ordered if _within(space, found.socle)]
    semisimple = None if simple is None else _separate(simple, len(found.needed))
    return _realised(machine, found, simple if simple and semisimple else ordered, semisimple=semisimple)


def narrow_form(machine: StateMachine, found: FunctionSpaces) -> BlockForm:
    """Return blocks of least total size, among those on the spaces found; errors as `block_form`."""
    return _realised(machine, found, sorted(found.spaces, key=_cost), semisimple=None)


def _on_states(machine: StateMachine, reason: str) -> BlockForm:
    """Return one block on the indicators of the states; that of a state which no letter leaves is left out."""
    count = len(machine.states)
    _require_within(len(machine.symbols) * count**2)
    ends = np.array(machine.table).T
    fixed = (ends == np.arange(count)).all(axis=0)
    kept = np.arange(count) != (fixed.argmax() if fixed.any() and count > 1 else count)
    one = np.eye(count, dtype=np.int64)
    # f_i o x is the sum of the f_j with j x = i.
    block = one[ends].transpose(0, 2, 1)[:, kept][:, :, kept]
    least = count == 1
    return BlockForm(machine, (block,), one[:, kept], None, least, f"one coordinate per state, best found: {reason}")


def _require_within(needed: int) -> None:
    if needed > NUMBER_LIMIT:
        what = "numbers of dense blocks"
        raise LimitError(what, limit=NUMBER_LIMIT, needed=needed)


def _cost(space: FunctionSpace) -> tuple[int, int]:
    return space.dimension, int(np.abs(space.seeds).max())


def _first(spaces: Sequence[FunctionSpace], classes: int) -> list[FunctionSpace]:
    """Return for each class of pairs the first space that separates it."""
    return [next(space for space in spaces if space.apart[number]) for number in range(classes)]


def _separate(spaces: Sequence[FunctionSpace], classes: int) -> bool:
    return bool(np.any([np.zeros(classes, dtype=np.bool_), *(space.apart for space in spaces)], axis=0).all())


def _within(space: FunctionSpace, socle: BigIntegers) -> bool:
    """Tell whether the seeds, and so the space, lie in the socle."""
    return int(flint.fmpz_mat([*socle.tolist(), *space.seeds.tolist()]).rank()) == len(socle)


# Blocks are what the letters do to a basis of each space, and codes the values of the basis at the states. The
# largest block is least where a class of pairs is proved to need as many dimensions.
def _realised(
    machine: StateMachine, found: FunctionSpaces, spaces: Sequence[FunctionSpace], *, semisimple: bool | None
) -> BlockForm:
    """Return the form on the cheapest of the spaces that together separate all classes of pairs."""
    chosen = _cheapest(spaces, len(found.needed))
    _require_within(len(machine.symbols) * sum(space.dimension**2 for space in chosen))
    letter_of = list(merge_letters(machine).letter_of)
    pairs = [_integers(space, found.maps) for space in chosen]
    blocks = tuple(block[letter_of] for _, block in pairs)
    sizes = [block.shape[1] for block in blocks]
    lower = int(found.needed.max(initial=1))
    kind = "sums of irreducible modules over Q" if semisimple else "modules of functions on the states"
    bound = f"best found; blocks of {lower} or more are needed"
    if max(sizes) == lower:
        bound = "rational blocks are not smaller"
    reason = f"{kind} of dimensions {', '.join(map(str, sizes))}: {bound} with one code per state"
    codes = np.concatenate([basis.T for basis, _ in pairs], axis=1)
    return BlockForm(machine, blocks, codes, semisimple, max(sizes) == lower, reason)


def _cheapest(spaces: Sequence[FunctionSpace], classes: int) -> list[FunctionSpace]:
    """Return spaces of least total dimension that separate all classes of pairs."""
    pool = _undominated(spaces)
    if not classes:
        return pool[:1]
    weights = np.array([space.dimension for space in pool])
    loads = np.zeros((len(pool), 0), dtype=np.int64)
    found = least_cover(np.stack([space.apart for space in pool]), weights, loads, fewest=1, most=len(pool))
    members = range(len(pool)) if found is None else found.members
    return [pool[member] for member in members]


def _undominated(spaces: Sequence[FunctionSpace]) -> list[FunctionSpace]:
    """Return the spaces, in order, without those whose pairs an earlier one separates."""
    kept: list[FunctionSpace] = []
    for space in spaces:
        if not any((other.apart >= space.apart).all() for other in kept):
            kept.append(space)
    return kept


def _integers(space: FunctionSpace, maps: Integers) -> tuple[Integers, Integers]:
    """Return a basis (b, Q) over Z of the integer functions, of two the one with smaller entries, and its matrices.

    The one dual to pivots where it has entries 0, 1, -1, or many functions that are integer; a reduced one of few.
    """
    basis = _rational_basis(space, maps)
    found = []
    size = np.abs(basis.numerators).max()
    if basis.denominator == 1 and size <= (1 if len(basis.pivots) <= REDUCED else VALUE_LIMIT):
        codes = basis.numerators.astype(np.int64)
        found.append((codes, np.stack([codes[:, letter[basis.pivots]] for letter in maps])))
    if not found or len(basis.pivots) <= REDUCED:
        reduced = lattice_bases(np.array(basis.numerators.tolist()))[-1]
        found.append((reduced, letter_matrices(reduced, maps)))
    return min(found, key=lambda pair: max(map(_largest, pair)))


def _rational_basis(space: FunctionSpace, maps: Integers) -> PivotBasis:
    """Return a basis over Q; NumericError where letters keep the span modulo primes only, which is not known to be."""
    closures = (backward_closure(maps, space.seeds, prime) for prime in PRIMES[1:])
    for closure in itertools.chain([space.closure], closures):
        basis = pivot_basis(closure, maps, space.seeds)
        if basis is not None:
            return basis
    message = f"the functions of a space span less modulo each of the primes {PRIMES}"
    raise NumericError(message)


def _largest(entries: Integers) -> int:
    return int(np.abs(entries).max(initial=0))
