"""Sizes as entries of a JSON object: the one place that names their keys."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Final

from fsm2rnn.constructions.sizes import (
    BlockFacts,
    ByDefinition,
    Codes,
    Counts,
    FamilyFacts,
    HankelRank,
    Measure,
    NotCounted,
    OverField,
    ProductFacts,
    SeveralCodes,
    Sizes,
    StackFacts,
)
from fsm2rnn.machine.labels import Json
from fsm2rnn.operators.stack_recipe import LayerKind

NUMBERS: Final = {
    Counts.COORDINATES: "size",
    Counts.LARGEST_BLOCK: "block",
    Counts.UPDATES: "n_h",
    Counts.PRODUCTS: "rank",
    Counts.LAYERS: "layers",
}
PROOFS: Final = {
    Counts.COORDINATES: "size_is",
    Counts.LARGEST_BLOCK: "block_is",
    Counts.UPDATES: "n_h_is",
    Counts.LAYERS: "layers_is",
    Counts.PRODUCTS: "size_is",  # a factored network tells nothing of its width
}
MILLIONTHS: Final = 10**6
"""A distance is told in millionths, rounded down, so that it stays a bound from below."""

# The order of the keys in the text of the object; readers of JSON see none.
ORDER: Final = (
    *("rank", "states", "size_with_additive_term", "codes", "construction", "rank_at_least", "rank_over_q", "n_h"),
    *(
        "n_h_is",
        "layers",
        "turning_layers",
        "layer_kinds",
        "layers_is",
        "units",
        "tuples",
        "block",
        "block_is",
        "size_is",
        "semisimple",
        "reason",
        "condition",
        "over_the_reals",
        "complex_width",
        "exact_form",
    ),
    *("over_the_field", "several_codes"),
)
FUNCTIONS_FIRST: Final = ("block", "block_is", "reason")
COVERED_FIRST: Final = ("block", "semisimple", "over_the_reals", "over_the_field")
TURNED_FIRST: Final = ("rank", "condition")


def sizes_to_json(sizes: Sizes) -> dict[str, Json]:
    """Return what a target says of the size of its network, the width itself aside."""
    found = dict(_entries(sizes))
    return {key: found[key] for key in dict.fromkeys((*_first(sizes), *ORDER)) if key in found}


def _first(sizes: Sizes) -> tuple[str, ...]:
    """Return the keys that come before those in the common order."""
    match sizes:
        case Sizes(facts=ProductFacts(), over_field=OverField()):
            return TURNED_FIRST
        case Sizes(facts=BlockFacts(), several=SeveralCodes()):
            return COVERED_FIRST
        case Sizes(facts=BlockFacts(), finer=Measure(proof=proof)) if proof is not None:
            return FUNCTIONS_FIRST
        case _:
            return ()


def _entries(sizes: Sizes) -> Iterator[tuple[str, Json]]:
    if sizes.finer is not None:
        yield NUMBERS[sizes.finer.counts], sizes.finer.number
    for measure in sizes.measures:
        if measure.proof is not None and not isinstance(measure.proof, ByDefinition):
            yield PROOFS[measure.counts], str(measure.proof)
    if sizes.reason is not None:
        yield "reason", sizes.reason
    yield from _facts(sizes.facts)
    yield from _beside(sizes)


def _beside(sizes: Sizes) -> Iterator[tuple[str, Json]]:
    """Yield what is known of other networks, and of what is proved over a field."""
    if sizes.complex_width is not None:
        yield "complex_width", {"size": sizes.complex_width.number, "proved": str(sizes.complex_width.proof)}
    if sizes.exact:
        yield "exact_form", _numbers(sizes.exact)
    if sizes.over_field is not None:
        yield "over_the_field", _over_field(sizes.over_field)
    if sizes.several is not None:
        yield "several_codes", _several(sizes.several)


def _facts(facts: FamilyFacts | None) -> Iterator[tuple[str, Json]]:
    match facts:
        case None:
            return
        case Codes():
            yield "codes", facts.value
        case HankelRank():
            yield "rank", facts.rank
            yield "states", facts.states
            yield "size_with_additive_term", facts.with_additive_term
        case BlockFacts():
            yield from _told(semisimple=facts.semisimple)
            if facts.real_undecided is not None:
                yield "over_the_reals", f"not decided: {facts.real_undecided}"
        case ProductFacts():
            yield "codes", facts.codes.value
            yield "rank_at_least", {"flattening": facts.bounds.flattening, "pencil": facts.bounds.pencil}
            yield from _told(construction=facts.construction and str(facts.construction))
            yield from _told(rank_over_q=facts.over_q)
            yield from _told(condition=None if facts.condition is None else round(facts.condition, 3))
        case StackFacts():
            yield "units", facts.units
            yield "tuples", facts.tuples
            yield "turning_layers", facts.kinds.count(LayerKind.TURNS)
            yield "layer_kinds", [kind.value for kind in facts.kinds]


def _told(**values: Json) -> Iterator[tuple[str, Json]]:
    return ((key, value) for key, value in values.items() if value is not None)


def _numbers(measures: Iterable[Measure]) -> dict[str, Json]:
    return {NUMBERS[measure.counts]: measure.number for measure in measures}


def _over_field(found: OverField) -> Json:
    distance = None if found.distance is None else f"{math.floor(found.distance * MILLIONTHS) / MILLIONTHS:.6f}"
    field = "Q" if found.conductor == 1 else f"Q(zeta_{found.conductor})"
    return {"field": field, "lengths": "all lengths", "distance_at_unit_norm": distance}


def _several(found: SeveralCodes | NotCounted) -> Json:
    match found:
        case NotCounted(why):
            return f"not decided: {why}"
        case SeveralCodes(codes, alone):
            return {"codes": codes} if alone is None else {"codes": codes, "one_per_state": _numbers(alone)}
