"""What reading gives: a machine, and a note for every guess that made it this machine and not another."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Final, final

from fsm2rnn.errors import InputError
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.source.draft.draft import Completion

MAX_STATES: Final = 100_000


class ReadingWarning(UserWarning):
    """A file leaves open which machine it means, and one reading was taken; the message says which."""


@final
class Labels(Enum):
    """What a label in a drawing stands for: WHOLE, one letter whatever it holds; LIST, the letters it lists."""

    WHOLE = "whole"
    LIST = "list"


@final
class Words(Enum):
    """The words over which an automaton on infinite words is read all the same."""

    FINITE = "finite"


@final
class Bit(Enum):
    """What an open bit of an output is taken for."""

    ZERO = "0"
    ONE = "1"


@final
class Option(Enum):
    """A reading option beyond the completion and the limit, by its name on the command line."""

    LABELS = "labels"
    START = "start"
    EPSILON = "epsilon"
    PART = "part"
    FINITE = "finite"
    DONT_CARE = "dont-care"


@final
@dataclass(frozen=True)
class ReadOptions:
    """How a MACHINE text is to be read; None leaves a question to the format's custom, with a note where it guesses.

    `complete` says what a missing transition means, `max_states` limits what is built. `labels` says what a label
    stands for, `start` names the start state, `epsilon` holds the labels that mean no symbol (none where it is
    empty), `part` counts from 1 which machine of a file of several is meant. `finite` reads an automaton on infinite
    words over finite ones, `dont_care` is what an open bit of an output is taken for.
    """

    complete: Completion = Completion.ERROR
    max_states: int = MAX_STATES
    labels: Labels | None = None
    start: str | None = None
    epsilon: frozenset[str] | None = None
    part: int | None = None
    finite: Words | None = None
    dont_care: Bit | None = None

    def given(self) -> tuple[Option, ...]:
        """Return the options beyond completion and limit that are not None."""
        return tuple(option for option in Option if getattr(self, option.name.lower()) is not None)


@final
@dataclass(frozen=True)
class Reading:
    """A machine and what was guessed, split or merged to get it: one sentence each, in the order of the file."""

    machine: StateMachine
    notes: tuple[str, ...] = ()


@final
@dataclass
class Notes:
    """The notes of a reading under way; a sentence said before is not said again."""

    sentences: dict[str, None] = field(default_factory=dict)

    def add(self, sentence: str) -> None:
        """Note a guess."""
        self.sentences[sentence] = None

    def of(self, machine: StateMachine) -> Reading:
        """Return the machine with the notes so far."""
        return Reading(machine, tuple(self.sentences))


def require_obeyed(text: str, options: ReadOptions, obeyed: tuple[Option, ...]) -> None:
    """Raise InputError where an option is given that the reader of this text would not obey."""
    for option in options.given():
        if option not in obeyed:
            message = f"--{option.value} says nothing here: {text!r:.60} leaves that question to nobody"
            raise InputError(message, hint=f"obeyed: {' '.join(f'--{known.value}' for known in dict.fromkeys(obeyed))}")
