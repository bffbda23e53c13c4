"""Tests of a copy of the checkout, run in a fork of a process that has loaded everything but the project.

A fork answers in a second where a new interpreter takes ten to load torch and numba first.
"""

from __future__ import annotations

import importlib
import os
import select
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import pytest

LIBRARIES = ("hypothesis.extra.numpy", "networkx", "numba", "safetensors.numpy", "safetensors.torch", "torch")
# Several times what all tests take on a busy machine: what gives no answer by then runs for ever, which is noticed.
PATIENCE = 1800  # seconds
OPTIONS = ("-q", "-x", "-n0", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning")
# It is about the source as it stands.
LEFT_OUT = "--ignore=tests/forgery/test_disable_conditions.py"


class FirstFailure:
    """The first test, or file of tests, that fails."""

    def __init__(self) -> None:
        self.name: str | None = None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take note of a test that fails."""
        if report.failed and self.name is None:
            self.name = report.nodeid

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Take note of a file that cannot be read."""
        if report.failed and self.name is None:
            self.name = report.nodeid or "collection"


def load_libraries() -> None:
    """Load what the tests import and no condition changes."""
    for name in LIBRARIES:
        importlib.import_module(name)


def first_failure(folder: Path, tests: Sequence[str]) -> str | None:
    """Return the first of some tests that fails in a copy of the checkout; None if all pass."""
    reads, writes = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reads)
        _run(folder, tests, writes)
    os.close(writes)
    answered, _, _ = select.select([reads], [], [], PATIENCE)
    if not answered:
        os.kill(child, signal.SIGKILL)
    with os.fdopen(reads, "rb") as pipe:
        answer = pipe.read().decode()
    _, status = os.waitpid(child, 0)
    if not answered:
        return f"no answer within {PATIENCE} s"
    if not answer:
        return f"ended with status {os.waitstatus_to_exitcode(status)}"
    return None if answer == "passed" else answer


def _run(folder: Path, tests: Sequence[str], writes: int) -> NoReturn:
    """Run the tests in this process, a fork, and write the first failure to a pipe."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    os.chdir(folder)
    os.environ |= {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    sys.dont_write_bytecode = True
    for name in [name for name in sys.modules if name.partition(".")[0] in {"fsm2rnn", "tests"}]:
        del sys.modules[name]
    sys.path[:0] = [str(folder)]
    first = FirstFailure()
    status: int = pytest.ExitCode.INTERNAL_ERROR
    files = folder.parent / f"{folder.name}-files"
    try:
        status = pytest.main([*OPTIONS, f"--basetemp={files}", LEFT_OUT, *tests], [first])
    finally:
        passed = status in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}
        os.write(writes, ("passed" if passed else first.name or f"pytest ended with {int(status)}").encode())
        os._exit(0)
