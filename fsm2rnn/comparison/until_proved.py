"""Training in rounds until a network is proved: what an audit finds wrong is what the next round is trained on.

A round asks for a proof of the weights as they are, then for boxes trained together with them, then for the closure of
rounded states. A search that fails gives shortest failing words; several, of different lengths, go with their
beginnings and continuations beside the random words of the next round, which has noise on the state and words longer
than those of ordinary training.
"""

from __future__ import annotations

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
from fsm2rnn.comparison.search.exploration import Exploration, FailingMove
from fsm2rnn.comparison.search.module_steps import ModuleSteps
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.learn.accuracy import accuracy
from fsm2rnn.learn.trainer import train
from fsm2rnn.learn.training_plan import PlanOptions
from fsm2rnn.machine.labels import Label
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.claim.cell_orbit import STATE_LIMIT

ROUNDS: Final = 10
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


def train_until_proved(
    network: Tracker,
    machine: StateMachine | None = None,
    *,
    rounds: int = ROUNDS,
    state: StateFormat | str | None = None,
    limit: int = STATE_LIMIT,
    listener: RoundListener | None = None,
    **options: Unpack[PlanOptions],
) -> Proved | Undecided:
    """Train the network in place until it is proved to be a machine (its own by default) at every length.

    The network is around a layer of torch.nn. One that answers less than nine in ten letters rightly at length 500 is
    first trained as `train` does with its `options`. Then come at most `rounds` rounds of 200 steps on failing words
    and random ones. Without `state` the network as it is is proved by boxes (`train_to_boxes`), or, where none close,
    with its state rounded to "grid7", which Proved then names; with a state format the network with its state rounded
    so is meant, and boxes are not tried. At most `limit` states are searched. Undecided says what stood in the way; the
    weights are then those of the last round. Raises InputError for a bilinear layer, as its proof takes exact weights
    in place of the trained ones, and for options out of range.
    """
    require_provable(network)
    tracker = tracker_for(network, machine)
    if not _learned(tracker):
        train(tracker, measured=(), **options)
    return rounds_until_proved(tracker, rounds=rounds, state=state, limit=limit, listener=listener, options=options)


def rounds_until_proved(
    network: Tracker,
    *,
    rounds: int = ROUNDS,
    state: StateFormat | str | None = None,
    limit: int = STATE_LIMIT,
    listener: RoundListener | None = None,
    options: PlanOptions | None = None,
) -> Proved | Undecided:
    """Return what `train_until_proved` does, of a network that is trained already."""
    require_provable(network)
    if rounds < 0 or limit < 1:
        message = f"rounds start at 0 and states at 1, found {rounds} and {limit}"
        raise InputError(message)
    aim = _Aim(network, find_state_format(state) if isinstance(state, str) else state, limit, options or {})
    words: Words = []
    number = 0
    while True:
        found, boxes = _asked(aim, number)
        if listener is not None:
            listener(number, found)
        if isinstance(found, Proved):
            return found
        if number == rounds:
            return _open(found, boxes, rounds)
        words = [*_words(aim, found, number), *words][:KEPT]
        number += 1
        _train_round(aim, words, number)


def require_provable(network: Tracker) -> None:
    """Raise InputError for a bilinear layer."""
    if isinstance(network.rnn, BilinearRNN):
        message = "a trained bilinear layer never contracts, and is not proved as it is"
        raise InputError(message, hint="train elman, relu, gru or lstm until proved")


@final
@dataclass(frozen=True)
class _Aim:
    """What is to be proved, and how it is trained; the seed decides all words that are drawn on the way."""

    tracker: Tracker
    form: StateFormat | None
    limit: int
    options: PlanOptions

    @property
    def seed(self) -> int:
        return self.options.get("seed", 0)


def _words(aim: _Aim, found: Finding, number: int) -> Words:
    """Return the words that a round adds, if any fail."""
    if not isinstance(found, Refuted):
        return []
    draw = np.random.default_rng((aim.seed, number))
    return around(failing_words(aim.tracker, aim.form, aim.limit), aim.tracker.machine, draw)


def _train_round(aim: _Aim, words: Words, number: int) -> None:
    """Train on, on words that no earlier round had: its seed is another one."""
    more: PlanOptions = {
        **aim.options,
        "steps": ROUND_STEPS,
        "lengths": aim.options.get("lengths") or LENGTHS,
        "seed": aim.seed + number,
        "patience": None,
    }
    train(aim.tracker, extra_words=words, measured=(), **more)


def _learned(tracker: Tracker) -> bool:
    count, length = JUDGED
    return accuracy(tracker, tracker.machine, length, count=count).raw >= LEARNED


def _asked(aim: _Aim, number: int) -> tuple[Finding, str]:
    """Return what is found of the network, and why there are no boxes.

    Boxes are trained before rounded states are searched: they hold for the network as it is, and are quicker. What is
    proved without a change of weights comes before both.
    """
    tracker, refused = aim.tracker, ""
    if aim.form is None and tracker.state_format is None:
        found = audit(tracker, limit=1)
        if isinstance(found, Proved):
            return found, ""
        try:
            boxed = train_to_boxes(tracker, steps=BOX_STEPS, seed=aim.seed + number)
        except (InputError, LimitError) as error:
            refused = str(error)
        else:
            if isinstance(boxed, Proved):
                return boxed, ""
            refused = boxed.reason
    return audit(tracker, state=aim.form, limit=aim.limit), refused


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
