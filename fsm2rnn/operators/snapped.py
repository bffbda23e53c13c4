"""h <- prototype of the state that h is read as: how often is enough, and the network that stores it.

Prototypes are the points of regions, or the rows of the readout, each number rounded once to the format of the state.
"""

from __future__ import annotations

from fsm2rnn.errors import CertificateError
from fsm2rnn.exact.rounding import FloatFormat, rounded
from fsm2rnn.exact.sparse import Scalar, Vector, vector
from fsm2rnn.operators.readout import middle_of_point
from fsm2rnn.operators.structure_tensors import dense_tensor, index_tensor
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.enclosure import Enclosure
from fsm2rnn.proof.claim.simulation import Simulation
from fsm2rnn.proof.file.network import ProvedNetwork
from fsm2rnn.proof.rounding.drift import Tracking
from fsm2rnn.proof.rounding.horizon import Horizon
from fsm2rnn.proof.rounding.snapping import Snapping, snap_regions, snap_rows
from fsm2rnn.proof.stored.meaning import Meaning


def snapped(network: ProvedNetwork) -> ProvedNetwork:
    """Return the network with prototypes on which its state is put back as late as is proved, right at every length.

    CertificateError where it has no horizon, several codes per state, or no number of symbols that is proved.
    """
    found, points = None, tuple[Vector, ...]()
    if isinstance(network.grade, Horizon) and network.contract is Contract.INJECTIVE:
        match network.proof:
            case Enclosure() as proof:
                points = region_prototypes(proof, network.form)
                found = snap_regions(proof, points, network.grade)
            case Tracking():
                points = row_prototypes(network.stored, len(network.machine.states))
                found = snap_rows(network.stored, points, network.grade)
            case Simulation():
                pass  # codes never round
    if found is None:
        own = f"grade {network.grade_name}, contract {network.contract.value}"
        message = f"putting the state back proves no more than the network as it is: {own}"
        raise CertificateError("snap", message)
    return _stored(network, points, found)


def _stored(network: ProvedNetwork, points: tuple[Vector, ...], found: Snapping) -> ProvedNetwork:
    size, states = network.proof.size, len(points)
    entries = ((state * size + place, value) for state, point in enumerate(points) for place, value in point)
    tensors = {
        "snap.prototype": dense_tensor((states, size), entries, network.form),
        "snap.every": index_tensor((1,), [found.every]),
    }
    parts = (network.machine, network.contract, network.trace, network.reads, network.structure)
    return ProvedNetwork(*parts, {**network.tensors, **tensors}, network.evidence)


def region_prototypes(enclosure: Enclosure, form: FloatFormat) -> tuple[Vector, ...]:
    """Return the rounded points of regions by the machine state they are read as, the last one of each."""
    points: list[Vector] = [()] * len(enclosure.machine.states)
    for region, read in zip(enclosure.regions, enclosure.reads, strict=True):
        entries: list[tuple[int, Scalar]] = [(line, low) for line, (low, _) in enumerate(region.lines)]
        for place, turn in zip(range(len(region.lines), enclosure.size, 2), region.planes, strict=True):
            entries += zip((place, place + 1), middle_of_point(turn), strict=True)
        points[read] = vector((place, rounded(value, form)) for place, value in entries)
    return tuple(points)


def row_prototypes(stored: Meaning, states: int) -> tuple[Vector, ...]:
    """Return the rounded rows of the readout by the machine state they speak for, the last one of each."""
    readout = stored.decoder.readout.transposed()
    points: list[Vector] = [()] * states
    for row, read in zip(readout.columns, stored.decoder.reads, strict=True):
        points[read] = vector((place, rounded(value, stored.form)) for place, value in row)
    return tuple(points)
