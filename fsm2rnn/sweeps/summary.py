"""The table of a sweep: a row for all seeds of equal settings."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, final

from fsm2rnn.machine.labels import Json
from fsm2rnn.sweeps.fields import DIGEST
from fsm2rnn.sweeps.outcome import RunOutcome
from fsm2rnn.sweeps.sweep_loop import Swept

SOLVED: Final = 0.99  # share of right answers at length 500
SEED: Final = "seed"


@final
@dataclass(frozen=True)
class SeedGroup:
    """Runs that differ by their seeds alone; a machine is named as in the file of the sweep."""

    settings: dict[str, Json]
    outcomes: Sequence[RunOutcome]

    @property
    def solved(self) -> int:
        """How many have at least .99 of the answers right at length 500."""
        return sum(one.accuracy_500 is not None and one.accuracy_500 >= SOLVED for one in self.outcomes)

    def to_json(self) -> dict[str, Json]:
        """Return settings and figures: least and mean accuracy, mean steps and seconds, over runs without error."""
        good = [one for one in self.outcomes if one.error is None]
        return {
            **self.settings,
            "seeds": len(self.outcomes),
            "solved": self.solved,
            "failed": len(self.outcomes) - len(good),
            "least_500": min((one.accuracy_500 or 0.0 for one in good), default=None),
            "mean_500": _mean([one.accuracy_500 for one in good]),
            "mean_5000": _mean([one.accuracy_5000 for one in good]),
            "mean_steps": _mean([one.steps for one in good]),
            "mean_seconds": _mean([one.seconds for one in good]),
        }


def groups_of(swept: Swept) -> tuple[SeedGroup, ...]:
    """Return the groups in the order of the runs."""
    found: dict[str, tuple[dict[str, Json], list[RunOutcome]]] = {}
    for run in swept.runs:
        settings = {name: value for name, value in run.settings.items() if name not in (SEED, DIGEST)}
        found.setdefault(json.dumps(settings, sort_keys=True), (settings, []))[1].append(swept.outcomes[run.key])
    return tuple(SeedGroup(settings, outcomes) for settings, outcomes in found.values())


def sweep_table(groups: Sequence[SeedGroup]) -> str:
    """Return the groups as a table in Markdown; settings that all groups share are left out."""
    rows = [group.to_json() for group in groups]
    names = list(dict.fromkeys(name for row in rows for name in row))
    shared = {name for name in names if name in _settings(groups) and len({_cell(row.get(name)) for row in rows}) == 1}
    kept = [name for name in names if name not in shared or name in ("machine", "model")]
    lines = [kept, ["---"] * len(kept), *([_cell(row.get(name)) for name in kept] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _settings(groups: Sequence[SeedGroup]) -> set[str]:
    return {name for group in groups for name in group.settings}


def _cell(value: Json) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return "" if value is None else str(value).replace("|", "\\|")


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
