"""The search for small spaces <f>, the span of all f o w, that separate given pairs of states, step by step.

Dimensions are counted modulo a prime, which makes none larger. Work is counted in products of numbers, so that the
search is bounded and finds the same in every run. What it finds may be wrong without harm: `summands` proves it.
"""

from __future__ import annotations

import itertools
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, final

import numpy as np

from fsm2rnn.algebra.cover_sets.weighted_cover import Mask
from fsm2rnn.algebra.functions.condensation import Condensation
from fsm2rnn.algebra.functions.factor_null_spaces import FactorKernel, factor_kernels, short_functions, sums_of_moves
from fsm2rnn.algebra.letters.letter_maps import Numbers
from fsm2rnn.algebra.linear.integer_rows import reduced_rows
from fsm2rnn.algebra.linear.lattice import BigIntegers
from fsm2rnn.algebra.linear.word_span import PRIMES, RANK_LIMIT, VALUE_LIMIT, Integers, WordSpan, backward_closure
from fsm2rnn.errors import LimitError

OVERHEAD: Final = 1 << 18
"""Work that a space takes beside the products of its numbers: what the calls of a closure cost, in products."""
SHARE: Final = 1 << 22
"""Most work on the functions of one sum of moves, so that several sums get their turn."""


@final
@dataclass(frozen=True, eq=False)
class FunctionSpace:
    """The span of all f o w, f among the seeds."""

    seeds: Integers  # (s, Q)
    closure: WordSpan  # modulo a prime
    apart: Mask  # (classes,), the classes of pairs that it separates

    @property
    def dimension(self) -> int:
        """The dimension modulo the prime, which over Q is no smaller."""
        return len(self.closure.words)


@final
@dataclass(frozen=True, eq=False)
class View:
    """The classes of pairs that one condensation is for; `layers` as in `MatrixAlgebra`, on its points, or none."""

    condensed: Condensation
    classes: Integers  # (v,)
    places: Integers  # (v, 2), where a pair of each class is among the points
    layers: tuple[BigIntegers, ...] = ()

    def apart(self, functions: Numbers | BigIntegers) -> Mask:
        """Return for each class whether some of the functions (k, m) on the points separate it."""
        return np.asarray((functions[:, self.places[:, 0]] != functions[:, self.places[:, 1]]).any(axis=0))


@final
@dataclass(eq=False)
class SpaceSearch:
    """The spaces found, by their bases; per class the least dimension found and the least proved to be needed."""

    maps: Integers  # (D, Q)
    pairs: Integers  # (classes, 2)
    origin: int | None  # a state that no letter leaves
    found: dict[bytes, FunctionSpace] = field(default_factory=dict)
    work: int = 0
    allowed: int = 0
    least: Integers = field(init=False)  # (classes,)
    needed: Integers = field(init=False)  # (classes,)
    generator: np.random.Generator = field(default_factory=lambda: np.random.default_rng(0))

    def __post_init__(self) -> None:
        """Start with all functions, or those that vanish at the origin: a summand beside the constants."""
        states = np.arange(self.maps.shape[1])
        seeds = np.eye(len(states), dtype=np.int64)[(states != self.origin) | (len(states) == 1)]
        size = len(seeds)
        closure = WordSpan(PRIMES[0], seeds, ((),) * size, tuple(range(size)), seeds.argmax(axis=1), seeds)
        self.found[seeds.tobytes()] = FunctionSpace(seeds, closure, np.ones(len(self.pairs), dtype=np.bool_))
        self.least = np.full(len(self.pairs), size)
        self.needed = np.ones(len(self.pairs), dtype=np.int64)

    def allow(self, work: int) -> None:
        """Let the next steps take so much work."""
        self.allowed = self.work + work

    @property
    def exhausted(self) -> bool:
        """Whether the work that was allowed is done."""
        return self.work >= self.allowed

    def open(self, classes: Integers) -> Mask:
        """Return for each of the classes whether a smaller space may exist."""
        return np.asarray(self.least[classes] > self.needed[classes])

    def add(self, seeds: Integers, most: int | None = None) -> FunctionSpace | None:
        """Keep the least space with these functions (s, Q) that letters keep; None where it has more dimensions."""
        letters, states = self.maps.shape
        limit = min(states if most is None else most, states, RANK_LIMIT)
        closure = None
        with suppress(LimitError):
            closure = backward_closure(self.maps, seeds, PRIMES[0], most=limit)
        size = limit + 1 if closure is None else len(closure.words)
        self.work += letters * states * size * (size + 64) + OVERHEAD
        if closure is None or size > limit:
            return None
        left, right = (closure.reduced[:, column] for column in self.pairs.T)
        apart = (left != right).any(axis=0)
        space = self.found.setdefault(closure.reduced.tobytes(), FunctionSpace(seeds, closure, apart))
        self.least[apart] = np.minimum(self.least[apart], size)
        return space

    def begin(self, view: View) -> None:
        """Try the indicators of the points of a pair, and their difference; none that does not vanish at the origin."""
        points = np.eye(len(view.condensed.points), dtype=np.int64)
        for number, (left, right) in zip(view.classes.tolist(), view.places.tolist(), strict=True):
            for function in (points[left], points[right], points[left] - points[right]):
                at_origin = function[view.condensed.points == self.origin].any()
                if self.open(np.array([number]))[0] and not at_origin and not self.exhausted:
                    self.add(view.condensed.spread(function[None]), int(self.least[number]) - 1)

    def factor(self, view: View, count: int) -> None:
        """Try functions that belong to factors of sums of moves, and raise the bounds, until these are met."""
        points, allowed = len(view.condensed.points), self.allowed
        for matrix in sums_of_moves(view.condensed.moves, count, np.random.default_rng(0)):
            if not self.open(view.classes).any():
                break
            self.work += 32 * points**3
            # No sum takes all the work: another one may have smaller kernels.
            self.allowed = min(allowed, self.work + SHARE)
            kernels = factor_kernels(matrix, view.layers)
            everywhere = points == self.maps.shape[1]
            other = min(kernel.degree for kernel in kernels) if everywhere else 1
            bounds = self.least[view.classes]
            for kernel in kernels:
                said = self._simple(view, kernel) if kernel.exponent == 1 else self._multiple(view, kernel, other)
                bounds = np.minimum(bounds, said)
            self.needed[view.classes] = np.maximum(self.needed[view.classes], bounds)
        self.allowed = allowed

    def _simple(self, view: View, kernel: FactorKernel) -> Integers:
        """Add the space of a factor of exponent 1; return what it says of each class."""
        apart = view.apart(kernel.kernel)
        said = np.full(len(apart), self.maps.shape[1])
        if apart.any():
            function = reduced_rows(kernel.kernel)[:1]
            if np.abs(function).max() >= VALUE_LIMIT:
                said[apart] = kernel.degree
            else:
                most = min(int(self.least[view.classes[apart]].max()), RANK_LIMIT)
                space = self.add(view.condensed.spread(function.astype(np.int64)), most)
                said[apart] = most if space is None else space.dimension
        return said

    def _multiple(self, view: View, kernel: FactorKernel, other: int) -> Integers:
        """Try short functions of a factor of larger exponent; return what it says of each class."""
        said = np.full(len(view.classes), self.maps.shape[1])
        parts = [view.apart(level) for level in kernel.levels]
        for number, apart in reversed(list(enumerate(parts))):
            said[apart] = kernel.degree + number * other
        enough = next(number for number, apart in enumerate(parts) if (apart == parts[-1]).all())
        for functions in (kernel.kernel, kernel.levels[0], kernel.levels[enough]):
            for function in () if self.exhausted else short_functions(functions, self.generator):
                classes = view.classes[view.apart(function[None])]
                most = int(self.least[classes][self.open(classes)].max(initial=0)) - 1
                if most > 0:
                    self.attempt(view.condensed.spread(function[None]), most)
        return said

    def climb(self, view: View, place: int) -> None:
        """Take steps from the best function for a class of the view, at one point up or down, to smaller spaces."""
        number, pair = int(view.classes[place]), view.places[place]
        rows = self.best(number).seeds[:, view.condensed.points]
        function = rows[(rows[:, pair[0]] != rows[:, pair[1]]).argmax()]
        free = np.setdiff1d(np.flatnonzero(view.condensed.points != self.origin), pair)
        smaller = self.add(view.condensed.spread(function[None]))
        while smaller is not None:
            size, smaller = smaller.dimension, None
            for point, step in itertools.product(free.tolist(), (1, -1)):
                if self.exhausted or size <= self.needed[number]:
                    return
                trial = function + step * (np.arange(len(function)) == point)
                found = self.add(view.condensed.spread(trial[None]), size - 1)
                if found is not None:
                    function, size, smaller = trial, found.dimension, found

    def attempt(self, function: Numbers | BigIntegers, most: int) -> FunctionSpace | None:
        """Add the space of one function (1, Q), unless it is 0 or has large values, or no more work is allowed."""
        if self.exhausted or not 0 < np.abs(function).max() < VALUE_LIMIT:
            return None
        return self.add(function.astype(np.int64), most)

    def best(self, number: int) -> FunctionSpace:
        """Return a smallest space that separates a class, the first one found."""
        return min((space for space in self.found.values() if space.apart[number]), key=lambda space: space.dimension)

    def single(self) -> list[FunctionSpace]:
        """Return the best space of each class, each once, of those that one function generates."""
        best = [self.best(number) for number in range(len(self.pairs))]
        return list({id(space): space for space in best if len(space.seeds) == 1}.values())
