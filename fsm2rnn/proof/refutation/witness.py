"""Words that no network of a family can follow, replayed on the machine when the value is built.

A family's matrices obey a law; the machine breaks it on words that the witness carries; so no network of the family
gives the machine's outputs, whatever its size. Every statement is about exact arithmetic. Each witness says itself
under which contracts it refutes; what needs a finite orbit says nothing of networks that only keep contract robust.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeAlias, final

from fsm2rnn.errors import CertificateError
from fsm2rnn.machine.labels import Json
from fsm2rnn.machine.permutations import letters_permute
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.refutation.contracts import EVERY_CONTRACT, FINITE_ORBIT
from fsm2rnn.proof.refutation.fixed_transition_witness import EqualLengths, Repeated
from fsm2rnn.proof.refutation.key_witness import OneKey
from fsm2rnn.proof.refutation.law import EQUALLY_LONG, HYPOTHESES, KINDS, LETTERS, ONE_LAYER, Law
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
from fsm2rnn.proof.refutation.turn_witness import ShortTurn


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
        if len(self.words) != len(self.law.letters):
            message = f"the law {self.equation} needs {len(self.law.letters)} words, found {len(self.words)}"
            raise CertificateError("witness", message)
        if self.law in EQUALLY_LONG and len(self.words[0]) != len(self.words[1]):
            message = f"the law {self.equation} speaks of x and y of one length"
            raise CertificateError("witness", message)
        if self.law is Law.LAST_AND_LENGTH and not self.words[2]:
            message = f"the law {self.equation} speaks of words z that are not empty"
            raise CertificateError("witness", message)
        if self.law is Law.IDEMPOTENT_BEFORE and not self._idempotent(self.words[0]):
            message = f"the law {self.equation} speaks of x that acts as xx"
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
        return HYPOTHESES[self.law]

    @property
    def contracts(self) -> frozenset[Contract]:
        """The contracts under which the law holds: every one for ORDER and STILL, else those of a finite orbit."""
        return EVERY_CONTRACT if self.law in (Law.ORDER, Law.STILL) else FINITE_ORBIT

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

    def _idempotent(self, word: Word) -> bool:
        """Return whether a word leads each state to one that it keeps."""
        ends = [state_after(self.machine, state, word) for state in range(len(self.machine.states))]
        return all(ends[end] == end for end in ends)

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

    Refutes networks h <- M h + b of finite orbit, with or without an additive term, where the matrix M of the word has
    one kernel with its square, as all diagonal matrices do, complex ones too. Take (h, 1) for the state. Then what M
    leads to is a space that it maps onto itself, so the word permutes the finitely many states that it leads to, and
    those after prefix word and prefix word^(1+m) are one for some m >= 1. CertificateError where the
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


OfRecurrences: TypeAlias = EqualLengths | Repeated | ShortTurn | OneKey
"""Witnesses against published recurrences, of which no rung's theorem speaks."""
Witness: TypeAlias = (
    BrokenLaw
    | Cycle
    | Transient
    | OfRecurrences
    | Merge
    | HankelMinor
    | NoncommutingIdempotents
    | Nonsolvable
    | Radical
)
"""Words that no network of a family can follow; every kind replays them on the machine when it is made."""
