"""(1 + eta)^k (V + away) < (1 + mu)(V + e_0): how often a state must be put back to be read right for ever.

Theorem S. Let theorem H or D be proved of stored weights: from a state that is off by e in every plane or block, the
state t steps later is off by e_t with V + e_t <= (1 + eta)^t (V + e), and it is read right while V + e_t is less than
(1 + mu)(V + e_0); V = 1 and e_0 = 0 in theorem H, and in theorem D V bounds the prototypes' norms and e_0 is how far
the stored start is off. Let every stored prototype and the start be off by at most `away`, and let the state be
replaced by the stored prototype of the state that it is read as, so that no more than k steps go by without. If
(1 + eta)^k (V + away) < (1 + mu)(V + e_0), then every state after every word, of any length, is read right. So it is
where theorem G keeps what is off by `away` below (1 + mu)(V + e_0) - V for k steps.

Proof. By induction over the replacements. After one the state is the prototype of the right state, off by `away` at
most; until the next, and there too, it is read right, so that what replaces it is the right one.

The prototypes are stored, one for each machine state: near the point of its region, lines as they are, or near its row
of the readout in theorem D. Regions that are intervals have none, and a state that has several regions or rows has no
one prototype.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final, final

from fsm2rnn.errors import CertificateError
from fsm2rnn.exact.circle import powers_below
from fsm2rnn.exact.sparse import Vector
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.enclosure import Enclosure, Region
from fsm2rnn.proof.rounding.growth import steps_within
from fsm2rnn.proof.rounding.horizon import Horizon, distance_from_turn
from fsm2rnn.proof.rounding.nearness import PrototypeRows
from fsm2rnn.proof.stored.meaning import Meaning, StoredSnap

REASON: Final = (
    "after snap.every symbols at most the state is replaced by row q of snap.prototype, q being the state that it is "
    "read as; these rows and the start are off by at most away, and (1 + eta)^every (V + away) is less than "
    "(1 + mu)(V + e_0), V the largest norm of a prototype and e_0 how far the start is off, V = 1 and e_0 = 0 on "
    "circles, so that every state is read right before it is replaced; between, steps counted from the last "
    "replacement and away in place of e_0: "
)


@final
@dataclass(frozen=True)
class Snapping:
    """Words of every length are read right in the horizon's format if the state is put back every so many symbols.

    `away` bounds the distance of stored prototypes and start from the exact ones.
    """

    horizon: Horizon
    every: int
    away: Fraction


def snap_regions(enclosure: Enclosure, prototypes: Sequence[Vector], horizon: Horizon) -> Snapping | None:
    """Return the greatest number of symbols found for a horizon of theorem H, None where there is none.

    `prototypes` are by machine state.
    """
    gaps = [
        _region_gap(region, prototypes[read]) for region, read in zip(enclosure.regions, enclosure.reads, strict=True)
    ]
    known = [gap for gap in gaps if gap is not None]
    return _every(horizon, Fraction(1), horizon.mu, max(known)) if len(known) == len(gaps) else None


def snap_rows(stored: Meaning, prototypes: Sequence[Vector], horizon: Horizon) -> Snapping | None:
    """Return the greatest number of symbols found for a horizon of theorem D, None where there is none.

    `prototypes` are by machine state. CertificateError where the readout's rows are no prototypes, see `PrototypeRows`.
    """
    points = PrototypeRows(stored)
    away = points.start
    for row, read in zip(points.rows, points.reads, strict=True):
        kept = dict(prototypes[read])
        away = max(away, points.length([Fraction(e, points.scale) - kept.get(j, 0) for j, e in enumerate(row)]))
    # The horizon's mu counts from the stored start.
    borne = points.borne(horizon.mu)
    if horizon.added is None:
        return _every(horizon, points.norm, borne, away)
    every = steps_within(borne, away, horizon.eta, horizon.added)
    return Snapping(horizon, every, away) if every else None


def proved_snap(contract: Contract, snap: StoredSnap, found: Snapping | None) -> Snapping:
    """Return the grade of a network that is put back as often as it says; CertificateError where that is too late."""
    if contract is not Contract.INJECTIVE:
        message = "one prototype per state is put back under contract injective"
        raise CertificateError("snap", message)
    if found is None or snap.every > found.every:
        limit = "none" if found is None else f"{found.every:,}"
        message = f"the state is put back after {snap.every:,} symbols, and {limit} are proved"
        raise CertificateError("snap", message)
    return replace(found, every=snap.every)


def _every(horizon: Horizon, norm: Fraction, borne: Fraction, away: Fraction) -> Snapping | None:
    """Return the greatest k found with (1 + eta)^k (V + away) < V + borne; None for none, or where nothing rounds."""
    if not horizon.eta or borne <= away:
        return None
    every = powers_below((norm + borne) / (norm + away), horizon.eta)
    return Snapping(horizon, every, away) if every else None


def _region_gap(region: Region, prototype: Vector) -> Fraction | None:
    """Return how far a stored prototype is from the point of a region; None where it is none, or on another line."""
    entries, lines = dict(prototype), len(region.lines)
    if not region.is_point or any(entries.get(line, 0) != low for line, (low, _) in enumerate(region.lines)):
        return None
    pairs = [
        (entries.get(place, 0), entries.get(place + 1, 0)) for place in range(lines, lines + 2 * len(region.planes), 2)
    ]
    if any(turn is None and pair != (0, 0) for turn, pair in zip(region.planes, pairs, strict=True)):
        return None
    gaps = (distance_from_turn(turn, *pair) for turn, pair in zip(region.planes, pairs, strict=True))
    return max(gaps, default=Fraction(0))
