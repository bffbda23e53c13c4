"""Stored networks of regions that the tests of horizons share: turning planes of groups, and a line that decays."""

from __future__ import annotations

from fractions import Fraction

from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.operators.diagonal import Diagonal
from fsm2rnn.operators.readout import RegionRow, nearest_rows
from fsm2rnn.operators.rotation import Rotation
from fsm2rnn.operators.storage import store_regions
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.enclosure import Enclosure, Letter, Region
from fsm2rnn.source.read import read
from fsm2rnn.tracing.orbit import reached_regions

# A symbol that is counted up to two by halving a line, and one that changes nothing.
DECAY = StateMachine(("none", "one", "more"), ("a", "b"), ((1, 0), (2, 1), (2, 2)), 0, (0, 1, 2))
HALF = (Letter((Fraction(1, 2),), ()), Letter((1,), ()))
DECAY_ROWS = (
    RegionRow((Fraction(1),), (), Fraction(-3, 4), 0),
    RegionRow((Fraction(0),), (), Fraction(0), 1),
    RegionRow((Fraction(-1),), (), Fraction(3, 8), 2),
)


def stored_regions(machine, letters, first, contract, form, rows=None):
    """Return the stored network of the regions that words reach, by default with its nearest prototypes."""
    regions, reads = reached_regions(letters, first, machine, limit=1000)
    proof = Enclosure(machine, letters, regions.regions, reads, contract)
    operator = Rotation(letters) if letters[0].planes else Diagonal(tuple(letter.lines for letter in letters))
    return store_regions(operator, proof, nearest_rows(proof) if rows is None else rows, form, {})


def turning_network(name, letters, form):
    """Return the stored network of a catalogue machine whose letters turn planes."""
    first = Region((), (Fraction(0),) * len(letters[0].planes))
    return stored_regions(read(name), letters, first, Contract.INJECTIVE, form)


def decaying_network(form):
    """Return the counter up to two."""
    return stored_regions(DECAY, HALF, Region(((1, 1),), ()), Contract.ROBUST, form, DECAY_ROWS)


def cyclic_network(order, form):
    """Return Z_m with all m letters: letter k turns the one plane by k/m."""
    return turning_network(f"Z{order}", tuple(Letter((), (Fraction(k, order),)) for k in range(order)), form)
