"""(1 + eta)^k (V + e_0) < V + mu: how often a state must be put back on its prototype to be read right for ever.

Theorem S. Let theorem H or D be proved of stored weights: from a state that is off by e in every plane or block, the
state t steps later is off by e_t with e_t + V <= (1 + eta)^t (e + V), V = 1 in theorem H, and it is read right while
e_t < mu. Let every stored prototype and the start be off by at most e_0, and let the state be replaced by the stored
prototype of the state that it is read as, so that no more than k steps go by without. If (1 + eta)^k (V + e_0) < V + mu
then every state after every word, of any length, is read right.

Proof. By induction over the replacements. After one the state is the prototype of the right state, off by e_0 at most;
until the next it is off by less than mu, so that it is read right, there too, and what replaces it is the right one.

The prototypes are those of points of cells, and the rows of the readout in theorem D, each number rounded once to the
format of the state. Cells that are intervals have none.
"""

from __future__ import annotations

from fractions import Fraction

from fsm2rnn.exact.circle import UNIT, point_on_circle, powers_below, scaled, square_root_up
from fsm2rnn.exact.rounding import FloatFormat, rounded
from fsm2rnn.proof.enclosure import Enclosure, Turn
from fsm2rnn.proof.horizon import Horizon
from fsm2rnn.proof.meaning import Meaning
from fsm2rnn.proof.nearness import PrototypeRows


def snap_cells(enclosure: Enclosure, horizon: Horizon) -> int | None:
    """Return k for a horizon of theorem H; None where a cell is no point, or no k is proved."""
    if not all(cell.is_point for cell in enclosure.cells):
        return None
    turns = {turn for cell in enclosure.cells for turn in cell.planes}
    away = max((_rounding(turn, horizon.form) for turn in turns), default=Fraction(0))
    return _every(horizon, Fraction(1), horizon.mu, away)


def snap_rows(stored: Meaning, horizon: Horizon) -> int | None:
    """Return k for a horizon of theorem D; None where no k is proved. Errors as for `PrototypeRows`."""
    points = PrototypeRows(stored)
    away = points.start
    for row in points.rows:
        exact = [Fraction(entry, points.scale) for entry in row]
        gaps = [entry - Fraction(rounded(entry, stored.form)) for entry in exact]
        away = max(away, points.length(gaps))
    # The horizon's mu counts from the stored start.
    borne = (1 + horizon.mu) * (points.norm + points.start) - points.norm
    return _every(horizon, points.norm, borne, away)


def _every(horizon: Horizon, norm: Fraction, borne: Fraction, away: Fraction) -> int | None:
    """Return the greatest k found with (1 + eta)^k (V + e_0) < V + mu; None for none, or where nothing rounds."""
    if not horizon.eta or borne <= away:
        return None
    return powers_below((norm + borne) / (norm + away), horizon.eta) or None


def _rounding(turn: Turn, form: FloatFormat) -> Fraction:
    """Return how far the rounded point of a turn is from it, from above."""
    if turn is None:
        return Fraction(0)
    square = 0
    for bounds in point_on_circle(turn):
        kept = scaled(rounded(Fraction(bounds.low + bounds.high, 2 * UNIT), form))
        square += max(bounds.high - kept.low, kept.high - bounds.low) ** 2
    return Fraction(square_root_up(square), UNIT)
