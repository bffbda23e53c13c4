"""reproduce EXPERIMENT: run an experiment of the literature again, and print ours beside published figures."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Final

from fsm2rnn.commands.answer import say
from fsm2rnn.commands.status import Status
from fsm2rnn.experiments.reproduce import PartsDone, Reproduced, reproduce
from fsm2rnn.experiments.row_store import Row
from fsm2rnn.machine.labels import Json
from fsm2rnn.pages.progress import Stages, stages

HOUR: Final = 3600
FEW: Final = 100  # below it a number is shown with three places


def run(options: argparse.Namespace) -> Status:
    """Run what is not done yet, and print the tables."""
    wanted = not (options.quiet or options.json)
    with stages(options.experiment, wanted=wanted) as tell:
        hear = _Hearing(options, tell)
        found = reproduce(options.experiment, options.preset, folder=options.output, listener=hear)
    say(options, found.to_json(), _text(found))
    return Status.HOLDS


class _Hearing:
    """Says which run is made, and once how long all will take."""

    def __init__(self, options: argparse.Namespace, tell: Stages) -> None:
        self._name, self._quiet, self._tell, self._said = options.experiment, options.quiet, tell, False

    def __call__(self, where: PartsDone) -> None:
        """Hear of the next run."""
        if where.left is not None and not self._said:
            self._said = True
            if not self._quiet:
                runs = where.runs - where.done
                with self._tell.pause():
                    sys.stderr.write(f"{self._name}: {runs} runs, about {_duration(where.left)} on this device\n")
        left = "" if where.left is None else f", about {_duration(where.left)} left"
        self._tell(f"{self._name}: run {where.done + 1} of {where.runs}, {where.key}{left}")


def _duration(seconds: float) -> str:
    return f"{seconds / HOUR:,.1f} hours" if seconds >= HOUR else f"{seconds / 60:,.1f} minutes"


def _text(found: Reproduced) -> str:
    """Return the tables as Markdown, with what they rest on below."""
    lines = [f"{found.experiment}, preset {found.preset.value}"]
    for name, rows in found.tables.items():
        lines += ["", f"{name}:", *_table(rows)]
    plan = found.plan
    for heading, texts in (("reduced", plan.reduced), ("chosen here", plan.chosen), ("sources", plan.sources)):
        lines += ["", f"{heading}:", *(f"- {text}" for text in texts)] if texts else []
    return "\n".join(lines)


def _table(rows: Sequence[Row]) -> list[str]:
    shown = [_short(row) for row in rows]
    names = list(dict.fromkeys(name for row in shown for name in row))
    body = [[_shown(row.get(name)) for name in names] for row in shown]
    return [_line(names), _line(["---"] * len(names)), *map(_line, body)]


def _short(row: Row) -> Row:
    """Return a row in which words that rule a model out stand in the place of the whole sentence."""
    words = row.get("words")
    short = {name: value for name, value in row.items() if name != "words"}
    return short | {"proof": f"impossible: {words}"} if words is not None else short


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _shown(value: Json) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float():
            return f"{value:.3f}" if abs(value) >= 0.01 or value == 0 else f"{value:.1e}"
        case list():
            return ", ".join(map(_shown, value))
        case _:
            return str(value)
