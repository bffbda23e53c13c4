"""Where an edge has its arrowheads: `dir` moves them, and an invisible edge has none to see."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from typing import Final, final

from fsm2rnn.source.dot.tokens import Source, Token, identifier

UNSEEN: Final = frozenset({"invis", "invisible"})
"""The styles of what Graphviz places and does not draw."""


@final
class Heads(Enum):
    """The ends of an edge that have an arrowhead; HIDDEN where the edge is not drawn."""

    TARGET = "forward"
    SOURCE = "back"
    BOTH = "both"
    HIDDEN = "hidden"


def heads(attributes: Mapping[str, Token], source: Source) -> Heads:
    """Return where an edge of these attributes has its heads; InputError for a line without any, `dir=none`.

    Graphviz takes a direction that it does not know for the usual one.
    """
    if unseen(_value(attributes, "style")) or _value(attributes, "color").lower() == "transparent":
        return Heads.HIDDEN
    direction = _value(attributes, "dir").lower()
    if direction == "none":
        source.fail("an edge without an arrowhead, which leads nowhere", attributes["dir"].offset, "delete dir=none")
    return {"back": Heads.SOURCE, "both": Heads.BOTH}.get(direction, Heads.TARGET)


def unseen(style: str) -> bool:
    """Whether a list of styles says that nothing is drawn."""
    return not UNSEEN.isdisjoint(re.split(r"[,\s]+", style.lower()))


def _value(attributes: Mapping[str, Token], key: str) -> str:
    return identifier(attributes[key]) if key in attributes else ""
