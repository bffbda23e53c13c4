"""doctor: what is installed, which extras, which devices."""

from __future__ import annotations

import argparse
import importlib.metadata
import platform
import re

import torch

from fsm2rnn.commands.answer import say
from fsm2rnn.commands.status import Status
from fsm2rnn.machine.labels import Json
from fsm2rnn.rocq.assistant import INSTALL, installed
from fsm2rnn.rocq.library import Library, library_folder
from fsm2rnn.version import __version__


def run(options: argparse.Namespace) -> Status:
    """Print versions of what the package requires and of what its extras would add, and the torch devices."""
    core, extras = _requirements()
    devices = [
        "cpu",
        *(f"cuda:{index} {torch.cuda.get_device_name(index)}" for index in range(torch.cuda.device_count())),
    ]
    answer: dict[str, Json] = {
        "fsm2rnn": __version__,
        "python": platform.python_version(),
        "requires": dict(core),
        "extras": {name: dict(found) for name, found in extras.items()},
        "devices": list(devices),
        "rocq": _assistant(),
    }
    lines = [f"fsm2rnn {__version__}, Python {platform.python_version()} on {platform.machine()}"]
    lines.append("requires: " + _listed(core))
    lines += [f"extra {name}: {_listed(found)}" for name, found in extras.items()]
    lines.append("devices: " + ", ".join(devices))
    lines.append("proof assistant: " + _assistant_line())
    say(options, answer, "\n".join(lines))
    return Status.HOLDS


def _assistant() -> dict[str, Json]:
    """Return the version of coqc, None where there is none, what lies beside it, and where our library was built."""
    version = installed()
    found: dict[str, Json] = {
        library.folder.lower(): version is not None and library.is_installed for library in Library
    }
    folder = None if version is None or not library_folder().is_dir() else str(library_folder())
    return {"coqc": version, **found, "library": folder, "install": INSTALL}


def _assistant_line() -> str:
    version = installed()
    if version is None:
        return f"MISSING (to install: {INSTALL})"
    folder = library_folder()
    built = f"library {folder}" if folder.is_dir() else "library not built yet (prove builds it)"
    return ", ".join(
        [f"coqc {version}", built, *(f"{one.folder} {'found' if one.is_installed else 'MISSING'}" for one in Library)]
    )


def _requirements() -> tuple[dict[str, str | None], dict[str, dict[str, str | None]]]:
    """Return the installed version, or None, of each requirement: the package's own, and by extra."""
    core: dict[str, str | None] = {}
    extras: dict[str, dict[str, str | None]] = {}
    for requirement in importlib.metadata.requires("fsm2rnn") or []:
        name = re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0]
        extra = re.search(r"extra == ['\"]([^'\"]+)", requirement)
        place = core if extra is None else extras.setdefault(extra[1], {})
        place[name] = _version(name)
    return core, extras


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _listed(found: dict[str, str | None]) -> str:
    return ", ".join(f"{name} {version or 'MISSING'}" for name, version in sorted(found.items()))
