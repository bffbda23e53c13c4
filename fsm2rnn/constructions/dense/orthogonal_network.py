"""A least orthogonal representation as a network: exact matrices with their proof, and orthonormal floats to store."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple, final

from fsm2rnn.algebra.fact import remembered
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
from fsm2rnn.operators.prototypes import Prototype, PrototypeReadout
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.field_simulation import FieldSimulation


@final
class FieldCodes(NamedTuple):
    """What networks share whose letters are one representation: the proof over the field, and the codes in floats."""

    proof: FieldSimulation
    readout: PrototypeReadout


def field_codes(
    machine: StateMachine, action: GroupAction, found: OrthogonalRepresentation, contract: Contract
) -> FieldCodes:
    """Return the proof that a representation of the machine's group holds every word, exactly, over its field.

    It is made once for a representation and a contract; LimitError if it is too large.
    """

    def search(found: OrthogonalRepresentation) -> FieldCodes:
        exact = field_representation(action, found)
        proof = FieldSimulation(machine, exact.conductor, exact.matrices, exact.codes, exact.reads, exact.gram, promise)
        return FieldCodes(proof, nearest(machine, found.codes))

    promise = finite_promise(contract)
    return remembered(found, f"codes under {promise.value}", search)


def field_network(codes: FieldCodes, operator: Operator, sizes: Sizes) -> Compiled:
    """Return the last step of all networks over a field: operator in floats, codes as prototypes, and the proof."""
    proof = codes.proof
    told = replace(sizes, over_field=OverField(proof.conductor, proof.distance))
    return Compiled(operator, proof, told, codes.readout)


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


def nearest(machine: StateMachine, codes: Floats) -> PrototypeReadout:
    """Return the readout of the nearest of the codes (Q, H), that of the start first."""
    states = sorted(range(len(codes)), key=lambda state: state != machine.start)
    return PrototypeReadout(tuple(Prototype(float_vector(codes[state]), state) for state in states), codes.shape[1])


def float_matrix(block: Floats) -> SparseMatrix:
    """Return the exact values of floats (b, c)."""
    return SparseMatrix(len(block), tuple(float_vector(column) for column in block.T))
