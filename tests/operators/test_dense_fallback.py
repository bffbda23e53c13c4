"""An operator that says nothing of its tensors is stored by its matrices: compiled, checked and run as a dense one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import pytest

import fsm2rnn
from fsm2rnn.cells.network import lower
from fsm2rnn.constructions.sizes import BEST, width_only
from fsm2rnn.constructions.verdict import Compiled
from fsm2rnn.errors import NumericError
from fsm2rnn.exact.rounding import FORMATS
from fsm2rnn.exact.sparse import SparseMatrix, unit
from fsm2rnn.operators.diagonal import AffineDiagonal
from fsm2rnn.operators.operator import Operator
from fsm2rnn.operators.structure_tensors import parameters, structure_tensors
from fsm2rnn.proof.claim.contract import Contract
from fsm2rnn.proof.claim.decoder import Decoder
from fsm2rnn.proof.claim.simulation import Simulation
from fsm2rnn.proof.file.checker import check_bytes, network_bytes
from fsm2rnn.proof.stored.structures import Structure
from fsm2rnn.running.verification import verify_network


@final
@dataclass(frozen=True)
class Circulant(Operator):
    """A_x = shift by `shifts[x]` of `width` coordinates."""

    width: int
    shifts: tuple[int, ...]

    @property
    def size(self):
        return self.width

    def matrix(self, symbol):
        places = ((place + self.shifts[symbol]) % self.width for place in range(self.width))
        return SparseMatrix(self.width, tuple(map(unit, places)))


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_a_new_operator_needs_no_registration(form):
    size, operator = 5, Circulant(5, (1, 2))
    machine = fsm2rnn.from_table([[(q + x) % size for x in operator.shifts] for q in range(size)])
    places = [int(name[1:]) for name in machine.states]
    readout = SparseMatrix(size, tuple(unit(places.index(place)) for place in range(size)))
    matrices = tuple(map(operator.matrix, range(2)))
    codes = tuple(map(unit, places))
    proof = Simulation(machine, matrices, codes, tuple(range(size)), Decoder.linear(readout), Contract.INJECTIVE)
    verdict = Compiled(operator, proof, width_only(operator, BEST))
    assert verdict.parameters == parameters(operator, 2) == 2 * size**2
    network = verdict.store(form, {})
    assert network.structure is Structure.DENSE
    assert tuple(network.stored.matrices) == matrices
    assert check_bytes(network_bytes(network)).accepted
    assert verify_network(lower(network), steps=100, batch=3).mismatches == 0


def test_matrices_beside_a_constant_are_not_stored_as_dense_ones():
    operator = AffineDiagonal(((1,), (0,)), ((0,), (1,)))
    dense = structure_tensors.dispatch(object)
    with pytest.raises(NumericError, match="AffineDiagonal acts on more than its 1 numbers"):
        dense(operator, 2, FORMATS[0])
