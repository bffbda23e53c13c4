"""Letters x and y in one frame: words v and w such that v x w and v y w both keep two states p and q.

Seen as a step of pairs of states, v x w leads around in the strong component of {p, q}. So a frame is two ways, from a
pair of the component by x and by y, that one word leads to one pair, from which the component leads on to {p, q}.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import permutations
from typing import Final, TypeAlias, final

import numpy as np
from numpy.typing import NDArray

from fsm2rnn.algebra.letters.affine_laws import Word, distinct_letters
from fsm2rnn.algebra.letters.equal_lengths import LETTERS, STATES, Pair, reached_pairs
from fsm2rnn.algebra.monoid.image_sets import strong_components
from fsm2rnn.machine.state_machine import StateMachine

PAIRS: Final = 1_024  # of states in one component, of which all pairs are looked at
Frame: TypeAlias = tuple[Word, Word]
OUTSIDE: Final = -1


def framed_words(machine: StateMachine) -> tuple[Word, Word, tuple[Frame, ...]] | None:
    """Return u and v of one length that end in two states, and for each place where they differ a frame of both ends.

    None where none were found; a machine of more than STATES states is not searched.
    """
    if len(machine.states) > STATES:
        return None
    letters, table = distinct_letters(machine)[:LETTERS], machine.table
    pairs = [*permutations(range(len(table)), 2)]
    number = {pair: place for place, pair in enumerate(pairs)}
    steps = [[number.get((table[p][x], table[q][x]), OUTSIDE) for x in letters] for p, q in pairs]
    for places in strong_components(steps):
        if len(places) <= PAIRS:
            inside = {place: own for own, place in enumerate(places)}
            own = np.array([[inside.get(steps[place][x], OUTSIDE) for x in range(len(letters))] for place in places])
            component = _Component([pairs[place] for place in places], letters, own)
            found = component.words(machine)
            if found is not None:
                return found
    return None


@final
@dataclass(frozen=True)
class _Component:
    """Pairs of states that lead to each other: P of them, and (P, L) where letters lead, OUTSIDE where they leave."""

    pairs: list[Pair]
    letters: list[int]
    steps: NDArray[np.intp]

    def words(self, machine: StateMachine) -> tuple[Word, Word, tuple[Frame, ...]] | None:
        """Return words of one length that end in a pair, with frames; None where frames do not lead to any."""
        joining = self._joining()
        frames = self._frames(joining)
        if not frames:
            return None
        letters = [(x, x) for x in self.letters]
        reached = reached_pairs(machine, [*letters, *((self.letters[x], self.letters[y]) for x, y in frames)])
        goal = next((place for place, pair in enumerate(self.pairs) if pair in reached), None)
        if goal is None:
            return None
        walked = reached[self.pairs[goal]]
        named = {
            (self.letters[x], self.letters[y]): self._around(goal, place, x, y, joining)
            for (x, y), place in frames.items()
        }
        left, right = tuple(one for one, _ in walked), tuple(other for _, other in walked)
        return left, right, tuple(named[step] for step in walked if step[0] != step[1])

    def _joining(self) -> NDArray[np.intp]:
        """Return (P, P) the first letter of a shortest word that joins two pairs, OUTSIDE where none does.

        A pair is joined with itself, by any letter.
        """
        count, letters = self.steps.shape
        first = np.full((count, count), OUTSIDE)
        joined = np.eye(count, dtype=bool)
        while True:
            before = joined.copy()
            for x in range(letters):
                ends = self.steps[:, x]
                stay = ends != OUTSIDE
                new = before[np.ix_(ends, ends)] & stay[:, None] & stay[None, :] & ~joined
                first[new] = x
                joined |= new
            if (joined == before).all():
                first[np.arange(count), np.arange(count)] = 0
                return first

    def _frames(self, joining: NDArray[np.intp]) -> dict[tuple[int, int], int]:
        """Return for two letters, by their places, a pair from which both lead to pairs that a word joins."""
        found = {}
        for x, y in permutations(range(len(self.letters)), 2):
            ends = self.steps[:, x], self.steps[:, y]
            fits = (ends[0] != OUTSIDE) & (ends[1] != OUTSIDE) & (joining[ends[0], ends[1]] != OUTSIDE)
            if fits.any():
                found[x, y] = int(fits.argmax())
        return found

    def _around(self, goal: int, place: int, x: int, y: int, joining: NDArray[np.intp]) -> Frame:
        """Return the word from the goal to a pair, and the one from where x and y lead from it back to the goal."""
        after: list[int] = []
        left, right = int(self.steps[place, x]), int(self.steps[place, y])
        while left != right:
            letter = int(joining[left, right])
            after.append(letter)
            left, right = int(self.steps[left, letter]), int(self.steps[right, letter])
        before = self._way(goal, place)
        return tuple(self.letters[one] for one in before), tuple(
            self.letters[one] for one in (*after, *self._way(left, goal))
        )

    def _way(self, start: int, goal: int) -> Word:
        """Return a shortest word from one pair to another, in places of letters."""
        words: dict[int, Word] = {start: ()}
        queue = deque([start])
        while goal not in words:
            place = queue.popleft()
            for letter, reached in enumerate(self.steps[place].tolist()):
                if reached != OUTSIDE and reached not in words:
                    words[reached] = (*words[place], letter)
                    queue.append(reached)
        return words[goal]
