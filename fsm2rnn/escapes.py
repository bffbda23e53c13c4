"""Texts of others for a person's eyes: what a terminal would obey is shown instead."""

from __future__ import annotations


def escaped(text: str) -> str:
    r"""Return a text without what a terminal obeys: controls, line ends and lone surrogates as \x1b, \n, \ud800."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii") for letter in text
    )
