"""The fields of a sweep: what a value may be, and the one form under which it is kept."""

from __future__ import annotations

import math
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

WHOLE_LIMIT: Final = 1 << 31  # seeds above are no seeds of torch's generators together with a step

Reader: TypeAlias = Callable[[Json], Json]
"""What reads a value: it returns the form under which it is kept, or raises InputError with what is expected."""


@final
@dataclass(frozen=True)
class Field:
    """A field of the file, the `setting` of a run that each of its values is, and what reads a value."""

    setting: str
    read: Reader
    default: Json = None  # None: the setting is left out where the field is


def _wrong(expected: str) -> InputError:
    return InputError(f"{expected} expected")


def _whole(least: int) -> Reader:
    def reader(value: Json) -> Json:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value < WHOLE_LIMIT:
            expected = f"a whole number from {least} on, below {WHOLE_LIMIT:,}, is"
            raise _wrong(expected)
        return value

    return reader


def _number(*, positive: bool, below: float = math.inf) -> Reader:
    def reader(value: Json) -> Json:
        fits = isinstance(value, int | float) and not isinstance(value, bool)
        if not fits or not (value > 0 if positive else value >= 0) or not value < below:  # type: ignore[operator]
            expected = f"a number {'above 0' if positive else 'from 0 on'}" + (
                f" and below {below:g}" * (below < math.inf)
            )
            raise _wrong(expected + " is")
        return float(value)  # type: ignore[arg-type]

    return reader


def _named(what: str, kind: type[Enum]) -> Reader:
    def reader(value: Json) -> Json:
        found: Json = choose_member(what, value, kind).value
        return found

    return reader


def _machine(value: Json) -> Json:
    if not isinstance(value, str):
        expected = "a MACHINE, as the command line takes it, is"
        raise _wrong(expected)
    try:
        read(value)
    except InputError:
        raise
    except FsmError as error:
        raise InputError(str(error)) from error
    return value


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
    "machines": Field("machine", _machine),
    "models": Field("model", _named("model", Model)),
    "seeds": Field("seed", _whole(0), 0),
    "hidden": Field("hidden", _whole(1), 32),
    "lr": Field("lr", _number(positive=True)),
    "steps": Field("steps", _whole(1)),
    "lengths": Field("lengths", _lengths),
    "batch": Field("batch", _whole(1)),
    "clip": Field("clip", _number(positive=True)),
    "noise": Field("noise", _number(positive=False)),
    "average": Field("average", _number(positive=False, below=1)),
    "targets": Field("targets", _named("targets", Targets)),
    "optimizer": Field("optimizer", _named("optimizer", Optimizer)),
    "every": Field("every", _whole(1)),
    "patience": Field("patience", _patience),
    "freeze": Field("freeze", _named("freeze", Freeze)),
    "readout_scale": Field("readout_scale", _number(positive=True)),
    "init": Field("init", _named("init", Init)),
    "protect": Field("protect", _named("protection", Protect)),
}
REQUIRED: Final = ("machines", "models")
