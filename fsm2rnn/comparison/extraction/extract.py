"""extract: the state machine that a network is, exactly where its states close, else as short words vote."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, final

from fsm2rnn.cells.auditable import Auditable
from fsm2rnn.cells.bilinear import BilinearRNN
from fsm2rnn.cells.network import Network, lift
from fsm2rnn.cells.state_format import StateFormat, find_state_format
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.choice import choose_member
from fsm2rnn.comparison.audit import GRID
from fsm2rnn.comparison.extraction.queried import queried_machine
from fsm2rnn.comparison.extraction.searched import searched_machine
from fsm2rnn.comparison.extraction.votes import followed_words, voted_machine
from fsm2rnn.comparison.rounded import Rounded
from fsm2rnn.comparison.search.exploration import Progress
from fsm2rnn.comparison.search.state_search import arithmetic_of
from fsm2rnn.errors import CertificateError, InputError, LimitError
from fsm2rnn.machine.minimise import minimise
from fsm2rnn.machine.state_machine import StateMachine

STATES: Final = 100_000
"""Most states of a search by default: what does not close there is no machine that one would read."""


class AskedWords(StrEnum):
    """Which words show the machine of a network whose states do not close."""

    RANDOM = "random"
    CHOSEN = "chosen"


@final
@dataclass(frozen=True)
class Extraction:
    """`machine` answers as the network does: after every word where `exact`, in the arithmetic that is named.

    That is proved by the kernel of a network whose weights are exact, and else searched, as `arithmetic` says: all
    states that words lead to were seen, in steps taken here one at a time, or in batches where there are many.

    Else it is what short words voted or asked for, and gives the share `agreement` of the network's answers on them.
    `states` counts the network's own states that were found, None where they were not.
    """

    machine: StateMachine
    exact: bool
    arithmetic: str
    agreement: float
    states: int | None = None

    def __str__(self) -> str:
        """Say the size, and what is claimed."""
        size = f"{len(self.machine.states):,} states"
        if not self.exact:
            return f"{size}, by short words: {self.agreement:.2%} of the network's answers on them"
        searched = "" if self.states is None else f", from {self.states:,} states of the network"
        return f"{size}, exact at every length: {self.arithmetic}{searched}"


def extract(
    network: Auditable,
    *,
    state: StateFormat | str | None = None,
    limit: int = STATES,
    words: AskedWords | str = AskedWords.RANDOM,
) -> StateMachine:
    """Return the minimal machine with the network's outputs after every word but the empty one.

    `extraction` says whether that is so at every length, or as far as short words tell; arguments and errors are its.
    """
    return extraction(network, state=state, limit=limit, words=words).machine


def extraction(
    network: Auditable,
    *,
    state: StateFormat | str | None = None,
    limit: int = STATES,
    words: AskedWords | str = AskedWords.RANDOM,
    progress: Progress | None = None,
) -> Extraction:
    """Return the machine that a network is, and whether that is exact.

    A network whose state is rounded after each symbol (its own format, or `state`; layers of torch.nn on "grid7" by
    default) has finitely many states: where at most `limit` are found, their quotient by equal answers is the network's
    machine, whatever it was trained on. A linear recurrence that is not rounded is exact where its weights are
    proved or its states close; else (letter, class) -> class is voted on 1,500 random words of 12 letters, classes
    being what is read after the next few letters; with `words` "chosen", those that AALpy's learner chooses tell
    classes apart, where states look alike for long, as they do with two outputs. Before the first symbol nothing is
    asked. Raises InputError for a limit below 1, a format that is not the network's own, unknown words, and chosen ones
    without AALpy, LimitError where
    short words show no machine.
    """
    if limit < 1:
        message = f"a limit of states is 1 or more, found {limit}"
        raise InputError(message)
    meant, form = meant_network(network, state)
    exact = _proved(network) if isinstance(network, Network) and form is None else None
    if exact is None and (form is not None or not drifts(network)):
        exact = _closed(meant, form, limit, progress)
    if exact is not None:
        return exact
    match choose_member("words", words, AskedWords):
        case AskedWords.RANDOM:
            return _voted(meant, form)
        case AskedWords.CHOSEN:
            return _queried(meant, form, limit)


def meant_network(network: Auditable, state: StateFormat | str | None) -> tuple[Auditable, StateFormat | None]:
    """Return the network whose machine is meant, its state rounded where that closes it, and to what; None: as it is.

    InputError for a format that is not the network's own.
    """
    form = _format(network, find_state_format(state) if isinstance(state, str) else state)
    return (network if form is None else Rounded(network, form, network.machine)), form


def _format(network: Auditable, asked: StateFormat | None) -> StateFormat | None:
    """Return what the state is rounded to: of a Tracker its own format, of torch.nn's layers at least the grid."""
    if not isinstance(network, Tracker):
        return asked
    own = network.state_format
    if own is not None and asked is not None and own != asked:
        message = f"the network's own state is rounded to {own.name}, and {asked.name} was asked for"
        raise InputError(message)
    if own is None and asked is None and not isinstance(network.rnn, BilinearRNN):
        return find_state_format(GRID)
    return asked or own


def drifts(network: Auditable) -> bool:
    """Whether a network is a linear recurrence that learned: in floats its states never come back."""
    return isinstance(network, Tracker) and isinstance(network.rnn, BilinearRNN)


def _proved(network: Network) -> Extraction | None:
    """Return the network's machine where its weights are proved to be it at every length."""
    try:
        proof = lift(network)
    except (CertificateError, LimitError):
        return None
    if proof.steps is not None:
        return None
    return Extraction(minimise(proof.machine).target, exact=True, arithmetic=_own(network), agreement=1.0)


def _closed(network: Auditable, form: StateFormat | None, limit: int, progress: Progress | None) -> Extraction | None:
    try:
        machine, states, alone = searched_machine(network, limit, progress)
    except (InputError, LimitError):
        return None
    arithmetic = _own(network) if form is None else arithmetic_of(form)
    steps = "searched here one step at a time" if alone else "searched here in batches, as sums are taken in them"
    return Extraction(machine, exact=True, arithmetic=f"{arithmetic}, {steps}", agreement=1.0, states=states)


def _voted(network: Auditable, form: StateFormat | None) -> Extraction:
    read = followed_words(network)
    found = voted_machine(network, read)
    if found is None:
        words, length = read.ids.shape
        what = f"random words of {length} letters that show each letter in each class of states"
        hint = "fewer letters, or a state format in which the states close"
        raise LimitError(what, limit=words, hint=hint)
    arithmetic = _own(network) if form is None else arithmetic_of(form)
    return Extraction(found.machine, exact=False, arithmetic=arithmetic, agreement=found.agreement)


def _queried(network: Auditable, form: StateFormat | None, limit: int) -> Extraction:
    machine = queried_machine(network, followed_words(network), limit)
    arithmetic = _own(network) if form is None else arithmetic_of(form)
    return Extraction(machine, exact=False, arithmetic=arithmetic, agreement=1.0)


def _own(network: Auditable) -> str:
    first = network.begin(1)
    dtype = (first[0] if isinstance(first, tuple) else first).dtype
    return f"{str(dtype).removeprefix('torch.')}, one symbol at a time"
