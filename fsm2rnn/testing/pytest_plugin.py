"""The pytest plugin: kernel vectors as fixtures, for whoever writes kernels of linear recurrences.

A test that takes `diagonal_vectors`, `householder_vectors` or `block_vectors` runs once for each machine listed here,
and one that takes `fsm2rnn_vectors` once for each form and machine. With `--fsm2rnn-vectors FILE`, given once or more
often, they run on the vectors of these files instead; of a form that a file leaves out the test is skipped with the
file's own reason. `kernel_vectors` is the function that draws any others. pytest loads this module wherever the package
is installed, so it loads nothing else before a fixture is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from fsm2rnn import testing

if TYPE_CHECKING:
    from fsm2rnn.testing import KernelVectors

DIAGONAL = ("parity", "flip-flop")
HOUSEHOLDER = ("parity", "act:(1,2,3);(1,2)", "act:(1,2,3,4,5);(1,2)")
BLOCK = ("parity", "flip-flop", "act:(1,2,3,4,5);(1,2)", "S4@gens", "re:(a|b)*abb")
MACHINES: Final = {"diagonal": DIAGONAL, "householder": HOUSEHOLDER, "block": BLOCK}
OPTION: Final = "--fsm2rnn-vectors"
FIXTURES: Final = {
    "diagonal_vectors": ("diagonal",),
    "householder_vectors": ("householder",),
    "block_vectors": ("block",),
    "fsm2rnn_vectors": tuple(MACHINES),
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that names files of vectors."""
    group = parser.getgroup("fsm2rnn", "vectors for kernels of linear recurrences")
    says = "run tests that take vectors on those of FILE, which `fsm2rnn data MACHINE --vectors -o FILE` wrote"
    group.addoption(OPTION, action="append", default=[], metavar="FILE", help=says)


def pytest_configure(config: pytest.Config) -> None:
    """Refuse a file that is not there before a test runs."""
    for name in config.getoption(OPTION):
        if not Path(name).is_file():
            message = f"{OPTION} {name}: there is no such file"
            raise pytest.UsageError(message)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test once for each source of the vectors that it takes: a machine to draw for, or a file."""
    chosen = {mark.args[0] for mark in metafunc.definition.iter_markers("parametrize")}
    files = [Path(name) for name in metafunc.config.getoption(OPTION)]
    for fixture, forms in FIXTURES.items():
        if fixture in metafunc.fixturenames and fixture not in chosen:
            found = [(form, source) for form in forms for source in files or MACHINES[form]]
            names = [f"{form}-{source.name if isinstance(source, Path) else source}" for form, source in found]
            ids = names if len(forms) > 1 else [name.partition("-")[2] for name in names]
            metafunc.parametrize(fixture, found, ids=ids, indirect=True, scope="session")


@pytest.fixture(scope="session")
def kernel_vectors() -> Callable[..., KernelVectors]:
    """Return `fsm2rnn.testing.draw_vectors`: (machine, form, *, steps, batch, seed, dtype) -> KernelVectors."""
    return testing.draw_vectors


@pytest.fixture(scope="session")
def fsm2rnn_vectors(request: pytest.FixtureRequest) -> KernelVectors:
    """Return vectors of one form after the other, in float32 for listed machines or as files have them."""
    return _vectors(request)


@pytest.fixture(scope="session")
def diagonal_vectors(request: pytest.FixtureRequest) -> KernelVectors:
    """Return vectors of h_t = a_t h_{t-1} + b_t, for one machine or file after the other."""
    return _vectors(request)


@pytest.fixture(scope="session")
def householder_vectors(request: pytest.FixtureRequest) -> KernelVectors:
    """Return vectors of products of reflections h <- h - beta k (k . h), for one machine or file after the other."""
    return _vectors(request)


@pytest.fixture(scope="session")
def block_vectors(request: pytest.FixtureRequest) -> KernelVectors:
    """Return vectors of h_t = A_t h_{t-1}, for one machine or file after the other."""
    return _vectors(request)


def _vectors(request: pytest.FixtureRequest) -> KernelVectors:
    """Return the vectors of a (form, machine or file); a machine's text alone is one of the fixture's own form."""
    given = request.param
    form, source = (FIXTURES[str(request.fixturename)][0], given) if isinstance(given, str) else given
    if isinstance(source, str):
        return testing.draw_vectors(source, form)
    found = testing.read_vectors(source)
    if form in found.left_out:
        pytest.skip(f"{source.name} has no form {form}: {found.left_out[form]}")
    return found.forms[form]
