"""Networks with a horizon run in numpy beside the exact states that theorems H and D compare them with.

Written against the theorems' text and the stored tensors: nothing of the kernel is asked but eta and steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from itertools import pairwise

import flint
import numpy as np

from fsm2rnn.exact.rounding import BFLOAT16, FLOAT16
from fsm2rnn.proof.file.network import Regions
from fsm2rnn.proof.stored.structures import Structure
from tests.proof.rounding.float_states import ACCUMULATORS, array_of, rounded_to
from tests.proof.rounding.fused import fused

POINT_BITS = 160  # to which cosines and sines are known before they are split into two floats
ROUNDED = 1e-12  # a float64 computation of errors and bounds is off by less, relatively


class Way(Enum):
    """The order of a sum of products, and whether a product is rounded before it is added."""

    FORWARD = (1, False)
    BACKWARD = (-1, False)
    FUSED = (1, True)
    FUSED_BACKWARD = (-1, True)


@dataclass(frozen=True)
class ExactStates:
    """Where the theorem says that words lead: points in two floats each, and how they follow each other."""

    high: np.ndarray  # (P, H) float64
    low: np.ndarray  # what high is short of the point, rounded
    following: np.ndarray  # (P, D)
    reads: np.ndarray  # (P,) machine states
    parts: tuple  # slices of coordinates, the theorem's planes or blocks
    norm: float  # V
    start: float  # e_0


@dataclass(frozen=True)
class Blocks:
    """h <- A_x h block by block."""

    weights: tuple  # of (D, n, n) in the accumulating format

    @property
    def letters(self):
        """D."""
        return len(self.weights[0])

    def apply(self, states, symbols, way):
        """Return A_x h for states (..., H) and symbols of a shape that fits (...)."""
        moved, first = [], 0
        for weight in self.weights:
            part = states[..., None, first : first + weight.shape[-1]]
            moved.append(_summed(weight[symbols], part, way))
            first += weight.shape[-1]
        return np.concatenate(moved, axis=-1)


@dataclass(frozen=True)
class Updates:
    """h <- h - beta <key, h> key, one after the other."""

    keys: np.ndarray  # (D, R, H) in the accumulating format
    betas: np.ndarray  # (D, R)

    @property
    def letters(self):
        """D."""
        return len(self.keys)

    def apply(self, states, symbols, way):
        """Return the updated states, shapes as for blocks."""
        keys, betas = self.keys[symbols], self.betas[symbols]
        for place in range(keys.shape[-2]):
            key = keys[..., place, :]
            scale = (betas[..., place] * -_summed(key, states, way))[..., None]
            states = fused(scale, key, states) if way.value[1] else states + scale * key
        return states


@dataclass(frozen=True)
class Factors:
    """h <- output (gates_x * (source h))."""

    source: np.ndarray  # (R, H) in the accumulating format
    gates: np.ndarray  # (D, R)
    output: np.ndarray  # (H, R)

    @property
    def letters(self):
        """D."""
        return len(self.gates)

    def apply(self, states, symbols, way):
        """Return the next states, shapes as for blocks."""
        inner = _summed(self.source, states[..., None, :], way) * self.gates[symbols]
        return _summed(self.output, inner[..., None, :], way)


@dataclass(frozen=True)
class FloatSteps:
    """One network: its arithmetic and its exact states."""

    network: object
    arithmetic: Blocks | Updates | Factors
    exact: ExactStates
    ways: tuple  # those that can differ
    readout: tuple  # weight (K, H), bias (K,) and reads (K,)

    @classmethod
    def of(cls, network):
        """Read the tensors of a network whose grade is a horizon."""
        arithmetic = _arithmetic(network)
        exact = _turned(network) if isinstance(network.trace, Regions) else _rows(network, arithmetic)
        weight, bias = (array_of(network.tensors[f"readout.{name}"]) for name in ("weight", "bias"))
        readout = weight, bias, np.array(network.stored.decoder.reads)
        return cls(network, arithmetic, exact, _ways(network, arithmetic), readout)

    def first(self, count):
        """Return `count` stored starts, and the exact states that they stand for."""
        start = array_of(self.network.tensors["initial_state"]).astype(ACCUMULATORS[self.network.form])
        return np.repeat(start[None], count, axis=0), np.zeros(count, int)

    def step(self, states, symbols, way=Way.FORWARD):
        """Return the float states (..., H) after symbols (...): summed in one way, rounded once to the format."""
        return rounded_to(self.arithmetic.apply(states, symbols, way), self.network.form)

    def errors(self, states, points):
        """Return the greatest |h - v| over planes or blocks, off by a few units of its own last place."""
        away = (states.astype(np.float64) - self.exact.high[points]) - self.exact.low[points]
        found = [np.square(away[..., part]).sum(axis=-1) for part in self.exact.parts]
        return np.sqrt(found[0] if len(found) == 1 else np.maximum.reduce(found))

    def proved(self, length):
        """Return (1 + eta)^t (V + e_0) - V for t = 1 .. length; theorem H is V = 1, e_0 = 0."""
        growth = np.expm1(np.arange(1, length + 1) * np.log1p(float(self.network.grade.eta)))
        return growth * (self.exact.norm + self.exact.start) + self.exact.start

    def misread(self, states, points):
        """Return how many float states (N, H) are not read as they should be."""
        weight, bias, reads = self.readout
        found = (states.astype(np.float64) @ weight.T + bias).argmax(axis=-1)
        return int((reads[found] != self.exact.reads[points]).sum())


def _summed(left, right, way):
    """Return the sum of products over the last axis, one after the other."""
    sign, at_once = way.value
    places = range(np.broadcast_shapes(left.shape[-1:], right.shape[-1:])[0])[::sign]
    total = left[..., places[0]] * right[..., places[0]]
    for place in places[1:]:
        factors = left[..., place], right[..., place]
        total = fused(*factors, total) if at_once else total + factors[0] * factors[1]
    return total


def _ways(network, arithmetic):
    """Return ways with results of their own: sums of two have no order, products of short numbers are exact."""
    if isinstance(arithmetic, Updates | Factors):
        return Way.FORWARD, Way.BACKWARD, Way.FUSED
    pairs = max(weight.shape[-1] for weight in arithmetic.weights) <= 2
    if network.form in (BFLOAT16, FLOAT16):
        return (Way.FORWARD,) if pairs else (Way.FORWARD, Way.BACKWARD)
    return (Way.FORWARD, Way.FUSED, Way.FUSED_BACKWARD) if pairs else (Way.FORWARD, Way.BACKWARD, Way.FUSED)


def _arithmetic(network):
    wide = ACCUMULATORS[network.form]
    tensors = {name: array_of(tensor) for name, tensor in network.tensors.items() if tensor.dtype != "I64"}
    match network.structure:
        case Structure.HOUSEHOLDER:
            return Updates(tensors["key"].astype(wide), tensors["beta"].astype(wide))
        case Structure.FACTORED:
            names = ("input_factor", "gates", "output_factor")
            return Factors(*(np.ascontiguousarray(tensors[name].astype(wide)) for name in names))
        case Structure.ROTATION:
            lines = tensors["diagonal"].T if "diagonal" in tensors else ()
            c, s = tensors["cosine"], tensors["sine"]
            planes = np.moveaxis(np.array([[c, -s], [s, c]]), (2, 3), (1, 0))
            weights = [*(line[:, None, None] for line in lines), *planes]
        case Structure.DENSE:
            weights = [np.moveaxis(tensors["weight"], 2, 0)]
        case Structure.BLOCK_DIAGONAL:
            weights = [tensors[f"block.{place}"] for place in range(len(network.stored.blocks))]
    return Blocks(tuple(np.ascontiguousarray(weight.astype(wide)) for weight in weights))


def _turned(network):
    """Return the states of planes: turns are added as fractions beside the machine, breadth first."""
    letters, machine = [letter.planes for letter in network.trace.letters], network.machine
    first = (tuple(network.trace.regions[0].planes), machine.start)
    number, order, following = {first: 0}, [first], []
    for turns, state in order:
        row = []
        for symbol, letter in enumerate(letters):
            moved = tuple(None if a is None or b is None else (a + b) % 1 for a, b in zip(turns, letter, strict=True))
            reached = (moved, machine.table[state][symbol])
            if number.setdefault(reached, len(order)) == len(order):
                order.append(reached)
            row.append(number[reached])
        following.append(row)
    lines = len(network.trace.letters[0].lines)
    points = np.zeros((2, len(order), lines + 2 * len(first[0])))
    for place, (turns, _) in enumerate(order):
        for plane, turn in enumerate(turns):
            at = lines + 2 * plane
            points[:, place, at : at + 2] = np.transpose([split(value) for value in on_circle(turn)])
    parts = tuple(slice(place, place + 2) for place in range(lines, points.shape[2], 2))
    return ExactStates(*points, np.array(following), np.array([state for _, state in order]), parts, 1.0, 0.0)


def on_circle(turn):
    """Return cosine and sine of a part of a turn as balls, zeros for None."""
    if turn is None:
        return flint.arb(0), flint.arb(0)
    angle = flint.fmpq(2 * turn.numerator, turn.denominator)
    with flint.ctx.workprec(POINT_BITS):
        return flint.arb.cos_pi_fmpq(angle), flint.arb.sin_pi_fmpq(angle)


def split(value):
    """Return a ball as a float and what is left, as a float."""
    with flint.ctx.workprec(POINT_BITS):
        high = float(value.mid())
        return high, float((value - high).mid())


def _rows(network, arithmetic):
    """Return the rows of the readout: each letter leads to the nearest row of the right reading."""
    rows, start = array_of(network.tensors["readout.weight"]), array_of(network.tensors["initial_state"])
    sizes = network.stored.blocks
    parts = tuple(slice(first, after) for first, after in pairwise((0, *np.cumsum(sizes))))

    def lengths(away):
        return np.max([np.linalg.norm(away[..., part], axis=-1) for part in parts], axis=0)

    reads = np.array(network.stored.decoder.reads)
    table = np.array(network.machine.table)
    following = np.zeros((len(rows), table.shape[1]), int)
    for letter in range(table.shape[1]):
        moved = arithmetic.apply(rows.astype(ACCUMULATORS[network.form]), letter, Way.FORWARD)
        for place, image in enumerate(moved):
            candidates = np.flatnonzero(reads == table[reads[place], letter])
            following[place, letter] = candidates[lengths(rows[candidates] - image).argmin()]
    return ExactStates(
        rows, np.zeros_like(rows), following, reads, parts, lengths(rows).max(), float(lengths(start - rows[0]))
    )
