"""Small sweeps, and what of their rows is the same whenever they are made."""

from __future__ import annotations

import json
import sqlite3

FIELDS = {
    "machines": ["parity", "S3@gens"],
    "models": ["full", "gru"],
    "seeds": [0, 1],
    "hidden": 4,
    "steps": 3,
    "lengths": "2-4",
    "lr": [0.003, 0.01],
}


def written(folder, **change):
    """Write the spec, and return its path."""
    path = folder / "spec.json"
    path.write_text(json.dumps(FIELDS | change), encoding="utf-8")
    return path


def rows(path):
    """Return what every run came to, by its key, but for the seconds that it took."""
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    found = connection.execute("SELECT key, accuracy_500, accuracy_5000, loss, steps, best_step, error FROM runs")
    listed = found.fetchall()
    connection.close()
    assert len({row[0] for row in listed}) == len(listed)
    return {row[0]: row[1:] for row in listed}
