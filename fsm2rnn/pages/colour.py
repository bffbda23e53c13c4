"""Text in colour on a terminal, plain elsewhere.

No rich: it takes a twentieth of a second to load, and a few words in colour need none of it.
"""

from __future__ import annotations

import os
import sys
from enum import Enum
from typing import final


@final
class Colour(Enum):
    """How a text stands out, by the number that terminals know it by."""

    PLAIN = 0
    BOLD = 1
    RED = 31
    YELLOW = 33


def painted(text: str, colour: Colour) -> str:
    """Return the text as it goes to stdout: in colour on a terminal, unless NO_COLOR is set or TERM is dumb."""
    wanted = sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
    return f"\x1b[{colour.value}m{text}\x1b[0m" if wanted and colour is not Colour.PLAIN else text
