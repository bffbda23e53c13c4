"""A network is its machine: in every target, dtype and layout, against the table and against automata-lib."""

from __future__ import annotations

import copy
import tempfile
from pathlib import Path

import pytest
import safetensors.torch
import torch
from automata.fa.dfa import DFA
from hypothesis import given, settings
from hypothesis import strategies as st

import fsm2rnn
from fsm2rnn.cells.bilinear import BilinearRNN
from fsm2rnn.cells.network import Network
from fsm2rnn.errors import CertificateError, FsmError, InputError, NumericError
from fsm2rnn.exact.rounding import FLOAT32
from fsm2rnn.machine.minimise import minimise
from fsm2rnn.machine.output_functions import output_functions
from fsm2rnn.proof.file.checker import network_bytes
from tests.cells.compiled_networks import (
    ANY_MACHINE,
    DTYPES,
    LINEAR,
    compiled,
    each_case,
    each_drifting_case,
    each_exact_case,
    each_rigid_case,
    each_target,
    held,
    proved_steps,
)
from tests.proof.rounding.drift_networks import drift_network
from tests.strategies import acceptors, machines, words


@each_target
@settings(max_examples=40)
@given(data=st.data())
def test_network_equals_table(target, data):
    machine, result = data.draw(held(target))
    dtype = data.draw(st.sampled_from(sorted(result.verdict.steps())))
    network = result.network(dtype)
    word = data.draw(words(machine))[: proved_steps(result, dtype, 12)]
    quotient = minimise(machine)
    states = network.run(word).tolist()
    assert states == quotient.target.run(word)
    assert network.outputs(word) == machine.answers(word)
    ids = torch.tensor([machine.indices(word)] * 2, dtype=torch.int64)
    assert network.run(ids).tolist() == [states, states]
    assert network.outputs(ids) == [network.outputs(word)] * 2


@pytest.mark.parametrize("target", LINEAR)
@settings(max_examples=40)
@given(data=st.data())
def test_the_head_gives_the_output_functions_exactly(target, data):
    machine = data.draw(machines())
    result = fsm2rnn.compile(machine, target, contract="linear")
    network = result.network(data.draw(st.sampled_from(sorted(result.verdict.steps()))))
    ids = network.ids(data.draw(words(machine))).unsqueeze(0)
    functions = output_functions(network.machine)
    wanted = [[function[state] for function in functions] for state in network.run(ids)[0].tolist()]
    assert network.head(network.rnn(ids)[0])[0].tolist() == wanted
    start = network.head(network.initial_state).tolist()
    assert start == [function[network.machine.start] for function in functions]


@pytest.mark.parametrize("target", ANY_MACHINE)
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


@each_case
@pytest.mark.parametrize("dtype", DTYPES)
def test_lower_and_lift_keep_every_bit(case, dtype):
    stored = compiled(case).proved(dtype)
    network = fsm2rnn.lower(stored)
    assert network_bytes(fsm2rnn.lift(network)) == network_bytes(stored)


def test_one_letter_in_any_strides_is_lifted():
    # An axis of one entry may have any stride, and torch calls it contiguous.
    network = drift_network("C5-dense", FLOAT32)
    module = fsm2rnn.lower(network)
    weights = module.state_dict()
    weights["weight"] = weights["weight"].as_strided((2, 2, 1), (2, 1, 2))
    module.load_state_dict(weights, assign=True)
    assert fsm2rnn.lift(module).tensors == network.tensors


@each_case
@pytest.mark.parametrize("dtype", DTYPES)
def test_save_and_load(case, dtype, tmp_path):
    path = tmp_path / "net.safetensors"
    network = compiled(case).network(dtype)
    network.save(path)
    again = fsm2rnn.load(path)
    assert again.machine == network.machine
    assert fsm2rnn.check(path) == fsm2rnn.check(again)
    assert fsm2rnn.check(path).accepted
    for name, tensor in network.state_dict().items():
        assert torch.equal(again.state_dict()[name], tensor)
    # The independent safetensors library reads the same tensors.
    foreign = safetensors.torch.load_file(path)
    assert set(foreign) == set(network.state_dict())
    other = copy.deepcopy(network)
    for tensor in other.state_dict().values():
        tensor.zero_()
    other.load_state_dict(foreign)
    assert fsm2rnn.lift(other).tensors == fsm2rnn.lift(network).tensors


@each_case
def test_a_state_dict_goes_into_a_network_of_the_same_shape(case):
    network, blank = compiled(case).network(), compiled(case).network()
    with torch.no_grad():
        for parameter in blank.parameters():
            parameter.zero_()
    assert not fsm2rnn.check(blank).accepted
    blank.load_state_dict(network.state_dict())
    assert fsm2rnn.check(blank).accepted


@each_exact_case
@pytest.mark.parametrize("dtype", DTYPES)
def test_networks_that_never_round_are_proved_in_every_dtype_they_are_moved_to(case, dtype):
    network = compiled(case).network("float64").to(getattr(torch, dtype))
    report = fsm2rnn.check(network)
    if case[2] == "robust" and dtype == "bfloat16":
        # The scores of decaying lines are compiled in float64, since eight bits do not keep them apart.
        assert report.field == "decoder"
        return
    assert (report.accepted, report.claim) == (True, fsm2rnn.check(compiled(case).network()).claim)
    ids = torch.randint(len(network.machine.symbols), (4, 200))
    assert network.run(ids).tolist() == [list(network.machine.trajectory(stream)) for stream in ids.tolist()]


@torch.no_grad()
def drift(network, data):
    """Put one weight off by 2^-20, or all of them by about 2^-12 as after training."""
    if data.draw(st.booleans()):
        name = data.draw(st.sampled_from(sorted(name for name, _ in network.rnn.named_parameters())))
        flat = network.rnn.get_parameter(name).reshape(-1)
        flat[data.draw(st.integers(0, len(flat) - 1))] += 2**-20
        return
    generator = torch.Generator().manual_seed(data.draw(st.integers(0, 2**32 - 1)))
    for parameter in network.rnn.parameters():
        parameter.add_(2**-12 * torch.randn(parameter.shape, generator=generator, dtype=parameter.dtype))


@each_rigid_case
@settings(max_examples=10)
@given(data=st.data())
def test_any_other_weight_is_noticed(case, data):
    network = compiled(case).network("float64")
    drift(network, data)
    report = fsm2rnn.check(network)
    assert not report.accepted
    with pytest.raises(CertificateError):
        report.raise_if_rejected()
    with tempfile.TemporaryDirectory() as folder:
        with pytest.raises(FsmError):
            network.save(Path(folder) / "net.safetensors")
        assert not list(Path(folder).iterdir())


@each_drifting_case
@settings(max_examples=10)
@given(data=st.data())
def test_what_is_claimed_of_drifted_weights_holds(case, data):
    network = compiled(case).network("float64")
    drift(network, data)
    if fsm2rnn.check(network).accepted:
        steps = fsm2rnn.lift(network).steps
        before = compiled(case).verdict.steps()["float64"]
        assert before is None or steps < before
        ids = torch.randint(len(network.machine.symbols), (20, min(steps or 100, 100)))
        assert network.run(ids).tolist() == [list(network.machine.trajectory(stream)) for stream in ids.tolist()]


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
    assert fsm2rnn.lift(network).margin == 4


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
@each_case
def test_non_finite_weights_are_refused(case, value):
    network = compiled(case).network()
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
        (torch.tensor([0.5]), "ids are integers"),
        (torch.tensor([True]), "ids are integers"),
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
@each_case
@pytest.mark.parametrize("dtype", DTYPES)
def test_network_equals_table_on_cuda(case, dtype):
    result = compiled(case)
    network, machine = result.network(dtype, "cuda"), result.machine
    ids = torch.randint(len(machine.symbols), (64, proved_steps(result, dtype, 500)))
    states = network.run(ids)
    assert states.device.type == "cuda"
    for stream, found in zip(ids.tolist(), states.tolist(), strict=True):
        assert found == list(machine.trajectory(stream))
    assert fsm2rnn.check(network).accepted


def test_a_layer_with_a_divided_state_is_refused():
    net = fsm2rnn.compile("S3", "full").network()
    divided = BilinearRNN(net.rnn.input_size, net.rnn.hidden_size, normalize=True)
    with pytest.raises(InputError, match="a network file has no division by the norm"):
        Network(divided, net.readout, net.machine)
