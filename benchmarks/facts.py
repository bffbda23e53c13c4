"""Where and with what a table was measured."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
from datetime import UTC, datetime
from pathlib import Path

import torch

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


def device_facts() -> dict[str, str]:
    """Return the CUDA device beside them."""
    properties = torch.cuda.get_device_properties(0)
    device = (
        f"{properties.name}, {properties.total_memory >> 30} GiB, {properties.multi_processor_count} multiprocessors"
    )
    return {"device": device, **machine_facts(), "triton": _version("triton"), "torch": torch.__version__}


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
