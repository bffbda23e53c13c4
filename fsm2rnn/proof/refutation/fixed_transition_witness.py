"""Witnesses against one transition for all letters: two words of one length whose difference must fade."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

from fsm2rnn.errors import CertificateError
from fsm2rnn.machine.labels import Json
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.refutation.contracts import EVERY_CONTRACT
from fsm2rnn.proof.refutation.replay import Word, named, require_told_apart, state_after, word_in_labels, word_text


@final
@dataclass(frozen=True)
class EqualLengths:
    """left and right are equally long, `kept` is not empty and keeps the states after both, `suffix` tells them apart.

    Refutes h <- A h + b_x with one matrix A, real or complex, for all letters, of finite or bounded orbit and positive
    margin, with any decoder of the state itself.

    Proof. Let n be the length of both words, and d the difference of the states after them; it depends on the words
    alone, not on the state before. Split d along the generalised eigenspaces of A. Read left or right in each of k
    turns: choosing right for left in turn j moves the end by A^(n (k - j)) d, so sums of these over any set of turns
    are bounded. A single turn would be unbounded if d had a part with an eigenvalue of size above 1, or one of size 1
    that is no eigenvector. An eigenvector d_e with |e| = 1 is moved by e^(n (k - j)), whose real part is at least 1/2
    in a fixed share of all turns: their sum is unbounded unless d_e = 0. What is left of d fades: A^(m i) d goes to
    zero, m the length of kept. So the states after left kept^i and right kept^i come together, and after the same
    suffix too; but the machine's outputs stay apart. On a finite orbit the states are equal from some i on.
    CertificateError where the replay shows nothing.
    """

    machine: StateMachine
    left: Word
    right: Word
    kept: Word
    suffix: Word
    hypotheses: ClassVar[tuple[str, ...]] = (
        "one layer",
        "one transition for all letters",
        "a decoder that reads the state itself",
    )
    contracts: ClassVar[frozenset[Contract]] = EVERY_CONTRACT

    def __post_init__(self) -> None:
        """Replay both words, and the one that keeps their ends."""
        _require_equally_long(self.left, self.right)
        if not self.kept:
            message = "the word that keeps both states is empty"
            raise CertificateError("witness", message)
        if any(state_after(self.machine, state, self.kept) != state for state in self.reaches):
            message = "a state is not kept"
            raise CertificateError("witness", message)
        require_told_apart(self.machine, *self.reaches, self.suffix)

    @property
    def reaches(self) -> tuple[int, int]:
        """The states after left and right."""
        return _ends(self.machine, self.left, self.right)

    def __str__(self) -> str:
        """Say the three words."""
        left, right, kept = (word_text(self.machine, word) for word in (self.left, self.right, self.kept))
        return f"{left} and {right} have one length and end apart, and {kept} keeps both ends"

    def to_json(self) -> dict[str, Json]:
        """Return the witness in the machine's labels."""
        return {
            "kind": "words-of-one-length",
            "left": word_in_labels(self.machine, self.left),
            "right": word_in_labels(self.machine, self.right),
            "kept": word_in_labels(self.machine, self.kept),
            "suffix": word_in_labels(self.machine, self.suffix),
            "reaches": [named(self.machine, state) for state in self.reaches],
        }


@final
@dataclass(frozen=True)
class Repeated:
    """left and right are equally long; letters x and y in which they differ, repeated, lead back from both their ends.

    `frames` has two words v and w for each place where they differ, or nothing: what leads back are v x w and v y w, x
    and y themselves where there are no frames. `suffix` tells the ends p and q apart. Refutes h <- A h + b_x with one
    invertible matrix A for all letters, whose eigenvalues are smaller than 1, in several heads, of each of which the
    direction alone is read; finitely many directions, or read with a positive margin.

    Proof. Let x_1 ... x_k be the words that lead back, W_i a power of x_i that keeps p and q, and f_i the fixed point
    of both. Where all f_i are one, in a head, v x w and v y w, equally long, write alike, so x and y do, as A is
    invertible: left and right write alike and lead to one state there, and so do left w^j suffix and right w^j suffix
    for any w. In any other head, let f be the fixed point of w = W_1^e_1 ... W_k^e_k, and c the state that suffix takes
    to 0. If e_k is large, f is near f_k; but f is not f_k: no W takes another state to its own fixed point, so going
    back from f_k = f every state up to the last W_i with f_i not f_k would be f_k, while W_i^e_i, e_i large, leads near
    to f_i. So f is not 0 and not c, whether f_k is one of them or not, for some e that serves all heads. The states
    after left w^j and right w^j both go to f, whose direction is theirs in the end, and after the suffix to a state
    that is not 0 either: their directions come together. But the machine's outputs after left w^j suffix and right w^j
    suffix stay apart. CertificateError where the replay shows nothing.
    """

    machine: StateMachine
    left: Word
    right: Word
    suffix: Word
    frames: tuple[tuple[Word, Word], ...] = ()
    hypotheses: ClassVar[tuple[str, ...]] = (
        "one layer",
        "one decaying invertible transition for all letters",
        "a decoder that reads the direction of each head",
    )
    contracts: ClassVar[frozenset[Contract]] = EVERY_CONTRACT

    def __post_init__(self) -> None:
        """Replay both words, and go around each letter, in its frame, from their ends."""
        _require_equally_long(self.left, self.right)
        if len(self.frames) not in (0, len(self._places)):
            message = f"{len(self._places)} places where the words differ need as many frames, found {len(self.frames)}"
            raise CertificateError("witness", message)
        for word in self.repeated:
            if not all(_returns(self.machine, state, word) for state in self.reaches):
                message = "a letter in which the words differ does not lead back, however often it is read in its frame"
                raise CertificateError("witness", message)
        require_told_apart(self.machine, *self.reaches, self.suffix)

    @property
    def repeated(self) -> tuple[Word, ...]:
        """The letters in which the words differ, in their frames, two words for each place."""
        places = self._places
        frames = self.frames or ((((), ()),) * len(places))
        framed = zip(places, frames, strict=True)
        return tuple((*v, letter, *w) for pair, (v, w) in framed for letter in pair)

    @property
    def _places(self) -> list[tuple[int, int]]:
        return [pair for pair in zip(self.left, self.right, strict=True) if pair[0] != pair[1]]

    @property
    def reaches(self) -> tuple[int, int]:
        """The states after left and right."""
        return _ends(self.machine, self.left, self.right)

    def __str__(self) -> str:
        """Say both words and the letters."""
        left, right = (word_text(self.machine, word) for word in (self.left, self.right))
        repeated = ", ".join(word_text(self.machine, word) for word in dict.fromkeys(self.repeated))
        return f"{left} and {right} have one length and end apart, and {repeated}, repeated, leads back to both ends"

    def to_json(self) -> dict[str, Json]:
        """Return the witness in the machine's labels."""
        return {
            "kind": "repeated-letters-lead-back",
            "left": word_in_labels(self.machine, self.left),
            "right": word_in_labels(self.machine, self.right),
            "words": [word_in_labels(self.machine, word) for word in self.repeated],
            "suffix": word_in_labels(self.machine, self.suffix),
            "reaches": [named(self.machine, state) for state in self.reaches],
        }


def _require_equally_long(left: Word, right: Word) -> None:
    if len(left) != len(right):
        message = f"the words have {len(left)} and {len(right)} symbols"
        raise CertificateError("witness", message)


def _ends(machine: StateMachine, left: Word, right: Word) -> tuple[int, int]:
    return state_after(machine, machine.start, left), state_after(machine, machine.start, right)


def _returns(machine: StateMachine, state: int, word: Word) -> bool:
    """Return whether a state is on a cycle of the word."""
    reached = state
    for _ in machine.states:
        reached = state_after(machine, reached, word)
        if reached == state:
            return True
    return False
