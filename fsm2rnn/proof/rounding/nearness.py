"""How near a state must be to the prototype of its state to be read right, and where a letter sends prototypes.

With mu_abs what the rows of the readout bear (`readout_rows`), V the largest norm of a block of a prototype and e_0 the
distance of the stored start from the first, mu = (mu_abs - e_0) / (V + e_0), so that e < mu_abs is
e + V < (1 + mu)(V + e_0). At most one is claimed, and e_0 <= V: then no block of a state that is read exceeds
2 (V + e_0) <= 4 V.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import final

from fsm2rnn.errors import CertificateError
from fsm2rnn.exact.circle import UNIT, square_root_up
from fsm2rnn.exact.coordinates import FormValues, Rows, applied
from fsm2rnn.exact.sparse import Vector
from fsm2rnn.proof.rounding.readout_rows import ReadoutRows
from fsm2rnn.proof.stored.meaning import Meaning


def root_above(square: Fraction) -> Fraction:
    """Return an upper bound of a square root, off by less than 2^-190, and of a small one by less than 2^-190 of it."""
    smaller = square.denominator.bit_length() - square.numerator.bit_length()
    unit = UNIT << max(0, smaller // 2)
    return Fraction(square_root_up(math.ceil(square * unit * unit)), unit)


@final
class PrototypeRows:
    """The prototypes v_k, rows of a readout, and the stored start.

    CertificateError when the start is no nearer to the first prototype than V, or all prototypes are zero.
    """

    def __init__(self, stored: Meaning, known: ReadoutRows | None = None) -> None:
        """Take the rows of the stored readout; `known` ones, where they are these, with what they have decided."""
        if known is None or not known.is_of(stored):
            known = ReadoutRows(stored.decoder, stored.readout_form, stored.blocks or ())
        self.readout, self.reads, self.rows = known, known.reads, known.rows
        self.norm, self.scale = known.norm, known.scale
        self.coordinates: Rows = [list(column) for column in zip(*self.rows, strict=True)]
        first = [Fraction(entry, self.scale) for entry in self.rows[0]]
        for place, entry in stored.initial_state:
            first[place] -= entry
        self.start = self.length(first)
        if not self.start <= self.norm or not self.norm:
            message = "the stored initial state is not near the first prototype"
            raise CertificateError("codes", message)

    def length(self, change: Sequence[Fraction]) -> Fraction:
        """Return the largest norm of a block, from above."""
        return root_above(Fraction(max(self.readout.squares(change))))

    def residual(self, columns: Sequence[Vector], targets: Sequence[int]) -> tuple[Fraction, list[int]]:
        """Return the largest |A v_k - v_k'| over prototypes and blocks, and the nearest k' of the right reading.

        `targets` says for every state what the letter makes of it. CertificateError where a state has no prototype.
        """
        unit = max((entry.denominator for column in columns for _, entry in column), default=1)
        matrix = [tuple((row, int(entry * unit)) for row, entry in column) for column in columns]
        worst, followed = 0, []
        images = zip(*applied(matrix, len(columns), FormValues(self.coordinates)), strict=True)
        for moved, read in zip(images, self.reads, strict=True):
            candidates = self.readout.rows_of.get(targets[read])
            if candidates is None:
                message = f"no prototype stands for state {targets[read]}"
                raise CertificateError("induction", message)
            changes = ([int(a) - unit * b for a, b in zip(moved, self.rows[k], strict=True)] for k in candidates)
            gaps = [*map(self.readout.largest, changes)]
            least = min(gaps)
            worst = max(worst, least)
            followed.append(candidates[gaps.index(least)])
        return self.readout.root(worst, unit * self.scale), followed

    def separation(self) -> tuple[Fraction | None, Fraction]:
        """Return the least lead at a prototype (None: one reading), and mu.

        CertificateError where a prototype is not read right, or mu is not positive.
        """
        least, borne = self.readout.separation
        reach = self.norm + self.start
        mu = Fraction(1) if borne is None else min(Fraction(1), (borne / self.scale - self.start) / reach)
        if mu <= 0:
            message = "the stored initial state is too far from the first prototype to be read"
            raise CertificateError("float", message)
        return None if least is None else Fraction(least, self.scale**2), mu

    def borne(self, mu: Fraction) -> Fraction:
        """Return how near to its prototype a state is read right: (1 + mu)(V + e_0) - V."""
        return (1 + mu) * (self.norm + self.start) - self.norm
