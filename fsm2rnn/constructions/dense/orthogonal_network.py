"""A least orthogonal representation as a network: exact matrices with their proof, and orthonormal floats to store."""

from __future__ import annotations

from dataclasses import replace

from fsm2rnn.algebra.group.group_action import GroupAction
from fsm2rnn.algebra.representation.field_representation import field_representation
from fsm2rnn.algebra.representation.orthogonal_representation import OrthogonalRepresentation
from fsm2rnn.algebra.representation.reflections import float_vector, orthogonal_updates
from fsm2rnn.algebra.representation.spherical_function import Floats
from fsm2rnn.algebra.representation.turning_factors import TurningFactors
from fsm2rnn.constructions.promise import finite_promise
from fsm2rnn.constructions.sizes import OverField, Sizes
from fsm2rnn.constructions.verdict import Compiled
from fsm2rnn.exact.sparse import SparseMatrix
from fsm2rnn.exact.updates import Update
from fsm2rnn.machine.state_machine import StateMachine
from fsm2rnn.operators.block_diagonal import BlockDiagonal
from fsm2rnn.operators.factored import Factored
from fsm2rnn.operators.householder import Householder
from fsm2rnn.operators.operator import Operator
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


def field_network(proof: FieldSimulation, codes: Floats, operator: Operator, sizes: Sizes) -> Compiled:
    """Return the last step of all networks over a field: operator in floats, codes as prototypes, and the proof."""
    told = replace(sizes, over_field=OverField(proof.conductor, proof.distance))
    return Compiled(operator, proof, told, prototypes(proof.machine, codes))


def real_blocks(found: OrthogonalRepresentation) -> BlockDiagonal:
    """Return one block for each real irreducible summand."""
    letters = range(found.letters.shape[0])
    return BlockDiagonal(tuple(tuple(float_matrix(block[letter]) for block in found.blocks) for letter in letters))


def reflections(found: OrthogonalRepresentation) -> Householder:
    """Return as few reflections per letter as the representation allows, summand by summand."""
    letters = range(found.letters.shape[0])
    rows, first = [list[Update]() for _ in letters], 0
    for block in found.blocks:
        for letter in letters:
            for update in orthogonal_updates(block[letter]):
                key = tuple((first + place, entry) for place, entry in update.key)
                rows[letter].append(Update(key, update.beta))
        first += block.shape[1]
    return Householder(first, tuple(map(tuple, rows)))


def turning_products(factors: TurningFactors) -> Factored:
    """Return a product for each line and three for each plane that all letters turn."""
    output, source = (float_matrix(part) for part in (factors.output, factors.source))
    return Factored(output, tuple(map(float_vector, factors.gates)), source)


def prototypes(machine: StateMachine, codes: Floats) -> tuple[Prototype, ...]:
    """Return the codes (Q, H) as points, that of the start first."""
    states = sorted(range(len(codes)), key=lambda state: state != machine.start)
    return tuple(Prototype(float_vector(codes[state]), state) for state in states)


def float_matrix(block: Floats) -> SparseMatrix:
    """Return the exact values of floats (b, c)."""
    return SparseMatrix(len(block), tuple(float_vector(column) for column in block.T))
