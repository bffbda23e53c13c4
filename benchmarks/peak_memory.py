"""A child process: one verification, and how far its memory rose above the imports: python -m benchmarks.peak_memory.

/proc counts the process alone; getrusage would count what the parent held when it started the child.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import fsm2rnn
from fsm2rnn.running.verification import verify_network

STATUS = Path("/proc/self/status")


def kibibytes(field: str) -> int:
    """Return a field of the process status: VmRSS is now, VmHWM the peak."""
    lines = STATUS.read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{field}:"))


def main(target: str, steps: str, batch: str) -> int:
    """Print the peak above the imports in MiB, and the mismatches, as JSON."""
    before = kibibytes("VmRSS")
    network = fsm2rnn.compile("S5", target).network()
    result = verify_network(network, steps=int(steps), batch=int(batch))
    peak = kibibytes("VmHWM")
    print(json.dumps({"mebibytes": (peak - before) / 1024, "mismatches": result.mismatches, "run": result.evaluated}))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
