"""Attention in log2 T layers that composes maps of states pair by pair: right up to T letters and no further."""

from __future__ import annotations

from typing import Final

from fsm2rnn.families.family import PublishedFamily

SHORTCUT: Final = PublishedFamily(
    name="shortcut",
    title="Transformer shortcuts",
    recurrence="log2 T layers of attention, each of which composes maps of states over twice as many letters",
    paper="Liu and others, arXiv 2210.10749",
    holds="words up to a stated length",
    otherwise="transformer shortcuts are not built here",
)
