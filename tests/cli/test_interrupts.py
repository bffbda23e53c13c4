"""Ctrl-C ends the program with 130 and one line at any moment, also at those at which Python drops the exception."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time

import pytest

import fsm2rnn
from tests.house.source_tree import ROOT

pytestmark = pytest.mark.skipif(os.name != "posix", reason="interrupts are sent as POSIX signals")

PATIENCE = 120  # seconds, a guard: without it a test that fails would wait for a run of hours
LONG = ("-n", str(10**11))
SAID = (130, "fsm2rnn: interrupted\n")

# Runs the command line, and interrupts it where MOMENT says; what libraries do to a KeyboardInterrupt is done to it.
DRIVER = """
import os, runpy, signal, sys
kind, where = sys.argv[1:3]
del sys.argv[1:3]

def interrupted():
    os.kill(os.getpid(), signal.SIGINT)

class Destroyed:
    def __del__(self):
        interrupted()

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == where and kind == "import":
            try:
                interrupted()
            except BaseException:
                pass
        if name == where and kind == "destructor":
            Destroyed()

sys.meta_path.insert(0, Finder())

def before(owner, name, action):
    original = getattr(owner, name)
    def wrapped(*arguments, **options):
        action()
        return original(*arguments, **options)
    setattr(owner, name, wrapped)

def in_one_long_call():
    import hashlib
    print("ready", flush=True)
    hashlib.pbkdf2_hmac("sha256", b"", b"", 2**31 - 1)

if kind == "compiling":
    from numba.core.dispatcher import Dispatcher
    before(Dispatcher, "compile", interrupted)
if kind == "writing":
    before(os, where, interrupted)
if kind == "running":
    from fsm2rnn.running.run import Run
    before(Run, "read_random", interrupted if where == "steps" else in_one_long_call)
runpy.run_module("fsm2rnn", run_name="__main__", alter_sys=True)
"""


@pytest.fixture(scope="module")
def net(tmp_path_factory):
    """Return the path of a network file that takes hours over a long word."""
    path = tmp_path_factory.mktemp("net") / "z5.safetensors"
    fsm2rnn.compile("Z5", "rotation").save(path)
    return str(path)


def started(*command, **options):
    """Start a process that hears interrupts, even where the tests run behind a shell that ignores them."""
    return subprocess.Popen(
        [sys.executable, *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509  no threads are running
        **options,
    )


def ended(process):
    """Return status and stderr of a process that must end by itself."""
    try:
        _, errors = process.communicate(timeout=PATIENCE)
    finally:
        process.kill()
    return process.returncode, errors


@pytest.mark.parametrize(
    ("kind", "where"),
    [("import", "fsm2rnn.cli"), ("import", "numpy"), ("import", "llvmlite.binding"), ("destructor", "torch")],
)
def test_an_interrupt_during_start_up(kind, where, net):
    assert ended(started("-c", DRIVER, kind, where, "verify", net, *LONG)) == SAID


def test_an_interrupt_while_loops_are_compiled(net, tmp_path):
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)}
    assert ended(started("-c", DRIVER, "compiling", "-", "verify", net, *LONG, env=environment)) == SAID


def test_an_interrupt_between_two_steps_of_a_long_run(net):
    assert ended(started("-c", DRIVER, "running", "steps", "verify", net, *LONG)) == SAID


def test_an_interrupt_inside_one_long_call(net):
    process = started("-c", DRIVER, "running", "call", "verify", net, *LONG)
    assert process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGINT)
    assert ended(process) == SAID


@pytest.mark.parametrize("where", ["fsync", "replace"])
def test_an_interrupt_leaves_the_old_file_and_nothing_beside_it(where, tmp_path):
    path = tmp_path / "net"
    path.write_bytes(b"old")
    assert ended(started("-c", DRIVER, "writing", where, "compile", "Z5", "-t", "pd", "-o", str(path))) == SAID
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_an_interrupted_run_goes_on_from_its_record(net, tmp_path):
    record = tmp_path / "record"
    process = started("-m", "fsm2rnn", "verify", net, *LONG, "--checkpoint", str(record))
    while process.poll() is None and not record.exists():
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    assert ended(process) == SAID
    assert list(tmp_path.iterdir()) == [record]


def test_who_had_interrupts_ignored_goes_on():
    code = """
import os, signal
signal.signal(signal.SIGINT, signal.SIG_IGN)
import fsm2rnn.__main__
os.kill(os.getpid(), signal.SIGINT)
print("on")
"""
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (found.stdout, found.stderr) == ("on\n", "")


@pytest.mark.slow
def test_interrupts_at_random_moments(net):
    moments = random.Random(7)
    for _ in range(20):
        process = started("-c", DRIVER, "none", "-", "verify", net, *LONG)
        while b"torch" not in mapped(process) and process.poll() is None:
            time.sleep(0.01)
        time.sleep(moments.uniform(0, 4))
        process.send_signal(signal.SIGINT)
        assert ended(process) == SAID


def mapped(process):
    """Return the files that a process has loaded, as far as /proc says."""
    try:
        with open(f"/proc/{process.pid}/maps", "rb") as maps:  # noqa: PTH123  a process may end meanwhile
            return maps.read()
    except OSError:
        return b"torch"


def test_little_is_loaded_before_the_handler_stands():
    code = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
import fsm2rnn.commands.status, fsm2rnn.interrupts
print(*sorted(sys.modules))
"""
    found = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True)
    loaded = set(found.stdout.split())
    assert {name for name in loaded if name.startswith("fsm2rnn")} == {
        *("fsm2rnn", "fsm2rnn.commands", "fsm2rnn.commands.status", "fsm2rnn.interrupts", "fsm2rnn.version"),
    }
    assert loaded.isdisjoint(
        {"typing", "re", "contextlib", "warnings", "importlib.metadata", "argparse", "dataclasses"}
    )
