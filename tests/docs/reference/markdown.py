"""Texts of the program in Markdown."""

from __future__ import annotations

import re

MARKED = re.compile(r"`[^`]*`|[\\|*_<>\[\]$]")


def escaped_text(text: str) -> str:
    """Return a text that Markdown shows as it is; code between back quotes stays code."""
    return MARKED.sub(lambda match: match[0] if match[0].startswith("`") else f"\\{match[0]}", text)


def escaped_cell(text: str) -> str:
    """Return a text for a cell of a table."""
    return MARKED.sub(lambda match: match[0].replace("|", "\\|") if match[0].startswith("`") else f"\\{match[0]}", text)
