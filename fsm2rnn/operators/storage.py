"""Exact parameters to the bits of a float format: rounding to nearest even, then proof of what is stored."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from fsm2rnn.errors import CertificateError, LimitError, NumericError
from fsm2rnn.exact.rounding import FLOAT64, NATIVE, FloatFormat
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.operators.diagonal import Diagonal
from fsm2rnn.operators.operator import Operator
from fsm2rnn.operators.prototypes import PrototypeReadout
from fsm2rnn.operators.readout import RegionRow
from fsm2rnn.operators.rotation import Rotation
from fsm2rnn.operators.structure_tensors import (
    dense_tensor,
    index_tensor,
    matrix_tensor,
    readout_tensors,
    structure_tensors,
)
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.decoder import Decoder
from fsm2rnn.proof.claim.enclosure import Enclosure
from fsm2rnn.proof.claim.simulation import Simulation
from fsm2rnn.proof.file.network import Orbit, Prototypes, ProvedNetwork, Regions
from fsm2rnn.proof.rounding.drift import tracked
from fsm2rnn.proof.rounding.horizon import Horizon, graded, prove_stored
from fsm2rnn.proof.rounding.separation import separation
from fsm2rnn.proof.stored.structures import Structure, meaning
from fsm2rnn.proof.stored.tensor_file import StoredTensor


def store(operator: Operator, proof: Simulation, form: FloatFormat, evidence: Mapping[str, str]) -> ProvedNetwork:
    """Return the network whose tensors are operator, initial state and readout rounded to `form`, proved as stored.

    Raises NumericError when a number overflows the format, CertificateError when the rounded weights do
    not carry the proof.
    """
    structure, tensors = structure_tensors(operator, len(proof.machine.symbols), form)
    width = operator.size
    start = [entry for entry in proof.codes[0] if entry[0] < width]
    tensors["initial_state"] = dense_tensor((width,), start, form)
    if structure is Structure.COLUMN_ONE_HOT and _is_one_hot(proof.decoder):
        tensors |= _store_index_readout(proof.decoder)
    else:
        tensors |= readout_tensors(proof.decoder, width, form)
    if proof.head is not None:
        tensors["head.weight"] = matrix_tensor(proof.head, width, form)
    orbit = Orbit(proof.codes)
    return ProvedNetwork(proof.machine, proof.contract, orbit, proof.reads, structure, tensors, evidence)


def store_regions(
    operator: Rotation | Diagonal,
    proof: Enclosure,
    rows: tuple[RegionRow, ...],
    form: FloatFormat,
    evidence: Mapping[str, str],
) -> ProvedNetwork:
    """Return the network of a proof by regions; the readout is kept in float64, whatever the recurrence's format.

    A short format would round the scores by more than the regions are apart. Errors as for `store`.
    """
    structure, tensors = region_tensors(operator, proof, rows, form)
    regions = Regions(proof.letters, proof.regions)
    return ProvedNetwork(proof.machine, proof.contract, regions, proof.reads, structure, tensors, evidence)


def store_prototypes(
    operator: Operator,
    machine: StateMachine,
    contract: Contract,
    readout: PrototypeReadout,
    form: FloatFormat,
    evidence: Mapping[str, str],
) -> ProvedNetwork:
    """Return the network that starts at the first prototype and reads the nearest one, proved as rounded to `form`.

    The readout is kept in float64, as that of regions. Errors as for `store`.
    """
    structure, tensors = prototype_tensors(operator, len(machine.symbols), readout, form)
    return ProvedNetwork(machine, contract, Prototypes(), readout.reads, structure, tensors, evidence)


def rounded_horizons(
    operator: Rotation | Diagonal, proof: Enclosure, rows: tuple[RegionRow, ...]
) -> dict[str, Horizon]:
    """Return the horizons that `store_regions` would prove, by format, without proving the regions again.

    Left out are formats that are only stored or in which no step is proved, and all where the decoder is refused.
    """
    found: dict[str, Horizon] = {}
    separated = None
    for form in NATIVE:
        try:
            structure, tensors = region_tensors(operator, proof, rows, form)
            stored = meaning(structure, tensors, len(proof.machine.states))
            prove_stored(proof, stored)
            # The readout is float64 in all formats, so what it separates is found once.
            separated = separated or separation(proof, stored)
            found[form.name] = graded(proof, stored, separated)
        except (CertificateError, NumericError, LimitError):
            continue
    return found


def prototype_horizons(
    operator: Operator, machine: StateMachine, contract: Contract, readout: PrototypeReadout
) -> dict[str, Horizon]:
    """Return the horizons that `store_prototypes` would prove, by format.

    Left out are formats that are only stored or in which no step is proved.
    """
    found: dict[str, Horizon] = {}
    for form in NATIVE:
        with suppress(CertificateError, NumericError, LimitError):
            structure, tensors = prototype_tensors(operator, len(machine.symbols), readout, form)
            stored = meaning(structure, tensors, len(machine.states))
            found[form.name] = tracked(machine, contract, stored, readout.rows(stored))[1]
    return found


def prototype_tensors(
    operator: Operator, symbols: int, readout: PrototypeReadout, form: FloatFormat
) -> tuple[Structure, dict[str, StoredTensor]]:
    """Return structure and tensors of `store_prototypes`, nothing proved; NumericError for an overflow."""
    structure, tensors = structure_tensors(operator, symbols, form)
    tensors["initial_state"] = dense_tensor((operator.size,), readout.points[0].point, form)
    return structure, tensors | dict(readout.tensors)


def region_tensors(
    operator: Rotation | Diagonal, proof: Enclosure, rows: tuple[RegionRow, ...], form: FloatFormat
) -> tuple[Structure, dict[str, StoredTensor]]:
    """Return structure and tensors of `store_regions`, nothing proved; NumericError for an overflow."""
    structure, tensors = structure_tensors(operator, len(proof.machine.symbols), form)
    first = proof.regions[0]
    planes = range(len(first.lines), operator.size, 2)
    start = [*((line, high) for line, (_, high) in enumerate(first.lines)), *((place, 1) for place in planes)]
    tensors["initial_state"] = dense_tensor((operator.size,), start, form)
    shape = (len(rows), operator.size)
    weights = (
        (row * operator.size + place, value) for row, region in enumerate(rows) for place, value in region.weights()
    )
    tensors["readout.weight"] = dense_tensor(shape, weights, FLOAT64)
    tensors["readout.bias"] = dense_tensor(
        (len(rows),), ((row, region.bias) for row, region in enumerate(rows)), FLOAT64
    )
    reads = [row.read for row in rows]
    if reads != list(range(len(proof.machine.states))):
        tensors["readout.index"] = index_tensor((len(rows),), reads)
    return structure, tensors


def _is_one_hot(decoder: Decoder) -> bool:
    """Tell whether each coordinate scores 1 for one state."""
    return not decoder.bias and all([value for _, value in column] == [1] for column in decoder.readout.columns)


def _store_index_readout(decoder: Decoder) -> dict[str, StoredTensor]:
    """Return index[j], the state for which coordinate j scores."""
    rows = [column[0][0] for column in decoder.readout.columns]
    return {"readout.index": index_tensor((len(rows),), rows)}
