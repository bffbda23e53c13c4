"""The command line as a process: what it loads, what it leaves on a pipe, and that both entrances are one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import fsm2rnn

HEAVY = ("torch", "numba", "sympy", "hypothesis")
LOADED = """
import json, sys
from fsm2rnn.cli import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
print(json.dumps([name for name in {heavy!r} if name in sys.modules]), file=sys.stderr)
"""


def run(*arguments, **options):
    """Run fsm2rnn in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "fsm2rnn", *arguments], capture_output=True, text=True, check=False, **options
    )


@pytest.fixture(scope="module")
def net(tmp_path_factory):
    """Return the path of a network file."""
    path = tmp_path_factory.mktemp("net") / "z5.safetensors"
    fsm2rnn.compile("Z5", "pd").save(path)
    return path


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["formats"],
        ["convert", "CONVERTED"],
        ["explain", "S5@gens"],
        ["explain", "re:(a|b)*"],
        ["check", "NET"],
        ["compile", "OUT"],
    ],
)
def test_nothing_heavy_is_loaded(arguments, net, tmp_path):
    if arguments == ["convert", "CONVERTED"]:
        arguments = ["convert", "S3", str(tmp_path / "s3.json")]
    out = ["compile", "Z5", "-t", "full", "-o", str(tmp_path / "out")]
    arguments = out if arguments[-1] == "OUT" else [str(net) if text == "NET" else text for text in arguments]
    command = [sys.executable, "-c", LOADED.format(heavy=HEAVY), *arguments]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(found.stderr.splitlines()[-1]) == []
    assert found.stdout


UNASKED = ("rich", "xml", "csv", "automata", "networkx", "fsm2rnn.source.file.formats", "fsm2rnn.source.dot.reader")


def test_a_name_is_explained_without_readers_of_files_and_tables_in_colour():
    command = [sys.executable, "-c", LOADED.format(heavy=(*HEAVY, *UNASKED)), "explain", "S3"]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(found.stderr.splitlines()[-1]) == []
    assert "every length, every format" in found.stdout


def test_importing_the_package_loads_nothing_heavy():
    code = f"import sys, fsm2rnn; dir(fsm2rnn); print([name for name in {HEAVY!r} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"


def test_version_and_module_entrance():
    assert run("--version").stdout == f"fsm2rnn {fsm2rnn.__version__}\n"


def test_errors_leave_no_traceback():
    found = run("explain", "S55555")
    assert (found.returncode, found.stdout) == (2, "")
    assert "Traceback" not in found.stderr
    assert found.stderr.startswith("fsm2rnn: ")


def test_no_colour_and_no_bar_off_a_terminal(net):
    found = run("verify", str(net), "-n", "3000000", env={**os.environ, "FORCE_COLOR": ""})
    assert found.stderr == ""
    assert "\x1b" not in found.stdout
    assert "3,000,000 symbols" in found.stdout


def test_a_reader_that_leaves_is_no_error():
    command = f"{sys.executable} -m fsm2rnn explain S5@gens --json | head -c 1; exit ${{PIPESTATUS[0]}}"
    found = subprocess.run(command, shell=True, executable="/bin/bash", capture_output=True, text=True, check=False)  # noqa: S602  a pipe needs a shell
    assert (found.returncode, found.stderr) == (0, "")


def test_output_is_the_same_under_every_hash_seed(tmp_path):
    files = []
    for seed in ("0", "1", "2"):
        path = tmp_path / f"net{seed}"
        machine = "re:(ab|ba)*c?"
        found = run("compile", machine, "-t", "full", "-o", str(path), env={**os.environ, "PYTHONHASHSEED": seed})
        assert found.returncode == 0
        files.append(Path(path).read_bytes())
    assert files[0] == files[1] == files[2]
