"""Attention in log2 T layers that composes maps of states pair by pair: right up to T letters and no further."""

from __future__ import annotations

from typing import Final

from fsm2rnn.families.family import PublishedFamily, Restriction
from fsm2rnn.families.restrictions import composed_maps
from fsm2rnn.targets.full import FULL

SHORTCUT: Final = PublishedFamily(
    name="shortcut",
    title="Transformer shortcuts",
    recurrence="log2 T layers of attention, each of which composes maps of states over twice as many letters",
    paper="Liu and others, arXiv 2210.10749",
    holds="every machine for words up to a stated length T, by log2 T layers of N^2 numbers and N^3 units",
    otherwise=(
        "layers whose number does not grow with T, for machines all of whose groups are solvable, are not built: their "
        "tables would grow with T"
    ),
    formats=(
        "as for the universal transformer: words of up to 2,048 letters at a time; what is stored and proved is the "
        "recurrence that the layers compose"
    ),
    networks=(Restriction(FULL, composed_maps),),
)
