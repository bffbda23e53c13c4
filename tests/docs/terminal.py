"""Terminal blocks of pages: commands after a prompt, and what they print."""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path

from tests.house.source_tree import ROOT

BLOCK = re.compile(r"^```(?P<language>console|python|sh)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command in a folder as a reader would, without a terminal."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    place = os.environ | {"PATH": path, "NO_COLOR": "1", "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        command, cwd=folder, env=place, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )


def sessions(body: str) -> list[tuple[str, str]]:
    """Return the (command, output) pairs of a terminal block, whose commands follow a "$ "."""
    parts = f"\n{body}".split("\n$ ")[1:]
    return [(command, output.strip("\n")) for command, _, output in (part.partition("\n") for part in parts)]


def printed(command: str, folder: Path) -> str:
    """Return what a command of a page prints, on either stream."""
    found = run(["bash", "-c", command], folder)
    return (found.stdout + found.stderr).strip("\n")


def agrees(expected: str, found: str) -> bool:
    """Tell whether a page's output is the program's: `...` stands for what differs between computers."""
    return doctest.OutputChecker().check_output(f"{expected}\n", f"{found}\n", FLAGS)


def rewritten(text: str, folder: Path) -> str:
    """Return a page whose terminal blocks print what the program prints; output that agrees stays as it is."""

    def block(match: re.Match[str]) -> str:
        if match["language"] != "console":
            run([sys.executable if match["language"] == "python" else "bash", "-c", match["body"]], folder)
            return match[0]
        lines = []
        for command, expected in sessions(match["body"]):
            found = printed(command, folder)
            lines += [f"$ {command}", expected if expected and agrees(expected, found) else found]
        return "\n".join(["```console", *filter(None, lines), "```"])

    return BLOCK.sub(block, text)
