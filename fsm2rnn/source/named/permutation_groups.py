"""The group that permutations generate, breadth first from the identity, and permutations in cycle notation."""

from __future__ import annotations

from collections.abc import Sequence

from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.machine.permutations import Permutation, compose


def require_permutation(images: Sequence[int]) -> Permutation:
    """Return `images` as a tuple; InputError unless they permute 0 .. n-1."""
    if sorted(images) != list(range(len(images))):
        message = f"not a permutation of 0..{len(images) - 1}: {list(images)}"
        raise InputError(message)
    return tuple(images)


def closure(generators: Sequence[Permutation], *, limit: int) -> list[Permutation]:
    """Return the group generated, breadth first from the identity; a finite closure holds the inverses.

    Raises LimitError as soon as more than `limit` elements are found, InputError when there is no
    generator, a generator is no permutation, or the degrees differ.
    """
    checked = [require_permutation(generator) for generator in generators]
    if len({len(generator) for generator in checked}) != 1:
        message = "a group needs at least one generator, all of one degree"
        raise InputError(message)
    identity = tuple(range(len(checked[0])))
    elements = [identity]
    seen = {identity}
    for element in elements:
        for generator in checked:
            product = compose(element, generator)
            if product not in seen:
                if len(elements) == limit:
                    what = "elements of the group generated"
                    raise LimitError(what, limit=limit)
                seen.add(product)
                elements.append(product)
    return elements


def cycles(permutation: Permutation) -> str:
    """Return the cycle notation on the points 1 .. n: () is the identity, (1,2)(3,4) swaps two pairs."""
    text = ""
    seen: set[int] = set()
    for point in range(len(permutation)):
        cycle = []
        while point not in seen:
            seen.add(point)
            cycle.append(str(point + 1))
            point = permutation[point]  # noqa: PLW2901  following the cycle is the loop's work
        if len(cycle) > 1:
            text += f"({','.join(cycle)})"
    return text or "()"
