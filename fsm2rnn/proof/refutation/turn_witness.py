"""A letter that goes around two, three or four states: its transition has an eigenvalue with no positive real part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final, final

from fsm2rnn.errors import CertificateError
from fsm2rnn.machine.labels import Json
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.refutation.contracts import ONE_CODE_PER_STATE
from fsm2rnn.proof.refutation.replay import Word, named, require_told_apart, state_after, word_in_labels, word_text

SHORT: Final = (2, 3, 4)


@final
@dataclass(frozen=True)
class ShortTurn:
    """After `prefix`, `letter` goes around 2, 3 or 4 states, of which the first two are told apart by `suffix`.

    Refutes h <- M_x h + b_x where every eigenvalue of every M_x but 0 has a positive real part, with one code per
    state.

    Proof. Let c_0, ..., c_(m-1) be the codes around the cycle. The letter takes each to the next, so the sum over j of
    e^(-2 pi i j k / m) c_j is an eigenvector of M for e^(2 pi i k / m), or 0, for 0 < k < m. If all were 0 the codes
    would be one, but the first two states are told apart. So some e^(2 pi i k / m) is an eigenvalue, and for m = 2, 3
    and 4 none of them has a positive real part. CertificateError where the replay shows nothing.
    """

    machine: StateMachine
    prefix: Word
    letter: int
    suffix: Word
    hypotheses: ClassVar[tuple[str, ...]] = (
        "one layer",
        "transitions whose eigenvalues but 0 have positive real parts",
        "one code per state",
    )
    contracts: ClassVar[frozenset[Contract]] = ONE_CODE_PER_STATE

    def __post_init__(self) -> None:
        """Walk around the cycle."""
        if len(self.reaches) not in SHORT:
            message = "the letter does not go around 2, 3 or 4 states"
            raise CertificateError("witness", message)
        first, second = self.reaches[:2]
        require_told_apart(self.machine, first, second, self.suffix)

    @property
    def reaches(self) -> tuple[int, ...]:
        """The states of the cycle, none if the state after the prefix is on none of length 4 or less."""
        states = [state_after(self.machine, self.machine.start, self.prefix)]
        while (reached := state_after(self.machine, states[-1], (self.letter,))) != states[0]:
            states.append(reached)
            if len(states) > max(SHORT):
                return ()
        return tuple(states)

    def __str__(self) -> str:
        """Say the cycle."""
        after, letter = word_text(self.machine, self.prefix), word_text(self.machine, (self.letter,))
        return f"after {after}, {letter} goes around {len(self.reaches)} states"

    def to_json(self) -> dict[str, Json]:
        """Return the witness in the machine's labels."""
        return {
            "kind": "short-turn",
            "prefix": word_in_labels(self.machine, self.prefix),
            "letter": word_in_labels(self.machine, (self.letter,)),
            "suffix": word_in_labels(self.machine, self.suffix),
            "reaches": [named(self.machine, state) for state in self.reaches],
        }
