"""Disable each refusing condition of the kernel in turn: a test of the kernel must fail.

    python -m tests.forgery.disable_conditions [--package FOLDER] [--only TEXT]

prints one line per condition: where it stands, what it was, and the test that misses it, or SURVIVED. The status is
1 when one survives and 2 when the tests fail before anything is disabled.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from tests.forgery.conditions import Condition, conditions

ROOT = Path(__file__).resolve().parents[2]
TESTS = ("tests/exact", "tests/machine", "tests/proof", "tests/forgery")
# Tests in which a wrong proof cannot be constructed, and refusals are named.
QUICK = (
    "tests/forgery/wrong/test_wrong_regions.py",
    "tests/forgery/wrong/test_wrong_horizons.py",
    "tests/forgery/wrong/test_wrong_structures.py",
    "tests/forgery/wrong/test_wrong_prototypes.py",
    "tests/forgery/wrong/test_wrong_float_orbits.py",
    "tests/forgery/wrong/test_wrong_compilers.py",
    "tests/proof/file/test_readers.py",
)
WORKERS = 2
# Several times what all tests take on a busy machine: what gives no answer by then runs for ever, which is noticed.
PATIENCE = 1800  # seconds


def checkout_copy(folder: Path, package: Path) -> Path:
    """Copy the package, the tests and the settings, so that the tests import the copy."""
    ignored = shutil.ignore_patterns("__pycache__", ".hypothesis")
    shutil.copytree(package, folder / "fsm2rnn", ignore=ignored)
    shutil.copytree(ROOT / "tests", folder / "tests", ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def first_failure(folder: Path, tests: Sequence[str]) -> str | None:
    """Return the first of some tests that fails in a copy; None if all pass."""
    options = ["-q", "-x", "-n0", "--no-header", "-p", "no:cacheprovider", "--tb=no"]
    command = [sys.executable, "-m", "pytest", *options, *tests]
    command += ["--ignore=tests/forgery/test_disable_conditions.py"]  # it is about the source as it stands
    environment = os.environ | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(  # noqa: PLW1510  the status is the answer
            command, cwd=folder, env=environment, capture_output=True, text=True, timeout=PATIENCE
        )
    except subprocess.TimeoutExpired:
        return f"no answer within {PATIENCE} s"
    if done.returncode == 0:
        return None
    named = re.search(r"^(?:FAILED|ERROR) (\S.*?)(?: - .*)?$", done.stdout, re.MULTILINE)
    return named.group(1) if named else f"status {done.returncode}: {done.stdout[-200:]}{done.stderr[-200:]}"


def near(path: Path) -> list[str]:
    """Return the tests that should miss a condition of a module first; the rest is asked only when they do not."""
    own = ROOT / "tests" / path.parent / f"test_{path.stem}.py"
    exact = [str(own.relative_to(ROOT))] if own.exists() else []
    return [*exact, *QUICK] if path.parts[0] == "proof" else exact or [f"tests/{path.parent}"]


def disable_each(package: Path, chosen: list[Condition]) -> Iterator[tuple[Condition, str | None]]:
    """Yield each condition with the test that misses it."""
    with tempfile.TemporaryDirectory() as place, ThreadPoolExecutor(WORKERS) as pool:
        free: SimpleQueue[Path] = SimpleQueue()
        for worker in range(WORKERS):
            free.put(checkout_copy(Path(place) / str(worker), package))

        def attempt(condition: Condition) -> str | None:
            folder = free.get()
            target = folder / "fsm2rnn" / condition.path
            source = target.read_text(encoding="utf-8")
            try:
                target.write_text(condition.disabled(source), encoding="utf-8")
                return first_failure(folder, near(condition.path)) or first_failure(folder, TESTS)
            finally:
                target.write_text(source, encoding="utf-8")
                free.put(folder)

        yield from zip(chosen, pool.map(attempt, chosen), strict=True)


def failure_as_it_stands(package: Path) -> str | None:
    """Return the first test that fails before anything is disabled, and would seem to catch every condition."""
    with tempfile.TemporaryDirectory() as place:
        return first_failure(checkout_copy(Path(place) / "whole", package), TESTS)


def survivors(package: Path, only: str = "") -> list[str]:
    """Print the table and return the conditions whose loss no test notices."""
    chosen = [condition for condition in conditions(package) if only in condition.place]
    alive = []
    for condition, test in disable_each(package, chosen):
        line = f"{condition.place}  {condition.text}  ->  {condition.replacement}"
        print(f"{line}\n    {'caught by ' + test if test else 'SURVIVED'}", flush=True)  # noqa: T201  a script
        if test is None:
            alive.append(line)
    print(f"{len(chosen)} conditions, {len(alive)} survived", *alive, sep="\n")  # noqa: T201
    return alive


def main() -> int:
    """Return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--package", type=Path, default=ROOT / "fsm2rnn")
    parser.add_argument("--only", default="", help="conditions whose file:line holds this text")
    options = parser.parse_args()
    if failure := failure_as_it_stands(options.package):
        print(f"fails before anything is disabled: {failure}")  # noqa: T201
        return 2
    return 1 if survivors(options.package, options.only) else 0


if __name__ == "__main__":
    raise SystemExit(main())
