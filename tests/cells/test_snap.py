"""Networks whose state is put back on its prototype: right at every length, in every layout, however a word is cut."""

from __future__ import annotations

import pytest
import torch

import fsm2rnn
from fsm2rnn.cells.bilinear import BilinearRNN
from fsm2rnn.cells.network import Network, lift, lower
from fsm2rnn.cells.readout import LinearReadout, Snap
from fsm2rnn.errors import CertificateError, InputError, NumericError
from fsm2rnn.proof.file.checker import check_file
from fsm2rnn.running.loops.compiled_loops import CompiledRunner
from fsm2rnn.running.run import Form
from fsm2rnn.running.runner.runner import FloatRunner
from fsm2rnn.running.verification import verify_network

CASES = [("Z5", "rotation"), ("Z50", "rotation"), ("A5@gens", "block-diagonal"), ("A5@gens", "householder")]
CASES += [("A5@gens", "factored")]
each_case = pytest.mark.parametrize(("machine", "target"), CASES)


def network_of(machine, target, dtype="bfloat16"):
    return fsm2rnn.compile(machine, target).network(dtype, grade="snap")


@each_case
@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_it_is_right_far_beyond_the_horizon(machine, target, dtype):
    network = network_of(machine, target, dtype)
    plain = fsm2rnn.compile(machine, target).proved(dtype)
    assert plain.steps is None or network.snap.symbols <= plain.steps
    assert verify_network(network, steps=20_000, batch=8).mismatches == 0


@each_case
def test_both_runners_and_every_cut_read_the_same(machine, target):
    network = network_of(machine, target)
    ids = torch.randint(len(network.machine.symbols), (3, 300), generator=torch.Generator().manual_seed(1))
    expected = [list(network.machine.trajectory(word)) for word in ids.tolist()]
    assert network.run(ids).tolist() == expected
    words = ids.numpy().astype("uint8")
    for runner in (FloatRunner(network, 3), Form.of(network, 1 << 20).runner(network, 3)):
        found = [runner.read(part) for part in (words[:, :1], words[:, 1:90], words[:, 90:])]
        assert torch.cat([torch.from_numpy(part) for part in found], 1).tolist() == expected
    assert isinstance(runner, CompiledRunner)


def test_a_state_that_is_no_longer_finite_is_seen():
    network = network_of("Z5", "rotation")
    with torch.no_grad():
        network.rnn.cosine.fill_(1e38)
        network.rnn.sine.fill_(1e38)
    ids = torch.ones(2, 3 * network.snap.symbols, dtype=torch.int64)
    with pytest.raises(NumericError, match="no longer finite"):
        network.run(ids)
    words = ids.numpy().astype("u1")
    for runner in (FloatRunner(network, 2), Form.of(network, 1 << 20).runner(network, 2)):
        found = runner.read(words)
        assert (found[:, -1] == 5).all()  # none of the five states
        assert (runner.read(words) == 5).all()


def test_a_map_that_is_put_back_elsewhere_is_run_as_floats():
    """Parity whose state is put back at zero after every symbol is no index form."""
    machine = fsm2rnn.from_table([[0, 1], [1, 0]])
    rnn = BilinearRNN(2, 2, structure="pd")
    rnn.load_state_dict(
        {
            "index": torch.tensor([[0, 1], [1, 0]]),
            "diagonal": torch.ones(2, 2),
            "initial_state": torch.tensor([1.0, 0.0]),
        }
    )
    readout = LinearReadout(torch.eye(2), torch.zeros(2), None, 2)
    network = Network(rnn, readout, machine, snap=Snap(torch.tensor([1]), torch.tensor([[1.0, 0.0], [1.0, 0.0]])))
    assert network.run(torch.ones(4, dtype=torch.int64)).tolist() == [1, 1, 1, 1]
    verified = verify_network(network, steps=200)
    assert verified.evaluated == "float"
    assert verified.mismatches > 0
    with pytest.raises(InputError, match="put back"):
        verify_network(network, steps=200, order="scan")


def test_the_state_is_put_back_after_so_many_symbols_and_at_the_end_of_a_call():
    network = network_of("Z5", "rotation")
    every, ids = network.snap.symbols, torch.ones(1, 200, dtype=torch.int64)
    plain = fsm2rnn.compile("Z5", "rotation").network("bfloat16")
    scores, last = network(ids)
    assert torch.equal(scores[:, :every], plain(ids[:, :every])[0])
    assert not torch.equal(scores, plain(ids)[0])
    assert torch.equal(last[0], network.snap.prototype[network.run(ids)[:, -1]])
    first, kept = network(ids[:, :every])
    rest, end = network(ids[:, every:], kept)
    assert torch.equal(torch.cat([first, rest], 1), scores)
    assert torch.equal(end, last)


def test_layouts():
    network = network_of("Z5", "rotation")
    ids = torch.randint(5, (2, 150), generator=torch.Generator().manual_seed(2))
    scores = network(ids)[0]
    assert torch.equal(network(ids[0])[0], scores[0])
    features = torch.nn.functional.one_hot(ids, 5).to(torch.bfloat16)
    assert torch.equal(network(features)[0].argmax(-1), scores.argmax(-1))
    assert torch.equal(network(features[1])[0].argmax(-1), scores[1].argmax(-1))
    network.rnn.batch_first = False
    assert torch.equal(network(ids.T)[0], scores.transpose(0, 1))
    empty, last = network(ids[:, :0].T)
    assert empty.shape == (0, 2, 5)
    assert torch.equal(last.reshape(2, 2), network.initial_state.expand(2, -1))


@each_case
def test_it_is_saved_loaded_and_proved_again(machine, target, tmp_path):
    network = network_of(machine, target)
    network.save(tmp_path / "net.safetensors")
    report = check_file(tmp_path / "net.safetensors")
    assert (report.accepted, report.grade) == (True, "snap")
    loaded = fsm2rnn.load(tmp_path / "net.safetensors")
    assert {name: tensor.tolist() for name, tensor in loaded.state_dict().items()} == {
        name: tensor.tolist() for name, tensor in network.state_dict().items()
    }
    assert {"snap.every", "snap.prototype"} <= set(network.state_dict())
    with torch.no_grad():
        loaded.snap.every += 1
    report = fsm2rnn.check(loaded)
    assert (report.accepted, report.field) == (False, "snap")
    with torch.no_grad():
        loaded.snap.every -= 2
    assert lower(lift(loaded)).snap.symbols == network.snap.symbols - 1


def test_what_has_no_horizon_is_not_put_back():
    for machine, target in (("S3", "full"), ("Z4", "rotation"), ("Z60", "integer")):
        with pytest.raises(CertificateError, match="proves no more"):
            fsm2rnn.compile(machine, target).network(grade="snap")
    with pytest.raises(InputError, match="unknown grade") as caught:
        fsm2rnn.compile("S3", "full").network(grade="snip")
    assert "snap" in caught.value.hint
    with pytest.raises(fsm2rnn.NotCompiled):
        fsm2rnn.compile("S3", "rotation").network(grade="snap")
