"""N in the radical of the algebra of words, N e_start = c (e_left - e_right): no sum of irreducible blocks exists."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import ClassVar, TypeAlias, final

from fsm2rnn.errors import CertificateError, LimitError
from fsm2rnn.machine.labels import Json
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.refutation.contracts import ONE_CODE_PER_STATE
from fsm2rnn.proof.refutation.replay import Word, named, require_told_apart, state_after, word_in_labels, word_text

PRIME = (1 << 61) - 1
WORK_LIMIT = 1 << 26  # steps of words, and multiplications, a fifth of a microsecond each: a quarter of a minute

# N as the function (q, r) -> N_rq, its values row after row.
Pairs: TypeAlias = list[int]


@final
@dataclass(frozen=True)
class Radical:
    """N = sum_i c_i A_{w_i} on one-hot states: tr(N A_t) = 0 for every word t, and N e_start = c (e_left - e_right).

    `suffix` tells left and right apart, and c is not 0. Refutes networks without additive term, over R or C, that are
    a direct sum of irreducible blocks: of subspaces that all letters keep and in which they keep no smaller one but
    0; so too letters that are all orthogonal, or closed under transposes, where complements of kept subspaces are
    kept. Contracts injective and linear, the latter even where one state has several vectors.

    Proof. Let A be the algebra of the A_w on the one-hot vectors e_q, A_w e_q = e_{qw}. For a, b in A,
    tr(b N a) = tr(N a b) = 0; so all elements of A N A, and their powers, have trace 0, and in characteristic 0 they
    are nilpotent. Let V be spanned by the vectors h_w of the network, modulo those that no word and output function
    tell from 0 under contract linear. Then h_w depends on q = start w alone (under contract linear, since its outputs
    after all words do), hence e_q -> h_w maps the span of the e_q, q reachable, onto V and commutes with letters: A
    acts on V. As part of a quotient of a sum of irreducible modules V is one. N is 0 on it: else N s != 0 with s in
    an irreducible S in V, A N s = S, and a N s = s for some a in A, but a N is nilpotent. So c (h_left - h_right) = 0,
    yet the suffix tells the two apart: a contradiction.

    Contract cover is not refuted: resets to two states act on +-(1, 1) and +-(1, -1), read up to sign, by the matrices
    [[1, 0], [1, 0]] and [[0, 1], [0, -1]], which together keep no line.

    How it is checked. Modulo a prime p products N A_t are listed until, with N among them, every letter maps their
    span into itself; then all N A_t lie in it, and where the listed ones have trace 0, p divides every tr(N A_t). That
    is an integer of absolute value at most |Q| sum_i |c_i| < p, so it is 0. CertificateError where the replay shows
    nothing, LimitError after WORK_LIMIT steps. Source: L. E. Dickson, Algebras and their arithmetics, 1923.
    """

    machine: StateMachine
    words: tuple[Word, ...]
    coefficients: tuple[int, ...]
    suffix: Word
    reaches: tuple[int, int] = field(init=False)  # left and right
    scale: int = field(init=False)  # c, positive
    contracts: ClassVar[frozenset[Contract]] = ONE_CODE_PER_STATE

    def __post_init__(self) -> None:
        """Add up the words, and follow the products of the sum with words."""
        if len(self.words) != len(self.coefficients) or not all(type(entry) is int for entry in self.coefficients):
            message = f"{len(self.words)} words need as many integers"
            raise CertificateError("witness", message)
        states = len(self.machine.states)
        if states * sum(map(abs, self.coefficients)) >= PRIME:
            message = "the coefficients are too large"
            raise CertificateError("witness", message)
        total = self._sum()
        self._find_difference(total[self.machine.start * states : (self.machine.start + 1) * states])
        require_told_apart(self.machine, *self.reaches, self.suffix)
        _require_traceless(total, self.machine)

    @property
    def hypotheses(self) -> tuple[str, ...]:
        """What the refuted networks are like."""
        codes = "one code per state, or outputs linear in the state"
        return ("one layer", "no additive term", "a direct sum of irreducible blocks", codes)

    def __str__(self) -> str:
        """Say the sum and what it does to the start."""
        left, right = (self.machine.states[state] for state in self.reaches)
        words = [word_text(self.machine, word) for word in self.words]
        signed = " ".join(f"{entry:+d} [{word}]" for entry, word in zip(self.coefficients[:4], words, strict=False))
        more = f" ... ({len(words)} words)" if len(words) > 4 else ""  # as many as are shown
        times = "" if self.scale == 1 else f"{self.scale} times "
        return f"{signed}{more} lies in the radical and sends the start to {times}{left!r} - {right!r}"

    def to_json(self) -> dict[str, Json]:
        """Return the witness in the machine's labels."""
        return {
            "kind": "radical",
            "words": [word_in_labels(self.machine, word) for word in self.words],
            "coefficients": list(self.coefficients),
            "suffix": word_in_labels(self.machine, self.suffix),
            "scale": self.scale,
            "reaches": [named(self.machine, state) for state in self.reaches],
        }

    def _sum(self) -> Pairs:
        """Return N."""
        states = len(self.machine.states)
        needed = states * (states + sum(len(word) + 1 for word in self.words))
        if needed > WORK_LIMIT:
            what = "steps of the words of a witness"
            raise LimitError(what, limit=WORK_LIMIT, needed=needed)
        total = [0] * (states * states)
        for word, entry in zip(self.words, self.coefficients, strict=True):
            for state in range(states):
                total[state * states + state_after(self.machine, state, word)] += entry
        return total

    def _find_difference(self, image: list[int]) -> None:
        """Read off left, right and c."""
        found = [(entry, state) for state, entry in enumerate(image) if entry]
        if len(found) != 2 or found[0][0] + found[1][0]:  # two states
            message = "the sum does not send the start to a multiple of a difference of two states"
            raise CertificateError("witness", message)
        (scale, left), (_, right) = sorted(found, reverse=True)
        object.__setattr__(self, "reaches", (left, right))
        object.__setattr__(self, "scale", scale)


def _require_traceless(total: Pairs, machine: StateMachine) -> None:
    """Prove tr(N A_t) = 0 for all words t; LimitError after WORK_LIMIT multiplications."""
    states = len(machine.states)
    columns = list(zip(*machine.table, strict=True))
    basis: list[tuple[int, Pairs]] = []  # a pivot, and a row that is 1 there
    kept: list[Pairs] = []
    work = 0
    # N A_x has at (q, r) the value of N at (q x, r).
    for pairs in itertools.chain([total], (_after(found, column) for found in kept for column in columns)):
        work += (1 + len(basis)) * len(pairs)
        if work > WORK_LIMIT:
            what = "multiplications of the products of a witness"
            raise LimitError(what, limit=WORK_LIMIT)
        reduced = _reduced(pairs, basis)
        pivot = next((place for place, value in enumerate(reduced) if value), None)
        if pivot is None:
            continue
        if sum(pairs[:: states + 1]):
            message = "the sum is not in the radical: its product with a word has a trace that is not 0"
            raise CertificateError("witness", message)
        inverse = pow(reduced[pivot], -1, PRIME)
        basis.append((pivot, [value * inverse % PRIME for value in reduced]))
        kept.append(pairs)


def _after(pairs: Pairs, column: tuple[int, ...]) -> Pairs:
    states = len(column)
    return [value for end in column for value in pairs[end * states : (end + 1) * states]]


def _reduced(pairs: Pairs, basis: list[tuple[int, Pairs]]) -> Pairs:
    """Return what the rows leave of the function modulo PRIME."""
    reduced = [value % PRIME for value in pairs]
    for pivot, row in basis:
        if factor := reduced[pivot]:
            reduced = [(value - factor * entry) % PRIME for value, entry in zip(reduced, row, strict=True)]
    return reduced
