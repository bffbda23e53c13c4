"""What one run of a sweep comes to: a training, or the error that ended it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final, final

import torch

from fsm2rnn.api import read
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.errors import FsmError, InputError
from fsm2rnn.learn.models import Init, Model, new_network, seeded_network
from fsm2rnn.learn.protection import Protect
from fsm2rnn.learn.trainer import MEASURED, train
from fsm2rnn.sweeps.fields import DIGEST, machine_digest

LENGTHS: Final = MEASURED  # 500 and 5,000


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


def outcome_of(key: str) -> RunOutcome:
    """Return what the training of these settings (a `SweepRun.key`) comes to, in this process, on one thread.

    All but `seconds` is a function of the key on one kind of computer. What data can cause is told as `error`,
    and so is what torch cannot do or hold: no run ends the others.
    """
    settings: dict[str, Any] = json.loads(key)
    torch.set_num_threads(1)
    try:
        network = _network(settings)
        options = {name: value for name, value in settings.items() if name not in _OF_NETWORKS}
        if "lengths" in options:
            first, last = map(int, options["lengths"].split("-"))
            options["lengths"] = (first, last)
        if options.get("patience") == "never":
            options["patience"] = None
        found = train(network, measured=LENGTHS, **options)
    except FsmError as error:
        return RunOutcome(error=str(error))
    except (RuntimeError, MemoryError, OverflowError, ValueError) as error:
        line, *_ = str(error).strip().splitlines() or ["no more is said"]
        return RunOutcome(error=f"{type(error).__name__}: {line}")
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
