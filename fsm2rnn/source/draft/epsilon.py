r"""The names under which tools write that a transition reads no symbol.

Drawings: an empty label, the Greek letters (also as entities), `eps` (re2dfa tools), `epsilon` (pyformlang, ANTLR),
`<eps>` (OpenFst), `@epsilon` (FAdo), `\e` (Vcsn), and TeX's commands. AT&T tables: `<eps>` and `<epsilon>`
(OpenFst), `@0@` and `@_EPSILON_SYMBOL_@` (HFST, foma), an empty field. JFLAP: an empty label; it shows a Greek letter.
"""

from __future__ import annotations

import html
from typing import Final

GREEK: Final = frozenset({"\u03b5", "\u03f5", "\u03bb"})
TABLED: Final = frozenset({"", "<eps>", "<epsilon>", "@0@", "@_epsilon_symbol_@"})
DRAWN: Final = (
    GREEK
    | TABLED
    | frozenset({"eps", "epsilon", "@epsilon", "\\e", "\\epsilon", "\\varepsilon", "$\\epsilon$", "$\\varepsilon$"})
)


def is_epsilon(label: str, names: frozenset[str], chosen: frozenset[str] | None) -> bool:
    """Whether a label means no symbol: it is one of those `chosen`, or of `names` in any case where none are chosen."""
    if chosen is not None:
        return label in chosen
    return html.unescape(label).lower() in names
