"""plot: the picture of a machine, a network or a training, as a matplotlib figure (extra `plot`)."""

from __future__ import annotations

import os
from enum import Enum
from pathlib import Path
from typing import Final, TypeAlias, final

from fsm2rnn.api import load
from fsm2rnn.cells.network import Network, lift
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.choice import choose_member
from fsm2rnn.difference import is_network
from fsm2rnn.errors import InputError
from fsm2rnn.learn.trainer import Training
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.pages.layer_words import layer_words
from fsm2rnn.pages.plots.canvas import Figure
from fsm2rnn.pages.plots.drift import drift_figure
from fsm2rnn.pages.plots.ladder import ladder_figure
from fsm2rnn.pages.plots.states import states_figure
from fsm2rnn.pages.plots.training import curves_of, training_figure
from fsm2rnn.pages.plots.weights import weights_figure
from fsm2rnn.result import Result
from fsm2rnn.tabulation import Tabulation, table
from fsm2rnn.targets import TARGETS

STEPS: Final = 20_000
BUDGET: Final = 10.0  # seconds for the targets of one machine, as explain has them


@final
class Picture(Enum):
    """What can be drawn: `ladder` of machines, `weights`, `drift` and `states` of networks, `training` curves."""

    LADDER = "ladder"
    WEIGHTS = "weights"
    DRIFT = "drift"
    STATES = "states"
    TRAINING = "training"


Plotted: TypeAlias = StateMachine | Tabulation | Network | Tracker | Result | Training | str | os.PathLike[str]


def plot(*subjects: Plotted, kind: Picture | str | None = None, steps: int = STEPS, seed: int = 0) -> Figure:
    """Return a matplotlib Figure: `plot("A5@gens").savefig("a5.pdf")`.

    Of machines, their texts or a `table` the ladder: green with the width, red where it cannot be. Of a network, a
    compiled result or a network file the "weights" as heat maps, or kind="drift": how far its own arithmetic is from
    the codes along `steps` random symbols, beside the proved length; or kind="states": hidden states in their plane of
    greatest spread by the machine's state, two networks side by side. Of a training, or the train.csv of a log, loss,
    accuracy and what is kept of a compiled core. InputError where matplotlib is missing, or where a subject has no such
    picture; CertificateError where weights are asked for that prove nothing.
    """
    if not subjects:
        message = "a picture of nothing"
        raise InputError(message, hint="name a machine, a network or a training")
    known = [_opened(subject) for subject in subjects]
    chosen = _natural(known[0]) if kind is None else choose_member("kind", kind, Picture)
    if steps < 1:
        message = f"a word of {steps} symbols"
        raise InputError(message, hint="steps is at least 1")
    match chosen:
        case Picture.LADDER:
            return ladder_figure(_tabulation(known))
        case Picture.TRAINING:
            return training_figure(curves_of(_training(_single(known, chosen))))
        case Picture.STATES:
            return states_figure(tuple((layer_words(one), one) for one in map(_network, known)))
        case Picture.WEIGHTS:
            return weights_figure(lift(_linear(_single(known, chosen))))
        case Picture.DRIFT:
            network = _linear(_single(known, chosen))
            return drift_figure(network, lift(network), steps, seed)


Opened: TypeAlias = StateMachine | Tabulation | Network | Tracker | Training | str | Path


def _opened(subject: Plotted) -> Opened:
    """Return the module of a result or of a network file, the path of a log, and all else as it is."""
    if isinstance(subject, Result):
        return subject.network()
    if isinstance(subject, str | os.PathLike):
        if is_network(subject):
            return load(subject)
        path = Path(subject)
        is_log = path.is_dir() or (path.suffix == ".csv" and path.name.startswith("train"))
        return path if is_log else os.fspath(subject)
    return subject


def _natural(subject: Opened) -> Picture:
    match subject:
        case Network():
            return Picture.WEIGHTS
        case Tracker():
            return Picture.STATES
        case Training() | Path():
            return Picture.TRAINING
        case _:
            return Picture.LADDER


def _tabulation(subjects: list[Opened]) -> Tabulation:
    if isinstance(subjects[0], Tabulation) and len(subjects) == 1:
        return subjects[0]
    machines = [one for one in subjects if isinstance(one, StateMachine | str)]
    if len(machines) != len(subjects):
        raise _without("ladder", "machines, or one table")
    return table(*machines, targets=TARGETS, budget=BUDGET)


def _training(subject: Opened) -> Training | str | Path:
    if isinstance(subject, Training | str | Path):
        return subject
    raise _without("training", "a Training, or the train.csv of a log")


def _network(subject: Opened) -> Network | Tracker:
    if isinstance(subject, Network | Tracker):
        return subject
    raise _without("states", "networks and network files")


def _linear(subject: Opened) -> Network:
    if isinstance(subject, Network):
        return subject
    known = "linear recurrences; of a layer of torch.nn states have one"
    raise _without("weights", known)


def _single(subjects: list[Opened], chosen: Picture) -> Opened:
    if len(subjects) == 1:
        return subjects[0]
    raise _without(chosen.value, "one subject at a time")


def _without(kind: str, of: str) -> InputError:
    message = f"there is no picture of {kind} of this"
    return InputError(message, hint=f"it is one of {of}")
