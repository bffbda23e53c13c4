"""Witnesses of letters that merge states: what no invertible matrices follow, and no Euclidean contractions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

from fsm2rnn.errors import CertificateError
from fsm2rnn.machine.labels import Json
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.refutation.contracts import EVERY_CONTRACT, FINITE_ORBIT
from fsm2rnn.proof.refutation.replay import Word, named, require_told_apart, state_after, word_in_labels, word_text


@final
@dataclass(frozen=True)
class Merge:
    """left x and right x are one state, left and right are told apart by `suffix`.

    Refutes networks of invertible matrices with finite orbit: A_x maps the orbit into itself, one to one, so it
    permutes the orbit, and x^m acts there as the identity for some m >= 1. So the network gives after left x^m suffix
    what it gives after left suffix, and for right alike; but the machine's states after left x^m and right x^m are
    one. CertificateError where the replay shows nothing.
    """

    machine: StateMachine
    left: Word
    right: Word
    letter: int
    suffix: Word
    hypotheses: ClassVar[tuple[str, ...]] = ("one layer", "no additive term", "invertible matrices", "finite orbit")
    contracts: ClassVar[frozenset[Contract]] = FINITE_ORBIT

    def __post_init__(self) -> None:
        """Replay all four words."""
        first, then = (state_after(self.machine, state, (self.letter,)) for state in self.reaches)
        if first != then:
            message = "the letter leads to two different states"
            raise CertificateError("witness", message)
        require_told_apart(self.machine, *self.reaches, self.suffix)

    @property
    def reaches(self) -> tuple[int, int]:
        """The states after left and right."""
        machine = self.machine
        return state_after(machine, machine.start, self.left), state_after(machine, machine.start, self.right)

    def __str__(self) -> str:
        """Say which states merge."""
        letter, left, right = (word_text(self.machine, word) for word in ((self.letter,), self.left, self.right))
        return f"{letter} leads from the states after {left} and {right} to one state"

    def to_json(self) -> dict[str, Json]:
        """Return the witness in the machine's labels."""
        machine = self.machine
        return {
            "kind": "merge",
            "left": word_in_labels(machine, self.left),
            "right": word_in_labels(machine, self.right),
            "letter": word_in_labels(machine, (self.letter,)),
            "suffix": word_in_labels(machine, self.suffix),
            "reaches": [named(machine, state) for state in self.reaches],
        }


@final
@dataclass(frozen=True)
class NoncommutingIdempotents:
    """Two words that act as idempotents on all states, and in two orders lead from prefix to states told apart.

    Refutes networks of Euclidean contractions (products of I - beta k k^T with |k| = 1 and 0 <= beta <= 2 among them)
    with finite orbit and a decoder that reads the state itself, not only its direction. Where the words have one image,
    neither an additive term (the write term of such updates) nor a bounded orbit read with a positive margin helps.

    Proof. On the span of the orbit the matrices of words form a finite monoid S of contractions that maps onto the
    transition monoid of the minimised machine, where the words are idempotents still, and do not commute. A power of a
    word's matrix is an idempotent of S over the same element. Idempotent contractions are orthogonal projections; let
    U and V be two. UVU is symmetric with eigenvalues in [0, 1], and has finitely many powers: they are 0 and 1. For x
    in the image of U with UVUx = x, |Vx| >= <x, Vx> = |x|, so Vx = x; with UVUx = 0, |Vx|^2 = <x, Vx> = 0. These x span
    the image of U, so V maps it into itself, UVU = VU, and transposed UVU = UV. So all idempotents of S commute, and so
    do those of its image. CertificateError where the replay shows nothing.

    Proof for one image, where f e = e and e f = f as maps. On the affine span of the orbit the affine maps of words
    lengthen no distance and are bounded, so their closure S is a compact semigroup. With a positive margin states of
    the network so near that their outputs agree stay so near, hence stand for one state of the minimised machine; the
    closure of the orbit is thus cut into closed pieces, one for each state, S acts on these, and maps onto the
    transition monoid. Over an idempotent lies a compact semigroup, so an idempotent of S, which is the orthogonal
    projection onto its image. Let E be one over e, F any map over f, and G an idempotent among the maps E X over f, a
    compact semigroup that has E F. The image of G lies in that of E, so G E = G; but G E is over f e = e, and G over f.

    Conversely finite monoids whose idempotents commute divide monoids of partial permutations (C. J. Ash, 1987), which
    are such contractions: with several codes per state nothing else stands in the way.
    """

    machine: StateMachine
    first: Word
    second: Word
    prefix: Word
    suffix: Word

    def __post_init__(self) -> None:
        """Run the words on every state, then in both orders."""
        for word in (self.first, self.second):
            ends = [state_after(self.machine, state, word) for state in range(len(self.machine.states))]
            if any(ends[end] != end for end in ends):
                message = f"{word_text(self.machine, word)} is no idempotent"
                raise CertificateError("witness", message)
        require_told_apart(self.machine, *self.reaches, self.suffix)

    @property
    def reaches(self) -> tuple[int, int]:
        """The states after prefix first second and prefix second first."""
        start = state_after(self.machine, self.machine.start, self.prefix)
        orders = (self.first + self.second, self.second + self.first)
        return state_after(self.machine, start, orders[0]), state_after(self.machine, start, orders[1])

    @property
    def one_image(self) -> bool:
        """Whether both words lead all states to the same ones."""
        machine = self.machine
        states = range(len(machine.states))
        first, second = ({state_after(machine, state, word) for state in states} for word in (self.first, self.second))
        return first == second

    @property
    def hypotheses(self) -> tuple[str, ...]:
        """What the refuted networks are like, beside the contract's own condition."""
        kind = ("Euclidean contractions", "a decoder that reads the state itself")
        return ("one layer", *kind) if self.one_image else ("one layer", "no additive term", *kind, "finite orbit")

    @property
    def contracts(self) -> frozenset[Contract]:
        """The contracts under which the words refute: every one where they have one image, else of a finite orbit."""
        return EVERY_CONTRACT if self.one_image else FINITE_ORBIT

    def __str__(self) -> str:
        """Say the two words."""
        first, second = (word_text(self.machine, word) for word in (self.first, self.second))
        what = "different idempotents with one image" if self.one_image else "idempotents that do not commute"
        return f"{first} and {second} are {what}"

    def to_json(self) -> dict[str, Json]:
        """Return the witness in the machine's labels."""
        machine = self.machine
        return {
            "kind": "idempotents-do-not-commute",
            "first": word_in_labels(machine, self.first),
            "second": word_in_labels(machine, self.second),
            "prefix": word_in_labels(machine, self.prefix),
            "suffix": word_in_labels(machine, self.suffix),
            "reaches": [named(machine, state) for state in self.reaches],
        }
