"""A network is its machine: in every target, dtype and layout, against the table and against automata-lib."""

from __future__ import annotations

import pytest
import safetensors.torch
import torch
from automata.fa.dfa import DFA
from hypothesis import given, settings
from hypothesis import strategies as st

import fsm2rnn
from fsm2rnn.compiler import ask
from fsm2rnn.errors import CertificateError, FsmError, InputError, NumericError
from fsm2rnn.exact.rounding import FORMATS
from fsm2rnn.machine.minimise import minimise
from fsm2rnn.operators.storage import store
from fsm2rnn.proof.checker import network_bytes
from fsm2rnn.targets import TARGETS
from tests.strategies import acceptors, machines, words

DTYPES = [form.name for form in FORMATS]
targets = pytest.mark.parametrize("target", [target.name for target in TARGETS])


@targets
@settings(max_examples=40)
@given(data=st.data())
def test_network_equals_table(target, data):
    machine = data.draw(machines())
    network = fsm2rnn.compile(machine, target).network(data.draw(st.sampled_from(DTYPES)))
    word = data.draw(words(machine))
    quotient = minimise(machine)
    states = network.run(word).tolist()
    assert states == quotient.target.run(word)
    assert network.outputs(word) == [machine.outputs[state] for state in machine.run(word)]
    ids = torch.tensor([machine.indices(word)] * 2, dtype=torch.int64)
    assert network.run(ids).tolist() == [states, states]
    assert network.outputs(ids) == [network.outputs(word)] * 2


@targets
@settings(max_examples=40)
@given(data=st.data())
def test_network_equals_automata_lib(target, data):
    machine = data.draw(acceptors())
    names, letters = range(len(machine.states)), range(len(machine.symbols))
    peer = DFA(
        states=set(names),
        input_symbols=set(letters),
        transitions={state: dict(enumerate(machine.table[state])) for state in names},
        initial_state=machine.start,
        final_states={state for state in names if machine.outputs[state]},
    )
    network = fsm2rnn.compile(machine, target).network()
    word = data.draw(words(machine))
    accepted = [peer.accepts_input(machine.indices(word[: end + 1])) for end in range(len(word))]
    assert network.outputs(word) == accepted


@targets
@pytest.mark.parametrize("dtype", DTYPES)
def test_lower_and_lift_keep_every_bit(target, dtype):
    machine = fsm2rnn.read("Q8")
    verdict = ask(machine, next(known for known in TARGETS if known.name == target)).verdict
    form = next(form for form in FORMATS if form.name == dtype)
    stored = store(verdict.operator, verdict.proof, form, {"target": target})
    network = fsm2rnn.lower(stored)
    assert network_bytes(fsm2rnn.lift(network)) == network_bytes(stored)


@targets
def test_save_and_load(target, tmp_path):
    path = tmp_path / "net.safetensors"
    network = fsm2rnn.compile("A4", target).network()
    network.save(path)
    again = fsm2rnn.load(path)
    assert again.machine == network.machine
    assert fsm2rnn.check(path).accepted
    assert fsm2rnn.check(again).accepted
    for name, tensor in network.state_dict().items():
        assert torch.equal(again.state_dict()[name], tensor)
    # The independent safetensors library reads the same tensors.
    foreign = safetensors.torch.load_file(path)
    assert {f"rnn.{name}" if "." not in name else name for name in foreign} == set(network.state_dict())


@targets
def test_any_other_weight_is_noticed(target, tmp_path):
    network = fsm2rnn.compile("tomita3", target).network()
    with torch.no_grad():
        next(network.rnn.parameters()).reshape(-1)[0] += 2**-20
    report = fsm2rnn.check(network)
    assert not report.accepted
    with pytest.raises(CertificateError):
        report.raise_if_rejected()
    with pytest.raises(FsmError):
        network.save(tmp_path / "net.safetensors")
    assert not list(tmp_path.iterdir())


def test_lift_proves_another_machine_with_the_same_behaviour():
    network = fsm2rnn.compile("parity", "full").network()
    with pytest.raises(CertificateError, match="induction"):
        fsm2rnn.lift(network, fsm2rnn.from_table([[1, 0], [0, 1]], symbols="01"))
    other = fsm2rnn.from_table([[0, 1], [1, 0]], symbols="01")
    assert fsm2rnn.lift(network, other).machine == other


def test_trained_gauge_is_lifted():
    """Scaling the state by a power of two, as training may, is proved anew rather than compared."""
    network = fsm2rnn.compile("S3", "full").network()
    with torch.no_grad():
        network.rnn.initial_state *= 4
    report = fsm2rnn.check(network)
    assert report.accepted
    assert fsm2rnn.lift(network).simulation.margin == 4


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
@targets
def test_non_finite_weights_are_refused(target, value):
    network = fsm2rnn.compile("parity", target).network()
    with torch.no_grad():
        next(network.rnn.parameters()).reshape(-1)[0] = value
    report = fsm2rnn.check(network)
    assert (report.accepted, report.field) == (False, "weights")


def test_a_state_that_stops_being_finite_is_an_error():
    network = fsm2rnn.compile("parity", "full").network("float16")
    with torch.no_grad():
        network.rnn.weight *= 200
    with pytest.raises(NumericError, match="finite"):
        network.run(torch.zeros(1, 10, dtype=torch.int64))


@pytest.mark.parametrize(
    ("word", "message"),
    [
        (torch.tensor([0, 2]), "outside 0..1"),
        (torch.tensor([-1]), "outside 0..1"),
        (torch.tensor([0.5]), "integer tensor"),
        (torch.tensor([True]), "integer tensor"),
        (torch.zeros(1, 1, 1, dtype=torch.int64), "integer tensor"),
        ("012", "not in the alphabet"),
    ],
)
def test_bad_words_are_refused(word, message):
    with pytest.raises(InputError, match=message):
        fsm2rnn.compile("parity", "pd").network().run(word)


def test_small_index_types_are_ids_and_never_masks():
    network = fsm2rnn.compile("parity", "pd").network()
    assert network.run(torch.tensor([1, 0, 1], dtype=torch.uint8)).tolist() == network.run("101").tolist()


def test_the_empty_word_and_long_blocks():
    network = fsm2rnn.compile("Z5", "pd").network()
    assert network.run("").tolist() == []
    assert network.run(torch.zeros(3, 0, dtype=torch.int64)).shape == (3, 0)
    ids = torch.randint(5, (2, 2500))
    assert torch.equal(network.run(ids), ids.cumsum(1) % 5)


def test_scores_are_the_modules_forward():
    network = fsm2rnn.compile("Z5", "full").network()
    ids = torch.randint(5, (2, 9))
    scores, last = network(ids)
    assert scores.shape == (2, 9, 5)
    assert last.shape == (1, 2, 5)
    assert torch.equal(scores.argmax(-1), network.run(ids))


@pytest.mark.gpu
@targets
@pytest.mark.parametrize("dtype", DTYPES)
def test_network_equals_table_on_cuda(target, dtype):
    network = fsm2rnn.compile("A5", target).network(dtype, "cuda")
    ids = torch.randint(60, (4, 500))
    states = network.run(ids)
    assert states.device.type == "cuda"
    machine = network.machine
    for stream, found in zip(ids.tolist(), states.tolist(), strict=True):
        assert found == list(machine.trajectory(stream))
    assert fsm2rnn.check(network).accepted
