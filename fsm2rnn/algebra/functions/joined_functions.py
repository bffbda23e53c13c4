"""One function f for several classes of pairs of states, with <f> still small: copies of one module, and sums.

Functions with the relations of the best one for a class generate images of its space (`like_functions`): where several
classes need copies of one module, one in general position separates them all. Other functions are added, one to one,
as long as the space of the sum is no larger than what some class needs.
"""

from __future__ import annotations

import numpy as np

from fsm2rnn.algebra.functions.factor_null_spaces import short_functions
from fsm2rnn.algebra.functions.module_maps import like_functions
from fsm2rnn.algebra.functions.space_search import FunctionSpace, SpaceSearch


def widen(search: SpaceSearch) -> None:
    """Try functions with the relations of the best one for each class."""
    letters, states = search.maps.shape
    for space in search.single():
        if not space.apart.all() and not search.exhausted:
            search.work += 4 * (space.dimension * letters + states) * states**2
            like = like_functions(space.closure, search.maps)
            for function in short_functions(like, search.generator) if len(like) > 1 else ():
                search.attempt(function[None], space.dimension)


# A space of a class takes in the first other one with which the sum of two functions spans less than both spans
# together; the joined one waits again. What joins with none stays alone.
def join(search: SpaceSearch) -> None:
    """Join the best functions for different classes, one to one, until no two of them join."""
    waiting, alone = search.single(), list[FunctionSpace]()
    while waiting:
        space = waiting.pop(0)
        sums = (
            (other, _sum(search, space, other, factor))
            for factor in (1, -1, 1 + int(np.abs(space.seeds).max()))
            for other in [*waiting, *alone]
        )
        other, joined = next(((other, joined) for other, joined in sums if joined is not None), (None, None))
        waiting = [kept for kept in waiting if kept is not other]
        alone = [kept for kept in alone if kept is not other]
        if joined is None:
            alone.append(space)
        else:
            waiting.append(joined)


def _sum(search: SpaceSearch, space: FunctionSpace, other: FunctionSpace, factor: int) -> FunctionSpace | None:
    """Return the space of a sum of two functions where it is small and separates what both do."""
    found = search.attempt(space.seeds + factor * other.seeds, int(search.least.max()))
    return found if found is not None and (found.apart >= space.apart | other.apart).all() else None
