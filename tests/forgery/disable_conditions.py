"""Disable each refusing condition of the kernel in turn: a test of the kernel must fail.

    python -m tests.forgery.disable_conditions [--package FOLDER] [--only TEXT]

prints for each condition where it stands, what it was, and the test that misses it, or SURVIVED. The status is 1 when
one survives and 2 when the tests fail before anything is disabled, which is asked first unless only some are chosen.
"""

from __future__ import annotations

import argparse
import multiprocessing
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from queue import Queue

from tests.forgery.conditions import Condition, conditions
from tests.forgery.forked_tests import first_failure, load_libraries

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
NONE = "none"  # chooses no condition: the tests as they stand


def checkout_copy(folder: Path, package: Path) -> Path:
    """Copy the package, the tests and the settings, so that the tests import the copy."""
    ignored = shutil.ignore_patterns("__pycache__", ".hypothesis")
    shutil.copytree(package, folder / "fsm2rnn", ignore=ignored)
    shutil.copytree(ROOT / "tests", folder / "tests", ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def stages(path: Path, known: Sequence[str] = ()) -> Iterator[list[str]]:
    """Yield tests in the order in which they should miss a condition of a module: its own first, then all the rest.

    After its own come the files that missed others of its conditions.
    """
    folder = Path("tests") / path.parent
    yield [str(own.relative_to(ROOT)) for own in sorted((ROOT / folder).glob(f"test_*{path.stem}*.py"))]
    yield list(known)
    yield list(QUICK)
    yield [str(folder)] if (ROOT / folder).is_dir() else []
    yield ["tests/forgery/forged"]
    yield list(TESTS)


def test_that_misses(folder: Path, condition: Condition, known: Sequence[str]) -> str | None:
    """Return a test that fails in a copy of the checkout when a condition is disabled; None if all pass.

    `known` are the files that missed other conditions of its module.
    """
    target = folder / "fsm2rnn" / condition.path
    source = target.read_text(encoding="utf-8")
    try:
        target.write_text(condition.disabled(source), encoding="utf-8")
        for tests in stages(condition.path, known):
            if tests and (failure := first_failure(folder, tests)):
                return failure
        return None
    finally:
        target.write_text(source, encoding="utf-8")


_copy: Path  # of the checkout: one a worker, taken when it starts
_missed: dict[Path, list[str]] = {}  # by module, the files of tests that missed conditions of it in this worker


def _take(free: Queue[Path]) -> None:
    global _copy  # noqa: PLW0603  a pool hands its workers what is theirs in no other way
    _copy = free.get()


def _attempt(condition: Condition) -> str | None:
    known = _missed.setdefault(condition.path, [])
    found = test_that_misses(_copy, condition, known)
    file, _, test = (found or "").partition("::")
    if test and file not in known:
        known.insert(0, file)
    return found


def disable_each(package: Path, chosen: list[Condition]) -> Iterator[tuple[Condition, str | None]]:
    """Yield each condition with the test that misses it."""
    load_libraries()
    forks = multiprocessing.get_context("fork")
    with tempfile.TemporaryDirectory() as place:
        free: Queue[Path] = forks.Queue()
        for worker in range(WORKERS):
            free.put(checkout_copy(Path(place) / str(worker), package))
        with forks.Pool(WORKERS, _take, (free,)) as pool:
            yield from zip(chosen, pool.imap(_attempt, chosen), strict=True)


def failure_as_it_stands(package: Path) -> str | None:
    """Return the first test that fails before anything is disabled, and would seem to catch every condition."""
    with tempfile.TemporaryDirectory() as place:
        return first_failure(checkout_copy(Path(place) / "whole", package), TESTS)


def survivors(package: Path, only: str = "") -> list[str]:
    """Print the table and return the conditions whose loss no test notices."""
    chosen = [condition for condition in conditions(package) if only in condition.place]
    if not chosen:
        message = f"no condition of the kernel stands in {only!r}"
        raise SystemExit(message)
    alive = []
    for condition, test in disable_each(package, chosen):
        line = f"{condition.place}  {condition.text}  ->  {condition.replacement}"
        print(f"{line}\n    {'caught by ' + test if test else 'SURVIVED'}", flush=True)  # noqa: T201  a script
        if test is None:
            alive.append(line)
    print(*alive, f"{len(chosen)} conditions, {len(alive)} survived", sep="\n")  # noqa: T201
    return alive


def main() -> int:
    """Return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--package", type=Path, default=ROOT / "fsm2rnn")
    parser.add_argument(
        "--only", default="", help="conditions whose file:line holds this text; none to run the tests as they stand"
    )
    options = parser.parse_args()
    if options.only in {"", NONE}:
        failure = failure_as_it_stands(options.package)
        print(f"fails before anything is disabled: {failure}" if failure else "all pass as it stands")  # noqa: T201
        if failure or options.only == NONE:
            return 2 if failure else 0
    return 1 if survivors(options.package, options.only) else 0


if __name__ == "__main__":
    raise SystemExit(main())
