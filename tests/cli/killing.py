"""Commands killed at a share of the CPU time that they take whole: other work on the machine does not move it."""

from __future__ import annotations

import os
import resource
import subprocess
import time
from pathlib import Path

PROC = Path("/proc")  # Linux
USER, SYSTEM = 11, 12  # fields of /proc/PID/stat after the name


def cpu_seconds_of(command):
    """Run a command to its end, and return the CPU time of all its processes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def killed_after(command, seconds):
    """Run a command, kill its first process once all of them have had so much CPU time."""
    process = subprocess.Popen(command)
    while process.poll() is None and _spent(process.pid) < seconds:
        time.sleep(0.01)
    process.kill()
    process.wait()


def _spent(pid):
    try:
        fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
        children = (PROC / str(pid) / "task" / str(pid) / "children").read_text().split()
    except OSError:  # it has ended meanwhile
        return 0.0
    own = (int(fields[USER]) + int(fields[SYSTEM])) / os.sysconf("SC_CLK_TCK")
    return own + sum(_spent(child) for child in children)
