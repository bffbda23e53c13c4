"""Witnesses about the machine as a whole: Hankel minors, groups that are not solvable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, final

from fsm2rnn.errors import CertificateError, LimitError
from fsm2rnn.machine.labels import Json
from fsm2rnn.machine.minimise import minimise
from fsm2rnn.machine.output_functions import functions_shown
from fsm2rnn.machine.permutations import Permutation, compose
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.refutation.contracts import FINITE_ORBIT, LINEAR_HEAD
from fsm2rnn.proof.refutation.replay import Word, named, state_after, word_in_labels

# A determinant that is not zero modulo a prime is not zero. Residues modulo this one multiply within 122 bits, and few
# determinants vanish by chance.
PRIME = (1 << 61) - 1
ELIMINATION_LIMIT = 1 << 27  # multiplications of one determinant, a fifth of a microsecond each: half a minute


@final
@dataclass(frozen=True)
class HankelMinor:
    """det [ f_j(prefix_i suffix_j) ] != 0 of order k: no linear realisation of the outputs is narrower than k.

    If f_j(w) = c_j A_w h_0 for every word w, entry (i, j) is (c_j A_suffix_j)(A_prefix_i h_0), a product through a
    space of the network's width, so the rank is at most that width. The determinant is computed modulo a prime; if
    it is not zero there it is not zero. CertificateError when it is zero, LimitError when it is too large.

    Source: Carlyle and Paz, 1971; Fliess, 1974.
    """

    machine: StateMachine
    prefixes: tuple[Word, ...]
    suffixes: tuple[Word, ...]
    functions: tuple[int, ...]  # which output function stands in each column
    contracts: ClassVar[frozenset[Contract]] = LINEAR_HEAD

    def __post_init__(self) -> None:
        """Fill in the minor and eliminate."""
        rank = self.rank
        if not rank == len(self.suffixes) == len(self.functions):
            message = "a minor is square: as many prefixes as suffixes and functions"
            raise CertificateError("witness", message)
        known, shown = functions_shown(self.machine)
        if not all(0 <= function < known for function in self.functions):
            message = f"an output function lies outside 0..{known - 1}"
            raise CertificateError("witness", message)
        if not _is_regular_of(self._ones(known, shown)):
            message = "the minor is singular"
            raise CertificateError("witness", message)

    @property
    def rank(self) -> int:
        """The order k of the minor."""
        return len(self.prefixes)

    @property
    def hypotheses(self) -> tuple[str, ...]:
        """What the refuted networks are like."""
        return ("one layer", "no additive term", f"fewer than {self.rank} dimensions", "outputs linear in the state")

    def __str__(self) -> str:
        """Say the order of the minor."""
        return f"a regular Hankel minor of order {self.rank}"

    def to_json(self) -> dict[str, Json]:
        """Return the witness in the machine's labels."""
        machine = self.machine
        return {
            "kind": "hankel-minor",
            "rank": self.rank,
            "prefixes": [word_in_labels(machine, word) for word in self.prefixes],
            "suffixes": [word_in_labels(machine, word) for word in self.suffixes],
            "functions": list(self.functions),
        }

    def _ones(self, known: int, shown: Sequence[Sequence[int]]) -> list[dict[int, int]]:
        """Return for every prefix in which columns the minor is 1, given the output functions that are 1 at a state."""
        ones: list[set[int]] = [set() for _ in range(known)]
        for state, functions in enumerate(shown):
            for function in functions:
                ones[function].add(state)
        rows: dict[int, dict[int, int]] = {}
        for column, (suffix, function) in enumerate(zip(self.suffixes, self.functions, strict=True)):
            for state in self._before(suffix, ones[function]):
                rows.setdefault(state, {})[column] = 1
        return [rows.get(state_after(self.machine, self.machine.start, prefix), {}) for prefix in self.prefixes]

    def _before(self, suffix: Word, ends: set[int]) -> set[int]:
        """Return the states that the suffix leads into `ends`, one letter at a time from its end."""
        state_after(self.machine, self.machine.start, suffix)
        for symbol in reversed(suffix):
            ends = {state for state, row in enumerate(self.machine.table) if row[symbol] in ends}
        return ends


@final
@dataclass(frozen=True)
class Nonsolvable:
    """Words that permute `points`, none trivially, each a product of commutators of such words.

    commutators[i] lists pairs (j, k): words[i] acts on the points as the product, left to right, of
    words[j]^-1 words[k]^-1 words[j] words[k]. Then the group G that the words generate there is not solvable: if
    all words lie in the n-th derived group, their products of commutators lie in the next; so none is trivial.

    Refutes stacks, of any depth, of layers whose transitions commute, with finite orbit: the factors of a layer
    follow the symbol and the states of the layers below. Proof. The maps of words on the orbit are a finite monoid S;
    G is the image of a subsemigroup of S, hence of a group H = E S' E of maps that permute a set of stack states.
    Let N be the subgroup of H that leaves the states of the lowest n layers as they are. With these given, it acts on
    the next layer by products of that layer's transitions, which commute; so N modulo the subgroup for n + 1 layers
    embeds in a product of abelian groups. After the last layer nothing is left: H is solvable, and so is G. With an
    additive term diagonal layers will do as well: there a map of N permutes finitely many values of each coordinate
    by v -> a v + b, or sends them to one; it keeps their mean, and turns about one point commute.
    CertificateError where the replay shows nothing.
    """

    machine: StateMachine
    points: tuple[int, ...]
    words: tuple[Word, ...]
    commutators: tuple[tuple[tuple[int, int], ...], ...]
    contracts: ClassVar[frozenset[Contract]] = FINITE_ORBIT

    def __post_init__(self) -> None:
        """Replay the words on the points and multiply."""
        if len(minimise(self.machine).target.states) != len(self.machine.states):
            message = "the machine is not minimal"
            raise CertificateError("witness", message)
        permutations = [self._permutation(word) for word in self.words]
        if not permutations or len(permutations) != len(self.commutators):
            message = f"{len(permutations)} words need as many products of commutators, and at least one"
            raise CertificateError("witness", message)
        identity = tuple(range(len(self.points)))
        for wanted, pairs in zip(permutations, self.commutators, strict=True):
            if wanted == identity or wanted != _commutator_product(permutations, pairs, identity):
                message = "a word acts trivially, or not as its product of commutators"
                raise CertificateError("witness", message)

    @property
    def hypotheses(self) -> tuple[str, ...]:
        """What the refuted networks are like."""
        return ("a stack of layers with commuting transitions", "depth independent of the length", "finite orbit")

    def __str__(self) -> str:
        """Say what is permuted."""
        return f"{len(self.words)} words, products of each other's commutators, permute {len(self.points)} states"

    def to_json(self) -> dict[str, Json]:
        """Return the witness in the machine's labels."""
        machine = self.machine
        return {
            "kind": "nonsolvable",
            "points": [named(machine, state) for state in self.points],
            "words": [word_in_labels(machine, word) for word in self.words],
            "commutators": [[list(pair) for pair in pairs] for pairs in self.commutators],
        }

    def _permutation(self, word: Word) -> Permutation:
        if not all(0 <= point < len(self.machine.states) for point in self.points):
            message = f"a point is no state index below {len(self.machine.states)}"
            raise CertificateError("witness", message)
        place = {state: position for position, state in enumerate(self.points)}
        ends = [place.get(state_after(self.machine, state, word)) for state in self.points]
        images = tuple(end for end in ends if end is not None)
        if len(set(images)) != len(self.points):
            message = "a word does not permute the points"
            raise CertificateError("witness", message)
        return images


def _commutator_product(
    permutations: list[Permutation], pairs: tuple[tuple[int, int], ...], identity: Permutation
) -> Permutation:
    total = identity
    for first, second in pairs:
        if not (0 <= first < len(permutations) and 0 <= second < len(permutations)):
            message = "a commutator names no word"
            raise CertificateError("witness", message)
        left, right = permutations[first], permutations[second]
        for factor in (_inverse(left), _inverse(right), left, right):
            total = compose(total, factor)
    return total


def _inverse(permutation: Permutation) -> Permutation:
    inverse = [0] * len(permutation)
    for position, image in enumerate(permutation):
        inverse[image] = position
    return tuple(inverse)


def _is_regular_of(ones: list[dict[int, int]]) -> bool:
    """Return whether a matrix given by the places of its ones has a determinant that is not zero.

    A row of one entry clears its column in all others and changes nothing else, so it goes with it.
    """
    lone = [next(iter(row)) for row in ones if len(row) == 1]
    cleared = set(lone)
    left = [column for column in range(len(ones)) if column not in cleared]
    return len(cleared) == len(lone) and _is_regular([[row.get(c, 0) for c in left] for row in ones if len(row) != 1])


def _is_regular(rows: list[list[int]]) -> bool:
    """Return whether the determinant is not zero modulo PRIME, by elimination; LimitError after too much of it."""
    work = 0
    for column in range(len(rows)):
        pivot = next((row for row in range(column, len(rows)) if rows[row][column] % PRIME), None)
        if pivot is None:
            return False
        rows[column], rows[pivot] = rows[pivot], rows[column]
        head = rows[column]
        inverse = pow(head[column], -1, PRIME)
        for row in range(column + 1, len(rows)):
            factor = rows[row][column] * inverse % PRIME
            if factor:
                work += len(rows)
                if work > ELIMINATION_LIMIT:
                    what = "multiplications of a determinant"
                    raise LimitError(what, limit=ELIMINATION_LIMIT)
                rows[row] = [(a - factor * b) % PRIME for a, b in zip(rows[row], head, strict=True)]
    return True
