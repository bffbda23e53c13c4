"""coqc, the compiler of the proof assistant, run under limits of time and memory."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final, final

from fsm2rnn.errors import InputError

COMPILER: Final = "coqc"
INSTALL: Final = "apt-get install coq libcoq-flocq libcoq-interval, or opam install coq coq-flocq coq-interval"
SAID: Final = 20_000  # characters of an answer that are read: a refused term can be megabytes
ENDED: Final = ("Out of memory", "out of memory", "Stack overflow")
# The limit of memory is set by the shell, whose exec leaves one process to end; deep terms need the whole stack.
SHELL: Final = 'ulimit -s unlimited 2>/dev/null; ulimit -v "$1" && shift && exec "$@"'


@final
@dataclass(frozen=True)
class Limits:
    """What a run of the proof assistant may take."""

    seconds: float = 300.0
    megabytes: int = 8_192  # of address space, of which it touches about a third


@final
class Ended(Enum):
    """How a run ended."""

    WELL = "well"
    REFUSED = "refused"
    TIME = "out of time"
    MEMORY = "out of memory"


@final
@dataclass(frozen=True)
class Compilation:
    """How a run ended, what it said (its beginning), and how many seconds it took."""

    ended: Ended
    said: str
    seconds: float


def compiler() -> str:
    """Return the path of coqc; InputError, with how to install it, where there is none."""
    found = shutil.which(COMPILER)
    if found is None:
        message = f"the proof assistant is not installed: no {COMPILER} on the path"
        raise InputError(message, hint=INSTALL)
    return found


def installed() -> str | None:
    """Return the version of the proof assistant, None where it is not installed."""
    found = shutil.which(COMPILER)
    if found is None:
        return None
    answer = subprocess.run([found, "--print-version"], capture_output=True, text=True, check=False)  # noqa: S603  the compiler on the path
    return answer.stdout.split(" ")[0].strip() or "unknown"


def libraries() -> Path:
    """Return the folder of the libraries that users install; InputError without coqc."""
    answer = subprocess.run([compiler(), "-where"], capture_output=True, text=True, check=False)  # noqa: S603  the compiler on the path
    return Path(answer.stdout.strip()) / "user-contrib"


def compiled(source: Path, folders: dict[str, Path], limits: Limits) -> Compilation:
    """Compile one file, with the folders of libraries by their names; files beside it are what it makes."""
    options = [part for name, folder in folders.items() for part in ("-Q", str(folder), name)]
    command = [compiler(), "-q", *options, str(source)]
    wrapped = ["/bin/sh", "-c", SHELL, "sh", str(limits.megabytes * 1024), *command]
    start = time.monotonic()
    with tempfile.TemporaryFile() as said:
        # No ~/.coqrc (-q), and no variable of the caller's that adds libraries or options.
        process = subprocess.Popen(  # noqa: S603  the compiler on the path
            wrapped, stdin=subprocess.DEVNULL, stdout=said, stderr=said, cwd=source.parent, env=_environment()
        )
        try:
            process.wait(limits.seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return Compilation(Ended.TIME, "", time.monotonic() - start)
        said.seek(0)
        text = said.read(SAID).decode(errors="replace")
    return Compilation(_ending(process.returncode, text), text, time.monotonic() - start)


def _ending(status: int, said: str) -> Ended:
    if status == 0:
        return Ended.WELL
    # A process that the system ends for its memory is ended by a signal.
    return Ended.MEMORY if status < 0 or any(sign in said for sign in ENDED) else Ended.REFUSED


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("COQ", "ROCQ", "OCAMLRUNPARAM"))}
