"""Drawings by OpenFst's fstdraw: a graph named FST, labels `symbol` or `input:output`, with `/weight` behind.

Each label is one letter. Where all labels are numbers 0 means no symbol, as in OpenFst's tables.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from fsm2rnn.errors import InputError
from fsm2rnn.source.dot.graph import Edge, Node
from fsm2rnn.source.draft.epsilon import TABLED, is_epsilon
from fsm2rnn.source.draft.reading import Labels, Notes, ReadOptions

GRAPH: Final = "FST"
"""The name of such a drawing."""

_PAIR: Final = re.compile(r"(?P<read>[^:]+):(?P<write>[^:]+)", re.DOTALL)
_NUMBER: Final = re.compile(r"[0-9]+")
_WHOLE: Final = "--labels whole takes each label as one letter"


class Plain(NamedTuple):
    """Edges whose labels are letters, or `input/output` where `writes` says so, and how to read them."""

    edges: tuple[Edge, ...]
    writes: bool
    options: ReadOptions


def plain_edges(
    edges: Sequence[Edge], states: Sequence[Node], file: str | None, notes: Notes, options: ReadOptions
) -> Plain:
    """Return the edges of such a drawing as those of an acceptor or a Mealy machine.

    Raises InputError, with the line, for weights, for labels of which only some are pairs, and for a transducer that
    writes no symbol.
    """
    for line, text in [(edge.line, edge.label or "") for edge in edges] + [(n.line, n.label or "") for n in states]:
        if "/" in text:
            message = f"the label {text!r:.60} holds a weight; weighted machines are not read"
            raise InputError(message, file=file, line=line, hint=_WHOLE)
    pairs = [_PAIR.fullmatch(edge.label or "") for edge in edges]
    found = [pair for pair in pairs if pair is not None]
    if found and len(found) < len(edges):
        edge = edges[pairs.index(None)]
        message = f"the label {edge.label!r:.60} is no input:output, others are"
        raise InputError(message, file=file, line=edge.line, hint=_WHOLE)
    options = _with_zero(found, edges, notes, replace(options, labels=Labels.WHOLE))
    if all(pair["read"] == pair["write"] for pair in found):
        letters = [pair["read"] for pair in found] or [edge.label for edge in edges]
        plain = tuple(replace(edge, label=letter) for edge, letter in zip(edges, letters, strict=True))
        return Plain(plain, writes=False, options=options)
    for edge, pair in zip(edges, found, strict=True):
        if is_epsilon(pair["write"], TABLED, options.epsilon):
            message = f"a transducer: the edge label {edge.label!r:.60} writes nothing"
            hint = "read are acceptors, and transducers of which each edge reads one symbol and writes one"
            raise InputError(message, file=file, line=edge.line, hint=hint)
    first = found[0]
    notes.add(f"an edge reads {first['read']!r:.60} and writes {first['write']!r:.60}: a Mealy machine")
    labelled = zip(edges, found, strict=True)
    return Plain(
        tuple(replace(e, label=f"{p['read']}/{p['write']}") for e, p in labelled), writes=True, options=options
    )


def _with_zero(
    pairs: Sequence[re.Match[str]], edges: Sequence[Edge], notes: Notes, options: ReadOptions
) -> ReadOptions:
    """Let 0 mean no symbol where all labels are numbers and nothing else is chosen."""
    labels = [label for pair in pairs for label in pair.groups()] or [edge.label or "" for edge in edges]
    if options.epsilon is not None or "0" not in labels or not all(map(_NUMBER.fullmatch, labels)):
        return options
    notes.add(
        "the label 0 means no symbol, as in OpenFst where all labels are numbers (--epsilon none makes it a letter)"
    )
    return replace(options, epsilon=frozenset({"0"}))
