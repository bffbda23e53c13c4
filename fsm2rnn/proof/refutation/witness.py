"""Words that no network of a family can follow, replayed on the machine when the value is built.

A family's matrices obey a law; the machine breaks it on words that the witness carries; so no network of the family
gives the machine's outputs, whatever its size. Every statement is about exact arithmetic. Each witness says itself
under which contracts it refutes: all but ORDER, `Cycle` and idempotents of one image need a finite orbit, and say
nothing of networks that only keep contract robust.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import ClassVar, TypeAlias, final

from fsm2rnn.errors import CertificateError
from fsm2rnn.machine.labels import Json
from fsm2rnn.machine.permutations import letters_permute
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.refutation.contracts import EVERY_CONTRACT, FINITE_ORBIT
from fsm2rnn.proof.refutation.merging_witness import Merge, NoncommutingIdempotents
from fsm2rnn.proof.refutation.radical_witness import Radical
from fsm2rnn.proof.refutation.replay import (
    Word,
    differ_text,
    named,
    require_told_apart,
    state_after,
    word_in_labels,
    word_text,
)
from fsm2rnn.proof.refutation.structural_witness import HankelMinor, Nonsolvable

LETTERS = "xyzw"
ONE_LAYER = ("one layer",)
HOMOGENEOUS = ("one layer", "no additive term")
FINITE = "finite orbit"


class Law(Enum):
    """left = right for all words in place of the letters, in every network of a family.

    ORDER: diagonal matrices, and blocks that turn one plane each, commute. No bound on the orbit is needed.

    The next three hold coordinate by coordinate for h_j <- a h_j + b, with or without an additive term b, where the
    orbit is finite: a letter with a != 0 permutes the finite set of values that the coordinate takes, and one with
    a = 0 is constant on it. With a > 0 it is an increasing permutation, hence the identity; with a < 0 the one
    decreasing permutation r, and rr is the identity.
    RIGHT_REGULAR (a >= 0): if x is a constant both sides are that constant, if it is the identity both are y.
    With no y it says xx = x.
    SQUARES_BEFORE (a real): if x is a constant both sides are that constant, otherwise xx is the identity.
    ORDER_BEFORE (a real): if y, or else x, is a constant both sides end alike from its last occurrence on, and
    otherwise x and y are the identity or r, and commute.

    SQUARES: real 2 x 2 blocks, finite orbit, and a machine whose letters permute its states. On the span of the
    orbit the matrices of words are a finite monoid S that maps onto the machine's group. With E an idempotent of
    its least ideal, E S E is a group that maps onto it too, and acts on the image of E block by block through finite
    groups of real matrices of size at most 2: conjugates of subgroups of O(2), where every square is a rotation,
    and rotations commute. So squares commute in E S E, hence in the machine's group.
    """

    ORDER = ("xy", "yx")
    RIGHT_REGULAR = ("xyx", "yx")
    SQUARES_BEFORE = ("xxyx", "yx")
    ORDER_BEFORE = ("xyzxwy", "yxzxwy")
    SQUARES = ("xxyy", "yyxx")


KINDS = {
    Law.ORDER: "order-matters",
    Law.RIGHT_REGULAR: "first-occurrence-matters",
    Law.SQUARES_BEFORE: "earlier-square-matters",
    Law.ORDER_BEFORE: "earlier-order-matters",
    Law.SQUARES: "squares-do-not-commute",
}


@final
@dataclass(frozen=True)
class BrokenLaw:
    """prefix left suffix and prefix right suffix have different outputs, though a law makes the states equal.

    `words` stand for x, y, z and w in the law. CertificateError where the replay shows nothing.
    """

    machine: StateMachine
    law: Law
    words: tuple[Word, ...]
    prefix: Word
    suffix: Word

    def __post_init__(self) -> None:
        """Replay both words."""
        if len(self.words) != len(set(self.law.value[0])):
            message = f"the law {self.equation} needs {len(set(self.law.value[0]))} words, found {len(self.words)}"
            raise CertificateError("witness", message)
        if self.law is Law.SQUARES and not letters_permute(self.machine):
            message = "the law of squares speaks of machines whose letters permute the states"
            raise CertificateError("witness", message)
        require_told_apart(self.machine, *self.reaches, self.suffix)

    @property
    def equation(self) -> str:
        """The law as text."""
        return " = ".join(self.law.value)

    @property
    def reaches(self) -> tuple[int, int]:
        """The states after prefix left and prefix right."""
        machine = self.machine
        left, right = (state_after(machine, machine.start, self.prefix + self._side(side)) for side in self.law.value)
        return left, right

    @property
    def hypotheses(self) -> tuple[str, ...]:
        """What the refuted networks are like, beside the contract's own condition."""
        if self.law is Law.SQUARES:
            return (*HOMOGENEOUS, "2 x 2 blocks", FINITE)
        return HOMOGENEOUS if self.law is Law.ORDER else ONE_LAYER

    @property
    def contracts(self) -> frozenset[Contract]:
        """The contracts under which the law holds: every one for ORDER, those of a finite orbit for the others."""
        return EVERY_CONTRACT if self.law is Law.ORDER else FINITE_ORBIT

    def __str__(self) -> str:
        """Say both words and their outputs."""
        left, right = (self.prefix + self._side(side) for side in self.law.value)
        law = "" if self.law is Law.ORDER else f"{self.equation} fails: "
        return law + differ_text(self.machine, (left, right), self.suffix)

    def to_json(self) -> dict[str, Json]:
        """Return the witness in the machine's labels; order-matters names its words left and right."""
        names = ("left", "right") if self.law is Law.ORDER else LETTERS
        words = zip(names, self.words, strict=False)
        return {
            "kind": KINDS[self.law],
            "law": self.equation,
            "prefix": word_in_labels(self.machine, self.prefix),
            **{name: word_in_labels(self.machine, word) for name, word in words},
            "suffix": word_in_labels(self.machine, self.suffix),
            "reaches": [named(self.machine, state) for state in self.reaches],
        }

    def _side(self, letters: str) -> Word:
        """Return one side of the law with the words in place of its letters."""
        return tuple(symbol for letter in letters for symbol in self.words[LETTERS.index(letter)])


@final
@dataclass(frozen=True)
class Cycle:
    """q word^length = q, and q and q word^stride are told apart by `suffix`.

    Stride 1 refutes non-negative diagonal networks, with or without an additive term, of finite or bounded orbit
    and positive margin: iterating a bounded h_j <- a h_j + b with a >= 0 converges, so h after word^n and after
    word^(n+1) come together, and so do the states after the same suffix; but the machine shows two outputs for
    ever. With finite orbit stacks of such layers are refuted too: from the lowest layer up, what lies below comes
    to rest at the ends of the words, and then the next layer repeats one map. Stride 2 refutes real diagonal
    networks: the word twice has factors >= 0. CertificateError where the replay shows nothing.
    """

    machine: StateMachine
    prefix: Word
    word: Word
    stride: int
    suffix: Word
    hypotheses: ClassVar[tuple[str, ...]] = ONE_LAYER
    contracts: ClassVar[frozenset[Contract]] = EVERY_CONTRACT

    def __post_init__(self) -> None:
        """Walk around the cycle."""
        if self.stride not in (1, 2) or not self.length:
            message = "the word never leads back to the state after the prefix"
            raise CertificateError("witness", message)
        require_told_apart(self.machine, *self.reaches, self.suffix)

    @property
    def length(self) -> int:
        """The least n >= 1 with q word^n = q, 0 if there is none."""
        state = start = state_after(self.machine, self.machine.start, self.prefix)
        for count in range(1, len(self.machine.states) + 1):
            state = state_after(self.machine, state, self.word)
            if state == start:
                return count
        return 0

    @property
    def reaches(self) -> tuple[int, int]:
        """The states q and q word^stride."""
        start = state_after(self.machine, self.machine.start, self.prefix)
        return start, state_after(self.machine, start, self.word * self.stride)

    def __str__(self) -> str:
        """Say the cycle."""
        after, word = word_text(self.machine, self.prefix), word_text(self.machine, self.word)
        return f"after {after}, {word} leads around a cycle of {self.length} states"

    def to_json(self) -> dict[str, Json]:
        """Return the witness in the machine's labels."""
        return {
            "kind": "cycle",
            "prefix": word_in_labels(self.machine, self.prefix),
            "word": word_in_labels(self.machine, self.word),
            "length": self.length,
            "stride": self.stride,
            "suffix": word_in_labels(self.machine, self.suffix),
            "reaches": [named(self.machine, state) for state in self.reaches],
        }


@final
@dataclass(frozen=True)
class Transient:
    """q = prefix word is never met again on q word, q word^2, ...; suffixes[n-1] tells q from q word^n.

    Refutes diagonal networks, complex ones too, with finite orbit, with or without an additive term: on the values
    that a coordinate takes the word is a constant or a permutation, so that word^(1+m) acts as word for some m >= 1
    on all coordinates, and the states after prefix word and prefix word^(1+m) are one. CertificateError where the
    replay shows nothing.
    """

    machine: StateMachine
    prefix: Word
    word: Word
    suffixes: tuple[Word, ...]
    hypotheses: ClassVar[tuple[str, ...]] = ONE_LAYER
    contracts: ClassVar[frozenset[Contract]] = FINITE_ORBIT

    def __post_init__(self) -> None:
        """Follow the powers of the word until they repeat; every state on the way must have its suffix."""
        first, *later = self.reaches
        if len(self.suffixes) != len(later):
            message = f"{len(later)} states need as many suffixes, found {len(self.suffixes)}"
            raise CertificateError("witness", message)
        for state, suffix in zip(later, self.suffixes, strict=True):
            require_told_apart(self.machine, first, state, suffix)

    @property
    def reaches(self) -> tuple[int, ...]:
        """The states prefix word, prefix word^2, ..., each once; CertificateError when the first comes again."""
        state = state_after(self.machine, self.machine.start, self.prefix + self.word)
        first, met = state, {state: None}
        while True:
            state = state_after(self.machine, state, self.word)
            if state == first:
                message = "the state after prefix and word is met again"
                raise CertificateError("witness", message)
            if state in met:
                return tuple(met)
            met[state] = None

    def __str__(self) -> str:
        """Say what never returns."""
        after, word = word_text(self.machine, self.prefix), word_text(self.machine, self.word)
        return f"after {after}, the state reached by {word} is never met again on repeating {word}"

    def to_json(self) -> dict[str, Json]:
        """Return the witness in the machine's labels."""
        return {
            "kind": "never-returns",
            "prefix": word_in_labels(self.machine, self.prefix),
            "word": word_in_labels(self.machine, self.word),
            "suffixes": [word_in_labels(self.machine, suffix) for suffix in self.suffixes],
            "reaches": [named(self.machine, state) for state in self.reaches],
        }


Witness: TypeAlias = (
    BrokenLaw | Cycle | Transient | Merge | HankelMinor | NoncommutingIdempotents | Nonsolvable | Radical
)
"""Words that no network of a family can follow; every kind replays them on the machine when it is made."""
