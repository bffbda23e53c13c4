"""A command-line option that names some of what there is."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Collection


def some_of(what: str, known: Collection[str]) -> Callable[[str], tuple[str, ...]]:
    """Return what reads a comma-separated list of known names."""

    def names(text: str) -> tuple[str, ...]:
        found = tuple(text.split(","))
        unknown = [name for name in found if name not in known]
        if unknown:
            message = f"unknown {what} {unknown[0]!r}, known: {', '.join(known)}"
            raise argparse.ArgumentTypeError(message)
        return found

    return names
