"""A least orthogonal representation as a network: exact matrices with their proof, and orthonormal floats to store."""

from __future__ import annotations

import math
from collections.abc import Mapping

from fsm2rnn.algebra.group.group_action import GroupAction
from fsm2rnn.algebra.representation.field_representation import field_representation
from fsm2rnn.algebra.representation.orthogonal_representation import OrthogonalRepresentation
from fsm2rnn.algebra.representation.reflections import float_vector, orthogonal_updates
from fsm2rnn.algebra.representation.spherical_function import Floats
from fsm2rnn.algebra.representation.turning_factors import TurningFactors
from fsm2rnn.constructions.promise import finite_promise
from fsm2rnn.constructions.verdict import Compiled
from fsm2rnn.exact.sparse import SparseMatrix
from fsm2rnn.exact.updates import Update
from fsm2rnn.machine.labels import Json
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.operators.block_diagonal import BlockDiagonal
from fsm2rnn.operators.factored import Factored
from fsm2rnn.operators.householder import Householder
from fsm2rnn.operators.readout import Prototype
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.field_simulation import FieldSimulation


def field_proof(
    machine: StateMachine, action: GroupAction, found: OrthogonalRepresentation, contract: Contract
) -> FieldSimulation:
    """Return the proof that the representation holds every word, exactly, over its field; LimitError if too large."""
    exact = field_representation(action, found)
    promise = finite_promise(contract)
    return FieldSimulation(machine, exact.conductor, exact.matrices, exact.codes, exact.reads, exact.gram, promise)


def block_network(proof: FieldSimulation, found: OrthogonalRepresentation, details: Mapping[str, Json]) -> Compiled:
    """Return the network with one block for each real irreducible summand."""
    letters = range(len(proof.machine.symbols))
    blocks = tuple(tuple(_matrix(block[letter]) for block in found.blocks) for letter in letters)
    return Compiled(BlockDiagonal(blocks), proof, prototypes(proof.machine, found.codes), {**details, **_exact(proof)})


def reflection_network(
    proof: FieldSimulation, found: OrthogonalRepresentation, details: Mapping[str, Json]
) -> Compiled:
    """Return the network with as few reflections per letter as the representation allows, summand by summand."""
    letters = range(len(proof.machine.symbols))
    rows, first = [list[Update]() for _ in letters], 0
    for block in found.blocks:
        for letter in letters:
            for update in orthogonal_updates(block[letter]):
                key = tuple((first + place, entry) for place, entry in update.key)
                rows[letter].append(Update(key, update.beta))
        first += block.shape[1]
    operator = Householder(first, tuple(map(tuple, rows)))
    said = {"n_h": operator.steps, **details, **_exact(proof)}
    return Compiled(operator, proof, prototypes(proof.machine, found.codes), said)


def factored_network(
    proof: FieldSimulation, found: OrthogonalRepresentation, factors: TurningFactors, details: Mapping[str, Json]
) -> Compiled:
    """Return the network with a product for each line and three for each plane that all letters turn."""
    output, source = (_matrix(part) for part in (factors.output, factors.source))
    operator = Factored(output, tuple(map(float_vector, factors.gates)), source)
    said = {"rank": operator.rank, "condition": round(factors.condition, 3), **details, **_exact(proof)}
    return Compiled(operator, proof, prototypes(proof.machine, found.codes), said)


def _exact(proof: FieldSimulation) -> dict[str, Json]:
    """Say what the proof over the field holds, of matrices that no float format stores."""
    distance = None if proof.distance is None else f"{math.floor(proof.distance * 10**6) / 10**6:.6f}"
    field = "Q" if proof.conductor == 1 else f"Q(zeta_{proof.conductor})"
    return {"over_the_field": {"field": field, "lengths": "all lengths", "distance_at_unit_norm": distance}}


def prototypes(machine: StateMachine, codes: Floats) -> tuple[Prototype, ...]:
    """Return the codes (Q, H) as points, that of the start first."""
    states = sorted(range(len(codes)), key=lambda state: state != machine.start)
    return tuple(Prototype(float_vector(codes[state]), state) for state in states)


def _matrix(block: Floats) -> SparseMatrix:
    """Return the exact values of floats (b, c)."""
    return SparseMatrix(len(block), tuple(float_vector(column) for column in block.T))
