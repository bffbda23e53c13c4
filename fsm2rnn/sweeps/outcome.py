"""What runs of a sweep come to: a training each, or the error that ended it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, cast, final

import torch

from fsm2rnn.api import read
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.data.word_dataset import Targets
from fsm2rnn.errors import FsmError, InputError
from fsm2rnn.learn.models import Init, Model, new_network, seeded_network
from fsm2rnn.learn.protection import Protect
from fsm2rnn.learn.side_by_side import fit_side_by_side
from fsm2rnn.learn.trainer import MEASURED, Training, train, train_seeds
from fsm2rnn.learn.training_plan import PlanOptions
from fsm2rnn.sweeps.fields import DIGEST, machine_digest

LENGTHS: Final = MEASURED  # 500 and 5,000
NARROW: Final = 64  # hidden numbers up to which a step takes its time for the calls and not for the arithmetic
OF_TORCH: Final = (RuntimeError, MemoryError, OverflowError, ValueError)  # what it cannot do or hold


@final
@dataclass(frozen=True)
class RunOutcome:
    """Accuracy at 500 and 5,000, loss at the best check, steps made, that check's step, seconds; or `error`."""

    accuracy_500: float | None = None
    accuracy_5000: float | None = None
    loss: float | None = None
    steps: int | None = None
    best_step: int | None = None
    seconds: float | None = None
    error: str | None = None


def goes_side_by_side(settings: Mapping[str, Any]) -> bool:
    """Tell whether runs of these settings and several seeds take less time in one pass than one after another."""
    whole = settings["model"] == Model.FULL.value and settings["hidden"] <= NARROW
    drawn, last = settings.get("init", Init.RANDOM.value), settings.get("targets", Targets.LAST.value)
    return whole and (drawn, last) == (Init.RANDOM.value, Targets.LAST.value)


def outcomes_of(keys: Sequence[str]) -> list[RunOutcome]:
    """Return what trainings come to whose settings (`SweepRun.key`) differ by their seeds alone, each as if alone."""
    settings = [json.loads(key) for key in keys]
    torch.set_num_threads(1)
    if len(keys) > 1:
        with suppress(FsmError, *OF_TORCH):  # each by itself tells which of them it is
            networks = {one["seed"]: _network(one) for one in settings}
            if fit_side_by_side(list(networks.values())):
                found = train_seeds(networks, measured=LENGTHS, **_options(settings[0], "seed"))
                return [_outcome(found[one["seed"]]) for one in settings]
    return [outcome_of(key) for key in keys]


def outcome_of(key: str) -> RunOutcome:
    """Return what the training of these settings (a `SweepRun.key`) comes to, in this process, on one thread.

    All but `seconds` is a function of the key on one kind of computer. What data can cause is told as `error`,
    and so is what torch cannot do or hold: no run ends the others.
    """
    settings: dict[str, Any] = json.loads(key)
    torch.set_num_threads(1)
    try:
        return _outcome(train(_network(settings), measured=LENGTHS, **_options(settings)))
    except FsmError as error:
        return RunOutcome(error=str(error))
    except OF_TORCH as error:
        line, *_ = str(error).strip().splitlines() or ["no more is said"]
        return RunOutcome(error=f"{type(error).__name__}: {line}")


def _options(settings: Mapping[str, Any], *without: str) -> PlanOptions:
    """Return the settings that are options of `train`, but those `without`."""
    found = {name: value for name, value in settings.items() if name not in (*_OF_NETWORKS, *without)}
    if "lengths" in found:
        first, last = map(int, found["lengths"].split("-"))
        found["lengths"] = (first, last)
    if found.get("patience") == "never":
        found["patience"] = None
    return cast("PlanOptions", found)


def _outcome(found: Training) -> RunOutcome:
    right = [found.accuracy[length] for length in LENGTHS]
    return RunOutcome(right[0], right[1], found.loss, found.steps, found.step, found.seconds)


_OF_NETWORKS: Final = ("machine", DIGEST, "model", "hidden", "init", "protect")


def _network(settings: dict[str, Any]) -> Tracker:
    machine, model = read(settings["machine"]), Model(settings["model"])
    if settings.get(DIGEST, machine_digest(machine)) != machine_digest(machine):
        message = "another machine is read from it than was when the sweep began"
        raise InputError(
            message, file=ascii(settings["machine"])[1:-1], hint="run the sweep again, with the file as it is"
        )
    match Init(settings.get("init", Init.RANDOM.value)):
        case Init.RANDOM:
            return new_network(model, machine, settings["hidden"], seed=settings["seed"])
        case Init.COMPILED:
            protect = Protect(settings.get("protect", Protect.NONE.value))
            return seeded_network(model, machine, settings["hidden"], protect, seed=settings["seed"])
