"""Where and with what a table was measured."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
from datetime import UTC, datetime
from pathlib import Path

PACKAGES = (
    "fsm2rnn",
    "numpy",
    "numba",
    "torch",
    "automata-lib",
    "aalpy",
    "google-re2",
    "libsemigroups-pybind11",
)
CPU_FILE = Path("/proc/cpuinfo")


def machine_facts() -> dict[str, str]:
    """Return CPU, cores, date and versions by name."""
    facts = {
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "cpu": _cpu_model(),
        "cores": str(usable_cores()),
        "load": _load(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }
    return facts | {name: _version(name) for name in PACKAGES}


def usable_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _load() -> str:
    """Return how many programs wanted a core in the last minute, five and fifteen, this one among them."""
    return " ".join(f"{load:.1f}" for load in os.getloadavg()) if hasattr(os, "getloadavg") else "unknown"


def _cpu_model() -> str:
    if CPU_FILE.is_file():
        found = dict(re.findall(r"^(model name|cpu family|model)\s*:\s*(.+)$", CPU_FILE.read_text(), re.MULTILINE))
        if "model name" in found:
            return f"{found['model name']} (family {found.get('cpu family')}, model {found.get('model')})"
    return platform.processor() or platform.machine()


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"
