r"""x -> (R^t_i F^s_i)_i: groups on which all squares commute as quotients of groups in blocks of two coordinates.

On blocks of at most 2 coordinates with finitely many codes the letters act by finite subgroups of O(2), up to a change
of basis: cyclic or dihedral, so that squares are rotations, and commute. Quotients obey that law too.

Where G obeys it, dihedral groups do. Let F be free on generators x_j of G, N the subgroup that all squares generate and
A its image in G, abelian: G is a quotient of F / N'. F / N is elementary abelian, L = N / N' a lattice. By the Magnus
embedding the Fox derivatives map L one to one to a sum of group rings Z[F / N], and these to Z by characters chi of
F / N. Modulo n they are the t of w -> R^t F^s, R^n = 1, where x_j -> R^e F^s, e = 1 for one j and 0 for the others, and
s = chi(x_j). A word that all these send to 1 is in N, and in n L' for a lattice L' around L, f L' inside L.

Let R be the elements that every real representation of G of dimension at most 2 sends to 1. The part of A of odd order
is a sum of parts on which G acts by signs chi. Each character of one extends, with the same order, to the kernel of
chi, as G modulo the odd part of A is a 2-group; induced to G it has degree 1, or 2 and is real. So R meets the odd part
in 1, and is a 2-group. Hence n = 2^m do: with f = 2^a f', f' odd, the class of a word as above times f' is in
2^(m - a) L, and acts with odd order for large m. So does the word, and in R that is 1.

So a set of blocks is looked for such that no word acts as an element of R other than 1 and as 1 on all blocks: a set
cover, words that the last set misses being added. The elements of the covering group are told apart by G / R and the
blocks.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np

from fsm2rnn.algebra.cover_sets.weighted_cover import Mask, least_cover
from fsm2rnn.algebra.group.character_numbers import generated, kernels
from fsm2rnn.algebra.group.characters import CharacterTable
from fsm2rnn.algebra.group.group_action import GroupAction
from fsm2rnn.algebra.group.subgroup_classes import right_cosets
from fsm2rnn.algebra.letters.letter_maps import Numbers
from fsm2rnn.algebra.representation.least_representation import real_summands
from fsm2rnn.errors import LimitError
from fsm2rnn.machine.quotient import QuotientMap
from fsm2rnn.machine.state_machine import StateMachine

PLANE: Final = 2
"""The dimension of the blocks."""
ORDERS: Final = (4, 8, 16, 32)
"""The orders n of the rotation of a block, one after the other; the flips alone are signs. Powers of two do, by the
above."""
BLOCK_LIMIT: Final = 1 << 13
"""Most ways to choose one block: each is tried on every word that is looked at."""
ELEMENT_LIMIT: Final = 1024
"""Most elements of the covering group: each is a code with a row in the readout."""
ROUND_LIMIT: Final = 64
"""Most sets of blocks looked at for one n: a round adds words that the last set missed, and more n are to come."""
NODES: Final = 1 << 10
"""Most nodes of the search for one of them: a cover that is not the least does as well in a round."""

TOGETHER: Final = 32
"""About as many missed words are added to those looked at in one round: one alone would cost a search each."""

Turns: TypeAlias = tuple[tuple[int, int], ...]  # (t, s) of R^t F^s per block
Element: TypeAlias = tuple[int, Turns]  # the coset of R, and what the blocks show
Word: TypeAlias = tuple[int, ...]  # j for x_j, k + j for its inverse


def dihedral_cover(machine: StateMachine, action: GroupAction) -> QuotientMap:
    """Return a group acting on itself with faithful blocks of 2 coordinates, mapped onto the machine of the action.

    All squares of words must commute, and some letters not. LimitError past one of the limits above.
    """
    if len(action.group) > ELEMENT_LIMIT:
        what = "elements of a covering group"
        raise LimitError(what, limit=ELEMENT_LIMIT, needed=len(action.group))
    problem = _problem(action, action.characters)
    for order in ORDERS:
        found = _Search(problem, order).run()
        if found is not None:
            return _machine(machine, action, found)
    what = "the order of rotations of a block"
    raise LimitError(what, limit=ORDERS[-1])


@final
@dataclass(frozen=True, eq=False)
class _Problem:
    """Generators and their inverses as maps of G, and of its quotient by R."""

    moves: tuple[Numbers, ...]  # (2 k) of (N,)
    coset: Numbers  # (N,), the coset of R that an element is in; 0 is R

    @property
    def generators(self) -> int:
        """How many there are."""
        return len(self.moves) // 2

    def inverse(self, word: Word) -> Word:
        """Return the inverse word."""
        return tuple((letter + self.generators) % len(self.moves) for letter in reversed(word))


@final
@dataclass(frozen=True, eq=False)
class _Found:
    """The covering group, breadth first: what each element does, and its products with the generators."""

    acts: tuple[int, ...]  # elements of G
    ranks: tuple[int, ...]  # of I - A on the blocks
    words: tuple[Word, ...]
    products: tuple[tuple[int, ...], ...]  # per element and generator


def _problem(action: GroupAction, table: CharacterTable) -> _Problem:
    rows = [row for item in real_summands(table) if item.dimension <= PLANE for row in item.rows]
    unseen = np.flatnonzero(kernels(table)[rows].all(axis=0))
    moves = [action.group.columns[letter] for letter in _few_letters(table, action.letters)]
    return _Problem((*moves, *map(np.argsort, moves)), right_cosets(action.group, unseen)[1])


def _few_letters(table: CharacterTable, letters: Numbers) -> list[int]:
    """Return letters that generate the group, each the one with which the earlier ones generate most."""
    chosen = list[int]()
    while not (inside := generated(table, np.array(chosen, dtype=np.intp))).all():
        others = [letter for letter in dict.fromkeys(letters.tolist()) if not inside[letter]]
        chosen.append(max(others, key=lambda letter: int(generated(table, np.array([*chosen, letter])).sum())))
    return chosen


@final
class _Search:
    """All blocks of one order, and the words that they must show."""

    def __init__(self, problem: _Problem, order: int) -> None:
        """List the blocks: rotations and flips (B, k) of the generators, one of those that turns make of each other."""
        self.problem, self.order = problem, order
        needed = (2 * order) ** problem.generators
        if needed > BLOCK_LIMIT:
            what = "ways to send generators to elements of a dihedral group"
            raise LimitError(what, limit=BLOCK_LIMIT, needed=needed)
        choices = np.indices((2 * order,) * problem.generators).reshape(problem.generators, -1).T
        flips = choices // order
        # A turn by half the angle of R adds 1 to every rotation that follows a flip, and F changes the sign of all.
        first = np.take_along_axis(choices % order, flips.argmax(axis=1)[:, None], axis=1) * flips
        turns = (choices % order - first) % order
        places = order ** np.arange(problem.generators)
        back = (turns @ places > -turns % order @ places)[:, None]
        rows = np.unique(np.concatenate([np.where(back, -turns % order, turns), flips], axis=1), axis=0)
        self.turns, self.flips = rows[:, : problem.generators], rows[:, problem.generators :]

    def run(self) -> _Found | None:
        """Return a covering group; None where all blocks together miss a word."""
        shown = np.zeros((len(self.turns), 0), dtype=np.bool_)
        loads = np.zeros((len(self.turns), 0), dtype=np.int64)
        weights = np.where(self.turns.any(axis=1), 2, 1)
        for _ in range(ROUND_LIMIT):
            cover = least_cover(shown, weights, loads, fewest=0, most=len(weights), nodes=NODES)
            if cover is None:
                return None
            found = self._followed(np.array(cover.members, dtype=np.intp))
            if isinstance(found, _Found):
                return found
            shown = np.concatenate([shown, self._shown(found)], axis=1)
        what = "sets of blocks looked at"
        raise LimitError(what, limit=ROUND_LIMIT)

    def _letter(self, letter: int, blocks: Numbers | slice) -> tuple[Numbers, Numbers]:
        """Return rotations and flips (B,) of a generator or an inverse."""
        j, inverse = letter % self.problem.generators, letter >= self.problem.generators
        turns, flips = self.turns[blocks, j], self.flips[blocks, j]
        return (np.where(flips, turns, -turns) if inverse else turns), flips

    def _shown(self, words: Sequence[Word]) -> Mask:
        """Return for every block and word (B, W) whether the block does not send the word to 1."""
        columns = list[Mask]()
        for word in words:
            turns: Numbers = np.zeros(len(self.turns), dtype=np.int64)
            flips: Numbers = np.zeros_like(turns)
            for letter in word:
                moved, turned = self._letter(letter, slice(None))
                # R^t F^u R^r F^s = R^(t + (-1)^u r) F^(u + s)
                turns, flips = (moved + np.where(turned, -turns, turns)) % self.order, flips ^ turned
            columns.append((turns != 0) | (flips != 0))
        return np.array(columns, dtype=np.bool_).reshape(-1, len(self.turns)).T

    def _followed(self, blocks: Numbers) -> _Found | list[Word]:
        """Return the covering group, or words that act on the machine, but neither in G / R nor on the blocks."""
        walk = _Walk(self.problem, self.order, [self._turns(j, blocks) for j in range(self.problem.generators)])
        missed = walk.run()
        if missed:
            return missed
        if len(walk.products) < len(walk.queue):
            what = "elements of a covering group"
            raise LimitError(what, limit=ELEMENT_LIMIT)
        ranks = tuple(sum(1 if s else 2 * bool(t) for t, s in turns) for _, turns in walk.queue)
        return _Found(tuple(walk.acts), ranks, tuple(walk.words), tuple(walk.products))

    def _turns(self, letter: int, blocks: Numbers) -> Turns:
        turns, flips = self._letter(letter, blocks)
        return tuple(zip(turns.tolist(), flips.tolist(), strict=True))


@final
class _Walk:
    """The elements of G / R and of all blocks that words reach, breadth first, each with a word and its action."""

    def __init__(self, problem: _Problem, order: int, letters: Sequence[Turns]) -> None:
        """Start with the empty word."""
        self.problem, self.order, self.letters = problem, order, letters
        self.queue: list[Element] = [(0, ((0, 0),) * len(letters[0]))]
        self.number = {self.queue[0]: 0}
        self.acts: list[int] = [0]
        self.words: list[Word] = [()]
        self.products: list[tuple[int, ...]] = []

    def run(self) -> list[Word]:
        """Follow words up to a limit; return some that act on the machine, but on nothing that is followed."""
        missed = list[Word]()
        for place in itertools.count():
            if place == len(self.queue) or len(missed) >= TOGETHER or len(self.queue) > ELEMENT_LIMIT:
                break
            row = [self._step(place, letter) for letter in range(len(self.letters))]
            self.products.append(tuple(reached for reached, _ in row))
            missed += [word for _, word in row if word]
        return missed

    def _step(self, place: int, letter: int) -> tuple[int, Word]:
        """Return where a letter leads, and a word that is missed, empty for none."""
        acts, turns = int(self.problem.moves[letter][self.acts[place]]), self.queue[place][1]
        moved = int(self.problem.coset[acts]), self._times(self.letters[letter], turns)
        word = (*self.words[place], letter)
        found = self.number.setdefault(moved, len(self.queue))
        if found == len(self.queue):
            self.queue.append(moved)
            self.acts.append(acts)
            self.words.append(word)
        missed = self.acts[found] != acts
        return found, (*word, *self.problem.inverse(self.words[found])) if missed else ()

    def _times(self, left: Turns, right: Turns) -> Turns:
        """Return the product, the right factor acting first."""
        pairs = zip(left, right, strict=True)
        return tuple(((t + (-r if u else r)) % self.order, u ^ s) for (t, u), (r, s) in pairs)


def _machine(machine: StateMachine, action: GroupAction, found: _Found) -> QuotientMap:
    """Return the covering group as a machine; a symbol is an element that acts so, the one of least rank."""
    lifts: dict[int, Word] = {}
    for element in sorted(range(len(found.acts)), key=found.ranks.__getitem__):
        lifts.setdefault(found.acts[element], found.words[element])
    image = tuple(action.states[list(found.acts)].tolist())
    columns = [_column(found.products, lifts[letter]) for letter in action.letters.tolist()]
    table, states = tuple(zip(*columns, strict=True)), tuple(range(len(image)))
    outputs = tuple(machine.outputs[state] for state in image)
    return QuotientMap(StateMachine(states, machine.symbols, table, 0, outputs), machine, image)


def _column(products: Sequence[Sequence[int]], word: Word) -> tuple[int, ...]:
    places = list(range(len(products)))
    for letter in word:
        places = [products[place][letter] for place in places]
    return tuple(places)
