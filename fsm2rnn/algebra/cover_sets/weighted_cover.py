r"""min (max_l sum_i load_il, sum_i weight_i) over sets of candidates i that cover every constraint.

Exact branch and bound. Constraints that another one implies and candidates that another one replaces are dropped first.
A node branches over the candidates of the constraint that the fewest cover, each left out of the branches after its
own. A constraint costs at least s_u = min over its candidates of weight / (number of constraints covered), so
sum_u s_u bounds the weight left.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Final, final

import numpy as np
import numpy.typing as npt

from fsm2rnn.algebra.letters.letter_maps import Numbers
from fsm2rnn.errors import LimitError

Mask = npt.NDArray[np.bool_]

NODE_LIMIT: Final = 1 << 16
"""Most nodes of the search before the best cover found is returned as such: one or two seconds."""


@final
@dataclass(frozen=True)
class CoveringSet:
    """Candidates that cover all constraints; `minimal` where the search ended."""

    members: tuple[int, ...]
    minimal: bool


def least_cover(
    covers: Mask, weights: Numbers, loads: Numbers, *, fewest: int, most: int, nodes: int | None = None
) -> CoveringSet | None:
    """Return at most `most` of n candidates that cover all, of least (peak load, weight); None where none do.

    `covers` (n, U), `weights` (n,) positive, `loads` (n, L) not negative, L = 0 for no loads. The caller knows that
    every cover has at least `fewest` members. LimitError where the limit of nodes, NODE_LIMIT unless given, came before
    any cover.
    """
    limit = NODE_LIMIT if nodes is None else nodes
    needed = covers[:, _necessary(covers)]
    if not needed.any(axis=0).all() or fewest > most:
        return None
    kept = _undominated(needed, weights, loads)
    search = _Search(needed[kept], weights[kept], loads[kept], fewest, limit)
    search.greedy(most)
    search.extend((1 << needed.shape[1]) - 1, (), search.loads[:0].sum(axis=0), 0, most, 0)
    finished = search.nodes <= limit
    if search.best is None and not finished:
        what = "nodes of the search for a cover"
        raise LimitError(what, limit=limit)
    return (
        None if search.best is None else CoveringSet(tuple(sorted(kept[list(search.best)].tolist())), minimal=finished)
    )


def _necessary(covers: Mask) -> Numbers:
    """Return the constraints that no other one implies, equal ones once, those that few candidates meet first."""
    _, first = np.unique(covers, axis=1, return_index=True)
    columns = covers[:, np.sort(first)].astype(np.float64)
    # Whoever meets v meets u exactly if no candidate meets v alone.
    alone = columns.T @ (1 - columns)
    np.fill_diagonal(alone, 1)
    places = np.sort(first)[alone.all(axis=0)]
    return places[np.argsort(covers[:, places].sum(axis=0), kind="stable")]


def _undominated(covers: Mask, weights: Numbers, loads: Numbers) -> Numbers:
    """Return the candidates that no other one replaces at no more weight and load, useless ones left out."""
    kept: list[int] = []
    for place in np.lexsort((loads.sum(axis=1), -covers.sum(axis=1), weights)).tolist():
        better = (covers[kept] >= covers[place]).all(axis=1) & (loads[kept] <= loads[place]).all(axis=1)
        if covers[place].any() and not better.any():
            kept.append(place)
    return np.array(kept, dtype=np.intp)


@final
@dataclass
class _Search:
    """Depth first; sets of constraints are bit masks, bit u for constraint u."""

    covers: Mask
    weights: Numbers
    loads: Numbers
    fewest: int
    limit: int
    best: tuple[int, ...] | None = None
    value: tuple[float, float] = (math.inf, math.inf)
    nodes: int = 0
    masks: list[int] = field(init=False)
    shares: list[int] = field(init=False)
    scale: int = field(init=False)

    def __post_init__(self) -> None:
        """Number the constraints and share the weights among them, in units of 1 / scale."""
        self.masks = [sum(1 << bit for bit in np.flatnonzero(row).tolist()) for row in self.covers]
        self.scale = math.lcm(*self.covers.sum(axis=1).tolist())
        shares = [self.scale * weight // mask.bit_count() for weight, mask in self._weighted()]
        self.shares = [min(shares[place] for place in np.flatnonzero(row).tolist()) for row in self.covers.T]

    def _weighted(self) -> list[tuple[int, int]]:
        return list(zip(self.weights.tolist(), self.masks, strict=True))

    def greedy(self, most: int) -> None:
        """Start with the set that takes at each step the most constraints per weight, if it is small enough."""
        missing, chosen = np.ones(self.covers.shape[1], dtype=np.bool_), list[int]()
        while missing.any():
            chosen.append(int(np.argmax(self.covers[:, missing].sum(axis=1) / self.weights)))
            missing &= ~self.covers[chosen[-1]]
        if len(chosen) <= most:
            self._keep(tuple(chosen), self.loads[chosen].sum(axis=0), int(self.weights[chosen].sum()))

    def _keep(self, chosen: tuple[int, ...], load: Numbers, weight: int) -> None:
        value = (int(load.max(initial=0)), weight)
        if value < self.value:
            self.best, self.value = chosen, value

    # Branch on the missing bit that fewest candidates cover: one of them must be taken, and those tried before it are
    # barred, so that no set is met twice. A branch is cut where its load, and its weight with the least share of
    # every missing bit, cannot beat the best.
    def extend(self, missing: int, chosen: tuple[int, ...], load: Numbers, weight: int, room: int, barred: int) -> None:
        """Try all ways to cover `missing` with at most `room` candidates more, none of the set `barred`."""
        if not missing:
            self._keep(chosen, load, weight)
            return
        self.nodes += 1
        left = sum(share for bit, share in enumerate(self.shares) if missing >> bit & 1)
        members = (self.fewest - len(chosen)) * int(self.weights.min())
        bound = (int(load.max(initial=0)), weight + max(-(-left // self.scale), members))
        if not room or bound >= self.value or self.nodes > self.limit:
            return
        hardest = (missing & -missing).bit_length() - 1
        places = np.flatnonzero(self.covers[:, hardest])
        peaks = (load + self.loads[places]).max(axis=1, initial=0)
        for place in places[np.lexsort((self.weights[places], peaks))].tolist():
            if not barred >> place & 1:
                rest, larger = missing & ~self.masks[place], weight + int(self.weights[place])
                self.extend(rest, (*chosen, place), load + self.loads[place], larger, room - 1, barred)
                barred |= 1 << place
