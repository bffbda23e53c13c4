"""The models that are drawn and seeded by name: for which machines, of which widths, from which seeds."""

from __future__ import annotations

from itertools import product

import pytest
import torch

import fsm2rnn
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.learn.models import HIDDEN_LIMIT, Model, new_network, seeded_network
from fsm2rnn.learn.protection import Protect
from fsm2rnn.learn.trainer import train
from fsm2rnn.machine.state_machine import StateMachine

# Its output is whether the letter is 1 and an odd number of them came before.
CARRY = StateMachine((0, 1), ("0", "1"), ((0, 1), (1, 0)), 0, (("no", "no"), ("no", "yes")), is_mealy=True)


def _bits(network):
    return [tensor.clone() for tensor in network.state_dict().values()]


@pytest.mark.parametrize("protect", list(Protect))
def test_a_layer_seeded_with_a_mealy_machine_gives_its_outputs(protect):
    network = seeded_network(Model.FULL, CARRY, 6, protect)
    labels = network.machine.output_labels
    assert sorted(labels) == ["no", "yes"]
    for word in product(CARRY.symbols, repeat=5):
        logits = network(torch.tensor([CARRY.indices(word)]))
        assert [labels[place] for place in logits[0].argmax(-1).tolist()] == CARRY.answers(word)


@pytest.mark.parametrize("model", list(Model))
def test_widths_beyond_the_limits_are_refused_before_memory_is_spent(model):
    machine = fsm2rnn.read("parity")
    for build in (new_network, lambda *asked: seeded_network(*asked, Protect.NONE)):
        for hidden in (HIDDEN_LIMIT + 1, 10**30):
            with pytest.raises(LimitError, match="hidden numbers"):
                build(model, machine, hidden)
        with pytest.raises(InputError, match="1 hidden number"):
            build(model, machine, 0)


def test_weights_beyond_the_limit_are_refused_though_the_width_is_not():
    with pytest.raises(LimitError, match="weights of a full layer"):
        new_network(Model.FULL, fsm2rnn.read("parity"), HIDDEN_LIMIT)


@pytest.mark.parametrize("seed", [(1 << 32) - 1, 1 << 32, 1 << 63, (1 << 64) + 5])
def test_great_seeds_draw_weights_and_train(seed):
    machine = fsm2rnn.read("parity")
    network = new_network(Model.ELMAN, machine, 2, seed=seed)
    folded = new_network(Model.ELMAN, machine, 2, seed=seed % (1 << 64))
    assert all(torch.equal(one, other) for one, other in zip(_bits(network), _bits(folded), strict=True))
    before = _bits(network)
    train(network, steps=1, lengths=(1, 3), batch=2, noise=0.1, seed=seed, measured=())
    assert not all(torch.equal(one, other) for one, other in zip(_bits(network), before, strict=True))
