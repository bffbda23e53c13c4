"""SPEC.json: an object of fields, each a value or a list of values; the runs are all their combinations.

{"machines": ["S3@gens", "parity"], "models": ["full", "gru"], "seeds": [0, 1, 2, 3], "lr": [0.003, 0.01],
 "steps": 500}
"""

from __future__ import annotations

import itertools
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, final

from fsm2rnn.choice import nearest_hint
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.machine.labels import Json
from fsm2rnn.sweeps.fields import FIELDS, REQUIRED, Field

RUNS_LIMIT: Final = 100_000
SIZE_LIMIT: Final = 1 << 24  # bytes of the file


@final
@dataclass(frozen=True)
class SweepRun:
    """One training: its settings, of which `key` is the one text that equal settings have."""

    settings: dict[str, Json]

    @property
    def key(self) -> str:
        """The settings as JSON, names in order and without blanks."""
        return _text_of(self.settings)

    @property
    def without_seed(self) -> str:
        """The settings that runs share which differ by their seeds alone, as a key."""
        return _text_of({name: value for name, value in self.settings.items() if name != "seed"})


def _text_of(settings: dict[str, Json]) -> str:
    return json.dumps(settings, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def read_spec(path: Path) -> tuple[SweepRun, ...]:
    """Return the runs that a file asks for, each once, in the order of its lists.

    InputError with the place of what is wrong, LimitError for more than RUNS_LIMIT runs.
    """
    name = ascii(str(path))[1:-1]
    found = _fields(_text(path, name), name)
    lists = [_settings(place, field, found, name) for place, field in FIELDS.items()]
    count = math.prod(len(one) for one in lists)
    if count > RUNS_LIMIT:
        what = "runs of a sweep"
        raise LimitError(what, limit=RUNS_LIMIT, needed=count)
    if "protect" in found and "random" in {one.get("init", "random") for one in lists[[*FIELDS].index("init")]}:
        message = "protect: it keeps what is compiled, and weights are drawn where init is random"
        raise InputError(message, file=name, hint='add "init": "compiled"')
    runs = [
        SweepRun(dict(itertools.chain.from_iterable(one.items() for one in some))) for some in itertools.product(*lists)
    ]
    return tuple({run.key: run for run in runs}.values())


def _text(path: Path, name: str) -> str:
    try:
        with path.open("rb") as stream:
            data = stream.read(SIZE_LIMIT + 1)
        text = data.decode()
    except OSError as error:
        message = f"the sweep cannot be read: {error.strerror}"
        raise InputError(message, file=name) from error
    except UnicodeDecodeError as error:
        message = "the sweep is no UTF-8 text"
        raise InputError(message, file=name) from error
    if len(data) > SIZE_LIMIT:
        what = "bytes of a sweep's file"
        raise LimitError(what, limit=SIZE_LIMIT)
    return text


def _fields(text: str, name: str) -> dict[str, Any]:
    try:
        found: Any = json.loads(text, object_pairs_hook=lambda pairs: _once(pairs, name))
    except json.JSONDecodeError as error:
        raise InputError(error.msg, file=name, line=error.lineno, column=error.colno) from error
    except (RecursionError, ValueError) as error:
        message = "brackets are nested too deeply, or a number has thousands of digits"
        raise InputError(message, file=name) from error
    if not isinstance(found, dict):
        message = f"an object of fields is expected, found {found!r:.40}"
        raise InputError(
            message, file=name, hint='such as {"machines": ["parity"], "models": ["gru"], "seeds": [0, 1]}'
        )
    for field in found:
        if field not in FIELDS:
            message = f"unknown field {field!r:.60}"
            raise InputError(message, file=name, hint=nearest_hint(field[:60], [*FIELDS]))
    for field in REQUIRED:
        if field not in found:
            message = f"the field {field!r} is missing"
            raise InputError(message, file=name)
    return found


def _once(pairs: list[tuple[str, Any]], name: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field, value in pairs:
        if field in found:
            message = f"the field {field!r:.60} stands there twice"
            raise InputError(message, file=name)
        found[field] = value
    return found


def _settings(place: str, field: Field, found: dict[str, Any], name: str) -> list[dict[str, Json]]:
    """Return the settings that each value of a field is; one without it where the field is left out."""
    if place not in found:
        return [field.default]
    values = found[place]
    if values == []:
        message = f"{place}: the list is empty"
        raise InputError(message, file=name, hint="leave the field out, or give a value")
    settings: list[dict[str, Json]] = []
    for number, value in enumerate(values if isinstance(values, list) else [values]):
        where = f"{place}[{number}]" if isinstance(values, list) else place
        try:
            settings.append(field.read(value))
        except InputError as error:
            message = f"{where} is {json.dumps(value, ensure_ascii=False)[:60]}: {error.message}"
            raise InputError(message, file=name, hint=error.hint) from error
    return settings
