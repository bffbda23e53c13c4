"""f o x = s g, s = 1 or -1, or f o x a constant: families of functions on the states that letters permute in part.

Coordinates that are the functions f_i of such a family, no two of which a letter sends to one up to sign, are permuted
with signs; those without a source are set to a constant. Paths from these to coordinates that are no source are closed
to cycles of sign 1, so a letter is a signed permutation and then one write for each constant. A partial permutation of
the states keeps the family of their indicators so, a shift register that of its bits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, final

import numpy as np

from fsm2rnn.algebra.letters.letter_maps import Numbers
from fsm2rnn.algebra.linear.word_span import Integers
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

    None where a letter sends two functions to one up to sign, or where the family has more than `most` members.
    """
    functions = [function]
    number = {function.tobytes(): (0, 1), (-function).tobytes(): (0, -1)}
    rows: list[list[tuple[int, int, int]]] = []
    used = set[tuple[int, int]]()
    for member in functions:
        rows.append([])
        for letter, image in enumerate(member[maps]):
            if (image == image[0]).all():
                rows[-1].append((CONSTANT, 1, int(image[0])))
                continue
            if image.tobytes() not in number:
                number |= {image.tobytes(): (len(functions), 1), (-image).tobytes(): (len(functions), -1)}
                functions.append(image)
            source, sign = number[image.tobytes()]
            if (letter, source) in used or len(functions) > most:
                return None
            used.add((letter, source))
            rows[-1].append((source, sign, 0))
    sources, signs, values = np.array(rows).transpose(2, 1, 0)
    return SignedFamily(np.array(functions), sources, signs, values)


def centred(function: Numbers) -> Integers:
    """Return twice the function less the sum of its extremes: the negative of it is then what 1 - f is to a 0/1 one."""
    return np.asarray(2 * function - function.min() - function.max())
