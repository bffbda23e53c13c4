"""The law of exit statuses: never 1 without a refutation, never a traceback, and one line for what is wrong."""

from __future__ import annotations

import io
import itertools
import os
import subprocess
import sys
from pathlib import Path

import pytest

import fsm2rnn
from fsm2rnn.cli import main
from tests.cli.bad_inputs import FILE_TEXTS, HEADERS, MACHINES, bad_names, bad_numbers, fill

FILES = Path(__file__).with_name("files")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """Return a folder of a network file and files that are none."""
    folder = tmp_path_factory.mktemp("law")
    fill(folder)
    return folder


def answered(capfd, *arguments):
    """Return status, stdout and stderr of a call in this process; what it raises fails the test."""
    try:
        status = main([*arguments])
    except SystemExit as stop:
        status = stop.code
    return status, *capfd.readouterr()


def refused(capfd, *arguments):
    """Assert that the call is refused: status 2, nothing on stdout, one line on stderr, or argparse's usage."""
    status, out, err = answered(capfd, *arguments)
    assert (status, out) == (2, ""), (arguments, status, out, err)
    usage = err.startswith("usage: ")
    assert usage or (err.startswith("fsm2rnn: ") and err.count("\n") == 1), (arguments, err)
    assert "\x1b" not in err
    assert "Traceback" not in err


def no_networks(place):
    """Return the files that hold no network, those that can be read and those that cannot."""
    readable = [path for path in sorted(place.iterdir()) if path.name.startswith(("header", "cut", "le", "lo", "ch"))]
    unreadable = ["fifo", "folder.dot", "sparse", "no-such-file", "no/such/file"]
    return readable, [str(place / name) for name in unreadable] + ["/dev/zero", "/dev/null", "a\0b", "\udc80", ""]


def test_files_that_are_no_networks(capfd, place):
    readable, unreadable = no_networks(place)
    assert len(readable) == len(HEADERS) + 9
    for path in readable:
        status, out, err = answered(capfd, "check", str(path))
        assert (status, out.count("\n"), err) == (1, 1, "")
        assert out.startswith("rejected: ")
        assert "\x1b" not in out
        refused(capfd, "verify", str(path), "-n", "10")
        refused(capfd, "run", str(path), "1")
    for path, command in itertools.product(unreadable, (["check"], ["verify"], ["run"])):
        refused(capfd, *command, path, *(["1"] if command == ["run"] else []))


def test_texts_and_files_that_are_no_machines(capfd, place):
    files = [str(place / name) for name in (*FILE_TEXTS, "bytes.dot", "folder.dot", "sparse", "fifo", "net")]
    for machine in [*MACHINES, *files]:
        refused(capfd, "explain", machine)
        refused(capfd, "compile", machine, "-t", "pd", "-o", str(place / "out"))
    for machine in files:
        refused(capfd, "convert", machine, str(place / "out.json"))
        refused(capfd, "data", machine, "-l", "2", "-n", "2", "-o", str(place / "out"))
    assert not (place / "out").exists()


def test_options_that_are_wrong(capfd, place):
    calls = [*bad_numbers(place), *bad_names(place)]
    assert len(calls) > 150
    for call in calls:
        refused(capfd, *call)
    assert not (place / "out").exists()


def test_commands_that_are_none(capfd):
    for call in ([], ["explian"], ["\x1b"], ["check"], ["check", "a", "b"], ["--nonsense"], ["explain", "--json"]):
        refused(capfd, *call)


def test_places_that_cannot_be_written(capfd, place):
    for target in ("/dev/full", str(place), str(place / "no" / "file"), "a\0b", "", "/proc/none", "x" * 5000):
        refused(capfd, "compile", "Z3", "-tpd", "-o", target)
        refused(capfd, "data", "Z3", "-l2", "-n2", "-o", target)
        refused(capfd, "convert", "Z3", target)


def test_words_that_are_none(capfd, place):
    net = str(place / "net")
    for words in ("none", "unknown", "binary", "fifo", "folder.dot", "no-such-file", "sparse"):
        refused(capfd, "verify", net, "--words", str(place / words))
    refused(capfd, "verify", net, "--words", "/dev/zero")
    refused(capfd, "verify", net, "--words", str(place / "words"), "-n", "5")
    for word in ("7", "1 7", "\udc80", "1\x1b2", "(1", "," * 100 + "7"):
        refused(capfd, "run", net, word)


def test_checkpoints_that_are_none(capfd, place, tmp_path):
    arguments = ("verify", str(place / "net"), "-n", "20000000", "--checkpoint")
    for source in [*sorted(FILES.glob("c*[!s]")), place / "net", place / "cut3", place / "header4"]:
        (tmp_path / source.name).write_bytes(source.read_bytes())
        refused(capfd, *arguments, str(tmp_path / source.name))
    for path in ("/dev/zero", str(place), str(place / "sparse"), str(tmp_path / "no" / "file")):
        refused(capfd, *arguments, path)


def test_labels_that_a_terminal_would_obey_are_shown(capfd):
    for name, shown in (("ansi", "\\x1b"), ("newline", "\\n"), ("surrogate", "\\ud")):
        path = str(FILES / f"{name}.safetensors")
        status, out, err = answered(capfd, "check", path)
        assert (status, out.count("\n"), err) == (0, 1, "")
        machine = fsm2rnn.load(path).machine
        everything = ""
        for symbol in machine.symbols:
            status, out, err = answered(capfd, "run", path, str(symbol))
            assert (status in {0, 2}, (out + err).count("\n")) == (True, 1)
            everything += out + err
        refused(capfd, "run", path, "\x1b[31mno\nsymbol")
        assert shown in everything
        assert "\x1b" not in everything


GOOD = [
    ["formats"],
    ["--help"],
    ["explain", "parity"],
    ["explain", "parity", "--json"],
    ["compile", "Z3", "-tpd", "-o", "OUT"],
    ["check", "NET"],
    ["verify", "NET", "-n100"],
    ["run", "NET", "1 2"],
    ["convert", "Z3", "OUT.json"],
    ["data", "Z3", "-l2", "-n2", "-o", "OUT"],
    ["doctor"],
]
FULL = Path("/dev/full")


def filled(arguments, place, folder):
    names = {"NET": str(place / "net"), "OUT": str(folder / "out"), "OUT.json": str(folder / "out.json")}
    return [names.get(argument, argument) for argument in arguments]


@pytest.mark.skipif(not FULL.exists(), reason="no /dev/full")
@pytest.mark.parametrize("arguments", GOOD, ids=" ".join)
def test_a_full_stdout_is_status_two(arguments, place, tmp_path, monkeypatch, capfd):
    with FULL.open("w", encoding="utf-8") as full:
        monkeypatch.setattr("sys.stdout", full)
        refused(capfd, *filled(arguments, place, tmp_path))


@pytest.mark.parametrize("arguments", GOOD, ids=" ".join)
def test_a_closed_pipe_ends_quietly(arguments, place, tmp_path, monkeypatch, capfd):
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w", encoding="utf-8") as pipe:
        monkeypatch.setattr("sys.stdout", pipe)
        assert answered(capfd, *filled(arguments, place, tmp_path)) == (0, "", "")


def test_closed_streams(monkeypatch, capfd, place):
    monkeypatch.setattr("sys.stdin", None)
    refused(capfd, "run", str(place / "net"), "-")
    monkeypatch.setattr("sys.stdin", io.StringIO("1" * 100))
    monkeypatch.setattr("fsm2rnn.commands.network.run.WORDS_LIMIT", 99)
    refused(capfd, "run", str(place / "net"), "-")
    monkeypatch.setattr("sys.stdout", None)
    assert answered(capfd, "formats") == (2, "", "fsm2rnn: stdout is closed\n")
    monkeypatch.setattr("sys.stderr", None)
    assert answered(capfd, "formats") == (2, "", "")


def process(shell, place):
    """Run a line of the shell in the folder, and return status, stdout and stderr."""
    line = shell.replace("FSM", f"{sys.executable} -m fsm2rnn")
    found = subprocess.run(  # noqa: S602  redirections need a shell
        line, shell=True, executable="/bin/bash", cwd=place, capture_output=True, text=True, check=False, timeout=600
    )
    return found.returncode, found.stdout, found.stderr


PROCESSES = [
    ("FSM formats >/dev/full", 2, "fsm2rnn: stdout: No space left on device\n"),
    ("FSM --help >/dev/full", 2, "fsm2rnn: stdout: No space left on device\n"),
    ("FSM explain parity --json >/dev/full", 2, "fsm2rnn: stdout: No space left on device\n"),
    ("FSM formats >&-", 2, "fsm2rnn: stdout is closed\n"),
    ("FSM formats | true; exit ${PIPESTATUS[0]}", 0, ""),
    ("FSM explain nonsense 2>/dev/full", 2, ""),
    ("FSM explain nonsense 2>&-", 2, ""),
    ("FSM check cut3 >/dev/full", 2, "fsm2rnn: stdout: No space left on device\n"),
    ("FSM run net - </dev/null >/dev/null", 0, ""),
    ("FSM run net - <&-", 2, "fsm2rnn: stdin is closed\n"),
    ("FSM check /dev/zero", 2, "fsm2rnn: /dev/zero: not a regular file\n"),
]


@pytest.mark.slow
@pytest.mark.skipif(not FULL.exists(), reason="no /dev/full")
@pytest.mark.parametrize(("shell", "status", "err"), PROCESSES)
def test_the_law_in_processes(shell, status, err, place):
    found = process(shell, place)
    assert (found[0], found[2]) == (status, err)


def test_a_fault_of_the_program_is_no_refutation():
    code = """
import sys
from fsm2rnn import __main__, api
def broken(*_, **__):
    raise ZeroDivisionError
api.explain = broken
sys.argv = ["fsm2rnn", "explain", "parity"]
sys.exit(__main__.main())
"""
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert found.returncode == 70
    assert found.stderr.endswith("fsm2rnn: this is a fault of the program, not of its input; please report it\n")


def test_an_endless_name_is_told_in_one_short_line(capfd, place, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("z" * 100_000))
    status, out, err = answered(capfd, "run", str(place / "net"), "-")
    assert (status, out) == (2, "")
    assert len(err) < 2_100
    assert err.startswith("fsm2rnn: symbol 'zzz")
    assert "[...]" in err
    assert "(hint: known: " in err
