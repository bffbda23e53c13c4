"""Letters as products of updates on functions: direct sums of families that letters permute in part.

Several families of functions (`algebra.signed.signed_families`), one beside the other, that together tell all states
apart: the updates of a letter on the sum are those on the families, so their numbers add up. The families are those of
the functions that `algebra.functions.function_spaces` finds; a sum of least n_h and then of least width is taken. Where
these do not tell all states apart, and states are few, those of all functions with small values are tried
(`algebra.signed.ternary_functions`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from fsm2rnn.algebra.cover_sets.weighted_cover import least_cover
from fsm2rnn.algebra.facts import Facts
from fsm2rnn.algebra.functions.function_spaces import FunctionSpaces
from fsm2rnn.algebra.letters.product import merge_letters
from fsm2rnn.algebra.representation.reflections import signed_permutation_updates
from fsm2rnn.algebra.signed.signed_families import CONSTANT, SignedFamily, centred, signed_family
from fsm2rnn.algebra.signed.ternary_functions import ternary_families
from fsm2rnn.constructions.updates.update_form import UpdateForm
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.exact.sparse import unit, vector
from fsm2rnn.exact.updates import Update

INDICATORS: Final = 128
"""Most states of a machine the families of whose states' indicators are tried: there is one search for each state, and
its family may have as many functions as there are states."""


def family_form(facts: Facts) -> UpdateForm | None:
    """Return the form of a sum of families, None where those found do not tell all states apart."""
    try:
        spaces = facts.function_spaces
    except (InputError, LimitError):
        return None
    # Families stand side by side as blocks of coordinates, so codes are concatenated and numbers of updates add up.
    # Letters of one map are merged for the search and share their updates.
    chosen = _chosen(spaces, _families(spaces)) or _chosen(spaces, ternary_families(spaces.maps))
    if chosen is None:
        return None
    letter_of = merge_letters(facts.machine).letter_of
    counts = np.sum([family.counts for family in chosen], axis=0).tolist()
    codes = np.concatenate([family.functions for family in chosen]).T.tolist()

    def make() -> tuple[tuple[Update, ...], ...]:
        updates = [_updates(chosen, letter) for letter in range(len(spaces.maps))]
        return tuple(updates[letter] for letter in letter_of)

    return UpdateForm(
        len(codes[0]),
        tuple(counts[letter] for letter in letter_of),
        tuple(vector(enumerate(code)) for code in codes),
        make,
    )


def _families(spaces: FunctionSpaces) -> list[SignedFamily]:
    """Return families of functions that generate spaces and of indicators, each also about the middle of its values.

    No function is tried that was in a family before.
    """
    states = spaces.maps.shape[1]
    seeds = [space.seeds[0] for space in spaces.spaces if len(space.seeds) == 1]
    if states <= INDICATORS:
        seeds += list(np.eye(states, dtype=np.int64))
    met, found = set[bytes](), list[SignedFamily]()
    for function in (function for seed in seeds for function in (seed, centred(seed))):
        if np.ptp(function) and function.tobytes() not in met:
            family = signed_family(spaces.maps, function, most=states)
            if family is not None:
                met |= {member.tobytes() for member in family.functions}
                found.append(family)
    return found


def _chosen(spaces: FunctionSpaces, families: Sequence[SignedFamily]) -> list[SignedFamily] | None:
    """Return families that together separate all classes of pairs, of least peak number of updates, then of width."""
    if not families or not len(spaces.pairs):
        return None
    left, right = spaces.pairs.T
    covers = np.stack([(family.functions[:, left] != family.functions[:, right]).any(axis=0) for family in families])
    weights = np.array([len(family.functions) for family in families])
    loads = np.stack([family.counts for family in families])
    found = least_cover(covers, weights, loads, fewest=1, most=len(families))
    return None if found is None else [families[member] for member in found.members]


def _updates(families: Sequence[SignedFamily], letter: int) -> tuple[Update, ...]:
    """Return the updates of a letter on the sum: those of the signed permutations, then the writes."""
    images, signs, writes = list[int](), list[int](), list[Update]()
    for family in families:
        first = len(images)
        image, sign = (part[letter].tolist() for part in family.closed())
        images += [first + place for place in image]
        signs += sign
        for place, source in enumerate(family.sources[letter].tolist()):
            if source == CONSTANT:
                writes.append(Update(unit(first + place), 1, int(family.values[letter, place])))
    return (*signed_permutation_updates(images, signs), *writes)
