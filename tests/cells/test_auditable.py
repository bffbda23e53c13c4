"""Begin, step and read of a network give the outputs of its machine."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import fsm2rnn
from fsm2rnn.cells.auditable import label_scores
from fsm2rnn.errors import InputError
from tests.cells.compiled_networks import compiled, each_case
from tests.strategies import mealy_machines, words


def read_along(network, ids):
    """Return the labels (B, T) that are read symbol by symbol."""
    state, labels = network.begin(len(ids)), network.machine.output_labels
    found = [[] for _ in ids]
    for letters in ids.unbind(1):
        state = network.step(letters, state)
        logits = network.read(state)
        assert logits.shape == (len(ids), len(labels))
        for row, best in zip(found, logits.argmax(-1).tolist(), strict=True):
            row.append(labels[best])
    return found


@each_case
def test_a_network_read_symbol_by_symbol_gives_its_outputs(case):
    network = compiled(case).network()
    ids = torch.randint(len(network.machine.symbols), (3, 7), generator=torch.Generator().manual_seed(5))
    assert read_along(network, ids) == network.outputs(ids)
    first = network.begin(3)
    assert first.shape == (3, len(network.initial_state))
    assert torch.equal(network.read(first).argmax(-1), torch.full((3,), _label_of(network.machine)))


def _label_of(machine):
    return machine.output_labels.index(machine.outputs[machine.start])


@settings(max_examples=30)
@given(data=st.data())
def test_a_mealy_machine_s_output_belongs_to_the_symbol_too(data):
    machine = data.draw(mealy_machines())
    network = fsm2rnn.compile(machine, data.draw(st.sampled_from(["full", "pd", "integer"]))).network()
    word = data.draw(words(machine))
    ids = torch.tensor([network.machine.indices(word)] * 2, dtype=torch.int64).reshape(2, -1)
    assert read_along(network, ids) == [machine.answers(word)] * 2
    assert [part.shape[0] for part in network.begin(2)] == [2, 2]


def test_a_network_that_is_put_back_steps_to_prototypes():
    network = fsm2rnn.compile("Z5", "rotation").network("bfloat16", grade="snap")
    state = network.begin(2)
    for _ in range(300):
        state = network.step(torch.tensor([1, 4]), state)
    rows = {tuple(row) for row in network.snap.prototype.tolist()}
    assert {tuple(row) for row in state.tolist()} <= rows
    assert network.read(state).argmax(-1).tolist() == network.run(torch.tensor([[1] * 300, [4] * 300]))[:, -1].tolist()


def test_a_reading_without_its_symbol_is_refused():
    machine = fsm2rnn.from_table([[0, 1], [1, 0]], outputs=[["a", "b"], ["b", "a"]])
    with pytest.raises(InputError, match="belongs to a state and a symbol"):
        label_scores(torch.zeros(1, 2), machine)


@pytest.mark.parametrize("ids", [torch.tensor([True]), torch.tensor([2]), torch.tensor([-1]), torch.tensor([0.5])])
def test_ids_that_are_none(ids):
    network = fsm2rnn.compile("parity", "pd").network()
    with pytest.raises(InputError):
        network.step(ids, network.begin(1))
