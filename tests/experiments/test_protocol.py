"""Training keeps the best weights, judges what it did not learn from, and reads a finite set again and again."""

from __future__ import annotations

import itertools

import pytest
import torch
from torch import nn

from fsm2rnn.errors import NumericError
from fsm2rnn.experiments.data_efficiency import repeated
from fsm2rnn.experiments.networks import Angles, ModelKind, drawn_network
from fsm2rnn.experiments.protocol import Judges, Recipe, right, trained
from fsm2rnn.learn.tasks import modular_addition_task

TASK = modular_addition_task(2)
JUDGES = Judges.of(TASK, 64, 100, torch.device("cpu"))


def batches(seed=0):
    return TASK.words(count=None, seed=seed).batches(64)


def test_parity_is_learned_and_training_stops_there():
    network = drawn_network(ModelKind.FULL, TASK.machine, 16, 0)
    found = trained(network, batches(), Recipe(600, 1e-2, every=50), JUDGES)
    assert (found.best, right(network, JUDGES.test)) == (1.0, 1.0)
    assert found.steps < 600


def test_the_best_weights_are_kept():
    """Wrong answers undo what was right: the network is left as it was at the best check, not at the last."""
    network = Angles(2, 2, 2)
    with torch.no_grad():
        network.angles.copy_(torch.tensor([[0.0], [torch.pi]]))
        network.readout.weight.copy_(torch.tensor([[1.0, 0.0], [-1.0, 0.0]]))
    assert right(network, JUDGES.test) == 1
    wrong = ((ids, 1 - targets) for ids, targets in batches())
    found = trained(network, wrong, Recipe(60, 0.05, every=1, stops=False), JUDGES)
    assert found.steps == 60
    assert found.best == 1 > found.last
    assert right(network, JUDGES.test) == 1


def test_a_loss_that_is_no_number_is_an_error():
    network = drawn_network(ModelKind.ADDITIVE, TASK.machine, 4, 0)
    nn.init.constant_(network.readout.weight, float("nan"))
    with pytest.raises(NumericError, match="the loss is nan"):
        trained(network, batches(), Recipe(1, 1e-3), JUDGES)


def test_validation_and_test_are_other_words_than_those_of_training():
    assert not torch.equal(JUDGES.validation[0], JUDGES.test[0])
    assert JUDGES.test[0].shape == (64, 100)


def test_a_finite_set_is_read_in_whole_rounds():
    ids = torch.arange(10)[:, None]
    read = list(itertools.islice(repeated((ids, ids[:, 0]), 0, 4), 4))
    assert [len(one) for one, _ in read] == [4] * 4
    assert all(torch.equal(one[:, 0], targets) for one, targets in read)
    first = torch.cat([one for one, _ in read[:2]]).flatten().tolist()
    assert len(set(first)) == 8
    small = next(repeated((ids, ids[:, 0]), 0, 64))[0]
    assert sorted(small.flatten().tolist()) == list(range(10))
