"""The library of checkers and theorems, built once for each version of it and of the proof assistant."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from enum import Enum
from pathlib import Path
from typing import Final, final

from fsm2rnn.errors import FsmError, InputError
from fsm2rnn.rocq.assistant import INSTALL, Ended, Limits, compiled, installed, libraries

LIBRARY: Final = "Fsm2rnn"
"""The name of the library in the proof assistant."""

FILES: Final = (
    "Definitions",
    "Arithmetics",
    "Sparse",
    "Checker",
    "Rounding",
    "Impossible",
    "Diagonal",
    "Refutations",
    "Orbits",
    "Hankel",
    "OrderedField",
    "Projections",
    "Contractions",
    "Idempotents",
    "Stacks",
    "Squares",
    "Irreducible",
    "Radical",
    "Propositions",
    "Cells",
    "BoxChecker",
    "Boxes",
    "Tanh",
)
"""The files that need the standard library alone, each after those that it needs."""

SOURCES: Final = Path(__file__).parent
BUILDING: Final = Limits(600.0)


@final
class Library(Enum):
    """A library beside the standard one, with the files here that need it."""

    FLOCQ = ("Flocq", "the IEEE floats", ("Formats",))
    INTERVAL = ("Interval", "bounds of functions of real numbers", ())

    def __init__(self, folder: str, holds: str, files: tuple[str, ...]) -> None:
        """Take its name among the libraries, what it holds, and the files of ours that need it."""
        self.folder = folder
        self.holds = holds
        self.files = files

    @property
    def is_installed(self) -> bool:
        """Whether it lies among the libraries of the proof assistant."""
        return (libraries() / self.folder).is_dir()


def built(needed: tuple[Library, ...] = ()) -> Path:
    """Return the folder of the compiled library, building it where there is none yet.

    It lies in the cache folder of the user (XDG_CACHE_HOME), under a digest of the sources and of the version of the
    proof assistant. Raises InputError where coqc or a library that is needed is missing.
    """
    for library in needed:
        if not library.is_installed:
            message = f"{library.folder} is not installed, which holds {library.holds}"
            raise InputError(message, hint=INSTALL)
    files, folder = _known_files(), library_folder()
    return folder if folder.is_dir() else _build(files, folder)


def library_folder() -> Path:
    """Return where the compiled library lies or will lie; InputError without coqc."""
    return _cache() / _digest(_known_files())


def _known_files() -> tuple[str, ...]:
    return (*FILES, *(name for library in Library if library.is_installed for name in library.files))


def _cache() -> Path:
    named = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(named) if Path(named).is_absolute() else Path.home() / ".cache") / "fsm2rnn" / "rocq"


def _digest(files: tuple[str, ...]) -> str:
    found = hashlib.sha256(f"{installed()} {libraries()}".encode())
    for name in files:
        found.update(name.encode() + b"\0" + (SOURCES / f"{name}.v").read_bytes())
    return found.hexdigest()[:24]


def _build(files: tuple[str, ...], folder: Path) -> Path:
    """Build beside the place and rename: whoever builds at the same time makes what is equal."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        place = Path(tempfile.mkdtemp(prefix="building-", dir=folder.parent))
    except OSError as error:
        message = f"the library cannot be built in {folder.parent}: {error.strerror}"
        raise InputError(message, hint="XDG_CACHE_HOME names another folder") from error
    try:
        for name in files:
            source = place / f"{name}.v"
            shutil.copyfile(SOURCES / source.name, source)
            run = compiled(source, {LIBRARY: place}, BUILDING)
            if run.ended is not Ended.WELL:
                message = f"{name}.v of the library does not compile with version {installed()}: {run.said:.300}"
                raise FsmError(message)
        place.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise
    finally:
        shutil.rmtree(place, ignore_errors=True)
    return folder
