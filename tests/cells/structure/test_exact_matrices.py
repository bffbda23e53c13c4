"""Any structure runs by its exact matrices, as its own cell does: what a structure without a cell falls back to."""

from __future__ import annotations

import copy
import pickle

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import fsm2rnn
from fsm2rnn.cells.bilinear import BilinearRNN
from fsm2rnn.cells.network import Network, lower
from fsm2rnn.cells.structure.exact_matrices import by_matrices
from fsm2rnn.cells.structure.table import RECURRENCES, find_recurrence, stored_recurrence
from fsm2rnn.errors import InputError, NumericError
from fsm2rnn.proof.stored.structures import Structure
from fsm2rnn.running.loops.compiled_loops import compiled_steps
from fsm2rnn.running.loops.structure_loops import LOOPS
from fsm2rnn.running.verification import verify_network
from tests.cells.structure.exact_layers import each_structure, fill, inner_sizes

SEEDS = st.integers(0, 2**32 - 1)


def layer_by_matrices(layer):
    """Return a layer of the same tensors that runs by their matrices."""
    tensors = dict(layer.state_dict())
    own = {name: tensor for name, tensor in tensors.items() if name != "initial_state"}
    recurrence = by_matrices(layer.recurrence.structure, own)
    other = BilinearRNN(layer.input_size, layer.hidden_size, structure=recurrence, dtype=layer.initial_state.dtype)
    other.load_state_dict(tensors)
    return other


@each_structure
@settings(max_examples=20)
@given(data=st.data())
def test_a_structure_steps_and_multiplies_by_its_matrices_as_by_itself(structure, data):
    hidden = data.draw(st.integers(2, 5))
    inner = data.draw(st.sampled_from(inner_sizes(structure, hidden)))
    layer = fill(
        BilinearRNN(3, hidden, structure=structure, inner=inner, dtype=torch.float64), data.draw(SEEDS), parts=8
    )
    other = layer_by_matrices(layer)
    ids = torch.tensor(data.draw(st.lists(st.lists(st.integers(0, 2), min_size=2, max_size=2), min_size=1, max_size=4)))
    assert torch.equal(layer(ids)[0], other(ids)[0])
    features = torch.nn.functional.one_hot(ids, 3).double() / 2
    assert torch.equal(layer(features)[0], other(features)[0])
    products, own = other.recurrence.products, layer.recurrence.products
    letters = products.letters(dict(other.state_dict()))
    word = products.multiply(tuple(one[2:] for one in letters), tuple(one[:1] for one in letters))
    assert torch.equal(products.apply(word, layer.initial_state), layer(torch.tensor([[0, 2]]))[0][:, -1])
    empty = products.apply(products.empty(letters), layer.initial_state)
    assert torch.equal(empty[0], layer.initial_state)
    if structure in ("factored", "householder", "affine-householder"):
        assert torch.equal(own.letters(dict(layer.state_dict()))[0], letters[0])


@pytest.mark.parametrize(
    ("machine", "target"),
    [
        ("tomita3", "minimal"), ("Q8", "pd"), ("S3", "factored"), ("V4", "real-diagonal"), ("Z4", "rotation"),
        ("S3xS3@gens", "block-diagonal"), ("S4@gens", "householder"), ("flip-flop", "householder"),
        ("flip-flop", "affine-real-diagonal"),
    ],
)  # fmt: skip
def test_compiled_networks_run_everywhere_by_their_matrices(machine, target):
    result = fsm2rnn.compile(machine, target)
    own = result.network()
    network = Network(layer_by_matrices(own.rnn), own.readout, own.machine, own.evidence, own.head)
    assert fsm2rnn.check(network).claim == fsm2rnn.check(own).claim
    for order in ("sequential", "scan"):
        verified = verify_network(network, steps=300, batch=7, order=order)
        assert verified.mismatches == 0
    clone = pickle.loads(pickle.dumps(network.rnn.recurrence))  # noqa: S301  made in the line
    assert clone.structure is network.structure
    assert copy.deepcopy(network).rnn.recurrence.structure is network.structure


@pytest.mark.parametrize(
    ("machine", "target", "structure", "compiled"),
    [
        ("Z4", "rotation", Structure.ROTATION, True),
        ("flip-flop", "affine-real-diagonal", Structure.AFFINE_DIAGONAL, False),  # no blocks act on (h, 1)
    ],
)
def test_a_structure_without_cell_and_loop_is_run_by_its_matrices(machine, target, structure, compiled, monkeypatch):
    proved = fsm2rnn.compile(machine, target).proved()
    others = tuple(one for one in RECURRENCES if one.structure is not structure)
    monkeypatch.setattr("fsm2rnn.cells.structure.table.RECURRENCES", others)
    monkeypatch.delitem(LOOPS, structure)
    network = lower(proved)
    assert network.rnn.recurrence.name == structure.stored
    assert network.rnn.recurrence not in RECURRENCES
    assert (compiled_steps(network.rnn) is not None) == compiled
    assert verify_network(network, steps=100, batch=3).mismatches == 0
    with pytest.raises(InputError, match=f"unknown structure '{structure.stored}'"):
        BilinearRNN(4, 2, structure=structure.stored)


def test_exact_matrices_have_no_gradient_and_round_nothing():
    layer = layer_by_matrices(fill(BilinearRNN(2, 3, structure="householder"), 0, parts=8))
    states, _ = layer(torch.tensor([[0, 1]]))
    with pytest.raises(InputError, match="'householder' is run by its exact matrices, which have no gradient"):
        states.sum().backward()
    layer = layer_by_matrices(fill(BilinearRNN(2, 3, structure="factored"), 0))
    with pytest.raises(NumericError, match="an entry of a matrix is no float32 number"):
        layer(torch.tensor([[0, 1]]))
    short = fill(BilinearRNN(2, 3, structure="householder", dtype=torch.bfloat16), 0, parts=8)
    products = layer_by_matrices(short).recurrence.products
    with pytest.raises(InputError, match="no bfloat16 number, and scan order multiplies matrices in it"):
        products.letters(dict(short.state_dict()))


def test_the_tables_answer_for_every_structure():
    """Nothing of today's falls back: each has a cell, and a loop of its own or blocks."""
    assert {one.structure for one in RECURRENCES} == set(Structure)
    for structure in Structure:
        names = [one for one in RECURRENCES if one.structure is structure]
        assert [stored_recurrence(structure, {one.mark or "weight": torch.zeros(1)}) for one in names] == names
        layer = BilinearRNN(2, 4, structure=names[0].name)
        assert bool(names[0].blocks(dict(layer.state_dict()))) != (structure in LOOPS)
    assert [find_recurrence(one.name) for one in RECURRENCES] == list(RECURRENCES)


def test_structures_and_recurrences_pickle():
    for structure in Structure:
        assert pickle.loads(pickle.dumps(structure)) is structure  # noqa: S301  made in the line
    for recurrence in RECURRENCES:
        again = pickle.loads(pickle.dumps(recurrence))  # noqa: S301  made in the line
        assert (again.name, again.step_ids) == (recurrence.name, recurrence.step_ids)
