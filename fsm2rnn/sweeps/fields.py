"""The fields of a sweep: what a value may be, and the one form under which it is kept."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeAlias, final

from fsm2rnn.api import read
from fsm2rnn.choice import choose_member
from fsm2rnn.data.word_dataset import Targets
from fsm2rnn.errors import FsmError, InputError
from fsm2rnn.learn.models import Init, Model
from fsm2rnn.learn.protection import Protect
from fsm2rnn.learn.training_plan import Freeze, Optimizer
from fsm2rnn.machine.labels import Json
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.proof.file.canonical_json import canonical_json, digest
from fsm2rnn.proof.file.machine_json import machine_to_json

WHOLE_LIMIT: Final = 1 << 31  # seeds above are no seeds of torch's generators together with a step
HIDDEN_LIMIT: Final = 65_536  # hidden numbers of a layer
RATE_LIMIT: Final = 10  # a step of Adam is about as long as its rate
DIGEST: Final = "machine_sha256"

Reader: TypeAlias = Callable[[Json], Json]
"""What reads a value: it returns the form under which it is kept, or raises InputError with what is expected."""


@final
@dataclass(frozen=True)
class Field:
    """A field of the file: what makes settings of a run of one of its values, and those of a run without it."""

    read: Callable[[Json], dict[str, Json]]
    default: dict[str, Json]


def _setting(name: str, reader: Reader, default: Json = None) -> Field:
    """Return the field of one setting, which is left out where the field is, unless it has a default."""
    return Field(lambda value: {name: reader(value)}, {} if default is None else {name: default})


def machine_digest(machine: StateMachine) -> str:
    """Return the sha256 of a machine's states, letters, table, start and outputs as JSON with one spelling."""
    return digest(canonical_json(machine_to_json(machine)).encode())


def _wrong(expected: str, hint: str | None = None) -> InputError:
    return InputError(f"{expected} expected", hint=hint)


def _whole(least: int) -> Reader:
    def reader(value: Json) -> Json:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value < WHOLE_LIMIT:
            expected = f"a whole number from {least} on, below {WHOLE_LIMIT:,}, is"
            raise _wrong(expected)
        return value

    return reader


def _hidden(value: Json) -> Json:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= HIDDEN_LIMIT:
        expected = f"a whole number from 1 on, {HIDDEN_LIMIT:,} at most, is"
        raise _wrong(expected, "leave hidden out for 32")
    return value


def _rate(value: Json) -> Json:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= RATE_LIMIT:
        expected = f"a number above 0, {RATE_LIMIT:g} at most, is"
        raise _wrong(expected, "leave lr out for the rate of train")
    return float(value)


def _number(*, positive: bool, below: float = sys.float_info.max) -> Reader:
    def reader(value: Json) -> Json:
        fits = isinstance(value, int | float) and not isinstance(value, bool)
        if not fits or not (value > 0 if positive else value >= 0) or not value < below:  # type: ignore[operator]
            expected = f"a number {'above 0' if positive else 'from 0 on'}" + (
                f" and below {below:g}" * (below < sys.float_info.max)
            )
            raise _wrong(expected + " is")
        return float(value)  # type: ignore[arg-type]

    return reader


def _named(what: str, kind: type[Enum]) -> Reader:
    def reader(value: Json) -> Json:
        found: Json = choose_member(what, value, kind).value
        return found

    return reader


def _machine(value: Json) -> dict[str, Json]:
    if not isinstance(value, str):
        expected = "a MACHINE, as the command line takes it, is"
        raise _wrong(expected)
    try:
        return {"machine": value, DIGEST: machine_digest(read(value))}
    except InputError:
        raise
    except FsmError as error:
        raise InputError(str(error)) from error


def _patience(value: Json) -> Json:
    return "never" if value == "never" else _whole(1)(value)


def _lengths(value: Json) -> Json:
    least, _, most = str(value).partition("-")
    ends = [least, most or least]
    if isinstance(value, bool) or not all(end.isascii() and end.isdigit() for end in ends):
        expected = 'a length, or two such as "2-30", is'
        raise _wrong(expected)
    first, last = map(int, ends)
    if not 1 <= first <= last:
        expected = "a length from 1 on, or two of which the second is no less, is"
        raise _wrong(expected)
    return f"{first}-{last}"


FIELDS: Final[Mapping[str, Field]] = {
    "machines": Field(_machine, {}),
    "models": _setting("model", _named("model", Model)),
    "seeds": _setting("seed", _whole(0), 0),
    "hidden": _setting("hidden", _hidden, 32),
    "lr": _setting("lr", _rate),
    "steps": _setting("steps", _whole(1)),
    "lengths": _setting("lengths", _lengths),
    "batch": _setting("batch", _whole(1)),
    "clip": _setting("clip", _number(positive=True)),
    "noise": _setting("noise", _number(positive=False)),
    "average": _setting("average", _number(positive=False, below=1)),
    "targets": _setting("targets", _named("targets", Targets)),
    "optimizer": _setting("optimizer", _named("optimizer", Optimizer)),
    "every": _setting("every", _whole(1)),
    "patience": _setting("patience", _patience),
    "freeze": _setting("freeze", _named("freeze", Freeze)),
    "readout_scale": _setting("readout_scale", _number(positive=True)),
    "init": _setting("init", _named("init", Init)),
    "protect": _setting("protect", _named("protection", Protect)),
}
REQUIRED: Final = ("machines", "models")
