"""The ways to write a machine as a text in one line, after a prefix or by its shape."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, final

from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.source.named.action_texts import (
    GAP_GROUP,
    GAP_LIST,
    gap_group,
    permutation_action,
    permutation_group,
    transformations,
)

TextReader = Callable[..., StateMachine]


@final
@dataclass(frozen=True)
class TextFormat:
    """A text after a prefix, such as perm:(1,2,3);(1,2); with a `shape`, any text that begins as it does."""

    prefix: str
    example: str
    about: str
    read: TextReader
    shape: re.Pattern[str] | None = None

    def takes(self, text: str) -> bool:
        """Whether the text is in this format."""
        return text.startswith(self.prefix) if self.shape is None else self.shape.match(text) is not None

    def machine(self, text: str, max_states: int) -> StateMachine:
        """Return the machine of a text in this format; errors count columns in the whole text."""
        offset = len(self.prefix) if self.shape is None else 0
        return self.read(text[offset:], offset=offset, max_states=max_states)


TEXT_FORMATS: Final = (
    TextFormat("perm:", "perm:(1,2,3,4,5);(1,2)", "the group generated, acting on itself", permutation_group),
    TextFormat("act:", "act:(1,2,3,4,5);(1,2)", "permutations acting on the points, from point 1", permutation_action),
    TextFormat("maps:", "maps:0,0,1;1,2,2", "maps of 0 .. n-1, one per letter, from 0", transformations),
    TextFormat("Group(", "Group((1,2,3),(1,2))", "GAP's way to write what perm: writes", gap_group, GAP_GROUP),
    TextFormat("[(", "[(1,2,3)(4,5),(1,2)]", "the same group, its generators as a GAP list", gap_group, GAP_LIST),
)
REGEX_PREFIX: Final = "re:"
REGEX_EXAMPLES: Final[tuple[str, ...]] = ("re:(ab)*", "re:a*@abc")
REGEX_ABOUT: Final = "a regular expression in automata-lib's dialect, its letters or the alphabet after @"
