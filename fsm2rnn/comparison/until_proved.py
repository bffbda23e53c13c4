"""Training in rounds until a network is proved: what an audit finds wrong is what the next round is trained on.

A network that has not learned the machine is taught by short words first, each letter's answer asked for: small
machines are learned so in some hundred steps, where the last answers of long words alone may teach nothing. A round
asks for a proof of the weights as they are, then for boxes trained together with them, then for the closure of rounded
states. A search that fails gives shortest failing words; several, of different lengths, go with their
beginnings and continuations beside the random words of the next round, which has noise on the state and words longer
than those of ordinary training.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, TypeAlias, Unpack, final

import numpy as np

from fsm2rnn.cells.bilinear import BilinearRNN
from fsm2rnn.cells.state_format import StateFormat, find_state_format
from fsm2rnn.cells.tracker import Tracker, tracker_for
from fsm2rnn.comparison.answers import Finding, Proved, Refuted, Undecided
from fsm2rnn.comparison.audit import GRID, audit
from fsm2rnn.comparison.boxes.train_boxes import train_to_boxes
from fsm2rnn.comparison.repair import repaired_structure
from fsm2rnn.comparison.repaired_finding import repaired_finding
from fsm2rnn.comparison.search.exploration import Exploration, FailingMove
from fsm2rnn.comparison.search.module_steps import ModuleSteps
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.learn.accuracy import accuracy
from fsm2rnn.learn.trainer import train
from fsm2rnn.learn.training_plan import PlanOptions
from fsm2rnn.learn.training_run import Progress as TrainingProgress
from fsm2rnn.machine.labels import Label
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.cell_orbit import STATE_LIMIT

ROUNDS: Final = 40
SECONDS: Final = 120.0  # of the processor's time, after which no round begins
LESSONS: Final[PlanOptions] = {"steps": 600, "lengths": (1, 10), "lr": 1e-2, "targets": "every", "patience": 1}
ROUND_STEPS: Final = 200
BOX_STEPS: Final = 2_000
LENGTHS: Final = (2, 40)
LEARNED: Final = 0.9  # of the answers at length 500: below it there is nothing yet to be proved
JUDGED: Final = 128, 500  # words and letters on which that is seen
SPREAD: Final = 8  # failing words a round
SPREAD_WITH_RESETS: Final = 64  # where few of the words that fail meet the same states
DEEPER: Final = 6  # letters beyond the shortest failing word up to which others are looked for
KEPT: Final = 512  # words, the newest first
LONGER: Final = (1, 3)  # letters by which failing words are continued

Words: TypeAlias = list[tuple[Label, ...]]


RoundListener: TypeAlias = Callable[[int, Finding], None]
"""Hears the number of a round, from 0, and what is found of the network before it."""
Telling: TypeAlias = Callable[[str], None]
"""Hears, in words, what is being done inside a round."""


def train_until_proved(  # noqa: PLR0913  each option is a keyword that an editor completes
    network: Tracker,
    machine: StateMachine | None = None,
    *,
    rounds: int = ROUNDS,
    seconds: float | None = SECONDS,
    state: StateFormat | str | None = None,
    limit: int = STATE_LIMIT,
    listener: RoundListener | None = None,
    progress: Telling | None = None,
    **options: Unpack[PlanOptions],
) -> Proved | Undecided:
    """Train the network in place until it is proved to be a machine (its own by default) at every length.

    A bilinear network is trained, extracted, compared, repaired and checked: what is proved is its repair, and Proved
    says so. Else the network is around a layer of torch.nn. One that answers less than nine in ten letters rightly at
    length 500 is first taught by words of 1 to 10 letters; where it is not proved then, and still as wrong, it is
    trained as `train` does with its `options`. Then come at most `rounds` rounds of 200 steps on failing words and
    random ones; none begins after so many `seconds` of the processor's time (None: however long it takes).
    Without `state` the network as it is is proved by boxes (`train_to_boxes`), or, where none close,
    with its state rounded to "grid7", which Proved then names; with a state format the network with its state rounded
    so is meant, and boxes are not tried. At most `limit` states are searched. Undecided says what stood in the way; the
    weights are then those of the last round. Raises InputError for a bilinear layer of a structure that is not
    repaired, or whose state is to be rounded, and for options out of range.
    """
    return rounds_until_proved(
        tracker_for(network, machine),
        rounds=rounds,
        seconds=seconds,
        state=state,
        limit=limit,
        listener=listener,
        progress=progress,
        options=options,
    )


def rounds_until_proved(  # noqa: PLR0913  the keywords of train_until_proved
    network: Tracker,
    *,
    rounds: int = ROUNDS,
    seconds: float | None = SECONDS,
    state: StateFormat | str | None = None,
    limit: int = STATE_LIMIT,
    listener: RoundListener | None = None,
    progress: Telling | None = None,
    options: PlanOptions | None = None,
) -> Proved | Undecided:
    """Return what `train_until_proved` does, of a network that is its own machine's and may be trained already."""
    require_provable(network, state)
    if rounds < 0 or limit < 1 or (seconds is not None and not seconds >= 0):
        message = f"rounds and seconds start at 0 and states at 1, found {rounds}, {seconds} and {limit}"
        raise InputError(message)
    form = find_state_format(state) if isinstance(state, str) else state
    aim = _Aim(network, form, limit, options or {}, progress or _untold)
    end = math.inf if seconds is None else time.process_time() + seconds
    aim.teach()
    words: Words = []
    number = 0
    while True:
        found, boxes = _asked(aim, number)
        if listener is not None:
            listener(number, found)
        if isinstance(found, Proved):
            return found
        if number == rounds or time.process_time() >= end:
            return _open(found, boxes, number)
        words = [*_words(aim, found, number), *words][:KEPT]
        number += 1
        aim.train(words, number)


def _untold(_: str) -> None:
    """Tell nobody."""


def require_provable(network: Tracker, state: StateFormat | str | None = None) -> None:
    """Raise InputError for a bilinear layer that no repair is made for, or whose state is rounded or is to be."""
    if not isinstance(network.rnn, BilinearRNN):
        return
    try:
        repaired_structure(network)
    except InputError as error:
        message = f"a bilinear network is proved by its repair, and {error.message}"
        raise InputError(message, hint="full, rotation and the layers of torch.nn are trained until proved") from None
    if state is not None:
        message = "a bilinear network is proved by its repair, whose state is not rounded"
        raise InputError(message, hint="leave the state format out; audit takes one")


@final
@dataclass(frozen=True)
class _Aim:
    """What is to be proved, and how it is trained; the seed decides all words that are drawn on the way."""

    tracker: Tracker
    form: StateFormat | None
    limit: int
    options: PlanOptions
    tell: Telling

    @property
    def seed(self) -> int:
        return self.options.get("seed", 0)

    @property
    def learned(self) -> bool:
        count, length = JUDGED
        return accuracy(self.tracker, self.tracker.machine, length, count=count).raw >= LEARNED

    def teach(self) -> None:
        """Train a network that has not learned the machine on short words."""
        if not self.learned:
            self.tell("learning short words")
            lessons: PlanOptions = {**LESSONS, "seed": self.seed}
            train(self.tracker, measured=(), **lessons)

    def train(self, words: Words, number: int) -> None:
        """Train on, on words that no earlier round had: its seed is another one."""
        rest: PlanOptions = {**self.options, "seed": self.seed + number}
        if number > 1 or self.learned:
            rest = {**rest, "steps": ROUND_STEPS, "lengths": rest.get("lengths") or LENGTHS, "patience": None}
        self.tell(f"round {number}: training on {len(words):,} words that fail")
        train(self.tracker, extra_words=words, measured=(), progress=lambda at: self.hear(number, at), **rest)

    def hear(self, number: int, at: TrainingProgress) -> None:
        """Tell where the training of a round is."""
        self.tell(f"round {number}: training, step {at.step:,} of {at.steps:,}, loss {at.loss:.3g}")


def _words(aim: _Aim, found: Finding, number: int) -> Words:
    """Return the words that a round adds, if any fail."""
    if not isinstance(found, Refuted):
        return []
    draw = np.random.default_rng((aim.seed, number))
    bilinear = isinstance(aim.tracker.rnn, BilinearRNN)
    words = [found.word] if bilinear else failing_words(aim.tracker, aim.form, aim.limit)
    return around(words, aim.tracker.machine, draw)


def _asked(aim: _Aim, number: int) -> tuple[Finding, str]:
    """Return what is found of the network, and why there are no boxes.

    Boxes are trained before rounded states are searched: they hold for the network as it is, and are quicker. What is
    proved without a change of weights comes before both.
    """
    tracker, refused = aim.tracker, ""
    if isinstance(tracker.rnn, BilinearRNN):
        aim.tell(f"round {number}: extracting, comparing and repairing")
        return repaired_finding(tracker), ""

    def hear_boxes(step: int, hinge: float) -> None:
        aim.tell(f"round {number}: boxes, step {step:,} of at most {BOX_STEPS:,}, hinge {hinge:.3g}")

    if aim.form is None and tracker.state_format is None:
        found = audit(tracker, limit=1)
        if isinstance(found, Proved):
            return found, ""
        try:
            boxed = train_to_boxes(tracker, steps=BOX_STEPS, seed=aim.seed + number, progress=hear_boxes)
        except (InputError, LimitError) as error:
            refused = str(error)
        else:
            if isinstance(boxed, Proved):
                return boxed, ""
            refused = boxed.reason
    where = f"round {number}: searching"
    return audit(
        tracker,
        state=aim.form,
        limit=aim.limit,
        progress=lambda states: aim.tell(f"{where}, {states:,} states"),
    ), refused


def _open(found: Refuted | Undecided, boxes: str, rounds: int) -> Undecided:
    """Return the answer that says what stood in the way."""
    why = f"after {rounds:,} rounds "
    end = f"; {boxes}" if boxes else ""
    match found:
        case Refuted(word=word):
            why += f"a word of {len(word):,} symbols is read wrongly"
            return Undecided(why + end, found.arithmetic, len(word) - 1)
        case Undecided():
            return replace(found, reason=why + found.reason + end)


def failing_words(network: Tracker, form: StateFormat | None, limit: int) -> Words:
    """Return words that the network with its state rounded reads wrongly, spread over some lengths, shortest first."""
    machine = network.machine
    asked = form or network.state_format or find_state_format(GRID)
    rounded = Tracker(network.rnn, network.readout, machine, embedding=network.embedding, state=asked)
    count = SPREAD_WITH_RESETS if has_resets(machine) else SPREAD
    search = Exploration(machine, ModuleSteps(rounded), limit)
    moves: list[FailingMove] = []
    deeper = 0
    while not (search.closed or search.full) and deeper <= DEEPER:
        moves += search.advance()
        deeper += bool(moves)
    chosen = [moves[place * len(moves) // count] for place in range(count)] if len(moves) > count else moves
    found = [[*search.word_to(move.node), move.letter] for move in chosen]
    return [tuple(machine.symbols[letter] for letter in word) for word in found]


def has_resets(machine: StateMachine) -> bool:
    """Return whether some letter leads from all of several states to one."""
    columns = zip(*machine.table, strict=True)
    return len(machine.table) > 1 and any(len(set(column)) == 1 for column in columns)


def around(words: Sequence[tuple[Label, ...]], machine: StateMachine, draw: np.random.Generator) -> Words:
    """Return the words, each with its beginning less a letter and with random continuations."""
    found: Words = []
    for word in words:
        longer = (draw.integers(0, len(machine.symbols), count).tolist() for count in LONGER)
        found += [word, *((*word, *(machine.symbols[letter] for letter in letters)) for letters in longer)]
        found += [word[:-1]] if len(word) > 1 else []
    return found
