"""repair: what was right for some letters is right for thousands, in its own coordinates, proved where it can be."""

from __future__ import annotations

import json

import pytest
import torch

import fsm2rnn
from fsm2rnn import BilinearRNN, Tracker
from fsm2rnn.cli import main
from fsm2rnn.comparison.repairs import merged
from fsm2rnn.errors import InputError, LimitError
from fsm2rnn.learn.accuracy import accuracy
from fsm2rnn.proof.claim.cell_kinds import CellKind
from tests.comparison.bilinear import noisy_permutations
from tests.comparison.trackers import recipe_tracker

LETTERS = 60


def right(network, machine):
    return accuracy(network, machine, 400, count=8).raw


def mistakes(network, machine):
    """Return how many of the answers of a network that is stepped differ from the machine's."""
    ids = torch.randint(len(machine.symbols), (LETTERS,), generator=torch.Generator().manual_seed(0))
    state, shown = network.begin(1), []
    for letter in ids:
        state = network.step(letter.unsqueeze(0), state)
        shown.append(network.machine.output_labels[int(network.read(state).argmax())])
    wanted = machine.answers([machine.symbols[letter] for letter in ids.tolist()])
    return sum(one != other for one, other in zip(shown, wanted, strict=True))


@pytest.mark.parametrize("name", ["parity", "Z5@gens", "tomita3"])
@torch.no_grad()
def test_a_network_that_drifts_is_right_for_long_afterwards(name, tmp_path):
    machine = fsm2rnn.read(name)
    network = noisy_permutations(machine, noise=1e-2, width=16)
    assert right(network, machine) < 1
    found = fsm2rnn.repair(network, machine)
    assert right(found.merged, machine) == 1
    assert mistakes(found.adapter, machine) == 0
    assert (found.readout_kept, found.grade) == (True, "snap")
    assert torch.equal(found.merged.readout.weight, network.readout.weight)
    assert found.margin > 0.5
    assert found.lasting
    found.save(tmp_path / "net.safetensors")
    assert fsm2rnn.check(tmp_path / "net.safetensors").accepted
    assert fsm2rnn.check(found.adapter.core).accepted


@torch.no_grad()
def test_a_readout_that_misreads_is_replaced():
    machine = fsm2rnn.read("parity")
    network = noisy_permutations(machine, noise=1e-3)
    network.readout.weight.zero_()
    found = fsm2rnn.repair(network, machine)
    assert not found.readout_kept
    assert found.margin == pytest.approx(1, abs=1e-3)
    assert right(found.merged, machine) == 1


@torch.no_grad()
def test_symbols_that_enter_by_an_embedding():
    machine = fsm2rnn.read("parity")
    plain = noisy_permutations(machine, noise=1e-2)
    embedding = torch.nn.Embedding(2, 3)
    rows = torch.tensor([[1.0, 2, 0], [0, 1, 1]])
    embedding.weight.copy_(rows)
    layer = BilinearRNN(3, plain.rnn.hidden_size)
    layer.weight.copy_(torch.einsum("hid,kd->hik", plain.rnn.weight, torch.linalg.pinv(rows)))
    layer.initial_state.copy_(plain.rnn.initial_state)
    network = Tracker(layer, plain.readout, machine, embedding=embedding)
    assert mistakes(network, machine) == mistakes(plain, machine)
    found = fsm2rnn.repair(network)
    assert right(found.merged, machine) == 1
    assert found.merged.embedding is network.embedding
    embedding.weight[1] = 2 * embedding.weight[0]
    with pytest.raises(InputError, match="depend on each other"):
        fsm2rnn.repair(network)


@torch.no_grad()
def test_a_mealy_machine_and_a_normalised_state():
    machine = fsm2rnn.from_table([[1, 0], [0, 1]], outputs=[["a", "b"], ["b", "a"]])
    wide = noisy_permutations(fsm2rnn.read("tomita3"), noise=0.0)  # sizes alone
    layer = BilinearRNN(2, wide.rnn.hidden_size, normalize=True)
    found = fsm2rnn.repair(Tracker(layer, torch.nn.Linear(layer.hidden_size, 2), machine))
    assert mistakes(found.adapter, machine) == 0
    assert mistakes(found.merged, machine) == 0


def test_what_cannot_be_repaired_is_said():
    machine = fsm2rnn.read("S3@gens")
    with pytest.raises(InputError, match="train_to_boxes"):
        fsm2rnn.repair(recipe_tracker(CellKind.GRU, machine))
    with pytest.raises(InputError, match="full or rotation"):
        fsm2rnn.repair(Tracker(BilinearRNN(2, 6, structure="diagonal"), torch.nn.Linear(6, 6), machine))
    with pytest.raises(InputError, match="symbols"):
        fsm2rnn.repair(noisy_permutations(machine, 0.0), fsm2rnn.read("C6"))
    with pytest.raises(LimitError, match="hidden numbers"):
        fsm2rnn.repair(Tracker(BilinearRNN(2, 5), torch.nn.Linear(5, 6), machine))


def test_the_command(tmp_path, capsys, monkeypatch):
    net, out = str(tmp_path / "net.safetensors"), str(tmp_path / "repaired.safetensors")
    noisy_permutations(fsm2rnn.read("parity"), noise=1e-2).save(net)
    assert main(["repair", net, "--machine", "parity", "-o", out, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["states"], answer["grade"]) == (2, "snap")
    assert main(["check", out]) == 0
    assert main(["repair", out, "-o", net]) == 2
    monkeypatch.setattr(merged, "prototype_proof", lambda *_: None)
    assert main(["repair", net, "-o", out]) == 3
