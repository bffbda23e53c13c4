"""The fenced blocks of README.md, so that what people read is what the checks run.

python .ci/readme.py install    the command that installs and shows the demo
python .ci/readme.py test       the command that installs and runs the tests
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path

README = Path(__file__).resolve().parents[1] / "README.md"
FENCE = re.compile(r"^```(?P<language>[\w-]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
ENDINGS = {"install": "fsm2rnn demo", "test": "python -m pytest -q"}


@dataclass(frozen=True)
class Block:
    """The text between two fences, and the language named on the first."""

    language: str
    body: str


def fenced_blocks(text: str) -> list[Block]:
    """Return the fenced blocks of a Markdown text in order."""
    return [Block(match["language"], match["body"]) for match in FENCE.finditer(text)]


def commands(text: str) -> dict[str, str]:
    """Return the two commands of the first block by name; ValueError unless it holds exactly those."""
    lines = fenced_blocks(text)[0].body.splitlines()
    found = {name: line for name, ending in ENDINGS.items() for line in lines if line.endswith(ending)}
    if len(found) != len(ENDINGS) or sorted(found.values()) != sorted(lines):
        message = f"the first block of README.md is to hold one command per ending {list(ENDINGS.values())}: {lines}"
        raise ValueError(message)
    return found


if __name__ == "__main__":
    (wanted,) = sys.argv[1:]
    print(commands(README.read_text(encoding="utf-8"))[wanted])
