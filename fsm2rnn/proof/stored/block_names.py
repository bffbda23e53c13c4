"""block.0, block.1, ...: the names of tensors that a structure stores one of for each block."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

BLOCK: Final = "block."


def block_name(place: int) -> str:
    """Return the name of the block at a place, counted from 0."""
    return f"{BLOCK}{place}"


def block_names(names: Iterable[str]) -> list[str]:
    """Return block.0, block.1, ... in this order, as many as there are names of blocks."""
    return [block_name(place) for place in range(sum(name.startswith(BLOCK) for name in names))]
