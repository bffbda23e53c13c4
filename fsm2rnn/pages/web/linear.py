"""A proved linear recurrence as a page steps it: entries of its matrices, scores, codes, and what is proved of it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, final

from fsm2rnn.errors import LimitError, NumericError
from fsm2rnn.exact.factored import FactoredMatrix
from fsm2rnn.exact.matrix import ExactMatrix, columns_of
from fsm2rnn.exact.rounding import FLOAT64
from fsm2rnn.exact.sparse import Scalar, SparseMatrix, Vector
from fsm2rnn.exact.updates import UpdateProduct
from fsm2rnn.pages.web.page_data import Claim, Entries, Gated, Linear, Tone, Updated
from fsm2rnn.proof.claim.enclosure import Region, Turn
from fsm2rnn.proof.file.network import FloatOrbit, Orbit, Prototypes, ProvedNetwork, Regions, Replay
from fsm2rnn.proof.rounding.exact_horizon import ARITHMETIC
from fsm2rnn.proof.rounding.grade import ExactGrade
from fsm2rnn.proof.stored.meaning import Meaning
from fsm2rnn.proof.stored.structures import Structure

ENTRIES: Final = 200_000
"""Most numbers of a network on a page: some megabytes."""
CODED: Final = 50_000
"""Most numbers of all codes together, which are written out in full; a page with more has no codes and no drift."""
PRODUCTS: Final = (
    Structure.DENSE,
    Structure.COLUMN_ONE_HOT,
    Structure.DIAGONAL,
    Structure.ROTATION,
    Structure.BLOCK_DIAGONAL,
)
"""Structures whose step is one product with A_x, added up and then rounded once."""

Point = tuple[float, ...]


def linear(name: str, network: ProvedNetwork) -> Linear:
    """Return the network as a page steps it.

    LimitError where it has more numbers than a page holds, NumericError where float64 does not hold one.
    """
    stored = network.stored
    _require_room(stored)
    width = stored.matrices[0].height
    through = _through(network, width)
    own = isinstance(network.grade, ExactGrade) or network.structure in PRODUCTS or through is not None
    form = stored.form if own else FLOAT64
    codes = codes_of(network)
    if len(codes.points) * width > CODED:
        codes = NO_CODES
    snap = stored.snap
    return Linear(
        name=name,
        claim=claim(network),
        form=form.name,
        accumulator=form.accumulator.name,
        own=own,
        steps=network.steps,
        initial=_dense(stored.initial_state, width),
        matrices=tuple(_entries(columns_of(matrix)) for matrix in stored.matrices),
        scores=_entries(stored.decoder.readout.columns),
        bias=_dense(stored.decoder.bias, stored.decoder.readout.height),
        reads=stored.decoder.reads,
        points=codes.points,
        ends=codes.ends,
        point_reads=codes.reads,
        snap_every=None if snap is None else snap.every,
        snap_points=() if snap is None else tuple(_dense(point, width) for point in snap.prototypes),
        through=through,
    )


def _through(network: ProvedNetwork, width: int) -> Gated | Updated | None:
    """Return the factors or updates of a network that rounds; None of other structures, and where nothing rounds."""
    if isinstance(network.grade, ExactGrade):
        return None
    gated = [matrix for matrix in network.stored.matrices if isinstance(matrix, FactoredMatrix)]
    updated = [matrix for matrix in network.stored.matrices if isinstance(matrix, UpdateProduct)]
    if gated:
        rank = gated[0].output.width
        given = tuple((column, row, value) for row, column, value in _entries(gated[0].input.columns))
        gates = tuple(_dense(matrix.gates, rank) for matrix in gated)
        return Gated(tuple(sorted(given)), gates, _entries(gated[0].output.columns))
    if updated and all(matrix.constant is None for matrix in updated):
        return Updated(
            tuple(
                tuple((_dense(update.key, width), _number(update.beta)) for update in matrix.updates)
                for matrix in updated
            )
        )
    return None


def claim(network: ProvedNetwork) -> Claim:
    """Return what is proved of the network, in one sentence."""
    states, size, form = len(network.machine.states), network.proof.size, network.form.name
    ends = "the one state" if states == 1 else f"the right one of {states:,} states"
    replayed = f", {ARITHMETIC}" if isinstance(network.trace, Replay) else ""
    held = f"With {size:,} hidden number{'' if size == 1 else 's'}, as stored in {form}{replayed},"
    snap = network.stored.snap
    if network.steps is None:
        put = "" if snap is None else f", if it is put back on a code every {snap.every:,} symbols"
        return Claim(Tone.PROVED, "Proved: right at every length.", f"{held} every word is read as {ends}{put}.")
    count = f"{network.steps:,} symbol{'' if network.steps == 1 else 's'}"
    after = "One of one symbol more is misread" if isinstance(network.trace, Replay) else "After that, rounding may win"
    rest = f"{held} every word up to that length is read as {ends}. {after}."
    return Claim(Tone.BOUNDED, f"Proved: right for {count}.", rest)


def _require_room(stored: Meaning) -> None:
    """Raise LimitError before matrices that are stored in factors are multiplied out."""
    needed = sum(map(_count, stored.matrices)) + sum(map(len, stored.decoder.readout.columns))
    needed += 0 if stored.snap is None else len(stored.snap.prototypes) * stored.matrices[0].height
    if needed > ENTRIES:
        what = "numbers of a network on a page"
        raise LimitError(what, limit=ENTRIES, needed=needed, hint="the machine alone has a page too")


def _count(matrix: ExactMatrix) -> int:
    """Return how many entries a matrix has at most, found without multiplying it out."""
    return sum(map(len, matrix.columns)) if isinstance(matrix, SparseMatrix) else matrix.height * matrix.width


@final
@dataclass(frozen=True)
class ListedCodes:
    """States h that the proof lists and the machine state of each, in float64.

    Where codes are regions, all h from `points` to `ends` in each coordinate; no ends where every code is one state.
    """

    points: tuple[Point, ...]  # (N, H)
    ends: tuple[Point, ...]  # (N, H) or none
    reads: tuple[int, ...]  # (N,)


NO_CODES: Final = ListedCodes((), (), ())
"""What a page has of a network with too many codes."""


def codes_of(network: ProvedNetwork) -> ListedCodes:
    """Return the codes that the proof lists."""
    stored = network.stored
    if isinstance(network.trace, Regions):
        regions = network.trace.regions
        ends = () if all(region.is_point for region in regions) else tuple(_corner(region, 1) for region in regions)
        return ListedCodes(tuple(_corner(region, 0) for region in regions), ends, network.reads)
    points, reads = _listed(network, stored)
    width = stored.matrices[0].height
    return ListedCodes(tuple(_dense(point, width) for point in points), (), reads)


def _corner(region: Region, side: int) -> Point:
    """Return the least (0) or greatest (1) number of each line, then two coordinates for each plane."""
    lines = [_number(interval[side]) for interval in region.lines]
    return (*lines, *(number for turn in region.planes for number in _on_circle(turn)))


def _on_circle(turn: Turn) -> Point:
    if turn is None:
        return (0.0, 0.0)
    angle = 2 * math.pi * float(turn)
    return (math.cos(angle), math.sin(angle))


def _listed(network: ProvedNetwork, stored: Meaning) -> tuple[tuple[Vector, ...], tuple[int, ...]]:
    match network.trace:
        case Orbit(points):
            return points, network.reads
        case FloatOrbit(states):
            return states, network.reads
        case Prototypes():
            readout = stored.decoder.readout
            rows: list[list[tuple[int, Scalar]]] = [[] for _ in range(readout.height)]
            for place, column in enumerate(readout.columns):
                for row, value in column:
                    rows[row].append((place, value))
            return tuple(map(tuple, rows)), network.reads
        case Regions() | Replay():
            return (), ()


def _entries(columns: Iterable[Vector]) -> Entries:
    found = [(row, column, _number(value)) for column, entries in enumerate(columns) for row, value in entries]
    return tuple(sorted(found))


def _dense(entries: Vector, width: int) -> Point:
    found = [0.0] * width
    for place, value in entries:
        found[place] = _number(value)
    return tuple(found)


def _number(value: Scalar) -> float:
    try:
        return float(value)
    except OverflowError as error:
        message = "a number of the network is larger than float64 holds"
        raise NumericError(message) from error
