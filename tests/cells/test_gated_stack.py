"""The torch stack computes the integers that are proved: in one pass, in chunks, letter by letter, in every format."""

from __future__ import annotations

import pytest
import torch

import fsm2rnn
from fsm2rnn.cells.gated_stack import GatedStack, gated_states, stack_of
from fsm2rnn.cells.loading import module_of
from fsm2rnn.cells.tracker import Tracker
from fsm2rnn.errors import CertificateError, InputError
from fsm2rnn.machine.mealy import mealy_form
from tests.algebra.cascade.aperiodic_machines import aperiodic_machines
from tests.proof.stack_networks import ABSORBED, ICOSAHEDRAL, flip_flop_tensors, proved_stack

FORMATS = ("float64", "float32", "bfloat16", "float16")
NAMES = ("re:(a|b)*abb", "dyck(2,2)", "S3@gens", "tomita3", ABSORBED, mealy_form(ABSORBED), ICOSAHEDRAL)


def network_of(machine, dtype="float32") -> Tracker:
    found = module_of(proved_stack(machine, dtype))
    assert isinstance(found, Tracker)
    return found


def words(network: Tracker, batch: int, length: int) -> torch.Tensor:
    return torch.randint(0, len(network.machine.symbols), (batch, length), generator=torch.Generator().manual_seed(3))


def wanted(network: Tracker, ids: torch.Tensor) -> list[list[object]]:
    machine = network.machine
    return [machine.answers([machine.symbols[letter] for letter in word]) for word in ids.tolist()]


@pytest.mark.parametrize("dtype", FORMATS)
@pytest.mark.parametrize("machine", NAMES, ids=str)
def test_outputs_are_the_machine_s_in_every_format(machine, dtype):
    network = network_of(machine, dtype)
    ids = words(network, 4, 150)
    assert network.outputs(ids) == wanted(network, ids)


def test_drawn_machines_run():
    for machine in aperiodic_machines(10, seed=21):
        network = network_of(machine)
        ids = words(network, 4, 100)
        assert network.outputs(ids) == wanted(network, ids)


@pytest.mark.parametrize("machine", NAMES, ids=str)
def test_a_pass_chunks_and_steps_agree_to_the_bit_and_stay_at_zeros_and_ones(machine):
    network = network_of(machine)
    ids = words(network, 3, 40)
    whole, last = network.advance(ids, network.begin(3))
    first, state = network.advance(ids[:, :17], network.begin(3))
    second, end = network.advance(ids[:, 17:], state)
    assert torch.equal(whole, torch.cat([first, second], 1))
    assert torch.equal(last, end)
    state = network.begin(3)
    for place in range(ids.shape[1]):
        state = network.step(ids[:, place], state)
        assert torch.equal(network.read(state), whole[:, place])
        channels = state[:, : network.rnn.channels]
        assert bool(((channels == 0) | (channels == 1)).all())
    assert torch.equal(state, last)
    nothing, same = network.advance(ids[:, :0], state)
    assert nothing.shape == (3, 0, whole.shape[2])
    assert torch.equal(same, state)


def test_composing_steps_is_stepping():
    draw = torch.Generator().manual_seed(0)
    for length in (1, 2, 5, 8, 13):
        keep = torch.randint(0, 2, (2, length, 3), generator=draw).double()
        written = torch.randint(0, 2, (2, length, 3), generator=draw).double() * (1 - keep)
        h = torch.randint(0, 2, (2, 1, 3), generator=draw).double()
        found = gated_states(keep, written, h)
        for place in range(length):
            h = keep[:, place : place + 1] * h + written[:, place : place + 1]
            assert torch.equal(found[:, place : place + 1], h)


@pytest.mark.parametrize("machine", ["re:(a|b)*abb", "S3@gens"])
def test_files_keep_the_proof_and_changed_weights_lose_it(machine, tmp_path):
    network = network_of(machine)
    network.save(tmp_path / "proved.safetensors")
    again = fsm2rnn.load(tmp_path / "proved.safetensors")
    assert fsm2rnn.check(again).accepted
    assert again.extra_repr().startswith("gated-stack, 2 symbols")
    assert {name: one.tolist() for name, one in again.state_dict().items()} == {
        name: one.tolist() for name, one in network.state_dict().items()
    }
    with torch.no_grad():
        again.rnn.layers[0].units.bias[0] -= 1
    assert not fsm2rnn.check(again).accepted
    again.save(tmp_path / "trained.safetensors")
    trained = fsm2rnn.load(tmp_path / "trained.safetensors")
    assert trained.proof is None
    assert torch.equal(trained.rnn.layers[0].units.bias, again.rnn.layers[0].units.bias)
    assert fsm2rnn.check(tmp_path / "trained.safetensors").reason is not None
    trained.proof = network_of("parity").proof
    with pytest.raises(CertificateError):
        fsm2rnn.check(trained).raise_if_rejected()


def test_a_proof_of_another_kind_of_layer_is_none():
    stack, cell = network_of("parity"), fsm2rnn.compile("parity", "relu").network()
    stack.proof, cell.proof = cell.proof, stack.proof
    assert not fsm2rnn.check(stack).accepted
    assert not fsm2rnn.check(cell).accepted


def test_a_stack_can_be_learnt_from():
    """Gradients reach every weight that a rectifier lets through."""
    network = network_of("re:(a|b)*abb")
    ids = words(network, 8, 12)
    network(ids).sum().backward()
    assert network.rnn.layers[0].erase.weight.grad is not None


def test_tensors_that_are_no_stack_are_refused():
    tensors = {name: torch.zeros(one.shape) for name, one in flip_flop_tensors().items() if "readout" not in name}
    assert isinstance(stack_of(tensors), GatedStack)
    with pytest.raises(InputError, match="no gated stack"):
        stack_of({name: one for name, one in tensors.items() if name != "shown.bias"})
    with pytest.raises(InputError, match="no gated stack"):
        stack_of(tensors | {"shown.weight": torch.zeros(2, 2)})
    turning = {"layers.0.turn.weight": torch.zeros(1, 2), "layers.0.turn_source": torch.tensor([[2]])}
    with pytest.raises(InputError, match=r"turn_source has a channel outside 0\.\.1"):
        stack_of(tensors | turning)


def test_what_stacks_are_not_exported_as_says_so(tmp_path):
    with pytest.raises(InputError, match="a stack of gated layers has no export"):
        fsm2rnn.export(network_of("parity"), "torch", tmp_path / "x")
    with pytest.raises(InputError, match="a core is widened in a layer of torch"):
        fsm2rnn.seed(fsm2rnn.compile("parity", "cascade"), 32)
