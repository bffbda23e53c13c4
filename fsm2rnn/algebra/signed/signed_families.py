"""f o x = s g, s = 1 or -1, or f o x a constant: families of functions on the states that letters permute in part.

Coordinates that are the functions f_i of such a family, no two of which a letter sends to one up to sign, are permuted
with signs; those without a source are set to a constant. Paths from these to coordinates that are no source are closed
to cycles of sign 1, so a letter is a signed permutation and then one write for each constant. A partial permutation of
the states keeps the family of their indicators so, a shift register that of its bits. One function may be several
coordinates.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, final

import numpy as np

from fsm2rnn.algebra.letters.letter_maps import Numbers
from fsm2rnn.algebra.linear.word_span import Integers
from fsm2rnn.algebra.monoid.image_sets import strong_components
from fsm2rnn.algebra.signed.induced_signs import reflection_ranks

CONSTANT: Final = -1
"""The source of a function that becomes constant."""


@final
@dataclass(frozen=True, eq=False)
class SignedFamily:
    """f_i(q x) = signs[x, i] f_sources[x, i](q), or values[x, i] where the source is CONSTANT."""

    functions: Integers  # (k, Q)
    sources: Integers  # (D, k), no source twice in a row
    signs: Integers  # (D, k)
    values: Integers  # (D, k)

    def closed(self) -> tuple[Integers, Integers]:
        """Return images and signs (D, k) of signed permutations e_j -> signs_j e_image_j with these sources."""
        images, turned = np.full_like(self.sources, -1), np.ones_like(self.signs)
        for letter, sources in enumerate(self.sources):
            image, sign = images[letter], turned[letter]
            kept = np.flatnonzero(sources != CONSTANT)
            image[sources[kept]], sign[sources[kept]] = kept, self.signs[letter, kept]
            for first in np.flatnonzero(sources == CONSTANT).tolist():
                last, product = first, 1
                while image[last] >= 0:
                    last, product = int(image[last]), product * int(sign[last])
                image[last], sign[last] = first, product
        return images, turned

    @property
    def counts(self) -> Integers:
        """How many reflections and writes each letter takes (D,)."""
        return np.asarray(reflection_ranks(*self.closed()) + np.count_nonzero(self.sources == CONSTANT, axis=1))


def signed_family(maps: Integers, function: Integers, *, most: int) -> SignedFamily | None:
    """Return the least family with a function (Q,) that is not constant; `maps` (D, Q) are the letters.

    Where a letter sends two functions to one up to sign, that one is there twice. None where no number of copies does,
    or where the family has more than `most` members, copies counted.
    """
    reached = _reached(maps, function, most)
    if reached is None:
        return None
    functions, rows = reached
    copies = copies_needed([[source for source, _, _ in row] for row in rows], most)
    return None if copies is None else _with_copies(functions, rows, copies)


Row: TypeAlias = list[tuple[int, int, int]]
"""Of each letter the source of a function, the sign, and the value where the source is CONSTANT."""


def _reached(maps: Integers, function: Integers, most: int) -> tuple[list[Integers], list[Row]] | None:
    """Return all f o w up to sign that are not constant, and their rows; None where there are more than `most`."""
    functions = [function]
    number = {function.tobytes(): (0, 1), (-function).tobytes(): (0, -1)}
    rows: list[Row] = []
    for member in functions:
        rows.append([])
        for image in member[maps]:
            if (image == image[0]).all():
                rows[-1].append((CONSTANT, 1, int(image[0])))
                continue
            if image.tobytes() not in number:
                number |= {image.tobytes(): (len(functions), 1), (-image).tobytes(): (len(functions), -1)}
                functions.append(image)
                if len(functions) > most:
                    return None
            rows[-1].append((*number[image.tobytes()], 0))
    return functions, rows


# A letter needs as many copies of a function g as there are of all f that it sends to g. So along an arrow f -> g the
# copies do not get fewer, and within a strong component all functions have equally many: there a second f beside one of
# the component needs more than there are. Components are met in the order of the arrows, what sends to them before.
def copies_needed(sources: Sequence[Sequence[int]], most: int) -> list[int] | None:
    """Return how many copies of each function a family needs that has the first one once; None for more than `most`.

    `sources` gives for each function and letter the function that it becomes, or CONSTANT.
    """
    components = strong_components(sources)
    component = {node: place for place, nodes in enumerate(components) for node in nodes}
    senders: dict[tuple[int, int], list[int]] = {}
    for node, row in enumerate(sources):
        for letter, target in enumerate(row):
            if target != CONSTANT:
                senders.setdefault((target, letter), []).append(node)
    into: dict[int, list[list[int]]] = {}
    for (target, _), nodes in senders.items():
        if len(nodes) > 1 and any(component[node] == component[target] for node in nodes):
            return None
        into.setdefault(component[target], []).append([node for node in nodes if component[node] != component[target]])
    copies = [1] * len(sources)
    for place, nodes in enumerate(components):
        needed = max((sum(copies[node] for node in sending) for sending in into.get(place, [])), default=1)
        for node in nodes:
            copies[node] = max(1, needed)
    return copies if sum(copies) <= most else None


def _with_copies(functions: Sequence[Integers], rows: Sequence[Row], copies: Sequence[int]) -> SignedFamily:
    """Return the family in which every function stands as often as `copies` says, each source used once a letter."""
    firsts = [0, *itertools.accumulate(copies)]
    used = Counter[tuple[int, int]]()
    made: list[Row] = []
    for row, count in zip(rows, copies, strict=True):
        for _ in range(count):
            made.append([])
            for letter, (source, sign, value) in enumerate(row):
                place = source if source == CONSTANT else firsts[source] + used[letter, source]
                used[letter, source] += 1
                made[-1].append((place, sign, value))
    sources, signs, values = np.array(made).transpose(2, 1, 0)
    return SignedFamily(np.repeat(np.array(functions), copies, axis=0), sources, signs, values)


def centred(function: Numbers) -> Integers:
    """Return twice the function less the sum of its extremes: the negative of it is then what 1 - f is to a 0/1 one."""
    return np.asarray(2 * function - function.min() - function.max())
